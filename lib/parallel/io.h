/*
 * io: how a task waits.
 *
 * A task never calls read, write, connect or sleep itself: it calls par_io_*() with the handle it
 * was given. A blocking worker maps them to the system call; an event loop parks the coroutine and
 * runs another. So one task serves every model, and waiting is honest in each.
 *
 * All calls return >= 0 or a negative errno. A task that cannot go on calls par_io_fail(); the
 * visit is then `failed` with that errno.
 */
#ifndef PAR_IO_H
#define PAR_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

struct par_io;
struct par_spot;

/* The operations of one way to wait. Each may assume a valid handle. `ns` is a duration. */
struct par_io_ops {
	const char *name; /* "blocking", "epoll" */
	bool interleaves; /* several tasks of a worker are under way at once */
	int (*sleep)(struct par_io *io, uint64_t ns);
	/* Streams: pipes and sockets. At most `size` bytes, at least 1; 0 from read: end of file.
	 */
	ssize_t (*read)(struct par_io *io, int fd, void *data, size_t size);
	ssize_t (*write)(struct par_io *io, int fd, const void *data, size_t size);
	/* Opens a stream socket and connects it: the new descriptor, close-on-exec. */
	int (*connect)(struct par_io *io, const struct sockaddr *address, socklen_t size);
	int (*close)(struct par_io *io, int fd);
	/* Regular files. */
	int (*open)(struct par_io *io, const char *path, int flags, mode_t mode);
	ssize_t (*pread)(struct par_io *io, int fd, void *data, size_t size, off_t offset);
	ssize_t (*pwrite)(struct par_io *io, int fd, const void *data, size_t size, off_t offset);
	int (*fsync)(struct par_io *io, int fd);
	/* Lets other tasks of this worker run, if it holds any. */
	void (*yield)(struct par_io *io);
	/* Peers that wait for each other: park.h. */
	int (*park)(struct par_io *io, struct par_spot *spot, uint32_t seen, uint64_t deadline);
	unsigned (*unpark)(struct par_io *io, struct par_spot *spot, unsigned count, unsigned use);
};

/* A handle belongs to one worker. Engines embed it at the start of their own struct. */
struct par_io {
	const struct par_io_ops *ops;
	int error; /* the first failure a task reported: negative errno, 0: none */
};

/* The handle of a worker that blocks. */
void par_io_init_blocking(struct par_io *io);

static inline int par_io_sleep(struct par_io *io, uint64_t ns)
{
	return io->ops->sleep(io, ns);
}

static inline ssize_t par_io_read(struct par_io *io, int fd, void *data, size_t size)
{
	return io->ops->read(io, fd, data, size);
}

static inline ssize_t par_io_write(struct par_io *io, int fd, const void *data, size_t size)
{
	return io->ops->write(io, fd, data, size);
}

static inline int par_io_connect(struct par_io *io, const struct sockaddr *address, socklen_t size)
{
	return io->ops->connect(io, address, size);
}

static inline int par_io_close(struct par_io *io, int fd)
{
	return io->ops->close(io, fd);
}

static inline int par_io_open(struct par_io *io, const char *path, int flags, mode_t mode)
{
	return io->ops->open(io, path, flags, mode);
}

static inline ssize_t par_io_pread(struct par_io *io, int fd, void *data, size_t size, off_t offset)
{
	return io->ops->pread(io, fd, data, size, offset);
}

static inline ssize_t par_io_pwrite(
	struct par_io *io, int fd, const void *data, size_t size, off_t offset)
{
	return io->ops->pwrite(io, fd, data, size, offset);
}

static inline int par_io_fsync(struct par_io *io, int fd)
{
	return io->ops->fsync(io, fd);
}

static inline void par_io_yield(struct par_io *io)
{
	io->ops->yield(io);
}

/* Reads exactly `size` bytes of a stream: 0, -EPIPE at an early end of file, or -errno. */
int par_io_read_all(struct par_io *io, int fd, void *data, size_t size);

/* Writes exactly `size` bytes to a stream: 0 or -errno. */
int par_io_write_all(struct par_io *io, int fd, const void *data, size_t size);

/* Notes that a task could not do its work; only the first errno is kept. `code` is negative. */
void par_io_fail(struct par_io *io, int code);

#endif
