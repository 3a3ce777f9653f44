/*
 * The caller's side of the task pool: handing tasks over.
 */
#include <errno.h>

#include "taskpool_parts.h"

#define PUTS_PER_LOOK 256 /* tasks handed over between two looks for deaths */

/* The stamp that publishes the task `turn`. */
static void stamp(struct par_taskpool *pool, uint64_t turn, memory_order order)
{
	struct par_slot *slot = par_taskpool_slot(pool, par_taskpool_slot_of(pool, turn));

	atomic_store_explicit(&slot->stamp, (turn + 1) << 1 | pool->kind, order);
}

/*
 * Backwards: workers look at the first, and find all there when they see its stamp. With each
 * release goes its task, and with the last, sequentially consistent, the first half of Dekker's
 * pattern with who parks.
 */
void par_taskpool_flush(struct par_taskpool *pool)
{
	uint64_t first = pool->published;

	if (first == pool->put)
		return;
	pool->published = pool->put;
	/* Relaxed: the stamps release it. */
	atomic_store_explicit(&pool->board->tail, pool->put, memory_order_relaxed);
	for (uint64_t turn = pool->put - 1; turn > first; turn--)
		stamp(pool, turn, memory_order_release);
	stamp(pool, first, memory_order_seq_cst);
	par_taskpool_wake(pool);
}

void par_taskpool_withdraw(struct par_taskpool *pool)
{
	_Atomic uint64_t *head = &pool->board->head;
	uint64_t at = atomic_load_explicit(head, memory_order_relaxed);

	while (at < pool->published &&
		!atomic_compare_exchange_weak_explicit(
			head, &at, pool->published, memory_order_acq_rel, memory_order_relaxed))
		continue;
}

static bool is_free(const struct par_taskpool *pool, const void *what)
{
	return pool->futures[*(const unsigned *)what] == NULL;
}

/* The room is there, or half of the tasks in the ring have ended. */
static bool is_half_free(const struct par_taskpool *pool, const void *what)
{
	unsigned half = *(const unsigned *)what + pool->spec.capacity / 2;

	return is_free(pool, what) || !pool->futures[par_taskpool_slot_of(pool, half)];
}

/*
 * Waits for room. With only one slot free the caller would soon be back, and a park and a wake cost
 * more than hundreds of tasks: it rather sleeps until half of the ring has ended.
 */
static int await_room(struct par_taskpool *pool, const unsigned *slot)
{
	uint64_t oldest = pool->put - pool->spec.capacity;
	int code = par_taskpool_await(
		pool, is_half_free, slot, oldest + pool->spec.capacity / 2, PAR_FUTEX_FOREVER);

	if (code)
		return code;
	return par_taskpool_await(pool, is_free, slot, oldest, PAR_FUTEX_FOREVER);
}

static int make_room(struct par_taskpool *pool, unsigned slot, bool wait)
{
	if (pool->in_callback)
		return -EAGAIN; /* only who called it may drain */
	par_taskpool_drain(pool);
	if (!pool->futures[slot])
		return 0;
	if (wait)
		return await_room(pool, &slot);
	par_taskpool_flush(pool);
	par_taskpool_look(pool);
	return pool->futures[slot] ? -EAGAIN : 0;
}

/* Makes the next slot free. Callbacks may put tasks meanwhile: the next is then another one. */
static int find_room(struct par_taskpool *pool, bool wait)
{
	int code = 0;

	while (!code && pool->futures[par_taskpool_slot_of(pool, pool->put)])
		code = make_room(pool, par_taskpool_slot_of(pool, pool->put), wait);
	return code;
}

/* No workers: then there are deaths to be dealt with, which is told at once. */
static bool has_none(const struct par_taskpool *pool)
{
	return pool->deaths && !par_taskpool_has_workers(pool);
}

int par_taskpool_put_kind(struct par_taskpool *pool, struct par_future *future,
	enum par_slot_kind kind, const void *data, bool wait)
{
	int code;
	struct par_slot *slot;
	unsigned number;

	if (pool->shut)
		return -ESHUTDOWN;
	/* Who is never kept waiting finds deaths too. Before there is room: callbacks may run. */
	if (!pool->in_callback && (pool->put % PUTS_PER_LOOK == 0 || has_none(pool)))
		par_taskpool_look(pool);
	code = find_room(pool, wait);
	if (!code && has_none(pool))
		code = PAR_WORKER_DIED;
	if (code)
		return code;
	number = par_taskpool_slot_of(pool, pool->put);
	slot = par_taskpool_slot(pool, number);
	if (kind != pool->kind)
		par_taskpool_flush(pool); /* all that are told of at once are of one kind */
	pool->kind = kind;
	par_taskpool_copy(slot->data, data, pool->spec.bytes);
	if (future) {
		future->pending = true;
		future->turn = pool->put;
	}
	pool->futures[number] = future ? future : &pool->nobody;
	pool->under_way++;
	if (++pool->put - pool->published >= PAR_TASKPOOL_BATCH)
		par_taskpool_flush(pool);
	return 0;
}

int par_taskpool_put(struct par_taskpool *pool, struct par_future *future, const void *data)
{
	if (pool->in_callback)
		return -EDEADLK;
	return par_taskpool_put_kind(pool, future, PAR_SLOT_TASK, data, true);
}

int par_taskpool_try_put(struct par_taskpool *pool, struct par_future *future, const void *data)
{
	return par_taskpool_put_kind(pool, future, PAR_SLOT_TASK, data, false);
}

int par_taskpool_submit(struct par_taskpool *pool, struct par_future *future, const void *data)
{
	int code = par_taskpool_put(pool, future, data);

	if (!code)
		par_taskpool_flush(pool);
	return code;
}

int par_taskpool_try_submit(struct par_taskpool *pool, struct par_future *future, const void *data)
{
	int code = par_taskpool_try_put(pool, future, data);

	if (!code)
		par_taskpool_flush(pool);
	return code;
}
