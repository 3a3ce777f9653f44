/*
 * transfer: money moves between two accounts, each with a lock of its own; half of the parts move
 * it one way, half the other.
 *
 * Who takes the locks in the order of the transfer meets somebody who holds the other one: a
 * deadlock. It is found (waits_for.h), told, and ended. The others are the cures: one order for
 * all, giving up after a moment, never waiting for a second lock, one lock for everything. What is
 * in the accounts together must stay.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "between.h"
#include "clock.h"
#include "meeting.h"
#include "rng.h"
#include "span.h"
#include "waits_for.h"
#include "workload.h"

#define ACCOUNTS    2
#define OPENING     1000000 /* in each account */
#define LOOK_NS     500000  /* a wait longer than this looks for a deadlock */
#define GIVE_UP_NS  20000   /* of the cure that gives up */
#define PAUSE_STEPS 256     /* PAUSEs before it tries again, at most */
#define ONE_LOCK    ACCOUNTS

enum { TRANSFERS }; /* of the parameters */

struct transfer;

/* One part at work. */
struct mover {
	struct transfer *shared;
	uint32_t part;
	struct par_rng rng;
};

struct way {
	const char *name;
	/* Takes what a transfer needs. 0, -ECANCELED once there was a deadlock, or -errno. */
	int (*lock)(struct mover *mover, uint32_t from, uint32_t to);
	void (*unlock)(struct mover *mover, uint32_t from, uint32_t to);
};

struct account {
	_Alignas(PAR_CACHE_LINE) int64_t balance; /* under its lock */
	pthread_mutex_t lock;
};

/* Shared by all parts. The last account is the one lock for everything. */
struct transfer {
	struct par_meeting meeting;
	struct par_span span;
	struct par_waits_for graph;
	struct account accounts[ACCOUNTS + 1];
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t made;
	_Atomic uint64_t retries;
	_Atomic uint32_t deadlocked; /* 1 from when it was found */
	const struct way *way;
	uint64_t transfers; /* of each part */
	unsigned parts;
	bool spin;
};

static pthread_mutex_t *lock_of(struct mover *mover, uint32_t account)
{
	return &mover->shared->accounts[account].lock;
}

static int take(struct mover *mover, uint32_t account)
{
	return -pthread_mutex_lock(lock_of(mover, account));
}

/* By the wall clock, since ThreadSanitizer does not know pthread_mutex_clocklock(): a clock that is
 * set makes one wait longer or shorter. */
static int take_within(struct mover *mover, uint32_t account, long ns)
{
	struct timespec deadline = par_between_deadline(CLOCK_REALTIME, ns);

	return -pthread_mutex_timedlock(lock_of(mover, account), &deadline);
}

static void give(struct mover *mover, uint32_t account)
{
	pthread_mutex_unlock(lock_of(mover, account));
}

static void note_retry(struct mover *mover)
{
	/* Relaxed: a count. */
	atomic_fetch_add_explicit(&mover->shared->retries, 1, memory_order_relaxed);
}

/* --- locks in the order of the transfer: it deadlocks --- */

static bool is_over(const struct transfer *shared)
{
	/* Relaxed: whoever sees it late looks again. */
	return atomic_load_explicit(&shared->deadlocked, memory_order_relaxed) != 0;
}

/* Waits for a lock and looks, every now and then, whether it waits for ever. */
static int take_watched(struct mover *mover, uint32_t account)
{
	struct par_waits_for *graph = &mover->shared->graph;
	struct par_waits_for_cycle before = { .count = 0 }, now;
	int status = -pthread_mutex_trylock(lock_of(mover, account));

	if (status == -EBUSY)
		par_waits_for_want(graph, mover->part, account);
	while (status == -EBUSY || status == -ETIMEDOUT) {
		status = take_within(mover, account, LOOK_NS);
		if (status == 0 && is_over(mover->shared)) {
			give(mover, account); /* only free since another gave up */
			status = -ECANCELED;
		}
		if (status != -ETIMEDOUT)
			break;
		par_waits_for_look(&now, graph, mover->part);
		if (par_waits_for_same(&before, &now))
			atomic_store_explicit(&mover->shared->deadlocked, 1, memory_order_relaxed);
		before = now;
		if (is_over(mover->shared))
			status = -ECANCELED;
	}
	if (status == 0)
		par_waits_for_got(graph, mover->part, account);
	else
		par_waits_for_quit(graph, mover->part);
	return status;
}

static void give_watched(struct mover *mover, uint32_t account)
{
	par_waits_for_free(&mover->shared->graph, mover->part, account);
	give(mover, account);
}

