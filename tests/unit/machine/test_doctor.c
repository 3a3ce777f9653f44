/* The doctor's commands: exact, restoring what was read, and never what a shell would take amiss.
 */
#include "doctor_fixture.h"

#define GOVERNOR "cpufreq/scaling_governor"
#define ALL      "/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"

static void test_governors_alike(void **state)
{
	struct fake_tree tree = doctor_tree(3);

	(void)state;
	put_cpus(&tree, 0, 3, GOVERNOR, "schedutil\n");
	put_cpus(&tree, 0, 0, "cpufreq/cpuinfo_min_freq", "800000\n");
	put_cpus(&tree, 0, 0, "cpufreq/cpuinfo_max_freq", "4000000\n");
	doctor_expect(
		&tree, &(struct doctor_expected){ "governor", PAR_DOCTOR_DISTURBS, PAR_DOCTOR_MUCH,
			       "schedutil", "echo performance | sudo tee " ALL " >/dev/null\n",
			       "echo schedutil | sudo tee " ALL " >/dev/null\n", "" });
	fake_tree_close(&tree);
}

/* Each group gets back what it had. */
static void test_governors_mixed(void **state)
{
	struct fake_tree tree = doctor_tree(15);
	struct par_doctor doctor;
	const struct par_doctor_check *check;

	(void)state;
	put_cpus(&tree, 0, 15, GOVERNOR, "powersave\n");
	put_cpus(&tree, 4, 5, GOVERNOR, "performance\n");
	put_cpus(&tree, 0, 0, "cpufreq/scaling_driver", "intel_pstate\n");
	doctor_look(&doctor, &tree);
	check = doctor_find(&doctor, "governor");
	assert_int_equal(check->state, PAR_DOCTOR_DISTURBS);
	assert_int_equal(check->matter, PAR_DOCTOR_MUCH);
	assert_string_equal(check->found, "powersave on 14 CPUs, performance on 2 CPUs");
	assert_string_equal(par_text_get(&check->restore),
		"for n in $(seq 0 3) $(seq 6 15); do echo powersave | sudo tee "
		"/sys/devices/system/cpu/cpu$n/cpufreq/scaling_governor >/dev/null; done\n"
		"for n in 4 5; do echo performance | sudo tee "
		"/sys/devices/system/cpu/cpu$n/cpufreq/scaling_governor >/dev/null; done\n");
	par_doctor_fini(&doctor);
	fake_tree_close(&tree);
}

static void test_governor_good_and_absent(void **state)
{
	struct fake_tree tree = doctor_tree(1);

	(void)state;
	doctor_expect(&tree, &(struct doctor_expected){ "governor", PAR_DOCTOR_UNKNOWN, 0,
				     "firmware decides", "", "", "" });
	fake_tree_put(&tree, "/sys/hypervisor/type", "xen\n");
	doctor_expect(&tree, &(struct doctor_expected){ "governor", PAR_DOCTOR_UNKNOWN, 0,
				     "hypervisor decides", "", "", "" });
	put_cpus(&tree, 0, 1, GOVERNOR, "performance\n");
	doctor_expect(&tree, &(struct doctor_expected){
				     "governor", PAR_DOCTOR_GOOD, 0, "performance", "", "", "" });
	put_cpus(&tree, 0, 1, GOVERNOR, "powersave\n");
	put_cpus(&tree, 0, 0, "cpufreq/scaling_available_governors", "powersave ondemand \n");
	doctor_expect(
		&tree, &(struct doctor_expected){ "governor", PAR_DOCTOR_DISTURBS, PAR_DOCTOR_SOME,
			       "powersave", "", "", "no governor 'performance'" });
	fake_tree_close(&tree);
}

