/*
 * lanes: a free-list of small numbers that workers of any kind, threads and processes, claim
 * without a lock.
 */
#ifndef PAR_LANES_H
#define PAR_LANES_H

#include <stdatomic.h>
#include <stdint.h>

#include "shared.h"

#define PAR_LANES_MAX 4096

/*
 * A stack linked by numbers (Treiber 1986), in shared memory. `head` counts changes in its upper
 * half, so that a head that went and came back is not taken for one that stayed (the ABA problem).
 * The last lane given back is claimed first: its buffers are still in a cache.
 */
struct par_lanes {
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t
		head; /* changes << 32 | lane + 1; lane part 0: empty */
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t next[PAR_LANES_MAX]; /* lane + 1 below it, or 0 */
};

/* All of 0 .. count - 1 are free. count <= PAR_LANES_MAX. */
void par_lanes_init(struct par_lanes *lanes, uint32_t count);

/* A lane that is now the caller's, or -EBUSY when none is free. */
int par_lanes_claim(struct par_lanes *lanes);

void par_lanes_release(struct par_lanes *lanes, int lane);

#endif
