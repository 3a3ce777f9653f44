/* A string that grows, and remembers when it could not. */
#include "sys_test.h"
#include "text.h"

static void empty_text_is_usable(void **state)
{
	struct par_text text = PAR_TEXT_INIT;

	(void)state;
	assert_string_equal(par_text_get(&text), "");
	assert_int_equal(par_text_status(&text), 0);
	par_text_clear(&text);
	par_text_add(&text, "");
	assert_non_null(text.data);
	assert_int_equal(text.size, 0);
	par_text_fini(&text);
	par_text_fini(&text);
	assert_null(text.data);
}

static void text_grows(void **state)
{
	struct par_text text = PAR_TEXT_INIT;
	char expected[16];

	(void)state;
	for (int i = 0; i < 10000; i++)
		par_text_format(&text, "%04d,", i);
	par_text_add(&text, "end");
	par_text_add_bytes(&text, "\0x", 2);
	assert_int_equal(par_text_status(&text), 0);
	assert_int_equal(text.size, 10000 * 5 + 3 + 2);
	for (int i = 0; i < 10000; i++) {
		snprintf(expected, sizeof expected, "%04d,", i);
		assert_memory_equal(text.data + i * 5, expected, 5);
	}
	assert_memory_equal(text.data + 50000, "end\0x", 6);
	par_text_clear(&text);
	assert_string_equal(par_text_get(&text), "");
	par_text_fini(&text);
}

/* Around the sizes at which it must grow, the NUL has to fit too. */
static void every_size_is_terminated(void **state)
{
	char bytes[200];

	(void)state;
	memset(bytes, 'a', sizeof bytes);
	for (size_t size = 0; size <= sizeof bytes; size++) {
		struct par_text text = PAR_TEXT_INIT;

		par_text_add_bytes(&text, bytes, size);
		assert_true(text.capacity > size);
		assert_int_equal(strlen(par_text_get(&text)), size);
		par_text_fini(&text);
	}
}

static void html_is_escaped(void **state)
{
	struct par_text text = PAR_TEXT_INIT;

	(void)state;
	par_text_add_html(&text, "<a href=\"x\">'1' & 2 &amp;</a>");
	assert_string_equal(par_text_get(&text),
		"&lt;a href=&quot;x&quot;&gt;&#39;1&#39; &amp; 2 &amp;amp;&lt;/a&gt;");
	par_text_clear(&text);
	par_text_add_html(&text, "");
	assert_string_equal(par_text_get(&text), "");
	par_text_fini(&text);
}

static void a_copied_line_is_whole(void **state)
{
	char line[8];

	(void)state;
	par_text_copy_line(line, sizeof line, "a\tb\nc");
	assert_string_equal(line, "a b c");
	par_text_copy_line(line, sizeof line, "1234567");
	assert_string_equal(line, "1234567");
	par_text_copy_line(line, sizeof line, "12345678");
	assert_string_equal(line, "1234567");
	par_text_copy_line(line, sizeof line, "123456µ");
	assert_string_equal(line, "123456");
	par_text_copy_line(line, 1, "µ");
	assert_string_equal(line, "");
}

static void failure_is_remembered(void **state)
{
	struct par_text text = PAR_TEXT_INIT;

	(void)state;
	par_text_add(&text, "kept");
	/* No machine has so much, and nothing is read before that is found out. */
	par_text_add_bytes(&text, "x", SIZE_MAX - 8);
	assert_int_equal(par_text_status(&text), -ENOMEM);
	par_text_add(&text, "ignored");
	par_text_format(&text, "%d", 1);
	assert_string_equal(par_text_get(&text), "kept");
	par_text_clear(&text);
	assert_int_equal(par_text_status(&text), 0);
	par_text_add(&text, "again");
	assert_string_equal(par_text_get(&text), "again");
	par_text_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_text_is_usable),
		cmocka_unit_test(text_grows),
		cmocka_unit_test(every_size_is_terminated),
		cmocka_unit_test(html_is_escaped),
		cmocka_unit_test(a_copied_line_is_whole),
		cmocka_unit_test(failure_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
