/* What counts for the deadline, and what does not. */
#include <signal.h>
#include <time.h>

#include "child_test.h"

#define DEADLINE_NS (1000 * PAR_NS_PER_MS)

/* As a person who presses Ctrl-Z while the caller is asked whether to stop. */
static void pause_past_the_deadline(void)
{
	const struct timespec pause = { .tv_sec = 1, .tv_nsec = 200 * 1000 * 1000 };

	(void)nanosleep(&pause, NULL);
}

static bool pause_until_it_has_ended(void *context)
{
	siginfo_t info;

	(void)context;
	(void)waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
	pause_past_the_deadline();
	return false;
}

/* Asked at its first byte. */
static void what_ended_meanwhile_is_not_late(void **state)
{
	const char *const argv[] = { "sh", "-c", "echo one; exit 5", NULL };
	const struct par_child_spec spec = {
		.argv = argv,
		.deadline_ns = DEADLINE_NS,
		.output_limit = 100,
		.stop = pause_until_it_has_ended,
	};
	struct par_child_result result;

	(void)state;
	assert_int_equal(par_child_run(&result, &spec), 0);
	assert_false(result.timed_out);
	assert_int_equal(result.exit_code, 5);
	assert_string_equal(result.output, "one\n");
	par_child_result_fini(&result);
}

static bool pause_once_then_stop(void *context)
{
	int *asked = context;

	if ((*asked)++ == 0)
		pause_past_the_deadline();
	return *asked > 1;
}

static void time_in_which_we_were_asked_is_left_out(void **state)
{
	const char *const argv[] = { "sleep", "1000", NULL };
	int asked = 0;
	const struct par_child_spec spec = {
		.argv = argv,
		.deadline_ns = DEADLINE_NS,
		.stop = pause_once_then_stop,
		.stop_context = &asked,
	};
	struct par_child_result result;

	(void)state;
	assert_int_equal(par_child_run(&result, &spec), 0);
	assert_false(result.timed_out);
	assert_true(result.stopped);
	assert_int_equal(asked, 2);
	par_child_result_fini(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_ended_meanwhile_is_not_late),
		cmocka_unit_test(time_in_which_we_were_asked_is_left_out),
	};

	return cmocka_run_group_tests(tests, test_adopt, NULL);
}
