/*
 * counter: one counter that all parts increment at once: what does sharing cost, and what does a
 * missing lock lose?
 *
 * An unlocked increment is a relaxed load and a relaxed store: defined, and as lossy as `count++`.
 * Under a lock it is the same two, so what differs is the lock alone.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "counter_ways.h"
#include "lock_variants.h"
#include "rng.h"
#include "workload.h"

enum { INCREMENTS, SECTION, LIMIT };

static const struct par_param params[] = {
	{ "increments", "increments of all parts together, at most", 2000000, 1, 1000000000 },
	{ "section", "increments for which a lock is held; 0: all of a part's", 1, 0, 1000000 },
	{ "limit_us", "how long a run may last, in us", 5000, 1, 1000000 },
	{ NULL, NULL, 0, 0, 0 },
};

static const struct par_variant variants[] = {
	{ .name = "unlocked",
		.label = "no lock",
		.summary = "load, add, store: loses updates",
		.traits = PAR_VARIANT_LOSSY },
	{ .name = "one_loop",
		.label = "no lock",
		.summary = "load, add, store among coroutines that wait only in between",
		.traits = PAR_VARIANT_LOOP },
	{ .name = "unlocked_wait",
		.label = "wait halfway",
		.summary = "load, wait, store: loses updates among coroutines too",
		.traits = PAR_VARIANT_LOSSY | PAR_VARIANT_LOOP },
	{ .name = "private",
		.label = "private",
		.summary = "a counter for each worker on a line of its own, added up at the end" },
	{ .name = "private_shared_line",
		.label = "false sharing",
		.summary = "a counter for each worker, side by side on one cache line" },
	{ .name = "atomic", .label = "atomic add", .summary = "one atomic instruction" },
	{ .name = "cas",
		.label = "CAS loop",
		.summary = "compare and swap until nobody came in between" },
	{ .name = "plain",
		.label = "plain variable",
		.summary = "atomic adds to a variable in ordinary memory: threads share it, "
			   "processes do not" },
	{ .name = "trylock",
		.label = "trylock",
		.summary = "tries a mutex and does other work while it is taken",
		.traits = PAR_VARIANT_BLOCKS },
	PAR_EACH_LOCK(PAR_LOCK_VARIANT){ .name = NULL },
};

static const struct par_measure_kind measures[] = {
	{ "increment", "time for an increment, of all parts together", PAR_UNIT_NS },
	{ "lost", "increments lost, of those made", PAR_UNIT_SHARE },
	{ "seen", "increments that the starter of the workers sees, of those made",
		PAR_UNIT_SHARE },
	{ "least", "of its equal share, what the least served part got", PAR_UNIT_SHARE },
	{ "other", "units of other work done instead of waiting, for an increment",
		PAR_UNIT_COUNT },
	{ .name = NULL },
};

/* --- the workload --- */

static void counter_close(void *state)
{
	struct par_counter *counter = state;

	if (counter == NULL)
		return;
	if (counter->hammer != NULL && counter->way->locks)
		par_lock_fini(&counter->board->lock, counter->way->kind);
	par_hammer_close(counter->hammer);
	free(counter);
}

static int open_board(struct par_counter *counter, const struct par_setup *setup)
{
	size_t board =
		sizeof(struct par_counter_board) + setup->tasks * sizeof(struct par_counter_padded);
	struct par_hammer_spec spec = {
		.parts = (unsigned)setup->tasks,
		.turns = setup->params[INCREMENTS],
		.limit_ns = setup->params[LIMIT] * PAR_NS_PER_US,
		.spin = setup->spin,
		.at_once = counter->section == 0, /* who holds the lock keeps it */
		.state_size = board + setup->tasks * sizeof *counter->packed,
	};
	int status = par_hammer_open(&counter->hammer, &spec);

	if (status < 0)
		return status;
	counter->board = counter->hammer->state;
	counter->packed = (void *)((char *)counter->board + board);
	return par_lock_init(&counter->board->lock, counter->way->kind);
}

