/*
 * histogram: all parts count into the buckets of one histogram: how many locks should there be?
 *
 * Bucket b belongs to lock b % locks: 1 is one lock for all, as many as buckets one for each. Each
 * part draws its buckets from a sequence of its own, so what the histogram must hold is known.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "hammer.h"
#include "lock_variants.h"
#include "rng.h"
#include "workload.h"

enum { COUNTS, BUCKETS, LOCKS, LIMIT };

static const struct par_param params[] = {
	{ "counts", "counts of all parts together, at most", 1000000, 1, 1000000000 },
	{ "buckets", "buckets of the histogram", 256, 1, 65536 },
	{ "locks", "locks that the buckets are shared out to", 1, 1, 65536 },
	{ "limit_us", "how long a run may last, in us", 5000, 1, 1000000 },
	{ NULL, NULL, 0, 0, 0 },
};

struct histogram;

struct method {
	const char *name;
	bool locks;
	enum par_lock_kind kind;
	par_hammer_stroke stroke;
};

/* Where a part is in its sequence; written by it alone. */
struct lane {
	_Alignas(PAR_CACHE_LINE) uint64_t at;
};

struct histogram {
	struct par_hammer *hammer; /* first: see hammer.h */
	const struct method *method;
	uint32_t buckets, locks;
	/* In shared memory. */
	struct par_lock *lock; /* `locks` of them */
	struct lane *lanes;    /* one a part */
	_Atomic uint64_t *counts;
	_Atomic uint64_t *own; /* a histogram for each part, each on lines of its own */
	size_t own_stride;
	uint64_t *expected; /* what verify() works it out in */
};

/* --- where to count --- */

static uint64_t first_draw(unsigned part)
{
	return par_mix64(part + 1);
}

/* The next bucket (a linear congruential generator, Knuth's MMIX): cheap beside any lock. */
static inline uint32_t draw(uint64_t *at, uint32_t buckets)
{
	*at = *at * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(((*at >> 32) * buckets) >> 32);
}

/* Not one operation: another's count in between is lost. */
static inline void bump(_Atomic uint64_t *value)
{
	uint64_t seen = atomic_load_explicit(value, memory_order_relaxed);

	atomic_store_explicit(value, seen + 1, memory_order_relaxed);
}

static void unlocked(void *context, unsigned part, uint64_t count, struct par_io *io)
{
	struct histogram *histogram = context;
	uint64_t at = histogram->lanes[part].at;

	(void)io;
	for (uint64_t i = 0; i < count; i++)
		bump(&histogram->counts[draw(&at, histogram->buckets)]);
	histogram->lanes[part].at = at;
}

static void private(void *context, unsigned part, uint64_t count, struct par_io *io)
{
	struct histogram *histogram = context;
	_Atomic uint64_t *own = histogram->own + part * histogram->own_stride;
	uint64_t at = histogram->lanes[part].at;

	(void)io;
	for (uint64_t i = 0; i < count; i++)
		bump(&own[draw(&at, histogram->buckets)]);
	histogram->lanes[part].at = at;
}

/* Relaxed: a count stands for itself; who reads it waits for the end of the run. */
static void atomic_add(void *context, unsigned part, uint64_t count, struct par_io *io)
{
	struct histogram *histogram = context;
	uint64_t at = histogram->lanes[part].at;

	(void)io;
	for (uint64_t i = 0; i < count; i++)
		atomic_fetch_add_explicit(
			&histogram->counts[draw(&at, histogram->buckets)], 1, memory_order_relaxed);
	histogram->lanes[part].at = at;
}

PAR_LOCK_INLINE void count_locked(
	struct histogram *histogram, unsigned part, uint64_t count, enum par_lock_kind kind)
{
	struct par_lock_node *node = &histogram->hammer->parts[part].node;
	uint64_t at = histogram->lanes[part].at;

	for (uint64_t i = 0; i < count; i++) {
		uint32_t bucket = draw(&at, histogram->buckets);
		struct par_lock *lock = &histogram->lock[bucket % histogram->locks];

		(void)par_lock_take(lock, kind, node);
		bump(&histogram->counts[bucket]);
		par_lock_give(lock, kind, node);
	}
	histogram->lanes[part].at = at;
}

