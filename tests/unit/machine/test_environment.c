/* Facts of the environment, read from trees made here and from the real one. */
#include <math.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "environment.h"
#include "fake_tree.h"
#include "hypervisor.h"

static struct par_environment read_tree(const struct fake_tree *tree)
{
	struct par_environment environment;

	par_environment_read_below(&environment, tree->root);
	return environment;
}

static void empty(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_environment environment = read_tree(&tree);

	(void)state;
	assert_string_equal(environment.distribution, "");
	assert_string_equal(environment.hypervisor, "");
	assert_string_equal(environment.cpu_governor, "");
	assert_string_equal(environment.turbo, "");
	assert_string_equal(environment.smt, "");
	assert_string_equal(environment.thp, "");
	assert_string_equal(environment.cpuset, "");
	assert_true(isnan(environment.load_1m));
	assert_int_equal(environment.memory_available_bytes, -1);
	assert_int_equal(environment.swap_used_bytes, -1);
	assert_int_equal(environment.perf_event_paranoid, -1);
	fake_tree_close(&tree);
}

static void filled(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_environment environment;

	(void)state;
	fake_tree_put(&tree, "/etc/os-release", "NAME=X\nPRETTY_NAME=\"X Linux 12 (late)\"\n");
	fake_tree_put(&tree, "/sys/devices/system/cpu/smt/control", "on\n");
	fake_tree_put(
		&tree, "/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
	fake_tree_put(
		&tree, "/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
	fake_tree_put(&tree, "/proc/loadavg", "1.25 0.50 0.10 1/100 4242\n");
	fake_tree_put(&tree, "/proc/meminfo",
		"MemTotal:  8000 kB\nMemAvailable:   4000 kB\nSwapTotal: 100 kB\nSwapFree: 60 "
		"kB\n");
	fake_tree_put(&tree, "/proc/sys/kernel/perf_event_paranoid", "2\n");
	fake_tree_put(&tree, "/proc/self/cgroup", "0::/a/b\n");
	environment = read_tree(&tree);
	assert_string_equal(environment.distribution, "X Linux 12 (late)");
	assert_string_equal(environment.smt, "on");
	assert_string_equal(environment.thp, "madvise");
	assert_string_equal(environment.clocksource, "tsc");
	assert_string_equal(environment.cgroup, "/a/b");
	assert_true(environment.load_1m == 1.25);
	assert_int_equal(environment.memory_available_bytes, 4000 * 1024);
	assert_int_equal(environment.swap_used_bytes, 40 * 1024);
	assert_int_equal(environment.perf_event_paranoid, 2);
	fake_tree_close(&tree);
}

/* Only the CPUs that this process may use count. */
static void governors(void **state)
{
	struct fake_tree tree = fake_tree_open();

	(void)state;
	for (int cpu = 0; cpu < 4; cpu++) {
		char path[128];

		(void)snprintf(path, sizeof(path),
			"/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor", cpu);
		fake_tree_put(&tree, path, cpu < 3 ? "performance\n" : "powersave\n");
	}
	fake_tree_put(&tree, "/proc/self/status", "Name:\tx\nCpus_allowed_list:\t0-1,2\n");
	assert_string_equal(read_tree(&tree).cpu_governor, "performance");
	assert_string_equal(read_tree(&tree).cpuset, "0-1,2");
	fake_tree_put(&tree, "/proc/self/status", "Cpus_allowed_list:\t2-3\n");
	assert_string_equal(read_tree(&tree).cpu_governor, "mixed");
	fake_tree_close(&tree);
}

/* Numbers that no kernel writes: nothing runs on for ever, nothing overflows. */
static void absurd(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_environment environment;

	(void)state;
	fake_tree_put(&tree, "/proc/self/status", "Cpus_allowed_list:\t0-9223372036854775807\n");
	fake_tree_put(&tree, "/proc/meminfo", "MemAvailable: 9223372036854775807 kB\n");
	fake_tree_put(&tree, "/proc/loadavg", "-inf\n");
	environment = read_tree(&tree);
	assert_string_equal(environment.cpu_governor, "");
	assert_int_equal(environment.memory_available_bytes, -1);
	assert_true(isnan(environment.load_1m));
	fake_tree_close(&tree);
}

static void turbo(void **state)
{
	struct fake_tree tree = fake_tree_open();

	(void)state;
	fake_tree_put(&tree, "/sys/devices/system/cpu/cpufreq/boost", "0\n");
	assert_string_equal(read_tree(&tree).turbo, "off");
	fake_tree_put(&tree, "/sys/devices/system/cpu/cpufreq/boost", "1\n");
	assert_string_equal(read_tree(&tree).turbo, "on");
	fake_tree_put(&tree, "/sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
	assert_string_equal(read_tree(&tree).turbo, "off");
	fake_tree_put(&tree, "/sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
	assert_string_equal(read_tree(&tree).turbo, "on");
	fake_tree_close(&tree);
}

/* From the weakest hint to the strongest. */
static void hypervisors(void **state)
{
	struct fake_tree tree = fake_tree_open();

	(void)state;
	fake_tree_put(&tree, "/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu vme\nbugs\t: x\n");
	assert_string_equal(read_tree(&tree).hypervisor, "");
	fake_tree_put(&tree, "/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor lahf\n");
	assert_string_equal(read_tree(&tree).hypervisor, "vm");
	fake_tree_put(&tree, "/sys/class/dmi/id/sys_vendor", "VMware, Inc.\n");
	assert_string_equal(read_tree(&tree).hypervisor, "vmware");
	fake_tree_put(&tree, "/sys/hypervisor/type", "xen\n");
	assert_string_equal(read_tree(&tree).hypervisor, "xen");
	assert_string_equal(par_hypervisor_of_signature("KVMKVMKVM"), "kvm");
	assert_string_equal(par_hypervisor_of_signature("Microsoft Hv"), "hyperv");
	assert_string_equal(par_hypervisor_of_signature("SomebodyElse"), "vm");
	fake_tree_close(&tree);
}

/* What this very system tells is taken over as it is. */
static void real(void **state)
{
	struct par_environment environment;
	struct utsname name;
	struct rlimit limit;

	(void)state;
	par_environment_read(&environment);
	assert_int_equal(uname(&name), 0);
	assert_string_equal(environment.architecture, name.machine);
	assert_non_null(strstr(environment.kernel, name.release));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_cur != RLIM_INFINITY)
		assert_int_equal(environment.limit_descriptors, limit.rlim_cur);
	assert_true(environment.memory_available_bytes > 0);
	assert_true(environment.load_1m >= 0);
	assert_true(environment.cpuset[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty),
		cmocka_unit_test(filled),
		cmocka_unit_test(governors),
		cmocka_unit_test(absurd),
		cmocka_unit_test(turbo),
		cmocka_unit_test(hypervisors),
		cmocka_unit_test(real),
	};

	return cmocka_run_group_tests_name("environment", tests, NULL, NULL);
}
