/*
 * The operations of an event loop on an io_uring: every wait is a request, and so is every read
 * that would not have had to wait: which of them the kernel can answer at once it finds out itself,
 * when the batch is handed over.
 *
 * Descriptors stay blocking, and the kernel does the waiting. One that somebody else has made
 * non-blocking answers EAGAIN; its readiness is then a request of its own.
 */
#include "uring.h"

#include "loop_state.h"

#ifdef PAR_URING

#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <poll.h>
#include <unistd.h>

#include "clock.h"

static int next_entry(struct io_uring_sqe **out, struct par_loop *loop)
{
	return par_uring_take(out, loop->ring, &loop->ready);
}

static int await(struct par_loop *loop, struct io_uring_sqe *entry)
{
	return par_uring_await(loop->ring, entry, &loop->coroutines);
}

static int ring_sleep(struct par_io *io, uint64_t ns)
{
	struct par_loop *loop = par_loop_of(io);
	uint64_t now = par_poller_now();
	uint64_t until = ns < INT64_MAX - now ? now + ns : INT64_MAX;
	struct __kernel_timespec deadline = {
		.tv_sec = (long long)(until / PAR_NS_PER_S),
		.tv_nsec = (long long)(until % PAR_NS_PER_S),
	};
	struct io_uring_sqe *entry;
	int code = next_entry(&entry, loop);

	if (code < 0)
		return code;
	io_uring_prep_timeout(entry, &deadline, 0, IORING_TIMEOUT_ABS);
	code = await(loop, entry);
	return code == -ETIME ? 0 : code;
}

/* --- streams --- */

/* A stream's read or write, as prepared by `prepare`. */
struct stream_call {
	void (*prepare)(struct io_uring_sqe *entry, const struct stream_call *call);
	int fd;
	short events; /* of poll(2), that say when it may be tried again */
	void *data;
	unsigned size;
};

static void prepare_read(struct io_uring_sqe *entry, const struct stream_call *call)
{
	io_uring_prep_read(entry, call->fd, call->data, call->size, (uint64_t)-1);
}

static void prepare_write(struct io_uring_sqe *entry, const struct stream_call *call)
{
	io_uring_prep_write(entry, call->fd, call->data, call->size, (uint64_t)-1);
}

static void prepare_poll(struct io_uring_sqe *entry, const struct stream_call *call)
{
	io_uring_prep_poll_add(entry, call->fd, (unsigned short)call->events);
}

/* One request; close() of the descriptor meanwhile cancels it. */
static int ask(struct par_loop *loop, const struct stream_call *call,
	void (*prepare)(struct io_uring_sqe *entry, const struct stream_call *call))
{
	uint32_t *users = call->fd < 0 ? NULL : par_uring_users(loop->ring, call->fd);
	struct io_uring_sqe *entry;
	int code;

	if (users == NULL)
		return call->fd < 0 ? -EBADF : -ENOMEM;
	code = next_entry(&entry, loop);
	if (code < 0)
		return code;
	prepare(entry, call);
	++*users;
	code = await(loop, entry);
	--*par_uring_users(loop->ring, call->fd); /* the table may have moved; it never shrinks */
	return code == -ECANCELED ? -EBADF : code;
}

static ssize_t stream(struct par_io *io, const struct stream_call *call)
{
	struct par_loop *loop = par_loop_of(io);
	int code;

	for (;;) {
		code = ask(loop, call, call->prepare);
		if (code == -EAGAIN)
			code = ask(loop, call, prepare_poll);
		else if (code != -EINTR)
			return code;
		if (code < 0 && code != -EINTR)
			return code;
	}
}

/* A request counts its bytes in 32 bits, of which the result is signed; read() stops there too. */
static unsigned limited(size_t size)
{
	return size < 0x7ffff000 ? (unsigned)size : 0x7ffff000;
}

static ssize_t ring_read(struct par_io *io, int fd, void *data, size_t size)
{
	const struct stream_call call = { prepare_read, fd, POLLIN, data, limited(size) };

	return stream(io, &call);
}

static ssize_t ring_write(struct par_io *io, int fd, const void *data, size_t size)
{
	const struct stream_call call = {
		.prepare = prepare_write,
		.fd = fd,
		.events = POLLOUT,
		.data = (void *)(uintptr_t)data, /* only read */
		.size = limited(size),
	};

	return stream(io, &call);
}

