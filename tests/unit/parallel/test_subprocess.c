/* Subprocesses: what goes in, what comes out, how they end; never a deadlock, never a leftover. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "leftovers.h"

#include "clock.h"
#include "process.h"
#include "subprocess.h"

#define MIB (1 << 20)

static struct par_subprocess_result result;
static struct leftovers before;

static int begin(void **state)
{
	(void)state;
	result = (struct par_subprocess_result)PAR_SUBPROCESS_RESULT_INIT;
	before = leftovers_now();
	return 0;
}

static int finish(void **state)
{
	(void)state;
	par_subprocess_result_fini(&result);
	leftovers_none_since(&before);
	return 0;
}

/* A script, to make programs that behave badly. Returns the code of the call. */
static int run_script(const char *script, struct par_subprocess_spec spec)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };

	spec.argv = argv;
	if (spec.output_limit == 0)
		spec.output_limit = 4 * MIB;
	return par_subprocess_run(&result, &spec);
}

static void it_is_told_how_it_ended(void **state)
{
	(void)state;
	assert_int_equal(run_script("exit 3", (struct par_subprocess_spec){ 0 }), 0);
	assert_int_equal(result.exit_code, 3);
	assert_int_equal(result.signal, 0);
	assert_int_equal(result.output_size, 0);
	par_subprocess_result_fini(&result);
	assert_int_equal(run_script("kill -SEGV $$", (struct par_subprocess_spec){ 0 }), 0);
	assert_int_equal(result.exit_code, -1);
	assert_int_equal(result.signal, SIGSEGV);
	assert_false(result.timed_out);
}

static void both_streams_are_kept_apart(void **state)
{
	uint64_t first = 1;

	(void)state;
	assert_int_equal(run_script("echo one; echo two >&2",
				 (struct par_subprocess_spec){ .first_output_ns = &first }),
		0);
	assert_string_equal(result.output, "one\n");
	assert_string_equal(result.complaint, "two\n");
	assert_true(first > 1);
}

