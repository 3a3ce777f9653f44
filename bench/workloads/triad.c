/*
 * triad: memory bandwidth, as in STREAM (McCalpin 1995): a = b + s * c over arrays far larger than
 * the last-level cache. Every task has a part of the arrays of its own, `kib` KiB of each or more:
 * the job passes over the arrays once.
 *
 * `a` is in shared memory: a forked worker that writes must write the same memory as a thread does,
 * not a private copy. Numbers are small integers, so that sums are exact; they repeat every LINE
 * elements of a part, so that the digest does not tell how long the parts are: that depends on the
 * machine's caches.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bulk.h"
#include "rng.h"
#include "workload.h"

#define LINE   64 /* elements */
#define FACTOR 3.0

struct arrays {
	uint64_t parts, part; /* part: elements, a multiple of LINE */
	double *a;
	const double *b, *c;
	struct par_bulk written, read;
	uint64_t llc_bytes;
};

static double entry(uint64_t key)
{
	return (double)(par_mix64(key) & 1023);
}

static void fill(double *array, const struct arrays *arrays, uint64_t salt)
{
	double line[LINE];

	for (uint64_t part = 0; part < arrays->parts; part++) {
		for (uint64_t i = 0; i < LINE; i++)
			line[i] = entry(salt + part * LINE + i);
		for (uint64_t i = 0; i < arrays->part; i += LINE)
			memcpy(array + part * arrays->part + i, line, sizeof line);
	}
}

static void triad_close(void *state)
{
	struct arrays *arrays = state;

	if (arrays != NULL) {
		par_bulk_close(&arrays->written);
		par_bulk_close(&arrays->read);
	}
	free(arrays);
}

/* How many elements of each array a task gets: the budget over three arrays of doubles; maybe 0. */
static uint64_t part_size(const struct par_setup *setup)
{
	uint64_t wanted = 3 * 1024 * setup->params[0] * setup->tasks;
	uint64_t budget = par_bulk_budget(setup->llc_bytes, wanted);

	return budget / setup->tasks / (3 * sizeof(double)) / LINE * LINE;
}

static int open_arrays(struct arrays *arrays, const struct par_setup *setup)
{
	uint64_t size;
	int status;

	arrays->llc_bytes = setup->llc_bytes;
	arrays->parts = setup->tasks;
	arrays->part = part_size(setup);
	size = arrays->parts * arrays->part;
	if (size == 0)
		return -ENOMEM;
	status = par_bulk_open(&arrays->written, size * sizeof(double), true);
	if (status == 0)
		status = par_bulk_open(&arrays->read, 2 * size * sizeof(double), false);
	if (status < 0)
		return status;
	arrays->a = arrays->written.data;
	memset(arrays->a, 0xff, size * sizeof(double)); /* touched here, not in the first run */
	fill(arrays->read.data, arrays, 0);
	fill((double *)arrays->read.data + size, arrays, 1ULL << 63);
	arrays->b = arrays->read.data;
	arrays->c = arrays->b + size;
	return 0;
}

static int triad_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct arrays *arrays = calloc(1, sizeof *arrays);
	int status = arrays != NULL ? open_arrays(arrays, setup) : -ENOMEM;

	if (status < 0) {
		triad_close(arrays);
		return par_fail(error, status, "triad: no memory for the arrays: use fewer tasks");
	}
	*state = arrays;
	return 0;
}

static void triad(
	double *restrict a, const double *restrict b, const double *restrict c, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		a[i] = b[i] + FACTOR * c[i];
}

static uint64_t triad_task(void *state, uint64_t index, struct par_io *io)
{
	const struct arrays *arrays = state;
	uint64_t first = index % arrays->parts * arrays->part;
	uint64_t stride = arrays->part / LINE / LINE * LINE;
	const double *a = arrays->a + first;
	uint64_t digest = 0;

	(void)io;
	triad(arrays->a + first, arrays->b + first, arrays->c + first, arrays->part);
	for (uint64_t i = 0; i < LINE; i++) /* a sample over the whole part, one of each value */
		digest = par_mix64(digest + (uint64_t)a[i * stride + i]);
	return digest;
}

static const char *triad_condition(void *state)
{
	const struct arrays *arrays = state;

	return par_bulk_condition(arrays->llc_bytes, arrays->written.size + arrays->read.size);
}

static const struct par_param params[] = {
	{ "kib", "KiB of each of the three arrays that a task passes over, at least", 512, 1,
		1 << 20 },
	{ 0 },
};

const struct par_workload par_workload_triad = {
	.name = "triad",
	.label = "triad",
	.summary = "a = b + 3 c over arrays larger than the caches: memory bandwidth",
	.bound = PAR_BOUND_MEMORY,
	.params = params,
	.tasks = { 64, 64, 256 }, /* the arrays grow with them */
	.cpu_ns = 50000,
	.open = triad_open,
	.task = triad_task,
	.condition = triad_condition,
	.close = triad_close,
};