#define STROKE(name_, kind_, label_, summary_)                                                     \
	static void name_##_stroke(                                                                \
		void *context, unsigned part, uint64_t count, struct par_io *io)                   \
	{                                                                                          \
		(void)io;                                                                          \
		count_locked(context, part, count, kind_);                                         \
	}
PAR_EACH_LOCK(STROKE)

/* --- tables --- */

#define METHOD(name_, kind_, label_, summary_) { #name_, true, kind_, name_##_stroke },

static const struct method methods[] = {
	{ "unlocked", false, PAR_LOCK_NONE, unlocked },
	{ "private", false, PAR_LOCK_NONE, private },
	{ "atomic", false, PAR_LOCK_NONE, atomic_add },
	PAR_EACH_LOCK(METHOD){ NULL, false, PAR_LOCK_NONE, NULL },
};

static const struct par_variant variants[] = {
	{ .name = "unlocked",
		.label = "no lock",
		.summary = "load, add, store: loses counts",
		.traits = PAR_VARIANT_LOSSY },
	{ .name = "private",
		.label = "private",
		.summary = "a histogram for each worker, added up at the end" },
	{ .name = "atomic",
		.label = "atomic add",
		.summary = "one atomic instruction for each count" },
	PAR_EACH_LOCK(PAR_LOCK_VARIANT){ .name = NULL },
};

static const struct par_measure_kind measures[] = {
	{ "count", "time for a count, of all parts together", PAR_UNIT_NS },
	{ "lost", "counts lost, of those made", PAR_UNIT_SHARE },
	{ "least", "of its equal share, what the least served part got", PAR_UNIT_SHARE },
	{ .name = NULL },
};

/* --- the workload --- */

static size_t rounded(size_t size)
{
	return (size + PAR_CACHE_LINE - 1) / PAR_CACHE_LINE * PAR_CACHE_LINE;
}

static bool is_private(const struct histogram *histogram)
{
	return histogram->method->stroke == private;
}

static void histogram_close(void *state)
{
	struct histogram *histogram = state;

	if (histogram == NULL)
		return;
	for (uint32_t i = 0; histogram->lock != NULL && i < histogram->locks; i++)
		par_lock_fini(&histogram->lock[i], histogram->method->kind);
	par_hammer_close(histogram->hammer);
	free(histogram->expected);
	free(histogram);
}

static int open_board(struct histogram *histogram, const struct par_setup *setup)
{
	size_t one = rounded(histogram->buckets * sizeof *histogram->counts);
	size_t locks = histogram->locks * sizeof *histogram->lock;
	size_t lanes = setup->tasks * sizeof *histogram->lanes;
	struct par_hammer_spec spec = {
		.parts = (unsigned)setup->tasks,
		.turns = setup->params[COUNTS],
		.limit_ns = setup->params[LIMIT] * PAR_NS_PER_US,
		.spin = setup->spin,
		.state_size =
			locks + lanes + one * (1 + (is_private(histogram) ? setup->tasks : 0)),
	};
	int status = par_hammer_open(&histogram->hammer, &spec);
	char *state;

	if (status < 0)
		return status;
	state = histogram->hammer->state;
	histogram->lock = (void *)state;
	histogram->lanes = (void *)(state + locks);
	histogram->counts = (void *)(state + locks + lanes);
	histogram->own = (void *)(state + locks + lanes + one);
	histogram->own_stride = one / sizeof *histogram->own;
	histogram->expected = calloc(histogram->buckets, sizeof *histogram->expected);
	if (histogram->expected == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; status == 0 && i < histogram->locks; i++)
		status = par_lock_init(&histogram->lock[i], histogram->method->kind);
	return status;
}

static const struct method *find_method(const char *name)
{
	const struct method *method = methods;

	while (method->name != NULL && strcmp(method->name, name) != 0)
		method++;
	return method->name != NULL ? method : NULL;
}