/* One hostile value on one CPU: no command at all, and clean text. */
static void test_hostile_values(void **state)
{
	static const char *const hostile[] = { "performance; rm -rf /\n", "$(reboot)\n", "`id`\n",
		"-n\n", "a b\n", "x\x1b[31m\n", "a'b\n", "a|b\n", "../../etc\n", "\xc3\xa4\n" };

	(void)state;
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
		struct fake_tree tree = doctor_tree(3);
		struct par_doctor doctor;
		const struct par_doctor_check *check;

		put_cpus(&tree, 0, 2, GOVERNOR, "ondemand\n");
		put_cpus(&tree, 3, 3, GOVERNOR, hostile[i]);
		doctor_look(&doctor, &tree);
		check = doctor_find(&doctor, "governor");
		assert_int_equal(check->state, PAR_DOCTOR_DISTURBS);
		assert_string_equal(par_text_get(&check->mend), "");
		assert_string_equal(par_text_get(&check->restore), "");
		expect_part("hostile", check->instead, "No command is given");
		for (const char *at = check->found; *at != '\0'; at++)
			assert_true(*at >= 0x20 && *at <= 0x7e);
		par_doctor_fini(&doctor);
		fake_tree_close(&tree);
	}
}

/* Whatever the files hold, no command has more than what it is made of. */
static void test_hostile_machine(void **state)
{
	static const char *const files[] = { "/proc/sys/kernel/numa_balancing",
		"/proc/sys/kernel/randomize_va_space", "/proc/sys/kernel/perf_event_paranoid",
		"/proc/sys/kernel/perf_cpu_time_max_percent", "/proc/sys/kernel/nmi_watchdog",
		"/proc/sys/vm/max_map_count", "/proc/sys/kernel/threads-max",
		PAR_DOCTOR_CPU "smt/control", PAR_DOCTOR_CPU "intel_pstate/no_turbo",
		"/sys/devices/system/clocksource/clocksource0/current_clocksource",
		"/sys/kernel/mm/transparent_hugepage/enabled", "/proc/swaps", "/proc/self/limits",
		"/proc/loadavg", "/proc/meminfo", "/proc/stat", "/proc/self/cgroup" };
	struct fake_tree tree = doctor_tree(3);
	struct par_doctor doctor;

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		fake_tree_put(&tree, files[i], "0; touch /tmp/x\n[a;b] c\n");
	fake_tree_put(&tree, "/sys/devices/system/node/online", "0-1\n");
	fake_tree_put(&tree, PAR_DOCTOR_CPU "smt/active", "1\n");
	fake_tree_put(&tree, "/proc/17/stat", "17 (a;b) R 1 1\n");
	put_cpus(&tree, 0, 3, "cpufreq/energy_performance_preference", "x; y\n");
	doctor_look(&doctor, &tree);
	for (size_t i = 0; i < doctor.count; i++) {
		const char *mend = par_text_get(&doctor.checks[i].mend);
		const char *restore = par_text_get(&doctor.checks[i].restore);

		assert_null(strstr(mend, "touch"));
		assert_null(strstr(restore, "touch"));
		assert_null(strstr(restore, ";"));
		assert_true((mend[0] == '\0') == (restore[0] == '\0'));
		assert_true(doctor.checks[i].found[0] != '\0');
	}
	par_doctor_fini(&doctor);
	fake_tree_close(&tree);
}

static void test_safe_words(void **state)
{
	(void)state;
	assert_true(par_doctor_word_is_safe("balance_performance"));
	assert_true(par_doctor_word_is_safe("100"));
	assert_false(par_doctor_word_is_safe(""));
	assert_false(par_doctor_word_is_safe("-e"));
	assert_false(par_doctor_word_is_safe("a b"));
	assert_false(par_doctor_word_is_safe("a\nb"));
	assert_false(par_doctor_word_is_safe("~"));
	assert_true(par_doctor_path_is_safe("/dev/mapper/vg-swap"));
	assert_false(par_doctor_path_is_safe("dev/sda"));
	assert_false(par_doctor_path_is_safe("/a\\040b"));
	assert_false(par_doctor_path_is_safe("/a*"));
}

static void test_lists(void **state)
{
	int *cpus;

	(void)state;
	assert_int_equal(par_cpu_list_read(&cpus, "0-2,5,7-8"), 6);
	assert_int_equal(cpus[0], 0);
	assert_int_equal(cpus[3], 5);
	assert_int_equal(cpus[5], 8);
	free(cpus);
	assert_int_equal(par_cpu_list_read(&cpus, ""), 0);
	assert_null(cpus);
	assert_int_equal(par_cpu_list_read(&cpus, "0-99999999"), 8192);
	free(cpus);
}

