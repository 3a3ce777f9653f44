#include "coroutine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "stacks.h"

/* Tops of stacks are shifted by up to this many steps, again to spread them over cache sets. */
#define COLOURS     8
#define COLOUR_STEP 128

/* The first frame of every coroutine. It never returns: an ended coroutine rests here for the next.
 */
static void coroutine_main(void *argument)
{
	struct par_coroutine *coroutine = argument;

	for (;;) {
		par_flow_arrive(&coroutine->resumer_flow, &coroutine->flow, true);
		coroutine->function(coroutine->context, coroutine->index);
		coroutine->alive = false;
		par_flow_leave(&coroutine->flow, &coroutine->resumer_flow, true);
		coroutine = par_context_jump(&coroutine->self, &coroutine->resumer, coroutine);
	}
}

void par_coroutine_overrun(const struct par_coroutine *coroutine)
{
	fprintf(stderr, "a coroutine's stack of %d KiB ran over into that of task %" PRIu64 "\n",
		PAR_COROUTINE_STACK / 1024, coroutine->index);
	abort();
}

/* Its canary lies above it, in a page that it has touched anyway: an overflow comes from there. */
static struct par_coroutine *place(struct par_stack *stack, unsigned colour)
{
	uint64_t *canary = (uint64_t *)(void *)(stack->low + stack->size) - 1;
	struct par_coroutine *coroutine;

	stack->size -= sizeof(*canary) + sizeof(*coroutine) + colour * COLOUR_STEP;
	stack->size &= ~(size_t)(COLOUR_STEP - 1);
	coroutine = (struct par_coroutine *)(void *)(stack->low + stack->size);
	*coroutine = (struct par_coroutine){ 0 };
	if (stack->watched) {
		*canary = PAR_STACK_CANARY;
		coroutine->canary = canary;
	}
	return coroutine;
}

int par_coroutine_make(struct par_coroutine **out, struct par_coroutines *pool)
{
	struct par_coroutine *coroutine;
	struct par_stack stack;
	int code;

	if (pool->fresh == 0) {
		code = par_stack_slab_add(&pool->slabs);
		if (code)
			return code;
		pool->fresh = PAR_SLAB_STACKS;
	}
	code = par_stack_prepare(&stack, pool->slabs, pool->fresh - 1, &pool->guards);
	if (code)
		return code;
	pool->fresh--;

	coroutine = place(&stack, pool->fresh % COLOURS);
	coroutine->pool = pool;
	par_flow_init(&coroutine->flow, stack.low, stack.size);
	par_context_init(&coroutine->self, stack.low, stack.size, coroutine_main, coroutine);
	*out = coroutine;
	return 0;
}

void par_coroutines_fini(struct par_coroutines *pool)
{
	struct par_coroutine *next;

	for (struct par_coroutine *coroutine = pool->free; coroutine; coroutine = next) {
		next = coroutine->next;
		par_flow_fini(&coroutine->flow);
	}
	par_stack_slabs_close(&pool->slabs);
	*pool = (struct par_coroutines)PAR_COROUTINES_INIT;
}
