/*
 * The operations of an event loop. Each tries first, without blocking; only when the kernel would
 * block is the coroutine suspended, so a wait that is over already costs what it costs a blocking
 * worker.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "loop_state.h"

/* Between two looks whether a UNIX socket's backlog has room. */
#define BACKLOG_NAP_NS 100000

static int loop_sleep(struct par_io *io, uint64_t ns)
{
	struct par_loop *loop = par_loop_of(io);
	uint64_t now = par_poller_now();
	uint64_t deadline = now + ns < now ? PAR_TIMERS_NONE : now + ns;
	int code = par_timers_add(&loop->timers, deadline, loop->coroutines.running);

	if (!code)
		par_coroutine_suspend(&loop->coroutines);
	return code;
}

/* After a call returned -1: 0 when it is to be made again, else the errno it failed with. */
static int retry(struct par_loop *loop, int fd, enum par_direction direction)
{
	if (errno == EINTR)
		return 0;
	if (errno != EAGAIN)
		return -errno;
	return par_poller_await(&loop->poller, fd, direction, &loop->coroutines);
}

static ssize_t loop_read(struct par_io *io, int fd, void *data, size_t size)
{
	struct par_loop *loop = par_loop_of(io);
	int code = par_poller_prepare(&loop->poller, fd);
	ssize_t got;

	while (!code) {
		got = read(fd, data, size);
		if (got >= 0)
			return got;
		code = retry(loop, fd, PAR_READABLE);
	}
	return code;
}

static ssize_t loop_write(struct par_io *io, int fd, const void *data, size_t size)
{
	struct par_loop *loop = par_loop_of(io);
	int code = par_poller_prepare(&loop->poller, fd);
	ssize_t put;

	while (!code) {
		put = write(fd, data, size);
		if (put >= 0)
			return put;
		code = retry(loop, fd, PAR_WRITABLE);
	}
	return code;
}

/*
 * Connects a non-blocking socket by calling connect() until it says so: the second call tells that
 * a connection under way is made (loopback: at once) or why it failed, and a needless wake does no
 * harm.
 */
static int finish_connect(
	struct par_loop *loop, int fd, const struct sockaddr *address, socklen_t size)
{
	bool asked = false;
	int code = 0;

	while (connect(fd, address, size) != 0 && errno != EISCONN && !code) {
		if (errno == EAGAIN) /* a UNIX socket's backlog is full, which no event tells */
			code = loop_sleep(&loop->io, BACKLOG_NAP_NS);
		else if (errno == EALREADY || (errno == EINPROGRESS && asked))
			code = par_poller_await(&loop->poller, fd, PAR_WRITABLE, &loop->coroutines);
		else if (errno == EINPROGRESS)
			asked = true;
		else if (errno != EINTR)
			code = -errno;
	}
	return code;
}

static int loop_connect(struct par_io *io, const struct sockaddr *address, socklen_t size)
{
	struct par_loop *loop = par_loop_of(io);
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int code;

	if (fd < 0)
		return -errno;
	code = par_poller_adopt(&loop->poller, fd);
	if (!code)
		code = finish_connect(loop, fd, address, size);
	if (!code)
		return fd;
	par_poller_forget(&loop->poller, fd, &loop->ready);
	close(fd);
	return code;
}

/* Made here: closing a stream, or a local file, does not wait for any device. */
static int loop_close(struct par_io *io, int fd)
{
	struct par_loop *loop = par_loop_of(io);

	par_poller_forget(&loop->poller, fd, &loop->ready);
	return close(fd) != 0 && errno != EINTR ? -errno : 0;
}

void par_loop_yield(struct par_io *io)
{
	struct par_loop *loop = par_loop_of(io);

	par_ready_push(&loop->ready, loop->coroutines.running);
	par_coroutine_suspend(&loop->coroutines);
}

const struct par_io_ops par_loop_ops = {
	.name = "epoll",
	.interleaves = true,
	.sleep = loop_sleep,
	.read = loop_read,
	.write = loop_write,
	.connect = loop_connect,
	.close = loop_close,
	.open = par_loop_file_open,
	.pread = par_loop_file_pread,
	.pwrite = par_loop_file_pwrite,
	.fsync = par_loop_file_fsync,
	.yield = par_loop_yield,
	.park = par_loop_park,
	.unpark = par_loop_unpark,
};