static int opposite_lock(struct mover *mover, uint32_t from, uint32_t to)
{
	int status = is_over(mover->shared) ? -ECANCELED : take_watched(mover, from);

	if (status < 0)
		return status;
	status = take_watched(mover, to);
	if (status < 0)
		give_watched(mover, from);
	return status;
}

static void opposite_unlock(struct mover *mover, uint32_t from, uint32_t to)
{
	give_watched(mover, to);
	give_watched(mover, from);
}

/* --- the cures --- */

static int order_lock(struct mover *mover, uint32_t from, uint32_t to)
{
	int status = take(mover, from < to ? from : to);

	if (status < 0)
		return status;
	status = take(mover, from < to ? to : from);
	if (status < 0)
		give(mover, from < to ? from : to);
	return status;
}

static void both_unlock(struct mover *mover, uint32_t from, uint32_t to)
{
	give(mover, to);
	give(mover, from);
}

/* A random moment, so that two who gave up do not meet again. */
static void pause_a_while(struct mover *mover)
{
	uint64_t steps = par_rng_below(&mover->rng, PAUSE_STEPS);

	for (uint64_t i = 0; i < steps; i++)
		par_relax();
	sched_yield();
}

static int backoff_lock(struct mover *mover, uint32_t from, uint32_t to)
{
	for (;;) {
		int status = take(mover, from);

		if (status == 0)
			status = take_within(mover, to, GIVE_UP_NS);
		if (status != -ETIMEDOUT)
			return status;
		give(mover, from);
		note_retry(mover);
		pause_a_while(mover);
	}
}

static int trylock_lock(struct mover *mover, uint32_t from, uint32_t to)
{
	for (;;) {
		int status = take(mover, from);

		if (status == 0)
			status = -pthread_mutex_trylock(lock_of(mover, to));
		if (status != -EBUSY)
			return status;
		give(mover, from);
		note_retry(mover);
		sched_yield();
	}
}

static int one_lock(struct mover *mover, uint32_t from, uint32_t to)
{
	(void)from;
	(void)to;
	return take(mover, ONE_LOCK);
}

static void one_unlock(struct mover *mover, uint32_t from, uint32_t to)
{
	(void)from;
	(void)to;
	give(mover, ONE_LOCK);
}

static const struct way ways[] = {
	{ "opposite", opposite_lock, opposite_unlock },
	{ "order", order_lock, both_unlock },
	{ "backoff", backoff_lock, both_unlock },
	{ "trylock", trylock_lock, both_unlock },
	{ "one", one_lock, one_unlock },
};

static const struct par_variant variants[] = {
	{ .name = "opposite",
		.label = "opposite orders",
		.summary = "each takes the locks in the order of its transfer: it deadlocks",
		.traits = PAR_VARIANT_BLOCKS | PAR_VARIANT_LOSSY },
	{ .name = "order",
		.label = "one order for all",
		.summary = "the lock of the lower account first",
		.traits = PAR_VARIANT_BLOCKS },
	{ .name = "backoff",
		.label = "give up and retry",
		.summary = "wait 20 us for the second lock, else let go, pause and try again",
		.traits = PAR_VARIANT_BLOCKS },
	{ .name = "trylock",
		.label = "try the second",
		.summary = "take the second lock only if it is free, else let go and try again",
		.traits = PAR_VARIANT_BLOCKS },
	{ .name = "one",
		.label = "one big lock",
		.summary = "a lock for all accounts",
		.traits = PAR_VARIANT_BLOCKS },
	{ .name = NULL },
};

static const struct way *find_way(const char *name)
{
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (strcmp(ways[i].name, name) == 0)
			return &ways[i];
	return NULL;
}

static void transfer_close(void *state)
{
	par_shared_close(state, sizeof(struct transfer));
}

static int transfer_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	const struct way *way = find_way(setup->variant);
	struct transfer *shared;
	void *memory;
	int status;

	if (way == NULL || setup->tasks > PAR_WAITS_FOR_PARTIES)
		return par_fail(error, -EINVAL, "transfer: at most %d parts, and by a variant",
			PAR_WAITS_FOR_PARTIES);
	status = par_shared_open(&memory, sizeof *shared);
	if (status < 0)
		return par_fail(
			error, status, "transfer: shared memory: %s", par_error_text(status));
	shared = memory;
	shared->way = way;
	shared->transfers = setup->params[TRANSFERS];
	shared->parts = (unsigned)setup->tasks;
	shared->spin = setup->spin;
	for (unsigned i = 0; status == 0 && i <= ACCOUNTS; i++)
		status = par_between_mutex(&shared->accounts[i].lock);
	if (status < 0) {
		transfer_close(shared);
		return par_fail(error, status, "transfer: %s", par_error_text(status));
	}
	*state = shared;
	return 0;
}