static char *pattern(size_t size)
{
	char *bytes = malloc(size);

	assert_non_null(bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(i * 31 + i / 251);
	return bytes;
}

/* More than pipes hold, both ways at once. */
static void what_goes_in_comes_out(void **state)
{
	static const char *const argv[] = { "cat", NULL };
	char *bytes = pattern(3 * MIB);
	struct par_subprocess_spec spec = {
		.argv = argv, .input = bytes, .input_size = 3 * MIB, .output_limit = 4 * MIB
	};

	(void)state;
	assert_int_equal(par_subprocess_run(&result, &spec), 0);
	assert_int_equal(result.exit_code, 0);
	assert_int_equal(result.input_taken, 3 * MIB);
	assert_int_equal(result.output_size, 3 * MIB);
	assert_memory_equal(result.output, bytes, 3 * MIB);
	free(bytes);
}

/* It fills both pipes before it reads anything: who wrote all first would wait for ever. */
static void one_that_prints_before_it_reads_is_no_deadlock(void **state)
{
	char *bytes = pattern(MIB);

	(void)state;
	assert_int_equal(
		run_script("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; wc -c",
			(struct par_subprocess_spec){ .input = bytes, .input_size = MIB }),
		0);
	assert_int_equal(result.exit_code, 0);
	assert_true(result.output_size > 1000000);
	assert_int_equal(result.complaint_size, 1000000);
	assert_int_equal(atoi(result.output + 1000000), MIB);
	free(bytes);
}

static volatile sig_atomic_t pipes_broken;

static void count_broken(int signal)
{
	(void)signal;
	pipes_broken++;
}

static void one_that_never_reads_is_no_error(void **state)
{
	char *bytes = pattern(MIB);

	(void)state;
	signal(SIGPIPE, count_broken);
	assert_int_equal(run_script("exec <&-; echo done",
				 (struct par_subprocess_spec){ .input = bytes, .input_size = MIB }),
		0);
	signal(SIGPIPE, SIG_DFL);
	assert_int_equal(result.exit_code, 0);
	assert_string_equal(result.output, "done\n");
	assert_true(result.input_taken < MIB);
	assert_int_equal(pipes_broken, 0);
	free(bytes);
}

static void empty_input_is_an_end_of_file(void **state)
{
	(void)state;
	assert_int_equal(run_script("wc -c", (struct par_subprocess_spec){ .input = "" }), 0);
	assert_int_equal(atoi(result.output), 0);
	par_subprocess_result_fini(&result);
	assert_int_equal(run_script("wc -c", (struct par_subprocess_spec){ 0 }), 0);
	assert_int_equal(atoi(result.output), 0);
}

static void one_that_prints_too_much_is_ended(void **state)
{
	(void)state;
	assert_int_equal(
		run_script("exec yes", (struct par_subprocess_spec){ .output_limit = 1000 }), 0);
	assert_true(result.overflow);
	assert_int_equal(result.output_size, 1000);
	assert_int_equal(result.signal, SIGKILL);
	assert_false(result.timed_out);
}

static void one_that_listens_is_asked_when_its_time_is_out(void **state)
{
	(void)state;
	assert_int_equal(
		run_script(
			"trap 'echo bye; exit 4' TERM; echo hi; while :; do sleep 1 & wait; done",
			(struct par_subprocess_spec){ .deadline_ns = 50 * PAR_NS_PER_MS,
				.grace_ns = 100 * PAR_NS_PER_S }),
		0);
	assert_true(result.timed_out);
	assert_int_equal(result.signal, 0);
	assert_int_equal(result.exit_code, 4);
	assert_string_equal(result.output, "hi\nbye\n");
}

static void one_that_does_not_listen_is_killed(void **state)
{
	(void)state;
	assert_int_equal(run_script("trap '' TERM; while :; do :; done",
				 (struct par_subprocess_spec){ .deadline_ns = 20 * PAR_NS_PER_MS,
					 .grace_ns = 20 * PAR_NS_PER_MS }),
		0);
	assert_true(result.timed_out);
	assert_int_equal(result.signal, SIGKILL);
}

static void without_grace_it_is_killed_at_once(void **state)
{
	(void)state;
	assert_int_equal(run_script("trap 'exit 4' TERM; while :; do :; done",
				 (struct par_subprocess_spec){ .deadline_ns = PAR_NS_PER_MS }),
		0);
	assert_true(result.timed_out);
	assert_int_equal(result.signal, SIGKILL);
}

/* A grandchild has the pipes too. Nobody waits for it, and it does not stay. */
static void what_it_leaves_behind_is_ended(void **state)
{
	pid_t left;

	(void)state;
	assert_int_equal(run_script("sleep 1000 & echo $!", (struct par_subprocess_spec){ 0 }), 0);
	assert_int_equal(result.exit_code, 0);
	left = atoi(result.output);
	assert_true(left > 1);
	/* Killed; whether it is reaped yet is up to init. */
	for (int i = 0; i < 2000; i++) {
		char path[64], text[256] = "";
		int fd;
		ssize_t size;

		snprintf(path, sizeof path, "/proc/%d/stat", (int)left);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			return;
		size = read(fd, text, sizeof text - 1);
		close(fd);
		if (size <= 0 || strstr(text, ") Z ") != NULL)
			return;
		nanosleep(&(struct timespec){ .tv_nsec = PAR_NS_PER_MS }, NULL);
	}
	fail_msg("process %d is still there", (int)left);
}

static void one_that_cannot_start_says_why(void **state)
{
	static const char *const none[] = { "/nonexistent/program", NULL };
	static const char *const folder[] = { "/tmp", NULL };
	struct par_subprocess_spec spec = { .argv = none, .output_limit = 100 };

	(void)state;
	assert_int_equal(par_subprocess_run(&result, &spec), -ENOENT);
	spec.argv = folder;
	assert_int_equal(par_subprocess_run(&result, &spec), -EACCES);
	assert_null(result.output);
}

static void our_descriptors_stay_ours(void **state)
{
	static const char *const argv[] = { "ls", "/proc/self/fd", NULL };
	struct par_subprocess_spec spec = { .argv = argv, .output_limit = MIB };
	int fd = fcntl(1, F_DUPFD, 90);

	(void)state;
	assert_true(fd >= 90);
	assert_int_equal(par_subprocess_run(&result, &spec), 0);
	close(fd);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
	assert_string_equal(result.output, "0\n1\n2\n3\n"); /* 3 is the folder */
#endif
}

static void it_works_without_standard_descriptors(void **state)
{
	static const char *const argv[] = { "cat", NULL };
	struct par_subprocess_spec spec = {
		.argv = argv, .input = "abc", .input_size = 3, .output_limit = MIB
	};
	int kept[3], code;

	(void)state;
	for (int i = 0; i < 3; i++)
		kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 50);
	for (int i = 0; i < 3; i++)
		close(i);
	code = par_subprocess_run(&result, &spec);
	for (int i = 0; i < 3; i++) {
		if (kept[i] >= 0)
			dup2(kept[i], i);
		close(kept[i]);
	}
	assert_int_equal(code, 0);
	assert_string_equal(result.output, "abc");
}

