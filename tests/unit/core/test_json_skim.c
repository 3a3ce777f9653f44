#include "core_fixture.h"

#include "json_skim.h"

static const char *const unread[] = { "pus", "argv", "usage", NULL };

/* What is left of `line`; NULL when it is to be parsed whole. */
static const char *skim(const char *line)
{
	static char out[1024];
	size_t size = 0;

	assert_true(strlen(line) < sizeof out);
	if (!par_json_skim(out, &size, line, strlen(line), unread))
		return NULL;
	assert_true(size <= strlen(line));
	out[size] = '\0';
	return out;
}

static void members_are_left_out(void **state)
{
	(void)state;
	assert_string_equal(skim("{\"a\":1,\"pus\":[0,1],\"b\":\"x\"}"), "{\"a\":1,\"b\":\"x\"}");
	assert_string_equal(skim("{\"pus\":[],\"b\":{\"c\":[null,true,-1.5]}}"),
		"{\"b\":{\"c\":[null,true,-1.5]}}");
	assert_string_equal(
		skim("{\"a\":[{}],\"usage\":{\"x\":{\"y\":[[],{}]},\"z\":false}}"), "{\"a\":[{}]}");
	assert_string_equal(skim("{\"argv\":[\"parbench\",\"cell\"]}"), "{}");
	assert_string_equal(skim("{\"pus\":1795261204934511867,\"a\":-8999999999999999999}"),
		"{\"a\":-8999999999999999999}");
	assert_string_equal(skim("{\"puss\":1,\"pu\":2}"), "{\"puss\":1,\"pu\":2}");
}

/* All that the parser may refuse, or that is not plain, is left to it. */
static void the_rest_is_left_to_the_parser(void **state)
{
	static const char *const lines[] = { "", "{", "}", "[]", "1", "{}", "{\"a\"}", "{\"a\":}",
		"{\"a\":1,}", "{,\"a\":1}", "{\"a\":1}}", "{\"a\":1} ", "{\"a\":1", "{a:1}",
		"{\"pus\":[1,]}", "{\"pus\":[,1]}", "{\"pus\":[1 2]}", "{\"pus\":[1}}",
		"{\"pus\":[[1]}", "{\"pus\":{\"a\"}}", "{\"pus\":{\"a\":1,}}", "{\"pus\":{1:1}}",
		"{\"pus\":01}", "{\"pus\":-}", "{\"pus\":1.}", "{\"pus\":.5}", "{\"pus\":1e400}",
		"{\"pus\":9223372036854775808}", "{\"pus\":+1}", "{\"pus\":nul}", "{\"pus\":NaN}",
		"{\"pus\":\"a\\u0000\"}", "{\"pus\":\"\xff\"}", "{\"pus\":\"a\tb\"}",
		"{\"pus\":\"a}", "{\"pus\":1,\"pus\":1}", "{\"pus\":[[[[[[[[[1]]]]]]]]]}",
		"{\"pus\":[1]]}", "{\"pus\":1,\"a\":\"\\\"\"}" };

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		if (skim(lines[i]) != NULL)
			fail_msg("taken: %s", lines[i]);
	}
}

/* A line that ends anywhere is never taken for a whole one, nor read beyond its end. */
static void a_cut_line_is_never_taken(void **state)
{
	static const char line[] =
		"{\"a\":1,\"pus\":[0,-1.5,{\"x\":null}],\"usage\":{\"y\":[true,\"z\"]}}";

	(void)state;
	assert_non_null(skim(line));
	for (size_t size = 0; size + 1 < sizeof line; size++) {
		char *cut = malloc(size + 1), out[sizeof line];
		size_t left;

		assert_non_null(cut);
		memcpy(cut, line, size);
		assert_false(par_json_skim(out, &left, cut, size, unread));
		free(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_left_out),
		cmocka_unit_test(the_rest_is_left_to_the_parser),
		cmocka_unit_test(a_cut_line_is_never_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