/* Runs commands in a shell, as root of the tree. */
static void paste(const struct fake_tree *tree, const struct par_text *commands)
{
	struct par_text script = PAR_TEXT_INIT;
	const char *at = par_text_get(commands), *next;

	par_text_add(&script, "sudo() { \"$@\"; }\n");
	for (; (next = strstr(at, "/sys/")) != NULL; at = next + 1) {
		par_text_add_bytes(&script, at, (size_t)(next - at));
		par_text_format(&script, "%s/", tree->root);
	}
	par_text_add(&script, at);
	assert_int_equal(par_text_status(&script), 0);
	assert_int_equal(system(par_text_get(&script)), 0);
	par_text_fini(&script);
}

static void expect_governors(const struct fake_tree *tree, const char *const expected[4])
{
	for (int cpu = 0; cpu < 4; cpu++) {
		char path[160], value[64];

		snprintf(path, sizeof path, "%s" PAR_DOCTOR_CPU "cpu%d/" GOVERNOR, tree->root, cpu);
		assert_int_equal(par_file_read_line(value, sizeof value, path), 0);
		assert_string_equal(value, expected[cpu]);
	}
}

/* A shell does what the commands say, and undoes it. */
static void test_paste(void **state)
{
	static const char *const before[] = { "ondemand", "powersave", "powersave", "userspace" };
	static const char *const after[] = { "performance", "performance", "performance",
		"performance" };
	struct fake_tree tree = doctor_tree(3);
	struct par_doctor doctor;
	const struct par_doctor_check *check;

	(void)state;
	for (int cpu = 0; cpu < 4; cpu++)
		put_cpus(&tree, cpu, cpu, GOVERNOR, before[cpu]);
	doctor_look(&doctor, &tree);
	check = doctor_find(&doctor, "governor");
	paste(&tree, &check->mend);
	expect_governors(&tree, after);
	paste(&tree, &check->restore);
	expect_governors(&tree, before);
	par_doctor_fini(&doctor);
	fake_tree_close(&tree);
}

/* What disturbs most comes first, and nothing is said twice. */
static void test_order(void **state)
{
	struct fake_tree tree = doctor_tree(3);
	struct par_doctor doctor;
	size_t disturbs;

	(void)state;
	put_cpus(&tree, 0, 3, GOVERNOR, "ondemand\n");
	fake_tree_put(&tree, PAR_DOCTOR_CPU "cpufreq/boost", "1\n");
	fake_tree_put(&tree, "/proc/sys/kernel/nmi_watchdog", "1\n");
	doctor_look(&doctor, &tree);
	disturbs = par_doctor_count(&doctor, PAR_DOCTOR_MUCH) +
		   par_doctor_count(&doctor, PAR_DOCTOR_SOME) +
		   par_doctor_count(&doctor, PAR_DOCTOR_LITTLE);
	assert_int_equal(disturbs, 3);
	assert_string_equal(doctor.checks[0].id, "governor");
	assert_string_equal(doctor.checks[1].id, "turbo");
	assert_string_equal(doctor.checks[2].id, "watchdog");
	for (size_t i = 3; i < doctor.count; i++)
		assert_int_not_equal(doctor.checks[i].state, PAR_DOCTOR_DISTURBS);
	for (size_t i = 0; i < doctor.count; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(doctor.checks[i].id, doctor.checks[j].id);
	par_doctor_fini(&doctor);
	fake_tree_close(&tree);
}

/* A tree without any file: nothing is claimed to disturb. */
static void test_empty(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_doctor doctor;

	(void)state;
	doctor_look(&doctor, &tree);
	for (size_t i = 0; i < doctor.count; i++)
		if (doctor.checks[i].state == PAR_DOCTOR_DISTURBS)
			fail_msg("%s: %s", doctor.checks[i].id, doctor.checks[i].found);
	par_doctor_fini(&doctor);
	fake_tree_close(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_governors_alike),
		cmocka_unit_test(test_governors_mixed),
		cmocka_unit_test(test_governor_good_and_absent),
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_hostile_values),
		cmocka_unit_test(test_hostile_machine),
		cmocka_unit_test(test_safe_words),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
