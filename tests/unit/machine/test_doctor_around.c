/* The doctor on what surrounds a process: groups, memory, the kernel, limits, its own build. */
#include "doctor_fixture.h"

#define THP   "/sys/kernel/mm/transparent_hugepage/enabled"
#define MOUNT "31 23 0:29 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"

static void test_quota(void **state)
{
	static const struct doctor_scene scenes[] = {
		{ { { NULL } }, { "quota", GOOD, "none", NO_COMMAND } },
		{ { { "/proc/self/mountinfo", MOUNT }, { "/proc/self/cgroup", "0::/a/b\n" },
			  { "/sys/fs/cgroup/a/cpu.max", "150000 100000\n" } },
			{ "quota", DISTURBS, PAR_DOCTOR_MUCH, "1.5 CPUs of 4",
				"echo max | sudo tee /sys/fs/cgroup/a/cpu.max >/dev/null\n",
				"echo 150000 100000 | sudo tee /sys/fs/cgroup/a/cpu.max "
				">/dev/null\n",
				"--cores" } },
		{ { { "/proc/self/mountinfo", MOUNT }, { "/proc/self/cgroup", "0::/a$b\n" },
			  { "/sys/fs/cgroup/a$b/cpu.max", "50000 100000\n" } },
			{ "quota", DISTURBS, PAR_DOCTOR_MUCH, "0.5 CPUs", "", "", "--cores" } },
		{ { { "/proc/self/mountinfo", MOUNT }, { "/proc/self/cgroup", "0::/a/b\n" },
			  { "/sys/fs/cgroup/a/cpu.max", "50000 100000;reboot\n" },
			  { "/sys/fs/cgroup/a/b/cpu.max", "max 100000\n" } },
			{ "quota", DISTURBS, PAR_DOCTOR_MUCH, "0.5 CPUs", "", "", "--cores" } },
		{ { { "/proc/self/mountinfo", MOUNT }, { "/proc/self/cgroup", "0::/a\n" },
			  { "/sys/fs/cgroup/a/cpu.max", "800000 100000\n" } },
			{ "quota", GOOD, "8 CPUs", NO_COMMAND } },
		{ { { "/proc/self/mountinfo", MOUNT }, { "/proc/self/cgroup", "0::/a\n" },
			  { "/sys/fs/cgroup/a/cpu.max", "400000 100000\n" },
			  { "/sys/fs/cgroup/a/cpu.stat",
				  "nr_periods 9\nnr_throttled 7\nthrottled_usec 2500000\n" } },
			{ "quota", DISTURBS, PAR_DOCTOR_MUCH,
				"throttled in 7 periods so far, 2.5 s", NULL, NULL, NULL } },
		{ { { "/proc/self/mountinfo",
			    "32 31 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n" },
			  { "/proc/self/cgroup", "2:cpu:/a\n" },
			  { "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "200000\n" },
			  { "/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n" } },
			{ "quota", DISTURBS, PAR_DOCTOR_MUCH, "2 CPUs of 4", "", "", "--cores" } },
		{ { { "/sys/hypervisor/type", "xen\n" } },
			{ "virtual_machine", DISTURBS, PAR_DOCTOR_SOME, "xen", "", "",
				"measure on hardware" } },
		{ { { NULL } }, { "virtual_machine", GOOD, NULL, NO_COMMAND } },
	};

	(void)state;
	PLAY(scenes);
}

#define MEMINFO(available, swap_free)                                                              \
	"MemTotal: 16000000 kB\nMemAvailable: " available                                          \
	" kB\nSwapTotal: 4000000 kB\nSwapFree: " swap_free " kB\n"
#define SWAPS "Filename\tType\tSize\tUsed\tPriority\n"

static void test_memory(void **state)
{
	static const struct doctor_scene scenes[] = {
		{ { { NULL } }, { "memory", UNKNOWN, NULL, NO_COMMAND } },
		{ { { "/proc/meminfo", MEMINFO("9000000", "4000000") } },
			{ "memory", GOOD, "8.6 of 15.3 GiB", NO_COMMAND } },
		{ { { "/proc/meminfo", MEMINFO("900000", "4000000") } },
			{ "memory", DISTURBS, PAR_DOCTOR_MUCH, "0.9 of", "", "", "ps aux" } },
		{ { { NULL } }, { "swap", UNKNOWN, NULL, NO_COMMAND } },
		{ { { "/proc/meminfo", MEMINFO("9000000", "3990000") } },
			{ "swap", GOOD, "9 of 3906 MiB", NO_COMMAND } },
		{ { { "/proc/meminfo", MEMINFO("9000000", "2000000") },
			  { "/proc/sys/vm/swappiness", "60\n" },
			  { "/proc/swaps", SWAPS "/dev/sda2 partition 2000000 1000000 -2\n"
						 "/dev/zram0 partition 2000000 1000000 100\n" } },
			{ "swap", DISTURBS, PAR_DOCTOR_SOME, "swappiness 60",
				"sudo swapoff /dev/sda2\nsudo swapoff /dev/zram0\n",
				"sudo swapon /dev/sda2\nsudo swapon -p 100 /dev/zram0\n", "" } },
		{ { { "/proc/meminfo", MEMINFO("2500000", "2000000") },
			  { "/proc/swaps", SWAPS "/dev/sda2 partition 2000000 1000000 -2\n" } },
			{ "swap", DISTURBS, PAR_DOCTOR_SOME, NULL, "", "", "would not fit" } },
		{ { { "/proc/meminfo", MEMINFO("9000000", "2000000") },
			  { "/proc/swaps", SWAPS "/dev/sda2 partition 2000000 1000000 -2\n"
						 "/x;reboot file 2000000 1000000 -3\n" } },
			{ "swap", DISTURBS, PAR_DOCTOR_SOME, NULL, "", "",
				"No command is given" } },
		{ { { THP, "[always] madvise never\n" } },
			{ "huge_pages", DISTURBS, PAR_DOCTOR_SOME, "always",
				"echo madvise | sudo tee " THP, "echo always | sudo tee " THP,
				"" } },
		{ { { THP, "always [madvise] never\n" } },
			{ "huge_pages", GOOD, "madvise", NO_COMMAND } },
		{ { { NULL } }, { "huge_pages", UNKNOWN, NULL, NO_COMMAND } },
		{ { { "/proc/sys/kernel/randomize_va_space", "2\n" } },
			{ "aslr", GOOD, "no harm", NO_COMMAND } },
		{ { { "/proc/sys/kernel/randomize_va_space", "0\n" } },
			{ "aslr", DISTURBS, PAR_DOCTOR_LITTLE, "off", "kernel.randomize_va_space=2",
				"kernel.randomize_va_space=0", "" } },
	};

	(void)state;
	PLAY(scenes);
}

#define PARANOID "/proc/sys/kernel/perf_event_paranoid"
#define UNIT     "/sys/bus/event_source/devices/cpu/type"
#define PERCENT  "/proc/sys/kernel/perf_cpu_time_max_percent"

static void test_kernel(void **state)
{
	static const struct doctor_scene scenes[] = {
		{ { { NULL } }, { "kernel_debug", UNKNOWN, NULL, NO_COMMAND } },
		{ { { "/proc/sys/kernel/osrelease", "6.1.0-13-amd64\n" },
			  { "/proc/cmdline", "quiet ro\n" } },
			{ "kernel_debug", GOOD, "none", NO_COMMAND } },
		{ { { "/proc/sys/kernel/osrelease", "5.14.0-1.el9.x86_64+debug\n" } },
			{ "kernel_debug", DISTURBS, PAR_DOCTOR_MUCH, "+debug", "", "", "Boot" } },
		{ { { "/proc/sys/kernel/osrelease", "6.1.0\n" }, { "/proc/lockdep_stats", "x\n" } },
			{ "kernel_debug", DISTURBS, PAR_DOCTOR_MUCH, "locks", NO_COMMAND } },
		{ { { "/proc/sys/kernel/osrelease", "6.1.0\n" },
			  { "/proc/cmdline", "ro debug_pagealloc=on\n" } },
			{ "kernel_debug", DISTURBS, PAR_DOCTOR_SOME, "debug_pagealloc=on",
				NO_COMMAND } },
		{ { { PARANOID, "2\n" }, { UNIT, "4\n" } },
			{ "counters", DISTURBS, PAR_DOCTOR_LITTLE, "2",
				"kernel.perf_event_paranoid=1", "kernel.perf_event_paranoid=2",
				"" } },
		{ { { PARANOID, "-1\n" }, { UNIT, "4\n" } },
			{ "counters", GOOD, "allowed", NO_COMMAND } },
		{ { { PARANOID, "2\n" } }, { "counters", DISTURBS, PAR_DOCTOR_LITTLE,
						   "no counter unit", "", "", "host" } },
		{ { { NULL } }, { "counters", UNKNOWN, NULL, NO_COMMAND } },
		{ { { PERCENT, "25\n" } }, { "profiling", GOOD, "25 %", NO_COMMAND } },
		{ { { PERCENT, "0\n" } }, { "profiling", DISTURBS, PAR_DOCTOR_LITTLE, NULL,
						  "percent=25", "percent=0", "" } },
		{ { { "/proc/sys/kernel/nmi_watchdog", "1\n" } },
			{ "watchdog", DISTURBS, PAR_DOCTOR_LITTLE, "on", "kernel.nmi_watchdog=0",
				"kernel.nmi_watchdog=1", "" } },
		{ { { "/proc/sys/kernel/nmi_watchdog", "0\n" } },
			{ "watchdog", GOOD, "off", NO_COMMAND } },
	};

	(void)state;
	PLAY(scenes);
}

#define LIMITS(processes, files)                                                                   \
	"Limit  Soft Limit  Hard Limit  Units\nMax processes             " processes               \
	"  processes\nMax open files            " files "  files\n"

/* The widest cell has 64 workers, and the machine 100 threads. */
static void test_limits(void **state)
{
	static const char load[] = "0.10 0.10 0.10 1/100 4242\n";
	const struct doctor_scene scenes[] = {
		{ { { NULL } }, { "limit_processes", UNKNOWN, NULL, NO_COMMAND } },
		{ { { "/proc/self/limits", LIMITS("100 1000", "20 unlimited") },
			  { "/proc/loadavg", load } },
			{ "limit_processes", DISTURBS, PAR_DOCTOR_SOME, "100, up to 420",
				"prlimit --pid $$ --nproc=420:\n",
				"prlimit --pid $$ --nproc=100:\n", "shell" } },
		{ { { "/proc/self/limits", LIMITS("100 200", "20 20") },
			  { "/proc/loadavg", load } },
			{ "limit_processes", DISTURBS, PAR_DOCTOR_SOME, NULL,
				"sudo prlimit --pid $$ --nproc=420:420\n",
				"sudo prlimit --pid $$ --nproc=100:200\n", NULL } },
		{ { { "/proc/self/limits", LIMITS("unlimited unlimited", "20 unlimited") } },
			{ "limit_processes", GOOD, "unlimited", NO_COMMAND } },
		/* parbench raises the soft limit of files by itself. */
		{ { { "/proc/self/limits", LIMITS("1 1", "20 4096") } },
			{ "limit_descriptors", GOOD, "4096", NO_COMMAND } },
		{ { { "/proc/self/limits", LIMITS("1 1", "20 64") } },
			{ "limit_descriptors", DISTURBS, PAR_DOCTOR_SOME, "64, up to 512",
				"sudo prlimit --pid $$ --nofile=512:512\n",
				"sudo prlimit --pid $$ --nofile=20:64\n", NULL } },
		{ { { "/proc/self/limits", LIMITS("1;x 1", "20 ;") } },
			{ "limit_descriptors", UNKNOWN, NULL, NO_COMMAND } },
		{ { { "/proc/sys/vm/max_map_count", "65530\n" } },
			{ "limit_maps", GOOD, "65530", NO_COMMAND } },
		{ { { "/proc/sys/vm/max_map_count", "1000\n" } },
			{ "limit_maps", DISTURBS, PAR_DOCTOR_SOME, "1000", "vm.max_map_count=1280",
				"vm.max_map_count=1000", "" } },
		{ { { "/proc/sys/kernel/threads-max", "400\n" }, { "/proc/loadavg", load } },
			{ "limit_threads", DISTURBS, PAR_DOCTOR_SOME, "400", "threads-max=420",
				"threads-max=400", "" } },
		{ { { "/proc/self/mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
					      "2 1 0:9 / /home/me rw - nfs4 host:/me rw\n" } },
			{ "results_folder", DISTURBS, PAR_DOCTOR_LITTLE, "nfs4", "", "",
				"--output" } },
		{ { { "/proc/self/mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
					      "2 1 0:9 / /home/m rw - nfs4 host:/me rw\n" } },
			{ "results_folder", GOOD, "ext4", NO_COMMAND } },
	};

	(void)state;
	PLAY(scenes);
}

static void test_build(void **state)
{
	static const char *const builds[][2] = { { "Debug", "-g" },
		{ "Release", "-O2 -fsanitize=address" } };
	struct fake_tree tree = doctor_tree(0);

	(void)state;
	doctor_expect(&tree, &(struct doctor_expected){ "build", GOOD, "Release", NO_COMMAND });
	for (size_t i = 0; i < 2; i++) {
		struct par_doctor_input input = doctor_input;
		struct par_doctor doctor;

		input.build_type = builds[i][0];
		input.build_flags = builds[i][1];
		assert_int_equal(par_doctor_examine(&doctor, &input, tree.root), 0);
		assert_string_equal(doctor.checks[0].id, "build");
		assert_int_equal(doctor.checks[0].state, PAR_DOCTOR_DISTURBS);
		assert_int_equal(doctor.checks[0].matter, PAR_DOCTOR_MUCH);
		par_doctor_fini(&doctor);
	}
	fake_tree_close(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quota),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_build),
	};

	return cmocka_run_group_tests_name("doctor_around", tests, NULL, NULL);
}