static int ring_connect(struct par_io *io, const struct sockaddr *address, socklen_t size)
{
	struct par_loop *loop = par_loop_of(io);
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct io_uring_sqe *entry;
	int code;

	if (fd < 0)
		return -errno;
	code = next_entry(&entry, loop);
	if (code == 0) {
		io_uring_prep_connect(entry, fd, address, size);
		code = await(loop, entry);
	}
	if (code >= 0)
		return fd;
	close(fd);
	return code;
}

/* A request holds the file although its descriptor is closed: who waits must be told. */
static void cancel_users(struct par_loop *loop, int fd)
{
	struct io_uring_sqe *entry;

	if (next_entry(&entry, loop) < 0)
		return;
	io_uring_prep_cancel_fd(entry, fd, IORING_ASYNC_CANCEL_ALL);
	(void)await(loop, entry);
}

static int ring_close(struct par_io *io, int fd)
{
	struct par_loop *loop = par_loop_of(io);
	const uint32_t *users = fd < 0 ? NULL : par_uring_users(loop->ring, fd);
	struct io_uring_sqe *entry;
	int code;

	if (fd < 0)
		return -EBADF;
	if (users != NULL && *users > 0)
		cancel_users(loop, fd);
	code = next_entry(&entry, loop);
	if (code < 0)
		return close(fd) != 0 && errno != EINTR ? -errno : 0;
	io_uring_prep_close(entry, fd);
	code = await(loop, entry);
	return code == -EINTR ? 0 : code;
}

/* --- regular files --- */

struct file_call {
	void (*prepare)(struct io_uring_sqe *entry, const struct file_call *call);
	const char *path;
	int fd, flags;
	mode_t mode;
	void *data;
	size_t size;
	off_t offset;
};

static int on_file(struct par_io *io, const struct file_call *call)
{
	struct par_loop *loop = par_loop_of(io);
	struct io_uring_sqe *entry;
	int code;

	if (call->offset < 0)
		return -EINVAL; /* a ring would take it for the file's own position */
	do {
		code = next_entry(&entry, loop);
		if (code < 0)
			return code;
		call->prepare(entry, call);
		code = await(loop, entry);
	} while (code == -EINTR);
	return code;
}

static void prepare_open(struct io_uring_sqe *entry, const struct file_call *call)
{
	io_uring_prep_openat(entry, AT_FDCWD, call->path, call->flags, call->mode);
}

static void prepare_pread(struct io_uring_sqe *entry, const struct file_call *call)
{
	io_uring_prep_read(
		entry, call->fd, call->data, limited(call->size), (uint64_t)call->offset);
}

static void prepare_pwrite(struct io_uring_sqe *entry, const struct file_call *call)
{
	io_uring_prep_write(
		entry, call->fd, call->data, limited(call->size), (uint64_t)call->offset);
}

static void prepare_fsync(struct io_uring_sqe *entry, const struct file_call *call)
{
	io_uring_prep_fsync(entry, call->fd, 0);
}

static int ring_open(struct par_io *io, const char *path, int flags, mode_t mode)
{
	const struct file_call call = {
		.prepare = prepare_open,
		.path = path,
		.flags = flags | O_CLOEXEC,
		.mode = mode,
	};

	return on_file(io, &call);
}

static ssize_t ring_pread(struct par_io *io, int fd, void *data, size_t size, off_t offset)
{
	const struct file_call call = {
		.prepare = prepare_pread,
		.fd = fd,
		.data = data,
		.size = size,
		.offset = offset,
	};

	return on_file(io, &call);
}

static ssize_t ring_pwrite(struct par_io *io, int fd, const void *data, size_t size, off_t offset)
{
	const struct file_call call = {
		.prepare = prepare_pwrite,
		.fd = fd,
		.data = (void *)(uintptr_t)data, /* only read */
		.size = size,
		.offset = offset,
	};

	return on_file(io, &call);
}

static int ring_fsync(struct par_io *io, int fd)
{
	const struct file_call call = { .prepare = prepare_fsync, .fd = fd };

	return on_file(io, &call);
}

const struct par_io_ops par_loop_uring_ops = {
	.name = "io_uring",
	.interleaves = true,
	.sleep = ring_sleep,
	.read = ring_read,
	.write = ring_write,
	.connect = ring_connect,
	.close = ring_close,
	.open = ring_open,
	.pread = ring_pread,
	.pwrite = ring_pwrite,
	.fsync = ring_fsync,
	.yield = par_loop_yield,
	.park = par_loop_park,
	.unpark = par_loop_unpark,
};

#endif
