/*
 * The caller's side of the task pool: what has ended, waiting for it, taking results.
 */
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "taskpool_parts.h"
#include "wait.h"

/* Looks at all workers between two looks at the clock. */
#define SPINS_PER_LOOK 16

/* --- what has ended --- */

/* Gives the task in a slot its end, with a result that was in an entry. */
static void end_task(struct par_taskpool *pool, unsigned slot, int code, uint64_t result)
{
	struct par_future *future = pool->futures[slot];

	if (!future)
		return;
	pool->futures[slot] = NULL;
	pool->under_way--;
	pool->ended++;
	if (future == &pool->nobody)
		return;
	if (par_taskpool_is_small(pool))
		memcpy(future->data, &result, sizeof(result));
	else if (code == 0)
		memcpy(future->data, par_taskpool_slot(pool, slot)->data, pool->spec.bytes);
	future->code = code;
	future->pending = false;
	if (future->done) {
		pool->in_callback = true;
		future->done(future); /* it may be gone after that */
		pool->in_callback = false;
	}
}

static unsigned drain_one(struct par_taskpool *pool, unsigned worker)
{
	struct par_member *member = &pool->members[worker];
	unsigned count = 0;

	for (;; count++) {
		const struct par_entry *entry =
			&member->entries[member->seen & (pool->spec.capacity - 1)];
		/* Acquire: the result; sequentially consistent: see tell(). */
		uint64_t mark = atomic_load_explicit(&entry->mark, memory_order_seq_cst);

		if (mark >> PAR_TASKPOOL_STAMP_SHIFT != (uint32_t)(member->seen + 1))
			return count;
		member->seen++;
		end_task(pool, (unsigned)mark & (PAR_TASKPOOL_CAPACITY - 1),
			-(int)((mark & UINT32_MAX) >> PAR_TASKPOOL_SLOT_BITS), entry->result);
	}
}

unsigned par_taskpool_drain(struct par_taskpool *pool)
{
	unsigned count = 0;

	for (unsigned i = 0; i < pool->spec.workers; i++)
		count += drain_one(pool, i);
	return count;
}

/* Callbacks may have put another task into its slot since it ended. */
static bool has_slot(const struct par_taskpool *pool, uint64_t turn)
{
	return pool->put - turn <= pool->spec.capacity;
}

uint64_t par_taskpool_oldest(const struct par_taskpool *pool)
{
	return pool->put > pool->spec.capacity ? pool->put - pool->spec.capacity : 0;
}

void par_taskpool_end_turn(struct par_taskpool *pool, uint64_t turn, int code)
{
	if (has_slot(pool, turn))
		end_task(pool, par_taskpool_slot_of(pool, turn), code, 0);
}

void par_taskpool_end_all(struct par_taskpool *pool, int code)
{
	uint64_t end = pool->put;

	for (uint64_t turn = par_taskpool_oldest(pool); turn < end; turn++)
		par_taskpool_end_turn(pool, turn, code);
}

/* --- waiting --- */

struct wait {
	struct par_taskpool *pool;
	bool (*met)(const struct par_taskpool *pool, const void *what);
	const void *what;
	uint64_t turn;
};

static bool is_met(const struct wait *wait)
{
	return wait->met(wait->pool, wait->what);
}

/* On the PU of worker 0 only while that one sleeps: else it would keep it from working. */
static bool may_spin(const struct par_taskpool *pool)
{
	/* Relaxed: a hint. */
	return pool->caller_spin_ns > 0 &&
	       (!pool->shares_pu ||
		       (atomic_load_explicit(&pool->board->sleepers[0], memory_order_relaxed) & 1));
}

static bool spin(const struct wait *wait)
{
	struct par_taskpool *pool = wait->pool;
	uint64_t start;

	if (!may_spin(pool))
		return false;
	start = par_now_ns();
	do {
		for (int i = 0; i < SPINS_PER_LOOK; i++) {
			if (par_taskpool_drain(pool) > 0 && is_met(wait))
				return true;
			par_relax();
		}
	} while (may_spin(pool) && par_now_ns() - start < pool->caller_spin_ns);
	return false;
}

