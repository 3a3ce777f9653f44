/*
 * permits: at most so many at once, among threads, processes, or the coroutines of a loop.
 *
 * Dijkstra's counting semaphore ("Cooperating sequential processes", 1965): who finds a permit
 * takes it by compare-and-swap without a system call; who finds none parks (park.h) until one is
 * given back. Who gives one back calls the kernel only when somebody may sleep.
 *
 * Memory order: taking a permit acquires what was released by whoever gave it back. That no wake-up
 * is lost is park.h's argument; the permits are the condition. Progress: lock-free while there are
 * permits. Not fair: a newcomer may take the permit before who was woken for it. Who dies with a
 * permit takes it along: those who wait with a deadline then come back with -ETIMEDOUT.
 */
#ifndef PAR_PERMITS_H
#define PAR_PERMITS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "park.h"
#include "shared.h"

/* In memory that all who use it share. */
struct par_permits {
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t left;
	struct par_spot given; /* where those sleep who wait for one */
};

/* Nobody may be using it. */
void par_permits_init(struct par_permits *permits, uint32_t count);

/* Takes a permit if there is one. */
bool par_permits_try(struct par_permits *permits);

/*
 * Takes a permit, waiting for it until the deadline (park.h). 0, -ETIMEDOUT, or -EDEADLK when
 * nobody is left who could give one back.
 */
int par_permits_take(struct par_io *io, struct par_permits *permits, uint64_t deadline);

/* Gives one back. */
void par_permits_give(struct par_io *io, struct par_permits *permits);

#endif
