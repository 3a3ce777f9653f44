/*
 * file_read: a file a task: open, read all, close. Before each run the kernel is asked to forget
 * the files' pages, and the record says whether it did: "cold", "partly cold" or "warm". Cold means
 * cold in this kernel; a disk or a hypervisor may still hold the data. Names and sizes stay cached.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "bytes.h"
#include "descriptors.h"
#include "scratch.h"
#include "workload.h"

#define FILES_MAX 2048 /* further tasks read the same files again */
#define PIECE     16384

struct file_read {
	struct par_scratch scratch;
	uint64_t files, bytes;
	const char *condition;
};

static int file_read_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct file_read *files = calloc(1, sizeof *files);
	int status;

	if (files == NULL)
		return par_fail(error, -ENOMEM, "file_read: out of memory");
	files->files = setup->tasks < FILES_MAX ? setup->tasks : FILES_MAX;
	files->bytes = setup->params[0];
	status = par_descriptors_ensure(setup->in_flight, error);
	if (status == 0)
		status = par_scratch_open(
			&files->scratch, setup->scratch, "file_read", files->bytes, error);
	if (status == 0)
		status = par_scratch_make_all(&files->scratch, files->files, files->bytes, error);
	if (status == 0)
		*state = files;
	else
		free(files);
	return status;
}

static int file_read_reset(void *state)
{
	struct file_read *files = state;
	uint64_t pages = 0, cached = 0;
	int status = 0;

	for (uint64_t i = 0; status == 0 && i < files->files; i++)
		status = par_scratch_evict(&files->scratch, i, &pages, &cached);
	files->condition = cached == 0 ? "cold" : cached == pages ? "warm" : "partly cold";
	return status;
}

static const char *file_read_condition(void *state)
{
	const struct file_read *files = state;

	return files->condition;
}

/* The whole file into *digest. It must have the size it was made with. */
static int read_file(struct par_io *io, int fd, uint64_t bytes, uint64_t *digest)
{
	unsigned char piece[PIECE];
	uint64_t offset = 0;

	while (offset < bytes) {
		size_t want = bytes - offset < PIECE ? (size_t)(bytes - offset) : PIECE, have = 0;

		while (have < want) {
			ssize_t got = par_io_pread(
				io, fd, piece + have, want - have, (off_t)(offset + have));

			if (got <= 0)
				return got < 0 ? (int)got : -EIO;
			have += (size_t)got;
		}
		*digest = par_bytes_digest(*digest, piece, want);
		offset += want;
	}
	return 0;
}

static uint64_t file_read_task(void *state, uint64_t index, struct par_io *io)
{
	const struct file_read *files = state;
	char path[PAR_SCRATCH_PATH_MAX];
	uint64_t digest = 0;
	int fd, status, closed;

	par_scratch_path(path, &files->scratch, index % files->files);
	fd = par_io_open(io, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0) {
		par_io_fail(io, fd);
		return 0;
	}
	status = read_file(io, fd, files->bytes, &digest);
	closed = par_io_close(io, fd);
	if (status < 0 || closed < 0)
		par_io_fail(io, status < 0 ? status : closed);
	return digest;
}

static const struct par_param params[] = {
	{ "bytes", "bytes of each file", 16384, 1, 1ULL << 30 },
	{ 0 },
};

const struct par_workload par_workload_file_read = {
	.name = "file_read",
	.label = "file read",
	.summary = "open, read and close a file, from the disk where the kernel drops its cache",
	.bound = PAR_BOUND_IO,
	.params = params,
	.tasks = { 250, 300, 2000 },
	.cpu_ns = 50000,
	.wait_ns = 70000,
	.in_flight_max = 256,
	.open = file_read_open,
	.reset = file_read_reset,
	.task = file_read_task,
	.condition = file_read_condition,
	.close = free,
};
