/* The operations of a task, one alone: the same answers from a worker that blocks and from a loop.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "leftovers.h"
#include "ways_to_wait.h"

#include "clock.h"

static uint64_t monotonic_ns(void)
{
	struct timespec ts;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &ts), 0);
	return (uint64_t)ts.tv_sec * PAR_NS_PER_S + (uint64_t)ts.tv_nsec;
}

static void sleep_long_enough(void *context, uint64_t index, struct par_io *io)
{
	static const uint64_t lengths[] = { 0, 1, 999, 1500000, 3000001 };

	(void)context, (void)index;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		uint64_t start = monotonic_ns();

		assert_int_equal(par_io_sleep(io, lengths[i]), 0);
		assert_true(monotonic_ns() - start >= lengths[i]);
	}
}

static void test_sleep(void **state)
{
	(void)state;
	on_each(sleep_long_enough, NULL);
}

static void ignore(int number)
{
	(void)number;
}

/* A signal every 200 us shortens no sleep and fails no read. */
static void test_signals(void **state)
{
	const struct sigaction action = { .sa_handler = ignore }; /* no SA_RESTART */
	const struct itimerval often = { { 0, 200 }, { 0, 200 } }, never = { { 0, 0 }, { 0, 0 } };

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	on_each(sleep_long_enough, NULL);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
}

static void pipe_whole(void *context, uint64_t index, struct par_io *io)
{
	char out[1000], in[1000];
	int ends[2];

	(void)context, (void)index;
	memset(out, 'x', sizeof(out));
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(par_io_write_all(io, ends[1], out, sizeof(out)), 0);
	assert_int_equal(par_io_read_all(io, ends[0], in, 600), 0);
	assert_int_equal(par_io_read(io, ends[0], in + 600, 1000 - 600), 400);
	assert_memory_equal(in, out, sizeof(in));

	assert_int_equal(par_io_write(io, ends[1], out, 3), 3);
	assert_int_equal(par_io_close(io, ends[1]), 0);
	assert_int_equal(par_io_read_all(io, ends[0], in, 4), -EPIPE); /* an early end */
	assert_int_equal(par_io_read(io, ends[0], in, 4), 0);
	assert_int_equal(par_io_close(io, ends[0]), 0);

	assert_int_equal(par_io_read(io, ends[0], in, 4), -EBADF);
	assert_int_equal(par_io_read(io, -1, in, 4), -EBADF);
	assert_int_equal(par_io_close(io, ends[0]), -EBADF);
}

static void test_pipe(void **state)
{
	struct leftovers before = leftovers_now();

	(void)state;
	on_each(pipe_whole, NULL);
	leftovers_none_since(&before);
}

static void write_to_closed(void *context, uint64_t index, struct par_io *io)
{
	int ends[2];

	(void)context, (void)index;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(par_io_close(io, ends[0]), 0);
	assert_int_equal(par_io_write(io, ends[1], "x", 1), -EPIPE);
	assert_int_equal(par_io_close(io, ends[1]), 0);
}

static void test_write_to_closed(void **state)
{
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);

	(void)state;
	on_each(write_to_closed, NULL);
	(void)signal(SIGPIPE, before);
}

/* A listening socket on loopback; `address` becomes its own. */
static int listen_on_loopback(struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(*address);

	assert_true(fd >= 0);
	*address = (struct sockaddr_in){ .sin_family = AF_INET };
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)address, &size), 0);
	assert_int_equal(listen(fd, 16), 0);
	return fd;
}

static void connect_and_talk(void *context, uint64_t index, struct par_io *io)
{
	struct sockaddr_in address;
	int server = listen_on_loopback(&address);
	char byte = 0;
	int fd, peer;

	(void)context, (void)index;
	fd = par_io_connect(io, (struct sockaddr *)&address, sizeof(address));
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	peer = accept(server, NULL, NULL);
	assert_true(peer >= 0);
	assert_int_equal(par_io_write_all(io, fd, "?", 1), 0);
	assert_int_equal(par_io_read_all(io, peer, &byte, 1), 0);
	assert_int_equal(byte, '?');
	assert_int_equal(par_io_close(io, peer), 0);
	assert_int_equal(par_io_read(io, fd, &byte, 1), 0);
	assert_int_equal(par_io_close(io, fd), 0);

	/* Nobody listens there any more. */
	assert_int_equal(par_io_close(io, server), 0);
	assert_int_equal(
		par_io_connect(io, (struct sockaddr *)&address, sizeof(address)), -ECONNREFUSED);
}

static void test_connect(void **state)
{
	struct leftovers before = leftovers_now();

	(void)state;
	on_each(connect_and_talk, NULL);
	leftovers_none_since(&before);
}

#define FILE_BYTES 300000

static void use_file(void *context, uint64_t index, struct par_io *io)
{
	const char *path = context;
	char *out = malloc(FILE_BYTES), *in = malloc(FILE_BYTES);
	int fd;

	(void)index;
	assert_non_null(out);
	assert_non_null(in);
	for (size_t i = 0; i < FILE_BYTES; i++)
		out[i] = (char)(i * 31);
	fd = par_io_open(io, path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(par_io_pwrite(io, fd, out, FILE_BYTES, 0), FILE_BYTES);
	assert_int_equal(par_io_fsync(io, fd), 0);
	/* Warm from the page cache, then cold where the kernel drops it. */
	for (int i = 0; i < 2; i++) {
		memset(in, 0, FILE_BYTES);
		assert_int_equal(par_io_pread(io, fd, in, FILE_BYTES, 0), FILE_BYTES);
		assert_memory_equal(in, out, FILE_BYTES);
		assert_int_equal(par_io_pread(io, fd, in, 100, FILE_BYTES - 7), 7);
		assert_int_equal(par_io_pread(io, fd, in, 100, FILE_BYTES), 0);
		assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	}
	assert_int_equal(par_io_pread(io, fd, in, 100, -1), -EINVAL);
	assert_int_equal(par_io_close(io, fd), 0);
	assert_int_equal(par_io_pwrite(io, fd, out, 1, 0), -EBADF);
	assert_int_equal(par_io_fsync(io, fd), -EBADF);

	fd = par_io_open(io, path, O_RDONLY, 0);
	assert_true(fd >= 0);
	assert_int_equal(par_io_pread(io, fd, in, 50, 100), 50);
	assert_memory_equal(in, out + 100, 50);
	assert_int_equal(par_io_close(io, fd), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(par_io_open(io, path, O_RDONLY, 0), -ENOENT);
	free(out);
	free(in);
}

static void test_file(void **state)
{
	struct leftovers before = leftovers_now();
	char path[] = "/var/tmp/parbench-test-XXXXXX"; /* a disk more often than /tmp is */
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	on_each(use_file, path);
	leftovers_none_since(&before);
}

static void yield_often(void *context, uint64_t index, struct par_io *io)
{
	(void)context, (void)index;
	for (int i = 0; i < 1000; i++)
		par_io_yield(io);
}

static void test_yield_alone(void **state)
{
	(void)state;
	on_each(yield_often, NULL);
}

static void fail_twice(void *context, uint64_t index, struct par_io *io)
{
	(void)context, (void)index;
	assert_int_equal(io->error, 0);
	par_io_fail(io, -EDOM);
	par_io_fail(io, -ERANGE);
	assert_int_equal(io->error, -EDOM);
}

static void test_fail_keeps_first(void **state)
{
	(void)state;
	on_each(fail_twice, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sleep),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_write_to_closed),
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_yield_alone),
		cmocka_unit_test(test_fail_keeps_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
