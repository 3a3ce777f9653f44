/*
 * file_test: what the tests of file.h share.
 */
#ifndef TEST_FILE_TEST_H
#define TEST_FILE_TEST_H

#include "file.h"
#include "sys_test.h"

/* `name` in `folder`, in a buffer of the caller's. */
struct test_path {
	char text[128];
};

static inline struct test_path test_in(const char *folder, const char *name)
{
	struct test_path path;

	snprintf(path.text, sizeof path.text, "%s/%s", folder, name);
	return path;
}

static inline void test_content(const char *path, const char *expected)
{
	char *content;
	size_t size;

	assert_int_equal(par_file_read(&content, &size, path, 1 << 20), 0);
	assert_int_equal(size, strlen(expected));
	assert_string_equal(content, expected);
	free(content);
}

/* How many entries a folder has besides "." and ".."; fewer than ten. */
static inline int test_entries(const char *folder)
{
	char command[160];
	char digit[8] = { 0 };
	FILE *pipe;

	snprintf(command, sizeof command, "ls -A '%s' | wc -l", folder);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_non_null(fgets(digit, sizeof digit, pipe));
	pclose(pipe);
	return atoi(digit);
}

#endif
