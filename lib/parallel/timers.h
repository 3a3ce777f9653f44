/*
 * timers: which sleeper is due first.
 *
 * A 4-ary heap in one array: half as deep as a binary one and with all children of a node in two
 * cache lines. Deadlines that only grow, such as those of equal sleeps, are added in constant time;
 * equal ones come out in the order they went in.
 */
#ifndef PAR_TIMERS_H
#define PAR_TIMERS_H

#include <stddef.h>
#include <stdint.h>

#define PAR_TIMERS_NONE UINT64_MAX

struct par_timer {
	uint64_t deadline;
	uint64_t order; /* of the call to add */
	void *owner;
};

/* Inert when zeroed. */
struct par_timers {
	struct par_timer *heap; /* owned */
	size_t count, capacity;
	uint64_t added;
};

#define PAR_TIMERS_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}

/* 0, or -ENOMEM and nothing is changed. */
int par_timers_add(struct par_timers *timers, uint64_t deadline, void *owner);

/* The earliest deadline, PAR_TIMERS_NONE without any. */
static inline uint64_t par_timers_first(const struct par_timers *timers)
{
	return timers->count > 0 ? timers->heap[0].deadline : PAR_TIMERS_NONE;
}

/* Takes out the earliest timer with a deadline <= now and returns its owner; NULL: none is due. */
void *par_timers_take(struct par_timers *timers, uint64_t now);

void par_timers_fini(struct par_timers *timers);

#endif
