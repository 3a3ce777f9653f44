/* What only a loop on an io_uring has to cope with: refusal, full queues, other people's flags. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leftovers.h"
#include "ways_to_wait.h"

#include "annotate.h"

/* More than completions fit into the ring, and more than one batch of requests. */
#ifdef PAR_TSAN
#define MANY 4000
#else
#define MANY 40000
#endif

static const struct par_loop_spec ring = { .ring = true };

static void skip_without_ring(void)
{
	const char *why = par_loop_uring_unavailable();

	if (why == NULL)
		return;
	print_message("%s\n", why);
	skip();
}

struct tally {
	unsigned alive, most, done;
	int fd[2];
};

static void nap(void *context, uint64_t index, struct par_io *io)
{
	struct tally *tally = context;

	if (++tally->alive > tally->most)
		tally->most = tally->alive;
	assert_int_equal(par_io_sleep(io, 1000 * (index % 7)), 0);
	tally->alive--;
	tally->done++;
}

static void test_more_than_fit_into_the_queues(void **state)
{
	struct tally tally = { 0 };
	struct par_loop *loop;

	(void)state;
	skip_without_ring();
	assert_int_equal(par_loop_open(&loop, &ring), 0);
	for (unsigned i = 1; i <= 2; i++) {
		assert_int_equal(on_loop(loop, nap, &tally, MANY, MANY), 0);
		assert_int_equal(tally.done, i * MANY);
		assert_int_equal(tally.most, MANY);
	}
	par_loop_close(loop);
}

/* One reads before there is anything; the descriptors were made non-blocking by somebody else. */
static void talk(void *context, uint64_t index, struct par_io *io)
{
	static char data[2][1 << 17];
	struct tally *tally = context;

	memset(data[index], index ? 'x' : 0, sizeof(data[index]));
	if (index == 0)
		assert_int_equal(par_io_read_all(io, tally->fd[0], data[0], sizeof(data[0])), 0);
	else
		assert_int_equal(par_io_write_all(io, tally->fd[1], data[1], sizeof(data[1])), 0);
	for (size_t i = 0; i < sizeof(data[0]); i++)
		assert_int_equal(data[index][i], 'x');
}

static void test_descriptors_that_do_not_block(void **state)
{
	struct tally tally = { 0 };
	struct par_loop *loop;

	(void)state;
	skip_without_ring();
	assert_int_equal(par_loop_open(&loop, &ring), 0);
	assert_int_equal(pipe2(tally.fd, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(on_loop(loop, talk, &tally, 2, 2), 0);
	close(tally.fd[0]);
	close(tally.fd[1]);
	par_loop_close(loop);
}

static void bad_descriptors(void *context, uint64_t index, struct par_io *io)
{
	char byte = 0;

	(void)context, (void)index;
	assert_int_equal(par_io_read(io, -1, &byte, 1), -EBADF);
	assert_int_equal(par_io_write(io, 1000, &byte, 1), -EBADF);
	assert_int_equal(par_io_close(io, -1), -EBADF);
	assert_int_equal(par_io_close(io, 1000), -EBADF);
	assert_int_equal(par_io_open(io, "/nowhere/at/all", O_RDONLY, 0), -ENOENT);
	assert_int_equal(par_io_pread(io, 1000, &byte, 1, 0), -EBADF);
	assert_int_equal(par_io_fsync(io, 1000), -EBADF);
}

static void test_errors_are_told(void **state)
{
	struct leftovers before = leftovers_now();
	struct par_loop *loop;

	(void)state;
	skip_without_ring();
	assert_int_equal(par_loop_open(&loop, &ring), 0);
	assert_int_equal(on_loop(loop, bad_descriptors, NULL, 3, 3), 0);
	par_loop_close(loop);
	leftovers_none_since(&before);
}

/* From here on this process is refused io_uring_setup() with `code`, as in many containers. */
static int refuse_rings(int code)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 425, 0, 1), /* the same everywhere */
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)code),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(*filter), filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0 ? -errno : 0;
}

/* 0: refused with this errno and words; 1: no filters here; 2: something else. */
static int is_refused(int code, const char *word)
{
	struct par_loop *loop;
	const char *why;

	if (refuse_rings(code) != 0)
		return 1;
	why = par_loop_uring_unavailable();
	if (why == NULL || strstr(why, word) == NULL)
		return 2;
	return par_loop_open(&loop, &ring) == -code && loop == NULL ? 0 : 2;
}

static void check_refusal(int code, const char *word)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(is_refused(code, word));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 1)
		print_message("no seccomp here\n");
	else
		assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_refusal_says_why(void **state)
{
	(void)state;
	skip_without_ring();
	check_refusal(EPERM, "seccomp");
	check_refusal(ENOSYS, "kernel has no io_uring");
	check_refusal(ENOMEM, "memory");
	check_refusal(EINVAL, "5.19");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_more_than_fit_into_the_queues),
		cmocka_unit_test(test_descriptors_that_do_not_block),
		cmocka_unit_test(test_errors_are_told),
		cmocka_unit_test(test_refusal_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
