/* Whole files, also when the disk is full and when the way is barred. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "file_test.h"

static void read_whole_files(void **state)
{
	struct test_folder folder = test_folder_open();
	struct test_path path = test_in(folder.path, "file");
	char *big = malloc(100000);
	char *content;
	size_t size;

	(void)state;
	for (size_t i = 0; i < 100000; i++)
		big[i] = (char)(i * 7);
	assert_int_equal(par_file_write(path.text, big, 100000, NULL), 0);
	assert_int_equal(par_file_read(&content, &size, path.text, 100000), 0);
	assert_int_equal(size, 100000);
	assert_memory_equal(content, big, 100000);
	assert_int_equal(content[size], 0);
	free(content);
	assert_int_equal(par_file_read(&content, &size, path.text, 99999), -EFBIG);
	assert_null(content);
	assert_int_equal(par_file_write(path.text, "", 0, NULL), 0);
	test_content(path.text, "");
	free(big);
	assert_int_equal(par_dir_remove(folder.path), 0);
}

static void read_what_has_no_size(void **state)
{
	char *content;
	size_t size;
	char line[64];
	char tiny[4];

	(void)state;
	assert_int_equal(par_file_read(&content, &size, "/proc/self/stat", 1 << 16), 0);
	assert_true(size > 20);
	assert_int_equal(atol(content), (long)getpid());
	free(content);
	assert_int_equal(par_file_read_line(line, sizeof line, "/proc/sys/kernel/ostype"), 0);
	assert_string_equal(line, "Linux");
	assert_int_equal(par_file_read_line(tiny, sizeof tiny, "/proc/sys/kernel/ostype"), 0);
	assert_string_equal(tiny, "Lin");
}

static void read_tells_why_not(void **state)
{
	char *content = (char *)&content;
	char line[8] = "before";

	(void)state;
	assert_int_equal(par_file_read(&content, NULL, "/nowhere/at/all", 10), -ENOENT);
	assert_null(content);
	assert_int_equal(par_file_read(&content, NULL, "/", 10), -EISDIR);
	assert_null(content);
	assert_int_equal(par_file_read_line(line, sizeof line, "/nowhere/at/all"), -ENOENT);
	assert_string_equal(line, "");
	snprintf(line, sizeof line, "before");
	assert_int_equal(par_file_read_line(line, sizeof line, "/"), -EISDIR);
	assert_string_equal(line, "");
}

static void write_replaces(void **state)
{
	struct test_folder folder = test_folder_open();
	struct test_path path = test_in(folder.path, "a file");
	struct test_path stale;
	char name[64];
	int reader;
	char old[8] = { 0 };

	(void)state;
	assert_int_equal(par_file_write(path.text, "old", 3, NULL), 0);
	reader = open(path.text, O_RDONLY);
	assert_true(reader >= 0);
	/* What a killed process with our PID would have left. */
	snprintf(name, sizeof name, "a file.tmp.%ld", (long)getpid());
	stale = test_in(folder.path, name);
	assert_int_equal(symlink("/dev/null", stale.text), 0);
	assert_int_equal(par_file_write(path.text, "new content", 11, NULL), 0);
	test_content(path.text, "new content");
	/* Who had it open keeps the old one whole. */
	assert_int_equal(read(reader, old, sizeof old), 3);
	assert_string_equal(old, "old");
	close(reader);
	assert_int_equal(test_entries(folder.path), 1);
	assert_int_equal(par_dir_remove(folder.path), 0);
}

/* Exit code 0 when writing `big` over "old" in `folder` fails with `code` and leaves all in order.
 */
static int write_too_much(const char *folder, int code)
{
	static const char big[300000];
	struct test_path path = test_in(folder, "file");
	struct par_error error = PAR_ERROR_INIT;
	char line[16];

	if (par_file_write(path.text, "old", 3, NULL) != 0)
		return 1;
	if (par_file_write(path.text, big, sizeof big, &error) != code)
		return 2;
	if (!strstr(error.text, path.text) || !strstr(error.text, par_error_text(code)))
		return 3;
	if (par_file_read_line(line, sizeof line, path.text) || strcmp(line, "old") != 0)
		return 4;
	/* Only the old file: the folder is gone once that is. */
	return unlink(path.text) == 0 && rmdir(folder) == 0 ? 0 : 5;
}

static int write_with_limit(const void *folder)
{
	struct rlimit limit = { 100000, 100000 };

	/* The default action of SIGXFSZ ends the process. */
	if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 6;
	return write_too_much(folder, -EFBIG);
}

