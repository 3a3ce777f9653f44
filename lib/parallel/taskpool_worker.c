/*
 * The worker's side of the task pool: claim, run, tell; and what to do when there is nothing.
 */
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "taskpool_parts.h"
#include "wait.h"

/* PAUSEs between two looks at the clock. */
#define SPINS_PER_LOOK 32

struct worker {
	struct par_taskpool *pool;
	struct par_board *board;
	struct par_seat *seat;
	struct par_entry *entries;
	uint64_t finished; /* entries written */
	unsigned number;
};

/* --- claiming --- */

/* How many of `queued` tasks to take: few enough that all workers end together, as in claims.h. */
static uint64_t share(const struct par_taskpool *pool, uint64_t queued)
{
	uint64_t most = pool->spec.claim;
	uint64_t fair;

	if (most == 1)
		return 1;
	fair = queued / ((uint64_t)PAR_CLAIM_SHARES * pool->spec.workers);
	if (fair > most)
		return most;
	return fair > 0 ? fair : 1;
}

static uint64_t stamp_of(const struct worker *worker, uint64_t turn)
{
	const struct par_slot *slot =
		par_taskpool_slot(worker->pool, par_taskpool_slot_of(worker->pool, turn));

	/* Acquire: the task; sequentially consistent: Dekker's pattern, before parking. */
	return atomic_load_explicit(&slot->stamp, memory_order_seq_cst) >> 1;
}

static bool is_published(const struct worker *worker, uint64_t turn)
{
	return stamp_of(worker, turn) == turn + 1;
}

/* How many tasks to take from `head` on, which is published: those behind it may not all be. */
static uint64_t count_from(const struct worker *worker, uint64_t head)
{
	uint64_t most, count = 1;

	if (worker->pool->spec.claim == 1)
		return 1;
	/* Relaxed: a hint, and at least the stamp's batch. */
	most = share(worker->pool,
		atomic_load_explicit(&worker->board->tail, memory_order_relaxed) - head);
	while (count < most && is_published(worker, head + count))
		count++;
	return count;
}

/* Claims the next tasks, from *first on. Returns how many; 0: there are none. */
static uint64_t claim(struct worker *worker, uint64_t *first)
{
	struct par_board *board = worker->board;
	uint64_t head = atomic_load_explicit(&board->head, memory_order_relaxed);
	uint64_t count;

	if (!is_published(worker, head))
		return 0;
	/* Relaxed: the exchange below releases it to whoever acquires head. */
	atomic_store_explicit(&worker->seat->claim, PAR_CLAIM_MAKING, memory_order_relaxed);
	do {
		if (!is_published(worker, head)) {
			atomic_store_explicit(
				&worker->seat->claim, PAR_CLAIM_NONE, memory_order_relaxed);
			return 0;
		}
		count = count_from(worker, head);
	} while (!atomic_compare_exchange_weak_explicit(
		&board->head, &head, head + count, memory_order_acq_rel, memory_order_relaxed));
	/* Release: who reads it sees all that was finished under earlier claims. */
	atomic_store_explicit(&worker->seat->claim, head << 8 | count, memory_order_release);
	*first = head;
	return count;
}

/* --- running --- */

static int map_chunk(struct worker *worker, uint64_t first, uint64_t count)
{
	const struct par_taskpool *pool = worker->pool;
	uint64_t *results = NULL;

	if (pool->results)
		results = pool->results + (first - worker->board->map_first);
	return pool->spec.chunk(pool->spec.context, worker->number, first, count, results);
}

/* The next chunk of the map under way. Relaxed: the part's stamp published it. */
static uint64_t take_items(struct par_board *board, uint64_t *first)
{
	uint64_t chunk = board->map_chunk;

	if (chunk == 0)
		return par_claims_take(&board->items, UINT64_MAX, first);
	*first = atomic_fetch_add_explicit(&board->items.next, chunk, memory_order_relaxed);
	if (*first >= board->items.last)
		return 0;
	return chunk < board->items.last - *first ? chunk : board->items.last - *first;
}

/* A worker's part of a map: chunks until none are left. */
static int map_part(struct worker *worker)
{
	uint64_t first, count;
	int code = 0;

	while ((count = take_items(worker->board, &first)) > 0) {
		int one = map_chunk(worker, first, count);

		code = code ? code : one;
	}
	return code;
}

/* Runs what is in the slot; a small result goes to *result. */
static int run_slot(struct worker *worker, struct par_slot *slot, uint64_t *result)
{
	const struct par_taskpool_spec *spec = &worker->pool->spec;

	/* Relaxed: it was acquired when it was claimed. */
	if ((atomic_load_explicit(&slot->stamp, memory_order_relaxed) & 1) == PAR_SLOT_MAP)
		return map_part(worker);
	if (!par_taskpool_is_small(worker->pool))
		return spec->task(spec->context, worker->number, slot->data);
	/* On a copy: the line of the slot is left to who reads the slots beside it. */
	memcpy(result, slot->data, sizeof(*result));
	return spec->task(spec->context, worker->number, result);
}

/*
 * Publishes that the task `turn` has ended, one of those claimed from `first` on, and wakes the
 * caller if it waits for one of them.
 *
 * With the last of a claim the store and the load are sequentially consistent: Dekker's pattern
 * with par_taskpool_await(). Before it, a caller that parks at the same moment may be missed until
 * the next task: a fence each would cost more than most tasks.
 */
