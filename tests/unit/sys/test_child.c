/* Programs that end well, badly, late or never, and what they said. */
#include <signal.h>

#include "child_test.h"

#define MS PAR_NS_PER_MS

static _Noreturn void print_for_ever(FILE *stream)
{
	for (;;)
		fputs("all work and no play\n", stream);
}

static int print_bytes(const char *count)
{
	for (long i = 0; i < atol(count); i++)
		putchar('0' + (int)(i % 10));
	return fflush(stdout) == 0 ? 0 : 1;
}

static int play_part(const char *name, const char *argument)
{
	if (strcmp(name, "exit") == 0)
		return atoi(argument);
	if (strcmp(name, "raise") == 0)
		return raise(atoi(argument));
	if (strcmp(name, "sleep") == 0)
		test_sleep_for_ever();
	if (strcmp(name, "bytes") == 0)
		return print_bytes(argument);
	if (strcmp(name, "flood") == 0)
		print_for_ever(stdout);
	if (strcmp(name, "scold") == 0)
		print_for_ever(stderr);
	if (strcmp(name, "complain") == 0)
		return fputs(argument, stderr) < 0 ? 1 : 3;
	return 99;
}

static void exit_codes(void **state)
{
	static const char *const codes[] = { "0", "1", "77", "255" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct par_child_result result;

		test_run_part(&result, "exit", codes[i]);
		assert_int_equal(result.exit_code, atoi(codes[i]));
		assert_int_equal(result.signal, 0);
		assert_string_equal(result.output, "");
		assert_string_equal(result.complaint, "");
		assert_true(result.wall_ns > 0);
		assert_true(result.usage.ru_maxrss > 0);
		par_child_result_fini(&result);
		assert_null(result.output);
		par_child_result_fini(&result);
	}
}

static void signals_that_end_it(void **state)
{
	static const int signals[] = { SIGTERM, SIGKILL, SIGUSR1 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct par_child_result result;
		char number[8];

		snprintf(number, sizeof number, "%d", signals[i]);
		test_run_part(&result, "raise", number);
		assert_int_equal(result.signal, signals[i]);
		assert_int_equal(result.exit_code, -1);
		par_child_result_fini(&result);
	}
}

static void program_that_cannot_start(void **state)
{
	static const struct {
		const char *program;
		const char *folder;
		int code;
	} cases[] = {
		{ "/nowhere/at/all", NULL, -ENOENT },
		{ "parbench-no-such-program", NULL, -ENOENT },
		{ "/", NULL, -EACCES },
		{ "/dev/null", NULL, -EACCES },
		{ "/bin/sh", "/nowhere", -ENOENT },
	};

	(void)state;
	/* A folder of PATH that is barred to us would make the second one EACCES. */
	assert_int_equal(setenv("PATH", "/usr/bin:/bin", 1), 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *const argv[] = { cases[i].program, "-c", "exit 0", NULL };
		const struct par_child_spec spec = { .argv = argv, .folder = cases[i].folder };
		struct par_child_result result;

		assert_int_equal(par_child_run(&result, &spec), 0);
		assert_int_equal(result.spawn_error, cases[i].code);
		assert_int_equal(result.exit_code, -1);
		assert_string_equal(result.output, "");
		par_child_result_fini(&result);
	}
	test_expect_no_children();
}

static void path_is_searched_and_folder_entered(void **state)
{
	const char *const argv[] = { "sh", "-c", "pwd; echo \"$1\"", "sh", "a b", NULL };
	const struct par_child_spec spec = { .argv = argv, .folder = "/", .output_limit = 100 };
	struct par_child_result result;

	(void)state;
	assert_int_equal(par_child_run(&result, &spec), 0);
	assert_int_equal(result.exit_code, 0);
	assert_string_equal(result.output, "/\na b\n");
	assert_int_equal(result.output_size, 6);
	par_child_result_fini(&result);
}

static void deadline_ends_a_sleeper(void **state)
{
	const char *const argv[] = { TEST_SELF, "sleep", NULL };
	const struct par_child_spec spec = { .argv = argv, .deadline_ns = 30 * MS };
	struct par_child_result result;

	(void)state;
	assert_int_equal(par_child_run(&result, &spec), 0);
	assert_true(result.timed_out);
	assert_false(result.stopped || result.overflow);
	assert_int_equal(result.signal, SIGKILL);
	assert_int_equal(result.exit_code, -1);
	assert_true(result.wall_ns >= 30 * MS);
	par_child_result_fini(&result);
	test_expect_no_children();
}

/* A stream that never ends must not keep the clock from being looked at. */
static void deadline_ends_a_talker(void **state)
{
	static const char *const parts[] = { "flood", "scold" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *const argv[] = { TEST_SELF, parts[i], NULL };
		const struct par_child_spec spec = {
			.argv = argv,
			.deadline_ns = 30 * MS,
			.output_limit = SIZE_MAX,
		};
		struct par_child_result result;

		assert_int_equal(par_child_run(&result, &spec), 0);
		assert_true(result.timed_out);
		assert_int_equal(result.signal, SIGKILL);
		par_child_result_fini(&result);
	}
}

