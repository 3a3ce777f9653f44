/*
 * stacks: slabs of guarded stacks. Private to the coroutines.
 */
#ifndef PAR_STACKS_H
#define PAR_STACKS_H

#include <stdbool.h>
#include <stddef.h>

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

/*
 * The stack at `index` of the slab, guarded: its lowest usable byte in *low, its size in *size.
 * *mprotect_guards is set when the kernel has no lighter guards. Returns 0 or -errno.
 */
int par_stack_prepare(char **low, size_t *size, const struct par_stack_slab *slab, unsigned index,
	bool *mprotect_guards);

void par_stack_slabs_close(struct par_stack_slab **slabs);

#endif
