/*
 * child_test: what the tests of par_child_run() share. The programs that they run are the tests
 * themselves, which play a part when they get its name as an argument.
 */
#ifndef TEST_CHILD_TEST_H
#define TEST_CHILD_TEST_H

#include "child.h"
#include "clock.h"
#include "sys_test.h"

#define TEST_SELF "/proc/self/exe"

static inline _Noreturn void test_sleep_for_ever(void)
{
	for (;;)
		pause();
}

/* Runs a part without bounds worth mentioning. */
static inline void test_run_part(
	struct par_child_result *result, const char *name, const char *argument)
{
	const char *const argv[] = { TEST_SELF, name, argument, NULL };
	const struct par_child_spec spec = {
		.argv = argv,
		.deadline_ns = 60 * PAR_NS_PER_S,
		.output_limit = 1 << 24,
	};

	assert_int_equal(par_child_run(result, &spec), 0);
	assert_int_equal(result->spawn_error, 0);
	assert_false(result->timed_out);
	assert_non_null(result->output);
}

static inline void test_expect_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* Set-up of a group of tests. */
static inline int test_adopt(void **state)
{
	(void)state;
	return par_child_adopt();
}

#endif
