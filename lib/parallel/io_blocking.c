/*
 * The operations of a worker that blocks: the system calls themselves, taken up again after a
 * signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "park.h"

/* A deadline, not a duration, so that signals do not make the sleep longer. */
static int blocking_sleep(struct par_io *io, uint64_t ns)
{
	struct timespec until;
	int code;

	(void)io;
	if (clock_gettime(CLOCK_MONOTONIC, &until) != 0)
		return -errno;
	until.tv_sec += (time_t)(ns / PAR_NS_PER_S);
	until.tv_nsec += (long)(ns % PAR_NS_PER_S);
	if (until.tv_nsec >= (long)PAR_NS_PER_S) {
		until.tv_nsec -= (long)PAR_NS_PER_S;
		until.tv_sec++;
	}
	do
		code = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	while (code == EINTR);
	return -code;
}

/*
 * After a call returned -1: true when it is to be made again, that is after a signal, and after
 * waiting where the descriptor turns out to be non-blocking.
 */
static bool again(int fd, short events)
{
	struct pollfd waiting = { .fd = fd, .events = events };

	if (errno == EINTR)
		return true;
	if (errno != EAGAIN)
		return false;
	return poll(&waiting, 1, -1) >= 0 || errno == EINTR;
}

static ssize_t blocking_read(struct par_io *io, int fd, void *data, size_t size)
{
	ssize_t got;

	(void)io;
	do
		got = read(fd, data, size);
	while (got < 0 && again(fd, POLLIN));
	return got < 0 ? -errno : got;
}

static ssize_t blocking_write(struct par_io *io, int fd, const void *data, size_t size)
{
	ssize_t put;

	(void)io;
	do
		put = write(fd, data, size);
	while (put < 0 && again(fd, POLLOUT));
	return put < 0 ? -errno : put;
}

/* A connect() that a signal has interrupted goes on by itself: waits for it. 0 or -errno. */
static int finish_connect(int fd)
{
	struct pollfd waiting = { .fd = fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int error = 0;

	while (poll(&waiting, 1, -1) < 0)
		if (errno != EINTR)
			return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		return -errno;
	return -error;
}

static int blocking_connect(struct par_io *io, const struct sockaddr *address, socklen_t size)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int code = 0;

	(void)io;
	if (fd < 0)
		return -errno;
	if (connect(fd, address, size) != 0)
		code = errno == EINTR ? finish_connect(fd) : -errno;
	if (!code)
		return fd;
	close(fd);
	return code;
}

/* On Linux the descriptor is gone even after EINTR: closing again could hit another's. */
static int blocking_close(struct par_io *io, int fd)
{
	(void)io;
	return close(fd) != 0 && errno != EINTR ? -errno : 0;
}

static int blocking_open(struct par_io *io, const char *path, int flags, mode_t mode)
{
	int fd;

	(void)io;
	do
		fd = open(path, flags | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : fd;
}

static ssize_t blocking_pread(struct par_io *io, int fd, void *data, size_t size, off_t offset)
{
	ssize_t got;

	(void)io;
	do
		got = pread(fd, data, size, offset);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

static ssize_t blocking_pwrite(
	struct par_io *io, int fd, const void *data, size_t size, off_t offset)
{
	ssize_t put;

	(void)io;
	do
		put = pwrite(fd, data, size, offset);
	while (put < 0 && errno == EINTR);
	return put < 0 ? -errno : put;
}

static int blocking_fsync(struct par_io *io, int fd)
{
	int result;

	(void)io;
	do
		result = fsync(fd);
	while (result != 0 && errno == EINTR);
	return result != 0 ? -errno : 0;
}

/* This worker holds no other task. */
static void blocking_yield(struct par_io *io)
{
	(void)io;
}

void par_io_init_blocking(struct par_io *io)
{
	static const struct par_io_ops ops = {
		.name = "blocking",
		.interleaves = false,
		.sleep = blocking_sleep,
		.read = blocking_read,
		.write = blocking_write,
		.connect = blocking_connect,
		.close = blocking_close,
		.open = blocking_open,
		.pread = blocking_pread,
		.pwrite = blocking_pwrite,
		.fsync = blocking_fsync,
		.yield = blocking_yield,
		.park = par_park_blocking,
		.unpark = par_unpark_blocking,
	};

	*io = (struct par_io){ .ops = &ops };
}
