/*
 * lock_spin: test-and-test-and-set with exponential backoff (Anderson 1990; Mellor-Crummey and
 * Scott 1991, algorithm 2.1).
 *
 * A waiter reads its own copy of the line until the lock looks free, so it does not take the line
 * away from the holder, and backs off twice as long after each look, so that of many waiters few
 * rush for the line at once. The one who just gave the lock has it in its cache and often takes it
 * again: fast over all, and unfair.
 *
 * Memory order: the exchange that takes is an acquire and reads from the release store that gave,
 * so all that was done under the lock before is seen under it now. Looks in between decide nothing
 * and are relaxed.
 *
 * Progress: while the holder runs, somebody gets it (no deadlock); nobody in particular does
 * (starvation is possible). A waiter never sleeps: where workers outnumber PUs it may spin through
 * its whole time slice while the holder waits for a PU.
 */
#ifndef PAR_LOCK_SPIN_H
#define PAR_LOCK_SPIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "wait.h"

/*
 * PAUSEs before the first look: the time of several short sections, for each look takes the line
 * from the holder, who runs up to three times as fast without.
 */
#define PAR_SPIN_BACKOFF_FIRST 16
/* The longest backoff, in PAUSEs of 5 to 50 ns: some microseconds, the time of many sections. */
#define PAR_SPIN_BACKOFF_MOST 64

/* Zeroed memory is a free one. */
struct par_lock_spin {
	_Atomic uint32_t held;
};

/* Waits for twice as many PAUSEs each time. `backoff` begins at FIRST. */
static inline void par_spin_back_off(unsigned *backoff)
{
	for (unsigned i = 0; i < *backoff; i++)
		par_relax();
	if (*backoff < PAR_SPIN_BACKOFF_MOST)
		*backoff *= 2;
}

static inline bool par_lock_spin_try(struct par_lock_spin *lock)
{
	return atomic_load_explicit(&lock->held, memory_order_relaxed) == 0 &&
	       atomic_exchange_explicit(&lock->held, 1, memory_order_acquire) == 0;
}

static inline void par_lock_spin_take(struct par_lock_spin *lock)
{
	unsigned backoff = PAR_SPIN_BACKOFF_FIRST;

	while (atomic_exchange_explicit(&lock->held, 1, memory_order_acquire) != 0) {
		do
			par_spin_back_off(&backoff);
		while (atomic_load_explicit(&lock->held, memory_order_relaxed) != 0);
	}
}

static inline void par_lock_spin_give(struct par_lock_spin *lock)
{
	atomic_store_explicit(&lock->held, 0, memory_order_release);
}

#endif