static int counter_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	const struct par_counter_way *way = par_counter_way_find(setup->variant);
	struct par_counter *counter;
	int status;

	if (way == NULL)
		return par_fail(error, -EINVAL, "counter: no way to increment is named '%s'",
			setup->variant);
	if (!way->locks && setup->params[SECTION] != 1)
		return par_fail(error, -EINVAL,
			"counter: '%s' has no lock to hold; leave section=1", way->name);
	counter = aligned_alloc(PAR_CACHE_LINE, sizeof *counter);
	if (counter == NULL)
		return par_fail(error, -ENOMEM, "counter: out of memory");
	memset(counter, 0, sizeof *counter);
	counter->way = way;
	counter->section = setup->params[SECTION];
	counter->isolated = setup->isolated;
	status = open_board(counter, setup);
	if (status < 0) {
		par_hammer_close(counter->hammer);
		free(counter);
		return par_fail(
			error, status, "counter: %s: %s", way->name, par_error_text(status));
	}
	*state = counter;
	return 0;
}

static int counter_reset(void *state)
{
	struct par_counter *counter = state;

	par_hammer_reset(counter->hammer);
	/* Relaxed: the start of the run orders it. */
	atomic_store_explicit(&counter->board->value, 0, memory_order_relaxed);
	atomic_store_explicit(&counter->plain, 0, memory_order_relaxed);
	for (unsigned i = 0; i < counter->hammer->spec.parts; i++) {
		atomic_store_explicit(&counter->board->padded[i].value, 0, memory_order_relaxed);
		atomic_store_explicit(&counter->packed[i], 0, memory_order_relaxed);
	}
	return 0;
}

/* One lock around the whole loop. */
static void pound_whole(struct par_counter *counter, unsigned part, struct par_io *io)
{
	struct par_lock_node *node = &counter->hammer->parts[part].node;

	(void)par_lock_take(&counter->board->lock, counter->way->kind, node);
	par_hammer_pound(counter->hammer, part, par_counter_unlocked, counter, io);
	par_lock_give(&counter->board->lock, counter->way->kind, node);
}

static uint64_t counter_task(void *state, uint64_t index, struct par_io *io)
{
	struct par_counter *counter = state;
	unsigned part = (unsigned)index;
	int status = par_hammer_meet(counter->hammer, part, io);

	if (status < 0)
		par_io_fail(io, status);
	else if (counter->section == 0)
		pound_whole(counter, part, io);
	else
		par_hammer_pound(counter->hammer, part, counter->way->stroke, counter, io);
	return par_mix64(index);
}

/* A plain variable of forked processes: each has its own, and ours stays as it was. */
static bool is_out_of_sight(const struct par_counter *counter)
{
	return counter->isolated && counter->way->counted == par_counter_count_plain;
}

static int counter_verify(void *state, struct par_error *error)
{
	struct par_counter *counter = state;
	uint64_t done = par_hammer_done(counter->hammer);
	uint64_t expected = is_out_of_sight(counter) ? 0 : done;
	uint64_t counted = counter->way->counted(counter);

	if (counted == expected)
		return 0;
	return par_fail(error, -EBADMSG, "%s: %llu of %llu increments were counted, not %llu",
		counter->way->name, (unsigned long long)counted, (unsigned long long)done,
		(unsigned long long)expected);
}

static void counter_measure(void *state, double *values)
{
	struct par_counter *counter = state;
	uint64_t counted = counter->way->counted(counter);
	double done = (double)par_hammer_done(counter->hammer);
	double seen = (double)counted / done;

	values[0] = par_hammer_turn_ns(counter->hammer);
	values[1] = is_out_of_sight(counter) ? NAN : 1 - seen;
	values[2] = seen;
	values[3] = par_hammer_least(counter->hammer);
	values[4] = strcmp(counter->way->name, "trylock") == 0
			    ? (double)par_hammer_other(counter->hammer) / done
			    : NAN;
}

const struct par_workload par_workload_counter = {
	.name = "counter",
	.label = "counter",
	.summary = "all parts increment one counter, under the lock or without it",
	.bound = PAR_BOUND_CPU,
	.params = params,
	.tasks = { 2, 2, 2 },
	.cpu_ns = 5000000,
	.variants = variants,
	.variant_needed = true,
	.together = true,
	.unranked = true,
	.open = counter_open,
	.reset = counter_reset,
	.task = counter_task,
	.verify = counter_verify,
	.measures = measures,
	.measure = counter_measure,
	.close = counter_close,
};