/* Parks for a moment at most; true when it is met. */
static bool park(const struct wait *wait, uint64_t limit_ns)
{
	struct par_taskpool *pool = wait->pool;
	struct par_board *board = pool->board;
	bool met;

	/* Relaxed: published by the next store, which is the first half of Dekker's pattern. */
	atomic_store_explicit(&board->wanted, wait->turn, memory_order_relaxed);
	atomic_store_explicit(&board->parked, 1, memory_order_seq_cst);
	par_taskpool_drain(pool);
	met = is_met(wait);
	if (!met)
		(void)par_futex_wait(&board->parked, 1,
			limit_ns < PAR_TASKPOOL_LOOK_NS ? limit_ns : PAR_TASKPOOL_LOOK_NS);
	/* Relaxed: who still sees the 1 makes a needless call. */
	atomic_store_explicit(&board->parked, 0, memory_order_relaxed);
	return met;
}

int par_taskpool_await(struct par_taskpool *pool,
	bool (*met)(const struct par_taskpool *pool, const void *what), const void *what,
	uint64_t turn, uint64_t timeout_ns)
{
	const struct wait wait = { pool, met, what, turn };
	bool forever = timeout_ns == PAR_FUTEX_FOREVER;
	uint64_t start = forever || timeout_ns == 0 ? 0 : par_now_ns(), spent = 0;

	par_taskpool_flush(pool);
	par_taskpool_drain(pool);
	while (!is_met(&wait)) {
		if (!par_taskpool_has_workers(pool))
			return PAR_WORKER_DIED;
		if (spent >= timeout_ns && !forever) {
			par_taskpool_look(pool); /* for who never waits, and asks again */
			return is_met(&wait) ? 0 : -ETIMEDOUT;
		}
		if (spin(&wait) || park(&wait, timeout_ns - spent))
			break;
		par_taskpool_look(pool);
		par_taskpool_drain(pool);
		if (!forever)
			spent = par_now_ns() - start;
	}
	return 0;
}

/* --- taking results --- */

static bool has_ended(const struct par_taskpool *pool, const void *what)
{
	const struct par_future *future = what;

	(void)pool;
	return !future->pending;
}

int par_taskpool_get(struct par_taskpool *pool, struct par_future *future, uint64_t timeout_ns)
{
	int code = 0;

	if (future->pending && pool->in_callback)
		return -EDEADLK;
	if (future->pending)
		code = par_taskpool_await(pool, has_ended, future, future->turn, timeout_ns);
	return future->pending ? code : future->code;
}

int par_taskpool_apply(struct par_taskpool *pool, void *data)
{
	struct par_future future = { .pending = false };
	int code = par_taskpool_submit(pool, &future, data);

	if (code)
		return code;
	code = par_taskpool_get(pool, &future, PAR_FUTEX_FOREVER);
	if (!code)
		par_taskpool_copy(data, future.data, pool->spec.bytes);
	return code;
}

bool par_taskpool_is_done(struct par_taskpool *pool, const struct par_future *future)
{
	if (future->pending && !pool->in_callback) {
		par_taskpool_flush(pool);
		if (par_taskpool_drain(pool) == 0)
			par_taskpool_look(pool);
	}
	return !future->pending;
}

void par_taskpool_forget(struct par_taskpool *pool, struct par_future *future)
{
	if (!future->pending)
		return;
	pool->futures[par_taskpool_slot_of(pool, future->turn)] = &pool->nobody;
	future->pending = false;
	future->code = -ECANCELED;
}

static bool more_ended(const struct par_taskpool *pool, const void *what)
{
	return pool->ended != *(const uint64_t *)what || pool->under_way == 0;
}

unsigned par_taskpool_poll(struct par_taskpool *pool, uint64_t timeout_ns)
{
	uint64_t before = pool->ended;

	if (!pool->in_callback)
		(void)par_taskpool_await(pool, more_ended, &before, UINT64_MAX, timeout_ns);
	return (unsigned)(pool->ended - before);
}