static void tell(
	struct worker *worker, uint64_t first, uint64_t turn, bool last, int code, uint64_t result)
{
	struct par_board *board = worker->board;
	uint64_t at = worker->finished++ & (worker->pool->spec.capacity - 1);
	uint64_t mark = worker->finished << PAR_TASKPOOL_STAMP_SHIFT;
	uint64_t wanted;

	if (code > 0 || code < -PAR_TASKPOOL_ERRNO_MAX)
		code = -EINVAL;
	mark |= (uint64_t)-code << PAR_TASKPOOL_SLOT_BITS;
	mark |= par_taskpool_slot_of(worker->pool, turn);
	worker->entries[at].result = result;
	/* Release: the result, here or in the slot; pairs with par_taskpool_drain(). */
	atomic_store_explicit(&worker->entries[at].mark, mark,
		last ? memory_order_seq_cst : memory_order_release);
	if (atomic_load_explicit(
		    &board->parked, last ? memory_order_seq_cst : memory_order_relaxed) == 0)
		return;
	wanted = atomic_load_explicit(&board->wanted, memory_order_relaxed);
	if (wanted == UINT64_MAX || wanted - first <= turn - first)
		par_taskpool_wake_caller(worker->pool);
}

static bool is_over(const struct worker *worker)
{
	/* Acquire: pairs with the store in dismiss(). */
	return atomic_load_explicit(&worker->board->leave, memory_order_acquire) != 0;
}

static void run(struct worker *worker, uint64_t first, uint64_t count)
{
	for (uint64_t turn = first; turn < first + count; turn++) {
		struct par_slot *slot =
			par_taskpool_slot(worker->pool, par_taskpool_slot_of(worker->pool, turn));

		uint64_t result = 0;
		int code;

		if (turn > first && is_over(worker))
			return; /* terminated: the caller ends the rest */
		code = run_slot(worker, slot, &result);
		tell(worker, first, turn, turn + 1 == first + count, code, result);
	}
}

/* --- waiting --- */

static void set_state(struct worker *worker, enum par_seat_state state)
{
	/* Sequentially consistent: par_taskpool_wake() counts on who looks after it published. */
	atomic_store_explicit(&worker->seat->state, state, memory_order_seq_cst);
}

static bool something_to_do(const struct worker *worker)
{
	const struct par_board *board = worker->board;
	uint64_t head = atomic_load_explicit(&board->head, memory_order_relaxed);

	/* A later stamp: head has gone on, and there may be something. */
	return stamp_of(worker, head) > head ||
	       atomic_load_explicit(&board->leave, memory_order_seq_cst) != 0;
}

static bool may_spin(const struct worker *worker)
{
	const struct par_taskpool *pool = worker->pool;

	return pool->spec.spin && !(pool->shares_pu && worker->number == 0);
}

static bool look(struct worker *worker)
{
	uint64_t start = par_now_ns();

	set_state(worker, PAR_SEAT_LOOKING);
	do {
		for (int i = 0; i < SPINS_PER_LOOK; i++) {
			if (something_to_do(worker))
				return true;
			par_relax();
		}
	} while (par_now_ns() - start < PAR_SPIN_NS);
	return false;
}

static void park(struct worker *worker)
{
	_Atomic uint32_t *bell = &worker->seat->bell;
	/* Acquire: a bell that is rung from here on is not slept through. */
	uint32_t seen = atomic_load_explicit(bell, memory_order_acquire);

	set_state(worker, PAR_SEAT_PARKING);
	par_taskpool_mark_sleeper(worker->pool, worker->number, true);
	if (!something_to_do(worker))
		(void)par_futex_wait(bell, seen, PAR_FUTEX_FOREVER);
	par_taskpool_mark_sleeper(worker->pool, worker->number, false);
}

/* Waits for work, perhaps in vain. */
static void idle(struct worker *worker)
{
	/* A caller that waits for room in the ring waits for half of it: there is more now. */
	if (atomic_load_explicit(&worker->board->parked, memory_order_relaxed) != 0)
		par_taskpool_wake_caller(worker->pool);
	if (!may_spin(worker) || !look(worker))
		park(worker);
	set_state(worker, PAR_SEAT_AWAKE);
}

static void work(struct worker *worker)
{
	bool fresh = true; /* nothing was claimed since it was idle */
	uint64_t first, count;

	while (!is_over(worker)) {
		count = claim(worker, &first);
		if (count == 0) {
			idle(worker);
			fresh = true;
			continue;
		}
		if (fresh)
			par_taskpool_wake(worker->pool);
		fresh = false;
		run(worker, first, count);
	}
}

/* Also when a task ends its thread. */
static void leave(void *argument)
{
	struct worker *worker = argument;

	/* Release: all it did; pairs with the look for dead threads. */
	atomic_store_explicit(&worker->seat->state, PAR_SEAT_GONE, memory_order_release);
	par_taskpool_wake_caller(worker->pool);
}

void par_taskpool_work(struct par_taskpool *pool, unsigned number, int code)
{
	struct worker worker = {
		.pool = pool,
		.board = pool->board,
		.seat = &pool->seats[number],
		.entries = par_taskpool_entries(pool, number),
		.finished = pool->seats[number].finished,
		.number = number,
	};

	pthread_cleanup_push(leave, &worker);
	if (code) { /* Relaxed: leave() publishes it. */
		atomic_store_explicit(&worker.seat->code, code, memory_order_relaxed);
	} else {
		set_state(&worker, PAR_SEAT_AWAKE);
		par_taskpool_wake_caller(pool);
		work(&worker);
	}
	pthread_cleanup_pop(1);
}