static int histogram_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	const struct method *method = find_method(setup->variant);
	struct histogram *histogram;
	int status;

	if (method == NULL)
		return par_fail(
			error, -EINVAL, "histogram: no way to count is named '%s'", setup->variant);
	if (!method->locks && setup->params[LOCKS] != 1)
		return par_fail(error, -EINVAL, "histogram: '%s' takes no lock; leave locks=1",
			method->name);
	histogram = calloc(1, sizeof *histogram);
	if (histogram == NULL)
		return par_fail(error, -ENOMEM, "histogram: out of memory");
	histogram->method = method;
	histogram->buckets = (uint32_t)setup->params[BUCKETS];
	histogram->locks = (uint32_t)setup->params[LOCKS];
	status = open_board(histogram, setup);
	if (status < 0) {
		histogram_close(histogram);
		return par_fail(
			error, status, "histogram: %s: %s", method->name, par_error_text(status));
	}
	*state = histogram;
	return 0;
}

static int histogram_reset(void *state)
{
	struct histogram *histogram = state;
	unsigned parts = histogram->hammer->spec.parts;
	size_t own = is_private(histogram) ? parts * histogram->own_stride : 0;

	par_hammer_reset(histogram->hammer);
	/* Relaxed: the start of the run orders it. */
	for (uint32_t i = 0; i < histogram->buckets; i++)
		atomic_store_explicit(&histogram->counts[i], 0, memory_order_relaxed);
	for (size_t i = 0; i < own; i++)
		atomic_store_explicit(&histogram->own[i], 0, memory_order_relaxed);
	for (unsigned i = 0; i < parts; i++)
		histogram->lanes[i].at = first_draw(i);
	return 0;
}

static uint64_t histogram_task(void *state, uint64_t index, struct par_io *io)
{
	struct histogram *histogram = state;
	int status = par_hammer_meet(histogram->hammer, (unsigned)index, io);

	if (status < 0)
		par_io_fail(io, status);
	else
		par_hammer_pound(histogram->hammer, (unsigned)index, histogram->method->stroke,
			histogram, io);
	return par_mix64(index);
}

/* Relaxed: the run has ended. */
static uint64_t counted(const struct histogram *histogram, uint32_t bucket)
{
	uint64_t sum = atomic_load_explicit(&histogram->counts[bucket], memory_order_relaxed);

	for (unsigned i = 0; is_private(histogram) && i < histogram->hammer->spec.parts; i++)
		sum += atomic_load_explicit(
			&histogram->own[i * histogram->own_stride + bucket], memory_order_relaxed);
	return sum;
}

/* Every count in its own bucket, once: the sequences are drawn again. */
static int histogram_verify(void *state, struct par_error *error)
{
	struct histogram *histogram = state;
	uint64_t *expected = histogram->expected;

	memset(expected, 0, histogram->buckets * sizeof *expected);
	for (unsigned i = 0; i < histogram->hammer->spec.parts; i++) {
		uint64_t at = first_draw(i);

		for (uint64_t j = 0; j < histogram->hammer->parts[i].done; j++)
			expected[draw(&at, histogram->buckets)]++;
	}
	for (uint32_t i = 0; i < histogram->buckets; i++) {
		if (counted(histogram, i) != expected[i])
			return par_fail(error, -EBADMSG, "%s: bucket %u holds %llu, not %llu",
				histogram->method->name, i,
				(unsigned long long)counted(histogram, i),
				(unsigned long long)expected[i]);
	}
	return 0;
}

static void histogram_measure(void *state, double *values)
{
	struct histogram *histogram = state;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < histogram->buckets; i++)
		sum += counted(histogram, i);
	values[0] = par_hammer_turn_ns(histogram->hammer);
	values[1] = 1 - (double)sum / (double)par_hammer_done(histogram->hammer);
	values[2] = par_hammer_least(histogram->hammer);
}

const struct par_workload par_workload_histogram = {
	.name = "histogram",
	.label = "histogram",
	.summary = "all parts count into one histogram, under one lock or many",
	.bound = PAR_BOUND_CPU,
	.params = params,
	.tasks = { 2, 2, 2 },
	.cpu_ns = 5000000,
	.variants = variants,
	.variant_needed = true,
	.together = true,
	.unranked = true,
	.open = histogram_open,
	.reset = histogram_reset,
	.task = histogram_task,
	.verify = histogram_verify,
	.measures = measures,
	.measure = histogram_measure,
	.close = histogram_close,
};
