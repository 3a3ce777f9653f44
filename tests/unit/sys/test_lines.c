#include "file_test.h"

#include <errno.h>

#include "lines.h"

#define LIMIT 200000

static char *make_file(const char *folder, const char *text, size_t size)
{
	char *path = par_path_join(folder, "text");

	assert_non_null(path);
	assert_int_equal(par_file_write(path, text, size, NULL), 0);
	return path;
}

static void next_is(struct par_lines *lines, int result, const char *text)
{
	const char *line;
	size_t size;

	assert_int_equal(par_lines_next(lines, &line, &size), result);
	assert_int_equal(size, strlen(text));
	assert_memory_equal(line, text, size);
}

static void lines_come_one_by_one(void **state)
{
	char folder[] = "/tmp/parbench-lines-XXXXXX";
	struct par_lines lines;
	char *path;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = make_file(folder, "one\n\nthree\ntorn", 15);
	assert_int_equal(par_lines_open(&lines, path, LIMIT), 0);
	next_is(&lines, 1, "one");
	next_is(&lines, 1, "");
	next_is(&lines, 1, "three");
	assert_int_equal(lines.number, 3);
	next_is(&lines, 0, "torn");
	next_is(&lines, 0, "torn");
	par_lines_close(&lines);
	par_lines_close(&lines);
	assert_int_equal(par_lines_open(&lines, "/nowhere/text", LIMIT), -ENOENT);
	par_lines_close(&lines);
	assert_int_equal(par_dir_remove(folder), 0);
	free(path);
}

/* Lines of every length around the sizes of the buffer; the limit itself is too long. */
static void long_lines_have_a_bound(void **state)
{
	static const size_t sizes[] = { 1, 65534, 65535, 65536, 65537, 131072, 5, LIMIT - 1, 0,
		LIMIT };
	size_t count = sizeof sizes / sizeof *sizes, used = 0, size;
	char folder[] = "/tmp/parbench-lines-XXXXXX", *text = malloc(1 << 20), *path;
	struct par_lines lines;
	const char *line;

	(void)state;
	assert_non_null(text);
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < count; i++) {
		memset(text + used, 'a' + (int)i, sizes[i]);
		used += sizes[i];
		text[used++] = '\n';
	}
	path = make_file(folder, text, used);
	assert_int_equal(par_lines_open(&lines, path, LIMIT), 0);
	for (size_t i = 0; i + 1 < count; i++) {
		assert_int_equal(par_lines_next(&lines, &line, &size), 1);
		assert_int_equal(size, sizes[i]);
		assert_true(size == 0 || line[0] == 'a' + (int)i);
		assert_true(size == 0 || line[size - 1] == 'a' + (int)i);
	}
	assert_int_equal(par_lines_next(&lines, &line, &size), -EFBIG);
	assert_int_equal(lines.number, count);
	par_lines_close(&lines);
	assert_int_equal(par_dir_remove(folder), 0);
	free(path);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_one_by_one),
		cmocka_unit_test(long_lines_have_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
