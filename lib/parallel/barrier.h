/*
 * barrier: nobody goes on to the next phase before all have ended this one.
 *
 * The central sense-reversing barrier (Hensgen, Finkel and Manber 1988; Mellor-Crummey and Scott
 * 1991, algorithm 7) with the phase's number in place of a sense, waiting on a gate: who comes last
 * resets the count and opens the next phase, the others spin for a moment where they have a PU each
 * and then sleep. Across threads and across processes.
 *
 * Memory order: each arrival is an acquire and release on the count, so the last one has seen all
 * that the others did; opening the phase releases it to all. Progress: blocking; who never comes
 * keeps all others, until they time out.
 */
#ifndef PAR_BARRIER_H
#define PAR_BARRIER_H

#include <stdint.h>

#include "shared.h"
#include "wait.h"

/* In memory that all parties share. Arrivals and waiting are on lines of their own. */
struct par_barrier {
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t missing;
	_Alignas(PAR_CACHE_LINE) struct par_gate phase;
	uint32_t parties;
};

/* For `parties` >= 1. Nobody may be using it. */
void par_barrier_init(struct par_barrier *barrier, uint32_t parties);

/*
 * Waits for all parties: spins for spin_ns, then sleeps for at most timeout_ns. Returns 0, or
 * -ETIMEDOUT, after which the barrier is broken and good for par_barrier_init() only.
 */
int par_barrier_cross(struct par_barrier *barrier, uint64_t spin_ns, uint64_t timeout_ns);

#endif
