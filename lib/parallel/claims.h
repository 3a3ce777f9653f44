/*
 * claims: how workers share out a run of tasks among themselves.
 *
 * Guided self-scheduling (Polychronopoulos and Kuck 1987): a worker takes a share of what is left,
 * large at first and single tasks at the end, so that few claims are made and yet all workers end
 * together, whatever the tasks cost.
 */
#ifndef PAR_CLAIMS_H
#define PAR_CLAIMS_H

#include <stdatomic.h>
#include <stdint.h>

#include "shared.h"

/* A claim takes 1 / (4 x workers) of what is left: a first share 4 times as heavy still fits in. */
#define PAR_CLAIM_SHARES 4

/* Lies in memory that all workers share. The second line does not change while they claim. */
struct par_claims {
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t next; /* the first task that nobody has */
	_Alignas(PAR_CACHE_LINE) uint64_t last;
	uint64_t count;
	uint64_t shares; /* a claim is what is left over this; 1: all at once */
};

/* Sets the tasks [first, first + count) out for `workers`. No worker may be claiming. */
static inline void par_claims_init(
	struct par_claims *claims, uint64_t first, uint64_t count, unsigned workers)
{
	/* Relaxed, here and below: a claim orders nothing; the start of the region does. */
	atomic_store_explicit(&claims->next, first, memory_order_relaxed);
	claims->last = first + count;
	claims->count = count;
	claims->shares = workers > 1 ? (uint64_t)PAR_CLAIM_SHARES * workers : 1;
}

/* Claims at most `limit` (>= 1) tasks from *first on. Returns how many; 0: none are left. */
static inline uint64_t par_claims_take(struct par_claims *claims, uint64_t limit, uint64_t *first)
{
	uint64_t next = atomic_load_explicit(&claims->next, memory_order_relaxed);
	uint64_t chunk;

	do {
		if (next >= claims->last)
			return 0;
		chunk = (claims->last - next) / claims->shares;
		if (chunk > limit)
			chunk = limit;
		if (chunk == 0)
			chunk = 1;
	} while (!atomic_compare_exchange_weak_explicit(
		&claims->next, &next, next + chunk, memory_order_relaxed, memory_order_relaxed));
	*first = next;
	return chunk;
}

#endif
