/*
 * Regular files of an event loop: answered at once from the kernel's caches where it can, which it
 * is asked with RESOLVE_CACHED and RWF_NOWAIT, and by a thread beside the loop where it would
 * block.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "loop_state.h"

/* Linux 5.12; older headers do not know it, older kernels refuse it. */
#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED 0x20
#endif

/* What a thread is asked to do, and its result: >= 0 or -errno. */
struct file_request {
	struct par_request request; /* first */
	const char *path;
	int fd, flags;
	mode_t mode;
	struct iovec data;
	off_t offset;
	ssize_t result;
};

static struct file_request *file_request(struct par_request *request)
{
	return (struct file_request *)request;
}

static ssize_t offload(
	struct par_loop *loop, struct file_request *file, void (*call)(struct par_request *))
{
	file->request.call = call;
	par_offload_call(&loop->offload, &file->request, &loop->coroutines);
	return file->result;
}

/* --- in a thread --- */

static void call_open(struct par_request *request)
{
	struct file_request *file = file_request(request);
	int fd;

	do
		fd = open(file->path, file->flags, file->mode);
	while (fd < 0 && errno == EINTR);
	file->result = fd < 0 ? -errno : fd;
}

static void call_pread(struct par_request *request)
{
	struct file_request *file = file_request(request);
	ssize_t got;

	do
		got = preadv(file->fd, &file->data, 1, file->offset);
	while (got < 0 && errno == EINTR);
	file->result = got < 0 ? -errno : got;
}

static void call_pwrite(struct par_request *request)
{
	struct file_request *file = file_request(request);
	ssize_t put;

	do
		put = pwritev(file->fd, &file->data, 1, file->offset);
	while (put < 0 && errno == EINTR);
	file->result = put < 0 ? -errno : put;
}

static void call_fsync(struct par_request *request)
{
	struct file_request *file = file_request(request);
	int result;

	do
		result = fsync(file->fd);
	while (result != 0 && errno == EINTR);
	file->result = result != 0 ? -errno : 0;
}

/* --- in the loop --- */

static int open_cached(const char *path, int flags)
{
#ifdef SYS_openat2
	struct open_how how = { .flags = (uint64_t)flags, .resolve = RESOLVE_CACHED };

	/* What creates or truncates is refused by the kernel with EAGAIN. */
	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
#else
	(void)path, (void)flags;
	return -1;
#endif
}

int par_loop_file_open(struct par_io *io, const char *path, int flags, mode_t mode)
{
	struct file_request file = { .path = path, .flags = flags | O_CLOEXEC, .mode = mode };
	int fd = -1;

	if (!(flags & (O_CREAT | O_TRUNC | O_TMPFILE)))
		fd = open_cached(path, file.flags);
	if (fd >= 0)
		return fd;
	/* Whatever the reason was, the thread's open() tells it. */
	return (int)offload(par_loop_of(io), &file, call_open);
}

ssize_t par_loop_file_pread(struct par_io *io, int fd, void *data, size_t size, off_t offset)
{
	struct file_request file = { .fd = fd };
	size_t done = 0;
	ssize_t got;

	/* A part may be cached: 0 is the end of the file, an error leaves the rest to a thread. */
	while (done < size) {
		file.data =
			(struct iovec){ .iov_base = (char *)data + done, .iov_len = size - done };
		file.offset = offset + (off_t)done;
		got = preadv2(fd, &file.data, 1, file.offset, RWF_NOWAIT);
		if (got < 0) {
			got = offload(par_loop_of(io), &file, call_pread);
			if (got < 0)
				return done > 0 ? (ssize_t)done : got;
			return (ssize_t)done + got;
		}
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

ssize_t par_loop_file_pwrite(struct par_io *io, int fd, const void *data, size_t size, off_t offset)
{
	struct par_loop *loop = par_loop_of(io);
	struct file_request file = { .fd = fd, .offset = offset };
	ssize_t put = 0, rest;

	file.data.iov_base = (void *)(uintptr_t)data; /* iovec knows no const */
	file.data.iov_len = size;
	if (loop->write_may_be_tried) {
		put = pwritev2(fd, &file.data, 1, offset, RWF_NOWAIT);
		/* Many filesystems write to the cache only in a call that may block. */
		loop->write_may_be_tried = put >= 0 || errno == EAGAIN;
		put = put < 0 ? 0 : put;
	}
	if (put == (ssize_t)size)
		return put;
	file.data.iov_base = (char *)file.data.iov_base + put;
	file.data.iov_len -= (size_t)put;
	file.offset += put;
	rest = offload(loop, &file, call_pwrite);
	return rest >= 0 ? put + rest : put > 0 ? put : rest;
}

int par_loop_file_fsync(struct par_io *io, int fd)
{
	struct file_request file = { .fd = fd };

	return (int)offload(par_loop_of(io), &file, call_fsync);
}
