/* What par_child_run() leaves behind (nothing) and what the program finds. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include "child_parts.h"
#include "child_test.h"
#include "file.h"

/* Starts `depth` processes, each of them in a session of its own and below the one before it. */
static int start_strays(int depth, bool wait)
{
	pid_t pid = fork();

	if (pid < 0)
		return 1;
	if (pid > 0 && wait)
		test_sleep_for_ever();
	if (pid > 0)
		return 0;
	setsid();
	printf("%ld ", (long)getpid());
	fflush(stdout);
	if (depth > 1)
		start_strays(depth - 1, true);
	test_sleep_for_ever();
}

/* Does not end before all have told their numbers: there would be nothing to check. */
static int leave_strays(int depth)
{
	int told[2];
	int rc;
	char byte;

	if (pipe(told) < 0)
		return 1;
	for (int i = 0; i < depth; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			close(told[0]);
			setsid();
			printf("%ld ", (long)getpid());
			fflush(stdout);
			if (i % 2 == 0) {
				rc = start_strays(2, false);
				if (rc)
					return rc;
			}
			(void)!write(told[1], "x", 1);
			test_sleep_for_ever();
		}
	}
	close(told[1]);
	for (int i = 0; i < depth; i++)
		if (read(told[0], &byte, 1) != 1)
			return 1;
	return 0;
}

/* What a program may expect: no signal ignored or blocked, no descriptor but three, no input. */
static int check_surroundings(void)
{
	DIR *folder = opendir("/proc/self/fd");
	struct dirent *entry;
	int count = 0;
	sigset_t mask;
	char byte;

	for (int i = 1; i < NSIG; i++) {
		struct sigaction action;

		if (sigaction(i, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			return 1;
	}
	if (sigprocmask(SIG_BLOCK, NULL, &mask) < 0)
		return 2;
	for (int i = 1; i < NSIG; i++)
		if (sigismember(&mask, i) == 1)
			return 3;
	while (folder && (entry = readdir(folder)))
		count += entry->d_name[0] != '.';
	if (folder)
		closedir(folder);
	if (count != 4) /* the fourth reads the folder */
		return 4;
	if (read(0, &byte, 1) != 0)
		return 5;
	return getpgrp() == getpid() ? 0 : 6;
}

static int play_part(const char *name, const char *argument)
{
	if (strcmp(name, "exit") == 0)
		return atoi(argument);
	if (strcmp(name, "say") == 0)
		return fputs(argument, stdout) < 0;
	if (strcmp(name, "strays") == 0)
		return leave_strays(atoi(argument));
	if (strcmp(name, "surroundings") == 0)
		return check_surroundings();
	return 99;
}

static unsigned count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

/* Ten, of which half leave two more, in sessions of their own and with our pipes open. */
static void strays_are_gone(void **state)
{
	struct par_child_result result;
	const char *at;
	char *end;
	int count = 0;

	(void)state;
	test_run_part(&result, "strays", "10");
	assert_int_equal(result.exit_code, 0);
	for (at = result.output; *at; at = end) {
		long pid = strtol(at, &end, 10);

		if (end == at)
			break;
		count++;
		assert_int_equal(kill((pid_t)pid, 0), -1);
		assert_int_equal(errno, ESRCH);
	}
	/* Those below the ten may have been found before they spoke. */
	assert_in_range(count, 10, 20);
	par_child_result_fini(&result);
	test_expect_no_children();
}

/* A process that this one started for itself is no stray. */
static void own_children_are_spared(void **state)
{
	struct par_child_result result;
	pid_t own = fork();
	int status;

	(void)state;
	assert_true(own >= 0);
	if (own == 0)
		test_sleep_for_ever();
	test_run_part(&result, "strays", "3");
	par_child_result_fini(&result);
	assert_int_equal(waitpid(own, &status, WNOHANG), 0);
	assert_int_equal(kill(own, SIGTERM), 0);
	assert_int_equal(waitpid(own, &status, 0), own);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	test_expect_no_children();
}

/* Both ways to find the children see the same ones. */
static void lists_of_children_agree(void **state)
{
	struct par_text list = PAR_TEXT_INIT;
	struct par_text scan = PAR_TEXT_INIT;
	char expected[32];
	pid_t own = fork();
	int rc;

	(void)state;
	assert_true(own >= 0);
	if (own == 0)
		test_sleep_for_ever();
	snprintf(expected, sizeof expected, "%ld ", (long)own);
	rc = par_children_list(&list);
	assert_int_equal(par_children_scan(&scan), 0);
	assert_string_equal(par_text_get(&scan), expected);
	if (rc == 0)
		assert_string_equal(par_text_get(&list), expected);
	else
		assert_int_equal(rc, -ENOENT);
	par_text_fini(&list);
	par_text_fini(&scan);
	assert_int_equal(kill(own, SIGKILL), 0);
	assert_int_equal(waitpid(own, NULL, 0), own);
}

static void surroundings_are_clean(void **state)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction before;
	struct par_child_result result;
	int stray_fd = open("/dev/null", O_RDONLY); /* meant to be inherited */
	sigset_t block;
	sigset_t old;

	(void)state;
	assert_true(stray_fd >= 0);
	assert_int_equal(dup2(stray_fd, 500), 500);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR2);
	assert_int_equal(sigprocmask(SIG_BLOCK, &block, &old), 0);
	assert_int_equal(sigaction(SIGUSR1, &ignore, &before), 0);
	test_run_part(&result, "surroundings", NULL);
	assert_int_equal(result.exit_code, 0);
	par_child_result_fini(&result);
	/* The caller's own mask is as before. */
	assert_int_equal(sigprocmask(SIG_SETMASK, &old, &block), 0);
	assert_int_equal(sigismember(&block, SIGUSR2), 1);
	assert_int_equal(sigismember(&block, SIGUSR1), 0);
	assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
	close(500);
	close(stray_fd);
}

