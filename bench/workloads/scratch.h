/*
 * scratch: where the file workloads keep their files.
 *
 * The folder is shared by all visits of a run, one after the other: what one visit made, the next
 * finds, unless it was killed half-way. A file therefore appears whole (by rename) or not at all.
 */
#ifndef PAR_SCRATCH_H
#define PAR_SCRATCH_H

#include <limits.h>
#include <stdint.h>

#include "errors.h"

/* Room for the task's path on a coroutine's stack, and for "/" and a number after the folder. */
#define PAR_SCRATCH_PATH_MAX   1024
#define PAR_SCRATCH_FOLDER_MAX (PAR_SCRATCH_PATH_MAX - 32)

struct par_scratch {
	char folder[PAR_SCRATCH_FOLDER_MAX];
};

/*
 * Makes the folder NAME-BYTES in `scratch`, which must exist. Returns 0, or -errno with `error`
 * naming the folder.
 */
int par_scratch_open(struct par_scratch *scratch, const char *parent, const char *name,
	uint64_t bytes, struct par_error *error);

/* The path of file `index`. */
void par_scratch_path(
	char path[PAR_SCRATCH_PATH_MAX], const struct par_scratch *scratch, uint64_t index);

/*
 * Makes the files 0 .. count - 1 with `bytes` bytes each, unless they are there with that size
 * already, and writes what it made to the disk. File i holds par_bytes_fill() of the seed mix(i).
 * Returns 0, or -errno with `error` naming the file.
 */
int par_scratch_make_all(
	const struct par_scratch *scratch, uint64_t count, uint64_t bytes, struct par_error *error);

/*
 * Asks the kernel to forget the cached pages of file `index`, adds to *pages how many it has and to
 * *cached how many are still in the page cache. Returns 0 or -errno.
 */
int par_scratch_evict(
	const struct par_scratch *scratch, uint64_t index, uint64_t *pages, uint64_t *cached);

#endif
