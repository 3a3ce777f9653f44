/*
 * deadlines: which of many waits is over first, for waits that mostly end before.
 *
 * Unlike timers, whose sleepers always sleep to the end, one here can be taken out, and needs no
 * memory: it lives in whoever waits. A pairing heap (M. Fredman et al., Algorithmica 1, 1986):
 * adding is constant, taking out logarithmic over many.
 */
#ifndef PAR_DEADLINES_H
#define PAR_DEADLINES_H

#include <stddef.h>
#include <stdint.h>

#define PAR_DEADLINE_NONE UINT64_MAX

/* Embedded in who waits; belongs to the heap between add and remove. */
struct par_deadline {
	uint64_t at;
	struct par_deadline *child, *next;
	struct par_deadline *previous; /* sibling, or the parent of the first child */
};

/* Inert when zeroed. */
struct par_deadlines {
	struct par_deadline *first; /* the earliest; NULL: none */
};

static inline uint64_t par_deadlines_first(const struct par_deadlines *heap)
{
	return heap->first ? heap->first->at : PAR_DEADLINE_NONE;
}

/* `deadline->at` is set; nothing else needs to be. */
void par_deadlines_add(struct par_deadlines *heap, struct par_deadline *deadline);

/* Takes out one that is in. */
void par_deadlines_remove(struct par_deadlines *heap, struct par_deadline *deadline);

#endif