static void output_is_whole(void **state)
{
	struct par_child_result result;

	(void)state;
	test_run_part(&result, "bytes", "5000000");
	assert_int_equal(result.exit_code, 0);
	assert_false(result.overflow);
	assert_int_equal(result.output_size, 5000000);
	for (size_t i = 0; i < 5000000; i++)
		if (result.output[i] != '0' + (int)(i % 10))
			fail_msg("byte %zu is %d", i, result.output[i]);
	assert_int_equal(result.output[5000000], 0);
	par_child_result_fini(&result);
}

static bool wait_for_zombie(void *context)
{
	siginfo_t info;

	(void)context;
	(void)waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
	return false;
}

/* Not read before its writer is gone, and longer than one read takes; a pipe holds 65536. */
static void output_outlives_its_writer(void **state)
{
	const char *const argv[] = { TEST_SELF, "bytes", "60000", NULL };
	const struct par_child_spec spec = {
		.argv = argv,
		.output_limit = 1 << 20,
		.stop = wait_for_zombie,
	};
	struct par_child_result result;

	(void)state;
	assert_int_equal(par_child_run(&result, &spec), 0);
	assert_int_equal(result.exit_code, 0);
	assert_int_equal(result.output_size, 60000);
	par_child_result_fini(&result);
}

static void run_with_limit(struct par_child_result *result, const char *part, size_t limit)
{
	const char *const argv[] = { TEST_SELF, part, "1000", NULL };
	const struct par_child_spec spec = { .argv = argv, .output_limit = limit };

	assert_int_equal(par_child_run(result, &spec), 0);
}

static void output_past_the_limit_ends_it(void **state)
{
	struct par_child_result result;

	(void)state;
	run_with_limit(&result, "flood", 1000);
	assert_true(result.overflow);
	assert_int_equal(result.signal, SIGKILL);
	assert_int_equal(result.output_size, 1000);
	assert_int_equal(strlen(result.output), 1000);
	par_child_result_fini(&result);
	/* Also when it ended by itself before anyone looked. */
	run_with_limit(&result, "bytes", 999);
	assert_true(result.overflow);
	assert_int_equal(result.output_size, 999);
	par_child_result_fini(&result);
	run_with_limit(&result, "bytes", 1000);
	assert_false(result.overflow);
	assert_int_equal(result.output_size, 1000);
	par_child_result_fini(&result);
}

struct counter {
	int asked;
	int enough;
};

static bool count_to_enough(void *context)
{
	struct counter *counter = context;

	return ++counter->asked >= counter->enough;
}

static void stop_is_asked(void **state)
{
	const char *const argv[] = { TEST_SELF, "sleep", NULL };
	struct counter counter = { 0, 3 };
	const struct par_child_spec spec = {
		.argv = argv,
		.stop = count_to_enough,
		.stop_context = &counter,
	};
	struct par_child_result result;

	(void)state;
	assert_int_equal(par_child_run(&result, &spec), 0);
	assert_true(result.stopped);
	assert_false(result.timed_out);
	assert_int_equal(counter.asked, 3);
	assert_int_equal(result.signal, SIGKILL);
	par_child_result_fini(&result);
	test_expect_no_children();
}

static void complaint_is_one_clean_line(void **state)
{
	static const char *const cases[][2] = {
		{ "no memory\n", "no memory" },
		{ "\n\tone\r\n\n two\x1b[0m\x7f\n", "one two [0m" },
		{ "caf\xc3\xa9 \xff\xc3 \xed\xa0\x80 \xe2\x82\xac",
			"caf\xc3\xa9 ?? ??? \xe2\x82\xac" },
		{ "\xf0\x9f\x98\x80\xf0\x9f", "\xf0\x9f\x98\x80??" },
		{ "\xc0\x80\xe0\x80\x80", "?????" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct par_child_result result;

		test_run_part(&result, "complain", cases[i][0]);
		assert_int_equal(result.exit_code, 3);
		assert_string_equal(result.complaint, cases[i][1]);
		assert_string_equal(result.output, "");
		par_child_result_fini(&result);
	}
}

static void complaint_keeps_the_end(void **state)
{
	struct par_child_result result;
	char big[3000];

	(void)state;
	/* 3 bytes a character: 511 bytes hold 170 whole ones and one byte of another. */
	for (size_t i = 0; i + 3 < sizeof big; i += 3)
		snprintf(big + i, 4, "%s", "\xe2\x82\xac");
	test_run_part(&result, "complain", big);
	assert_int_equal(strlen(result.complaint), 510);
	assert_memory_equal(result.complaint, "\xe2\x82\xac\xe2\x82\xac", 6);
	par_child_result_fini(&result);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_codes),
		cmocka_unit_test(signals_that_end_it),
		cmocka_unit_test(program_that_cannot_start),
		cmocka_unit_test(path_is_searched_and_folder_entered),
		cmocka_unit_test(deadline_ends_a_sleeper),
		cmocka_unit_test(deadline_ends_a_talker),
		cmocka_unit_test(output_is_whole),
		cmocka_unit_test(output_outlives_its_writer),
		cmocka_unit_test(output_past_the_limit_ends_it),
		cmocka_unit_test(stop_is_asked),
		cmocka_unit_test(complaint_is_one_clean_line),
		cmocka_unit_test(complaint_keeps_the_end),
	};

	if (argc > 1)
		return play_part(argv[1], argc > 2 ? argv[2] : "");
	return cmocka_run_group_tests(tests, test_adopt, NULL);
}