static void write_past_the_limit_keeps_the_old(void **state)
{
	struct test_folder folder = test_folder_open();

	(void)state;
	assert_int_equal(test_in_process(write_with_limit, folder.path), 0);
}

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return -errno;
	rc = par_write_all(fd, text, strlen(text));
	close(fd);
	return rc;
}

/* Who is no root may be one in a namespace; without these maps the user could make no file there.
 */
static int become_root_of_namespace(void)
{
	char users[64];
	char groups[64];
	int rc;

	snprintf(users, sizeof users, "0 %ld 1", (long)getuid());
	snprintf(groups, sizeof groups, "0 %ld 1", (long)getgid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return -errno;
	rc = put("/proc/self/uid_map", users);
	if (rc == 0)
		rc = put("/proc/self/setgroups", "deny");
	return rc ? rc : put("/proc/self/gid_map", groups);
}

static int write_to_full_disk(const void *folder)
{
	struct test_path inside = test_in(folder, "inside");

	/* A small disk of our own, where the kernel lets us have one. */
	if (unshare(CLONE_NEWNS) < 0 && become_root_of_namespace() < 0)
		return 77;
	if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("tmpfs", folder, "tmpfs", 0, "size=128k") < 0)
		return 77;
	if (mkdir(inside.text, 0777) < 0)
		return 7;
	return write_too_much(inside.text, -ENOSPC);
}

static void write_to_a_full_disk_keeps_the_old(void **state)
{
	struct test_folder folder = test_folder_open();
	int rc = test_in_process(write_to_full_disk, folder.path);

	(void)state;
	assert_int_equal(par_dir_remove(folder.path), 0);
	if (rc == 77)
		skip();
	assert_int_equal(rc, 0);
}

static void write_names_what_is_missing(void **state)
{
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	assert_int_equal(par_file_write("/nowhere/at/all", "x", 1, &error), -ENOENT);
	assert_string_equal(error.text, "cannot write /nowhere/at/all: No such file or directory");
	assert_int_equal(par_file_write("/proc/x", "x", 1, NULL), -ENOENT);
}

static void write_into_a_barred_folder(void **state)
{
	struct test_folder folder = test_folder_open();
	struct test_path path = test_in(folder.path, "file");
	struct test_path below = test_in(folder.path, "a/b");
	struct par_error error = PAR_ERROR_INIT;
	bool barred;

	(void)state;
	assert_int_equal(chmod(folder.path, 0555), 0);
	barred = access(folder.path, W_OK) < 0; /* root may always write */
	if (barred) {
		assert_int_equal(par_file_write(path.text, "x", 1, &error), -EACCES);
		assert_non_null(strstr(error.text, path.text));
		assert_non_null(strstr(error.text, "choose a folder"));
		assert_int_equal(par_dir_make(below.text, &error), -EACCES);
		assert_non_null(strstr(error.text, below.text));
	}
	assert_int_equal(chmod(folder.path, 0755), 0);
	assert_int_equal(par_dir_remove(folder.path), 0);
	if (!barred)
		skip();
}

static void write_all_tells_a_full_device(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	if (fd < 0)
		skip();
	assert_int_equal(par_write_all(fd, "x", 1), -ENOSPC);
	assert_int_equal(par_write_all(fd, "", 0), 0);
	close(fd);
	assert_int_equal(par_write_all(fd, "x", 1), -EBADF);
}

static void paths_are_joined(void **state)
{
	static const char *const cases[][3] = {
		{ "a", "b", "a/b" },
		{ "a/", "b", "a/b" },
		{ "a//", "/b", "a/b" },
		{ "/", "b", "/b" },
		{ "", "b", "b" },
		{ "/a b", "c/d", "/a b/c/d" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *path = par_path_join(cases[i][0], cases[i][1]);

		assert_string_equal(path, cases[i][2]);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_whole_files),
		cmocka_unit_test(read_what_has_no_size),
		cmocka_unit_test(read_tells_why_not),
		cmocka_unit_test(write_replaces),
		cmocka_unit_test(write_past_the_limit_keeps_the_old),
		cmocka_unit_test(write_to_a_full_disk_keeps_the_old),
		cmocka_unit_test(write_names_what_is_missing),
		cmocka_unit_test(write_into_a_barred_folder),
		cmocka_unit_test(write_all_tells_a_full_device),
		cmocka_unit_test(paths_are_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
