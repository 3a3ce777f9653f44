/*
 * How the two sides of a task pool wake each other.
 */
#include "taskpool_parts.h"

/* Sequentially consistent throughout: Dekker's pattern with who parks. See taskpool.h. */

void par_taskpool_mark_sleeper(struct par_taskpool *pool, unsigned worker, bool sleeps)
{
	_Atomic uint64_t *word = &pool->board->sleepers[worker / 64];
	uint64_t bit = UINT64_C(1) << worker % 64;

	if (sleeps)
		atomic_fetch_or_explicit(word, bit, memory_order_seq_cst);
	else
		atomic_fetch_and_explicit(word, ~bit, memory_order_seq_cst);
}

static void ring(struct par_taskpool *pool, unsigned worker)
{
	_Atomic uint32_t *bell = &pool->seats[worker].bell;

	/* Release: pairs with the acquire in park(). */
	atomic_fetch_add_explicit(bell, 1, memory_order_release);
	(void)par_futex_wake(bell, 1);
}

/* The last of the sleepers in this word, that is: worker 0, whose PU the caller may share, last. */
static bool wake_one_of(struct par_taskpool *pool, unsigned word, uint64_t sleepers)
{
	while (sleepers != 0) {
		unsigned at = 63 - (unsigned)__builtin_clzll(sleepers);
		uint64_t bit = UINT64_C(1) << at;

		/* Who clears the bit is who wakes it: others wake others. */
		sleepers = atomic_fetch_and_explicit(
			&pool->board->sleepers[word], ~bit, memory_order_seq_cst);
		if (sleepers & bit) {
			ring(pool, word * 64 + at);
			return true;
		}
	}
	return false;
}

static bool enough_look(const struct par_taskpool *pool, uint64_t queued)
{
	for (unsigned i = 0; queued > 0 && i < pool->spec.workers; i++)
		if (atomic_load_explicit(&pool->seats[i].state, memory_order_seq_cst) ==
			PAR_SEAT_LOOKING)
			queued--;
	return queued == 0;
}

void par_taskpool_wake(struct par_taskpool *pool)
{
	struct par_board *board = pool->board;
	bool known = false;

	for (unsigned i = pool->words; i-- > 0;) {
		uint64_t sleepers = atomic_load_explicit(&board->sleepers[i], memory_order_seq_cst);

		if (sleepers == 0)
			continue;
		if (!known) {
			/* Head before the states: who claims is no longer looking by then. */
			uint64_t head = atomic_load_explicit(&board->head, memory_order_seq_cst);
			uint64_t tail = atomic_load_explicit(&board->tail, memory_order_seq_cst);

			if (tail <= head || enough_look(pool, tail - head))
				return;
			known = true;
		}
		if (wake_one_of(pool, i, sleepers))
			return;
	}
}

void par_taskpool_wake_all(struct par_taskpool *pool)
{
	for (unsigned i = 0; i < pool->spec.workers; i++)
		ring(pool, i);
}

void par_taskpool_wake_caller(struct par_taskpool *pool)
{
	/* Who takes the 1 makes the call; the others need not. */
	if (atomic_exchange_explicit(&pool->board->parked, 0, memory_order_seq_cst) != 0)
		(void)par_futex_wake(&pool->board->parked, 1);
}
