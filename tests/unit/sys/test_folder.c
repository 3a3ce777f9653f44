/* Folders and links: made, replaced and removed. */
#include <sys/stat.h>

#include "file_test.h"

static void folders_are_made(void **state)
{
	struct test_folder folder = test_folder_open();
	struct test_path deep = test_in(folder.path, "a//b/c d/");
	struct test_path file = test_in(folder.path, "a/file");
	struct test_path wrong = test_in(folder.path, "a/file/x");
	struct par_error error = PAR_ERROR_INIT;
	struct stat status;

	(void)state;
	assert_int_equal(par_dir_make(deep.text, &error), 0);
	assert_int_equal(par_dir_make(deep.text, &error), 0);
	assert_int_equal(stat(deep.text, &status), 0);
	assert_true(S_ISDIR(status.st_mode));
	assert_int_equal(par_dir_make("/", NULL), 0);
	assert_int_equal(par_dir_make(".", NULL), 0);
	assert_int_equal(par_dir_make("", NULL), -ENOENT);
	assert_int_equal(par_file_write(file.text, "x", 1, NULL), 0);
	assert_int_equal(par_dir_make(file.text, &error), -ENOTDIR);
	assert_int_equal(par_dir_make(wrong.text, &error), -ENOTDIR);
	assert_non_null(strstr(error.text, wrong.text));
	assert_int_equal(par_dir_remove(folder.path), 0);
}

static void folders_are_removed_but_not_what_links_name(void **state)
{
	struct test_folder folder = test_folder_open();
	struct test_folder other = test_folder_open();
	struct test_path deep = test_in(folder.path, "a/b/c");
	struct test_path file = test_in(folder.path, "a/b/file");
	struct test_path link = test_in(folder.path, "a/link");
	struct test_path precious = test_in(other.path, "precious");
	struct test_path outer = test_in(other.path, "outer");
	struct test_path outer_slash = test_in(other.path, "outer/");

	(void)state;
	assert_int_equal(par_dir_make(deep.text, NULL), 0);
	assert_int_equal(par_file_write(file.text, "x", 1, NULL), 0);
	assert_int_equal(par_file_write(precious.text, "x", 1, NULL), 0);
	assert_int_equal(symlink(other.path, link.text), 0);
	assert_int_equal(symlink(folder.path, outer.text), 0);
	assert_int_equal(par_dir_remove(outer.text), -ENOTDIR);
	assert_int_equal(par_dir_remove(outer_slash.text), -ENOTDIR);
	assert_int_equal(par_dir_remove(precious.text), -ENOTDIR);
	test_content(file.text, "x");
	assert_int_equal(par_dir_remove(folder.path), 0);
	assert_int_equal(access(folder.path, F_OK), -1);
	test_content(precious.text, "x");
	assert_int_equal(par_dir_remove(folder.path), 0);
	assert_int_equal(par_dir_remove(""), -EINVAL);
	assert_int_equal(par_dir_remove("//"), -EINVAL);
	assert_int_equal(par_dir_remove(other.path), 0);
}

static void links_are_replaced(void **state)
{
	struct test_folder folder = test_folder_open();
	struct test_path link = test_in(folder.path, "latest");
	struct test_path file = test_in(folder.path, "file");
	struct par_error error = PAR_ERROR_INIT;
	char target[16] = { 0 };

	(void)state;
	assert_int_equal(par_link_replace("first", link.text, &error), 0);
	assert_int_equal(par_link_replace("second", link.text, &error), 0);
	assert_int_equal(readlink(link.text, target, sizeof target - 1), 6);
	assert_string_equal(target, "second");
	assert_int_equal(par_file_write(file.text, "x", 1, NULL), 0);
	assert_int_equal(par_link_replace("first", file.text, &error), -EEXIST);
	assert_non_null(strstr(error.text, file.text));
	assert_int_equal(par_link_replace("first", "/nowhere/latest", &error), -ENOENT);
	test_content(file.text, "x");
	assert_int_equal(test_entries(folder.path), 2);
	assert_int_equal(par_dir_remove(folder.path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_are_made),
		cmocka_unit_test(folders_are_removed_but_not_what_links_name),
		cmocka_unit_test(links_are_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
