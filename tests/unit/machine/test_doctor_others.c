/* Who else uses the CPUs: from two readings, with a clock turned by hand. */
#include <unistd.h>

#include "doctor_fixture.h"

/* utime and stime as the 14th and 15th word. */
static void put_process(
	const struct fake_tree *tree, int pid, const char *name, char state, unsigned ticks)
{
	char path[64], line[256];

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	snprintf(line, sizeof line, "%d (%s) %c 1 1 1 0 -1 4 1 0 0 0 %u 0 0 0 20 0 1 0\n", pid,
		name, state, ticks);
	fake_tree_put(tree, path, line);
}

static void put_stat(const struct fake_tree *tree, unsigned user, unsigned steal)
{
	char line[128];

	snprintf(line, sizeof line, "cpu %u 0 0 1000 0 0 0 %u 0 0\ncpu0 1 2 3\n", user, steal);
	fake_tree_put(tree, "/proc/stat", line);
}

static void look(const struct fake_tree *tree, struct par_doctor_sample *sample, double seconds)
{
	assert_int_equal(par_doctor_sample_read(sample, tree->root, -1), 0);
	sample->at_ns = (uint64_t)(seconds * 1e9);
}

/* Ticks of a second, whatever this system calls a tick. */
static unsigned second(void)
{
	return (unsigned)sysconf(_SC_CLK_TCK);
}

static void test_busiest(void **state)
{
	struct fake_tree tree = doctor_tree(3);
	struct par_doctor_sample before, after;
	struct par_doctor_busy busy;
	struct par_doctor doctor;
	const struct par_doctor_check *check;

	(void)state;
	put_stat(&tree, 1000, 0);
	put_process(&tree, 10, "a) R 9 (b", 'R', 100);
	put_process(&tree, 11, "idle", 'S', 5);
	put_process(&tree, 12, "gone", 'R', 5);
	put_process(&tree, 13, "dead", 'Z', 5);
	look(&tree, &before, 1);
	assert_int_equal(before.count, 3);
	put_stat(&tree, 1000 + 3 * second(), 0);
	put_process(&tree, 10, "a) R 9 (b", 'R', 100 + second());
	put_process(&tree, 12, "other", 'R', 5 + second() / 2);
	put_process(&tree, 14, "new", 'R', second() + second() / 2);
	look(&tree, &after, 2);
	par_doctor_busy_between(&busy, &before, &after);
	assert_true(busy.cpus > 2.99 && busy.cpus < 3.01);
	assert_string_equal(busy.busiest[0].name, "new");
	assert_string_equal(busy.busiest[1].name, "a) R 9 (b");
	assert_true(busy.busiest[1].cpus > 0.99 && busy.busiest[1].cpus < 1.01);
	assert_string_equal(busy.busiest[2].name, "other");
	assert_int_equal(
		par_doctor_examine_between(&doctor, &doctor_input, tree.root, &before, &after), 0);
	check = doctor_find(&doctor, "others");
	assert_int_equal(check->state, PAR_DOCTOR_DISTURBS);
	assert_int_equal(check->matter, PAR_DOCTOR_MUCH);
	assert_string_equal(check->found,
		"3.00 CPUs busy: new (150 % of a CPU), a) R 9 (b (100 %), other (50 %)");
	par_doctor_fini(&doctor);
	par_doctor_sample_fini(&before);
	par_doctor_sample_fini(&after);
	fake_tree_close(&tree);
}

static void expect_between(struct fake_tree *tree, unsigned user, unsigned steal, const char *id,
	enum par_doctor_state wanted, enum par_doctor_matter matter)
{
	struct par_doctor_sample before, after;
	struct par_doctor doctor;
	const struct par_doctor_check *check;

	look(tree, &before, 1);
	put_stat(tree, user, steal);
	look(tree, &after, 2);
	assert_int_equal(
		par_doctor_examine_between(&doctor, &doctor_input, tree->root, &before, &after), 0);
	check = doctor_find(&doctor, id);
	if (check->state != wanted || (wanted == PAR_DOCTOR_DISTURBS && check->matter != matter))
		fail_msg("%s: %s, %s", id, par_doctor_state_name(check->state), check->found);
	par_doctor_fini(&doctor);
	par_doctor_sample_fini(&before);
	par_doctor_sample_fini(&after);
}

static void test_steal(void **state)
{
	struct fake_tree tree = doctor_tree(3);
	unsigned many = 1000 * second();

	(void)state;
	expect_between(&tree, many, 0, "steal", PAR_DOCTOR_GOOD, 0);
	expect_between(&tree, many, many / 50, "steal", PAR_DOCTOR_DISTURBS, PAR_DOCTOR_MUCH);
	expect_between(&tree, many, many / 50, "steal", PAR_DOCTOR_DISTURBS, PAR_DOCTOR_SOME);
	expect_between(&tree, many, many / 10, "steal", PAR_DOCTOR_DISTURBS, PAR_DOCTOR_MUCH);
	expect_between(&tree, many + second() / 50, 0, "others", PAR_DOCTOR_GOOD, 0);
	expect_between(
		&tree, many + second() / 5, 0, "others", PAR_DOCTOR_DISTURBS, PAR_DOCTOR_SOME);
	fake_tree_close(&tree);
}

static void test_load_and_runs(void **state)
{
	struct fake_tree tree = doctor_tree(3);

	(void)state;
	fake_tree_put(&tree, "/proc/loadavg", "0.90 0.1 0.1 1/100 4242\n");
	doctor_expect(&tree, &(struct doctor_expected){
				     "load", PAR_DOCTOR_GOOD, 0, "0.90 on 4 CPUs", "", "", "" });
	fake_tree_put(&tree, "/proc/loadavg", "1.10 0.1 0.1 1/100 4242\n");
	doctor_expect(&tree, &(struct doctor_expected){ "load", PAR_DOCTOR_DISTURBS,
				     PAR_DOCTOR_SOME, "1.10", "", "", "Wait" });
	doctor_expect(&tree,
		&(struct doctor_expected){ "other_run", PAR_DOCTOR_GOOD, 0, "none", "", "", "" });
	put_process(&tree, 20, "parbench", 'S', 1);
	put_process(&tree, 21, "parbench", 'R', 1);
	doctor_expect(&tree, &(struct doctor_expected){ "other_run", PAR_DOCTOR_DISTURBS,
				     PAR_DOCTOR_MUCH, "2 processes", "", "", "Wait" });
	fake_tree_close(&tree);
}

/* The real tree: this process is there, and left out when asked. */
static void test_real(void **state)
{
	struct par_doctor_sample all, others;
	bool found = false, left_out = true;

	(void)state;
	assert_int_equal(par_doctor_sample_read(&all, "", -1), 0);
	assert_int_equal(par_doctor_sample_read(&others, "", (int)getpid()), 0);
	for (size_t i = 0; i < all.count; i++)
		found |= all.processes[i].pid == (int)getpid();
	for (size_t i = 0; i < others.count; i++)
		left_out &= others.processes[i].pid != (int)getpid();
	assert_true(found);
	assert_true(left_out);
	assert_true(all.busy_ticks > 0);
	par_doctor_sample_fini(&all);
	par_doctor_sample_fini(&others);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_busiest),
		cmocka_unit_test(test_steal),
		cmocka_unit_test(test_load_and_runs),
		cmocka_unit_test(test_real),
	};

	return cmocka_run_group_tests_name("doctor_others", tests, NULL, NULL);
}