/* From here on this process is on a kernel before 5.3: pidfd_open() is not there. */
static int lose_pidfds(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 434, 0, 1), /* the same everywhere */
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0 ? -errno : 0;
}

/* 0: ended in time; 1: no filters here; 2: something else. The stray is ended by its number. */
static int outlive_a_stray(void)
{
	struct par_subprocess_spec spec = { .deadline_ns = 500 * PAR_NS_PER_MS };
	int code, stray;

	if (lose_pidfds() < 0)
		return 1;
	code = run_script("setsid sleep 1000 & echo $!; exec sleep 1000", spec);
	if (code < 0 || !result.timed_out || result.signal != SIGKILL || result.output == NULL)
		return 2;
	stray = atoi(result.output);
	return stray > 1 && (kill(stray, SIGKILL) == 0 || errno == ESRCH) ? 0 : 2;
}

/* A grandchild that left the group keeps the pipes open: that is not waited for. */
static void without_pidfds_a_stray_is_not_waited_for(void **state)
{
	pid_t child = fork();
	int status = 0, code;

	(void)state;
	assert_true(child >= 0);
	if (child == 0)
		_exit(outlive_a_stray());
	code = par_process_join(child, 30 * PAR_NS_PER_S, &status);
	if (code < 0)
		par_process_reap(child, 0);
	assert_int_equal(code, 0);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 1)
		print_message("no seccomp here\n");
	else
		assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_is_told_how_it_ended, begin, finish),
		cmocka_unit_test_setup_teardown(both_streams_are_kept_apart, begin, finish),
		cmocka_unit_test_setup_teardown(what_goes_in_comes_out, begin, finish),
		cmocka_unit_test_setup_teardown(
			one_that_prints_before_it_reads_is_no_deadlock, begin, finish),
		cmocka_unit_test_setup_teardown(one_that_never_reads_is_no_error, begin, finish),
		cmocka_unit_test_setup_teardown(empty_input_is_an_end_of_file, begin, finish),
		cmocka_unit_test_setup_teardown(one_that_prints_too_much_is_ended, begin, finish),
		cmocka_unit_test_setup_teardown(
			one_that_listens_is_asked_when_its_time_is_out, begin, finish),
		cmocka_unit_test_setup_teardown(one_that_does_not_listen_is_killed, begin, finish),
		cmocka_unit_test_setup_teardown(without_grace_it_is_killed_at_once, begin, finish),
		cmocka_unit_test_setup_teardown(what_it_leaves_behind_is_ended, begin, finish),
		cmocka_unit_test_setup_teardown(one_that_cannot_start_says_why, begin, finish),
		cmocka_unit_test_setup_teardown(our_descriptors_stay_ours, begin, finish),
		cmocka_unit_test_setup_teardown(
			it_works_without_standard_descriptors, begin, finish),
		cmocka_unit_test_setup_teardown(
			without_pidfds_a_stray_is_not_waited_for, begin, finish),
	};

	return cmocka_run_group_tests_name("subprocess", tests, NULL, NULL);
}
