/* What a person may type, and what is refused. */
#include "parse.h"
#include "sys_test.h"

static int u64(const char *string, uint64_t low, uint64_t high, uint64_t *out)
{
	struct par_error error = PAR_ERROR_INIT;
	int rc = par_parse_u64(out, string, low, high, "--cores", &error);

	/* A failure names the input, a success is silent. */
	assert_int_equal(rc == 0, error.text[0] == 0);
	if (rc)
		assert_non_null(strstr(error.text, "--cores"));
	return rc;
}

static void u64_accepts(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(u64("0", 0, 10, &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(u64("007", 0, 10, &value), 0);
	assert_int_equal(value, 7);
	assert_int_equal(u64("0x1F", 0, 31, &value), 0);
	assert_int_equal(value, 31);
	assert_int_equal(u64("18446744073709551615", 0, UINT64_MAX, &value), 0);
	assert_true(value == UINT64_MAX);
	assert_int_equal(u64("0Xffffffffffffffff", 0, UINT64_MAX, &value), 0);
	assert_true(value == UINT64_MAX);
}

static void u64_refuses(void **state)
{
	static const char *const wrong[] = { "", " 1", "1 ", "-1", "+1", "1.0", "1e3", "0x", "x1",
		"four", "0xg", "1,2", "99999999999999999999999x" };
	uint64_t value = 77;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(u64(wrong[i], 0, UINT64_MAX, &value), -EINVAL);
	assert_int_equal(u64("18446744073709551616", 0, UINT64_MAX, &value), -ERANGE);
	assert_int_equal(u64("0x10000000000000000", 0, UINT64_MAX, &value), -ERANGE);
	assert_int_equal(u64("0", 1, 8, &value), -ERANGE);
	assert_int_equal(u64("9", 1, 8, &value), -ERANGE);
	/* Untouched by a failure. */
	assert_int_equal(value, 77);
	assert_int_equal(par_parse_u64(&value, "x", 0, 1, "n", NULL), -EINVAL);
}

static void u64_error_names_the_range(void **state)
{
	struct par_error error = PAR_ERROR_INIT;
	uint64_t value;

	(void)state;
	par_parse_u64(&value, "9", 1, 8, "--cores", &error);
	assert_string_equal(error.text, "--cores: 9 is out of range, give 1 to 8");
}

static void duration_accepts(void **state)
{
	static const struct {
		const char *string;
		uint64_t ns;
	} good[] = {
		{ "0s", 0 },
		{ "7ns", 7 },
		{ "3us", 3000 },
		{ "20ms", 20000000 },
		{ "90s", UINT64_C(90000000000) },
		{ "1.5m", UINT64_C(90000000000) },
		{ "2h", UINT64_C(7200000000000) },
		{ "0.000000001s", 1 },
		{ "1.0000000019s", 1000000001 },
		{ "0.1h", UINT64_C(360000000000) },
		{ "2.999999999999999999999999999ns", 2 },
		{ "9223372036854775807ns", INT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		uint64_t ns = 1;

		assert_int_equal(par_parse_duration(&ns, good[i].string, "--budget", NULL), 0);
		assert_true(ns == good[i].ns);
	}
}

static void duration_refuses(void **state)
{
	static const char *const wrong[] = { "", "5", "s", "1.s", ".5s", "5 s", "-1s", "5d", "5S",
		"1.5.5s", "1m30s", "5s ", "1e3s", "5sec" };
	struct par_error error = PAR_ERROR_INIT;
	uint64_t ns = 77;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(par_parse_duration(&ns, wrong[i], "--budget", &error), -EINVAL);
	assert_non_null(strstr(error.text, "--budget"));
	assert_non_null(strstr(error.text, "5sec"));
	assert_int_equal(par_parse_duration(&ns, "18446744073709551616ns", "b", NULL), -ERANGE);
	assert_int_equal(par_parse_duration(&ns, "18446744073.8s", "b", NULL), -ERANGE);
	assert_int_equal(par_parse_duration(&ns, "9999999999h", "b", NULL), -ERANGE);
	/* What JSON's signed integers do not hold is told with the most that they do. */
	assert_int_equal(par_parse_duration(&ns, "9223372036854775808ns", "b", NULL), -ERANGE);
	assert_int_equal(par_parse_duration(&ns, "2562048h", "b", &error), -ERANGE);
	assert_non_null(strstr(error.text, "give at most 2562047h"));
	assert_int_equal(ns, 77);
	assert_int_equal(par_parse_duration(&ns, "2562047h", "b", &error), 0);
}

static void list_splits(void **state)
{
	char one[] = "a";
	char three[] = "thread,fork,2";
	const char *items[3];

	(void)state;
	assert_int_equal(par_parse_list(one, items, 3, "--models", NULL), 1);
	assert_string_equal(items[0], "a");
	assert_int_equal(par_parse_list(three, items, 3, "--models", NULL), 3);
	assert_string_equal(items[0], "thread");
	assert_string_equal(items[1], "fork");
	assert_string_equal(items[2], "2");
}

static void list_refuses(void **state)
{
	static const char *const wrong[] = { "", ",", "a,", ",a", "a,,b" };
	struct par_error error = PAR_ERROR_INIT;
	const char *items[3];
	char list[16];

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		snprintf(list, sizeof list, "%s", wrong[i]);
		assert_int_equal(par_parse_list(list, items, 3, "--models", &error), -EINVAL);
		assert_non_null(strstr(error.text, "--models"));
	}
	snprintf(list, sizeof list, "a,b,c,d");
	assert_int_equal(par_parse_list(list, items, 3, "--models", &error), -E2BIG);
}

static const char *const names[] = { "serial", "fork", "process_pool", "thread", "thread_pool",
	"coroutine",
	"a_name_that_is_much_longer_than_any_name_that_a_person_would_ever_want_to_type" };

static const char *name_of(const void *context, size_t index)
{
	assert_ptr_equal(context, names);
	return names[index];
}

static const char *nearest(const char *word)
{
	return par_parse_nearest(word, sizeof names / sizeof names[0], name_of, names);
}

static void nearest_finds(void **state)
{
	char longest[65];

	(void)state;
	assert_string_equal(nearest("fork"), "fork");
	assert_string_equal(nearest("frok"), "fork");            /* two swapped */
	assert_string_equal(nearest("thred"), "thread");         /* one lost */
	assert_string_equal(nearest("coroutines"), "coroutine"); /* one more */
	assert_string_equal(nearest("thread-pool"), "thread_pool");
	assert_string_equal(nearest("porcess_pol"), "process_pool");
	assert_null(nearest("banana"));
	assert_null(nearest("fk")); /* two edits of two */
	assert_null(nearest(""));
	memset(longest, 'x', 64);
	longest[64] = 0;
	assert_null(nearest(longest));
	assert_null(nearest(names[6]));
	assert_null(par_parse_nearest("fork", 0, name_of, names));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(u64_accepts),
		cmocka_unit_test(u64_refuses),
		cmocka_unit_test(u64_error_names_the_range),
		cmocka_unit_test(duration_accepts),
		cmocka_unit_test(duration_refuses),
		cmocka_unit_test(list_splits),
		cmocka_unit_test(list_refuses),
		cmocka_unit_test(nearest_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
