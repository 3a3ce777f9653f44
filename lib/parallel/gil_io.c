/*
 * The operations of a thread under a global lock: the blocking ones, without the lock.
 */
#include "gil.h"
#include "park.h"

static struct par_gil_io *gil_io_of(struct par_io *io)
{
	return (struct par_gil_io *)io;
}

/* Releases the lock; returns the handle to block with. */
static struct par_io *leave(struct par_io *io)
{
	struct par_gil_io *gil_io = gil_io_of(io);

	par_gil_drop(gil_io->gil);
	return &gil_io->blocking;
}

static void come_back(struct par_io *io)
{
	struct par_gil_io *gil_io = gil_io_of(io);

	par_gil_take(gil_io->gil, gil_io->self);
}

static int gil_sleep(struct par_io *io, uint64_t ns)
{
	int code = par_io_sleep(leave(io), ns);

	come_back(io);
	return code;
}

static ssize_t gil_read(struct par_io *io, int fd, void *data, size_t size)
{
	ssize_t got = par_io_read(leave(io), fd, data, size);

	come_back(io);
	return got;
}

static ssize_t gil_write(struct par_io *io, int fd, const void *data, size_t size)
{
	ssize_t put = par_io_write(leave(io), fd, data, size);

	come_back(io);
	return put;
}

static int gil_connect(struct par_io *io, const struct sockaddr *address, socklen_t size)
{
	int fd = par_io_connect(leave(io), address, size);

	come_back(io);
	return fd;
}

static int gil_close(struct par_io *io, int fd)
{
	int code = par_io_close(leave(io), fd);

	come_back(io);
	return code;
}

static int gil_open(struct par_io *io, const char *path, int flags, mode_t mode)
{
	int fd = par_io_open(leave(io), path, flags, mode);

	come_back(io);
	return fd;
}

static ssize_t gil_pread(struct par_io *io, int fd, void *data, size_t size, off_t offset)
{
	ssize_t got = par_io_pread(leave(io), fd, data, size, offset);

	come_back(io);
	return got;
}

static ssize_t gil_pwrite(struct par_io *io, int fd, const void *data, size_t size, off_t offset)
{
	ssize_t put = par_io_pwrite(leave(io), fd, data, size, offset);

	come_back(io);
	return put;
}

static int gil_fsync(struct par_io *io, int fd)
{
	int code = par_io_fsync(leave(io), fd);

	come_back(io);
	return code;
}

static void gil_yield(struct par_io *io)
{
	struct par_gil_io *gil_io = gil_io_of(io);

	par_gil_check(gil_io->gil, gil_io->self);
}

static int gil_park(struct par_io *io, struct par_spot *spot, uint32_t seen, uint64_t deadline)
{
	int code = par_park(leave(io), spot, seen, deadline);

	come_back(io);
	return code;
}

/* Blocks nobody. */
static unsigned gil_unpark(struct par_io *io, struct par_spot *spot, unsigned count, unsigned use)
{
	return par_unpark_blocking(&gil_io_of(io)->blocking, spot, count, use);
}

void par_gil_io_init(struct par_gil_io *io, struct par_gil *gil, unsigned self)
{
	static const struct par_io_ops ops = {
		.name = "gil",
		.interleaves = false,
		.sleep = gil_sleep,
		.read = gil_read,
		.write = gil_write,
		.connect = gil_connect,
		.close = gil_close,
		.open = gil_open,
		.pread = gil_pread,
		.pwrite = gil_pwrite,
		.fsync = gil_fsync,
		.yield = gil_yield,
		.park = gil_park,
		.unpark = gil_unpark,
	};

	*io = (struct par_gil_io){ .io.ops = &ops, .gil = gil, .self = self };
	par_io_init_blocking(&io->blocking);
}
