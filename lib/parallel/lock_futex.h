/*
 * lock_futex: spin for a moment, then sleep in the kernel (Drepper, "Futexes are tricky", 2011,
 * mutex 2; the brief spin as in Boguslavsky et al. 1994).
 *
 * One word: free, held, or held and somebody may sleep. Only who gives the last kind makes a system
 * call. A waiter spins with backoff for about what a short section under contention takes, and
 * parks when that did not help: so a holder that lost its PU costs its waiters microseconds of
 * spinning, not their time slices, and they give their PU to it. That is why it does not collapse
 * where workers outnumber PUs.
 *
 * Memory order: every way to take is an acquire, the exchange that gives a release. Who finds the
 * lock held marks it CONTENDED by an exchange before it sleeps, and the kernel puts it to sleep
 * only while the word still says so; who gives sees that mark, for all operations on one word have
 * one order. So no wake-up is lost.
 *
 * Progress: somebody gets it while the holder runs. No order is kept: a spinner may overtake those
 * who sleep, which is what makes it fast.
 */
#ifndef PAR_LOCK_FUTEX_H
#define PAR_LOCK_FUTEX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "futex.h"

enum { PAR_LOCK_FREE, PAR_LOCK_HELD, PAR_LOCK_CONTENDED };

/* Zeroed memory is a free one. */
struct par_lock_futex {
	_Atomic uint32_t word;
};

/* The slow half of taking. */
void par_lock_futex_wait(struct par_lock_futex *lock);

static inline bool par_lock_futex_try(struct par_lock_futex *lock)
{
	uint32_t free = PAR_LOCK_FREE;

	return atomic_compare_exchange_strong_explicit(
		&lock->word, &free, PAR_LOCK_HELD, memory_order_acquire, memory_order_relaxed);
}

static inline void par_lock_futex_take(struct par_lock_futex *lock)
{
	if (!par_lock_futex_try(lock))
		par_lock_futex_wait(lock);
}

static inline void par_lock_futex_give(struct par_lock_futex *lock)
{
	if (atomic_exchange_explicit(&lock->word, PAR_LOCK_FREE, memory_order_release) ==
		PAR_LOCK_CONTENDED)
		(void)par_futex_wake(&lock->word, 1);
}

#endif