static int transfer_reset(void *state)
{
	struct transfer *shared = state;

	par_meeting_init(&shared->meeting);
	par_span_init(&shared->span);
	par_waits_for_init(&shared->graph);
	for (unsigned i = 0; i < ACCOUNTS; i++)
		shared->accounts[i].balance = OPENING;
	atomic_store_explicit(&shared->made, 0, memory_order_relaxed);
	atomic_store_explicit(&shared->retries, 0, memory_order_relaxed);
	atomic_store_explicit(&shared->deadlocked, 0, memory_order_relaxed);
	return 0;
}

static int move(struct mover *mover)
{
	struct transfer *shared = mover->shared;
	uint32_t from = mover->part % ACCOUNTS, to = 1 - from;
	int64_t amount = 1 + (int64_t)par_rng_below(&mover->rng, 100);
	int status = shared->way->lock(mover, from, to);

	if (status < 0)
		return status;
	shared->accounts[from].balance -= amount;
	shared->accounts[to].balance += amount;
	shared->way->unlock(mover, from, to);
	return 0;
}

static uint64_t transfer_task(void *state, uint64_t index, struct par_io *io)
{
	struct transfer *shared = state;
	struct mover mover = { .shared = shared, .part = (uint32_t)index };
	int status = par_meeting_join(&shared->meeting, shared->parts, shared->spin, io);
	uint64_t made = 0;

	par_rng_init(&mover.rng, index);
	par_span_begin(&shared->span);
	while (status == 0 && made < shared->transfers) {
		status = move(&mover);
		made += status == 0;
	}
	par_span_end(&shared->span);
	/* Relaxed: a count. */
	atomic_fetch_add_explicit(&shared->made, made, memory_order_relaxed);
	if (status < 0 && status != -ECANCELED)
		par_io_fail(io, status);
	return par_mix64(index);
}

static uint64_t made_of(const struct transfer *shared)
{
	return atomic_load_explicit(&shared->made, memory_order_relaxed);
}

static int transfer_verify(void *state, struct par_error *error)
{
	const struct transfer *shared = state;
	int64_t sum = 0;

	for (unsigned i = 0; i < ACCOUNTS; i++)
		sum += shared->accounts[i].balance;
	if (sum != ACCOUNTS * (int64_t)OPENING)
		return par_fail(error, -EBADMSG, "the accounts hold %lld instead of %lld",
			(long long)sum, (long long)ACCOUNTS * OPENING);
	if (made_of(shared) != shared->parts * shared->transfers)
		return par_fail(error, -EBADMSG, "%llu transfers were made instead of %llu",
			(unsigned long long)made_of(shared),
			(unsigned long long)(shared->parts * shared->transfers));
	return 0;
}

static void transfer_measure(void *state, double *values)
{
	const struct transfer *shared = state;
	double made = (double)made_of(shared);
	bool over = is_over(shared);

	values[0] = over ? (double)NAN : par_span_ns(&shared->span) / made;
	values[1] = over ? 1 : 0;
	values[2] = over ? made : (double)NAN;
	values[3] = made > 0
			    ? (double)atomic_load_explicit(&shared->retries, memory_order_relaxed) /
				      made
			    : (double)NAN;
}

static const struct par_param params[] = {
	{ "transfers", "of each part", 2000, 1, 10000000 },
	{ 0 },
};

static const struct par_measure_kind measures[] = {
	{ "transfer_ns", "time for a transfer, over all parts; none after a deadlock",
		PAR_UNIT_NS },
	{ "deadlocked", "runs that ended in a deadlock", PAR_UNIT_SHARE },
	{ "before_deadlock", "transfers made before it", PAR_UNIT_COUNT },
	{ "retries", "locks let go and tried again, for each transfer", PAR_UNIT_COUNT },
	{ .name = NULL },
};

const struct par_workload par_workload_transfer = {
	.name = "transfer",
	.label = "transfer",
	.summary = "money moves between two accounts with a lock each: deadlock, and its cures",
	.bound = PAR_BOUND_MIXED,
	.params = params,
	.tasks = { 2, 2, 2 },
	.cpu_ns = 2000000,
	.variants = variants,
	.variant_needed = true,
	.together = true,
	.unranked = true,
	.open = transfer_open,
	.reset = transfer_reset,
	.task = transfer_task,
	.verify = transfer_verify,
	.measures = measures,
	.measure = transfer_measure,
	.close = transfer_close,
};
