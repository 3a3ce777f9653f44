/*
 * stacks: slabs of guarded stacks. Private to the coroutines.
 */
#ifndef PAR_STACKS_H
#define PAR_STACKS_H

#include <stdbool.h>
#include <stddef.h>

#include "coroutine.h"

/* Stacks of a slab: one mapping serves many. */
#define PAR_SLAB_STACKS 32

/* A mapping; its header is allocated apart so that the memory is all stacks. */
struct par_stack_slab {
	struct par_stack_slab *next;
	char *memory;
	size_t size;
};

/* A new slab, pushed onto *slabs. Returns 0 or -ENOMEM. */
int par_stack_slab_add(struct par_stack_slab **slabs);

/* A stack's usable bytes. */
struct par_stack {
	char *low;
	size_t size;
	bool watched; /* the stack above may run into this one: keep a canary at its top */
};

/*
 * The stack at `index` of the slab, with the guard that there still is for it: see par_guards. An
 * index is prepared after all that are higher. Returns 0 or -errno.
 */
int par_stack_prepare(struct par_stack *out, const struct par_stack_slab *slab, unsigned index,
	struct par_guards *guards);

void par_stack_slabs_close(struct par_stack_slab **slabs);

#endif
