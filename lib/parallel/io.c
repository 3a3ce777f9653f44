#include "io.h"

#include <errno.h>

int par_io_read_all(struct par_io *io, int fd, void *data, size_t size)
{
	char *at = data;

	while (size > 0) {
		ssize_t got = par_io_read(io, fd, at, size);

		if (got < 0)
			return (int)got;
		if (got == 0)
			return -EPIPE;
		at += got;
		size -= (size_t)got;
	}
	return 0;
}

int par_io_write_all(struct par_io *io, int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size > 0) {
		ssize_t put = par_io_write(io, fd, at, size);

		if (put < 0)
			return (int)put;
		at += put;
		size -= (size_t)put;
	}
	return 0;
}

void par_io_fail(struct par_io *io, int code)
{
	if (io->error == 0)
		io->error = code;
}
