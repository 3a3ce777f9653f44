/*
 * sys_test: what the tests of floor sys share.
 */
#ifndef TEST_SYS_TEST_H
#define TEST_SYS_TEST_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A fresh folder below /tmp; the test removes it with par_dir_remove(). */
struct test_folder {
	char path[64];
};

static inline struct test_folder test_folder_open(void)
{
	struct test_folder folder = { "/tmp/parbench-sys-XXXXXX" };

	assert_non_null(mkdtemp(folder.path));
	return folder;
}

/* Runs `body` in a forked process and returns its exit code; a signal fails the test. */
static inline int test_in_process(int (*body)(const void *argument), const void *argument)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(body(argument));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#endif
