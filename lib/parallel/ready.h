/*
 * ready: coroutines that can go on, first come, first served.
 */
#ifndef PAR_READY_H
#define PAR_READY_H

#include "coroutine.h"

/* Inert when zeroed. Linked through the coroutines. */
struct par_ready {
	struct par_coroutine *first, *last;
};

static inline void par_ready_push(struct par_ready *ready, struct par_coroutine *coroutine)
{
	coroutine->next = NULL;
	if (ready->first)
		ready->last->next = coroutine;
	else
		ready->first = coroutine;
	ready->last = coroutine;
}

/* NULL when empty. */
static inline struct par_coroutine *par_ready_pop(struct par_ready *ready)
{
	struct par_coroutine *coroutine = ready->first;

	if (coroutine)
		ready->first = coroutine->next;
	return coroutine;
}

#endif