/* Pipes that land on descriptors 0 to 2 must still find their way. */
static int run_with_closed_streams(const void *unused)
{
	const char *const argv[] = { TEST_SELF, "say", "hello", NULL };
	const struct par_child_spec spec = { .argv = argv, .output_limit = 100 };
	struct par_child_result result;

	(void)unused;
	close(0);
	close(1);
	close(2);
	if (par_child_run(&result, &spec) || result.spawn_error || result.exit_code)
		return 1;
	return strcmp(result.output, "hello") == 0 ? 0 : 2;
}

static void closed_streams_do_no_harm(void **state)
{
	(void)state;
	assert_int_equal(test_in_process(run_with_closed_streams, NULL), 0);
}

/* No descriptor is free for the third pipe: an error of ours, and nothing is left behind. */
static void no_descriptors_is_an_error(void **state)
{
	const char *const argv[] = { TEST_SELF, "exit", "0", NULL };
	const struct par_child_spec spec = { .argv = argv };
	struct par_child_result result;
	struct rlimit before;
	struct rlimit few;
	unsigned open_before = count_descriptors();

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = (rlim_t)dup(0);
	close((int)few.rlim_cur);
	few.rlim_cur += 4;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(par_child_run(&result, &spec), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_null(result.output);
	assert_int_equal(count_descriptors(), open_before);
	test_expect_no_children();
}

static void nothing_leaks(void **state)
{
	unsigned before = count_descriptors();

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct par_child_result result;

		test_run_part(&result, "exit", "0");
		par_child_result_fini(&result);
	}
	assert_int_equal(count_descriptors(), before);
	test_expect_no_children();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strays_are_gone),
		cmocka_unit_test(own_children_are_spared),
		cmocka_unit_test(lists_of_children_agree),
		cmocka_unit_test(surroundings_are_clean),
		cmocka_unit_test(closed_streams_do_no_harm),
		cmocka_unit_test(no_descriptors_is_an_error),
		cmocka_unit_test(nothing_leaks),
	};

	if (argc > 1)
		return play_part(argv[1], argc > 2 ? argv[2] : "");
	return cmocka_run_group_tests(tests, test_adopt, NULL);
}
