/*
 * file_write: a file a task: open, empty, write, fsync, close. The files are made before the first
 * run, so that all runs replace files that exist. The digest is made of the end of the file as it
 * reads afterwards; since a task empties its file first, an older run's data cannot stand in.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "bytes.h"
#include "descriptors.h"
#include "scratch.h"
#include "workload.h"

#define PIECE 16384
#define TAIL  512

struct file_write {
	struct par_scratch scratch;
	uint64_t bytes;
};

static int file_write_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct file_write *files = calloc(1, sizeof *files);
	int status;

	if (files == NULL)
		return par_fail(error, -ENOMEM, "file_write: out of memory");
	files->bytes = setup->params[0];
	status = par_descriptors_ensure(setup->in_flight, error);
	if (status == 0)
		status = par_scratch_open(
			&files->scratch, setup->scratch, "file_write", files->bytes, error);
	if (status == 0)
		status = par_scratch_make_all(&files->scratch, setup->tasks, files->bytes, error);
	if (status == 0)
		*state = files;
	else
		free(files);
	return status;
}

static int write_piece(
	struct par_io *io, int fd, const unsigned char *piece, size_t size, uint64_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t written =
			par_io_pwrite(io, fd, piece + done, size - done, (off_t)(offset + done));

		if (written <= 0)
			return written < 0 ? (int)written : -EIO;
		done += (size_t)written;
	}
	return 0;
}

static int write_file(struct par_io *io, int fd, uint64_t bytes, uint64_t seed)
{
	unsigned char piece[PIECE];
	int status = 0;

	for (uint64_t offset = 0; status == 0 && offset < bytes; offset += PIECE) {
		size_t size = bytes - offset < PIECE ? (size_t)(bytes - offset) : PIECE;

		par_bytes_fill(piece, size, seed + offset);
		status = write_piece(io, fd, piece, size, offset);
	}
	return status < 0 ? status : par_io_fsync(io, fd);
}

/* Its last bytes, from the page cache; a file cut short does not have them. */
static int read_tail(struct par_io *io, int fd, uint64_t bytes, uint64_t *digest)
{
	unsigned char tail[TAIL];
	size_t size = bytes < TAIL ? (size_t)bytes : TAIL, done = 0;

	while (done < size) {
		ssize_t got = par_io_pread(
			io, fd, tail + done, size - done, (off_t)(bytes - size + done));

		if (got <= 0)
			return got < 0 ? (int)got : -EIO;
		done += (size_t)got;
	}
	*digest = par_bytes_digest(bytes, tail, size);
	return 0;
}

static uint64_t file_write_task(void *state, uint64_t index, struct par_io *io)
{
	const struct file_write *files = state;
	char path[PAR_SCRATCH_PATH_MAX];
	uint64_t digest = 0;
	int fd, status, closed;

	par_scratch_path(path, &files->scratch, index);
	fd = par_io_open(io, path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		par_io_fail(io, fd);
		return 0;
	}
	status = write_file(io, fd, files->bytes, par_mix64(index));
	if (status == 0)
		status = read_tail(io, fd, files->bytes, &digest);
	closed = par_io_close(io, fd);
	if (status < 0 || closed < 0)
		par_io_fail(io, status < 0 ? status : closed);
	return digest;
}

static const struct par_param params[] = {
	{ "bytes", "bytes of each file", 4096, 1, 1ULL << 30 },
	{ 0 },
};

const struct par_workload par_workload_file_write = {
	.name = "file_write",
	.label = "file write",
	.summary = "replace a file: open, write, fsync to the disk, close",
	.bound = PAR_BOUND_IO,
	.params = params,
	.tasks = { 128, 154, 2048 },
	.cpu_ns = 130000,
	.wait_ns = 220000,
	.in_flight_max = 256,
	.open = file_write_open,
	.task = file_write_task,
	.close = free,
};
