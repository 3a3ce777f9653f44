/*
 * lock_ticket: first come, first served (Reed and Kanodia 1979; Mellor-Crummey and Scott 1991,
 * algorithm 2.2 with proportional backoff).
 *
 * Who comes draws a number and waits until it is served; how far off its turn is says how long it
 * need not look.
 *
 * Memory order: drawing a number orders nothing (relaxed); the acquire load that sees one's own
 * number reads from the release store of the one before. Only the holder writes `serving`, so
 * giving is a plain load and a store.
 *
 * Progress: fair, in the order of arrival, and never starves anyone while all run. That is also its
 * weakness: the next in line must be running. Where workers outnumber PUs the lock is often handed
 * to one that waits for a PU, and everybody waits for the scheduler.
 */
#ifndef PAR_LOCK_TICKET_H
#define PAR_LOCK_TICKET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "wait.h"

/* PAUSEs for each who stands before: about the time of a short section and of its handover. */
#define PAR_TICKET_BACKOFF      4
#define PAR_TICKET_BACKOFF_MOST 1000

/* Zeroed memory is a free one. Numbers wrap: at most 2^32 - 1 may wait. On one line, for a handover
 * then moves one line less; the backoff keeps who looks from disturbing who comes. */
struct par_lock_ticket {
	_Atomic uint32_t next;    /* to be drawn */
	_Atomic uint32_t serving; /* holds the lock */
};

static inline bool par_lock_ticket_try(struct par_lock_ticket *lock)
{
	/* Acquire: pairs with the release store of who gave, as in par_lock_ticket_take(). */
	uint32_t mine = atomic_load_explicit(&lock->serving, memory_order_acquire);

	/* Only the number that is being served takes the lock, and only if nobody has drawn it. */
	return atomic_compare_exchange_strong_explicit(
		&lock->next, &mine, mine + 1, memory_order_relaxed, memory_order_relaxed);
}

static inline void par_lock_ticket_take(struct par_lock_ticket *lock)
{
	uint32_t mine = atomic_fetch_add_explicit(&lock->next, 1, memory_order_relaxed);
	uint32_t before;

	while ((before = mine - atomic_load_explicit(&lock->serving, memory_order_acquire)) != 0) {
		for (uint32_t i = 0; i < before * PAR_TICKET_BACKOFF && i < PAR_TICKET_BACKOFF_MOST;
			i++)
			par_relax();
	}
}

static inline void par_lock_ticket_give(struct par_lock_ticket *lock)
{
	uint32_t mine = atomic_load_explicit(&lock->serving, memory_order_relaxed);

	atomic_store_explicit(&lock->serving, mine + 1, memory_order_release);
}

#endif
