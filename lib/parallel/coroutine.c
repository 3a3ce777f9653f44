#include "coroutine.h"

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

int par_coroutine_make(struct par_coroutine **out, struct par_coroutines *pool)
{
	struct par_coroutine *coroutine;
	size_t size;
	char *low;
	int code;

	if (pool->fresh == 0) {
		code = par_stack_slab_add(&pool->slabs);
		if (code)
			return code;
		pool->fresh = PAR_SLAB_STACKS;
	}
	code = par_stack_prepare(&low, &size, pool->slabs, pool->fresh - 1, &pool->mprotect_guards);
	if (code)
		return code;
	pool->fresh--;

	size -= sizeof(*coroutine) + pool->fresh % COLOURS * COLOUR_STEP;
	size &= ~(size_t)(COLOUR_STEP - 1);
	coroutine = (struct par_coroutine *)(void *)(low + size);
	*coroutine = (struct par_coroutine){ .pool = pool };
	par_flow_init(&coroutine->flow, low, size);
	par_context_init(&coroutine->self, low, size, coroutine_main, coroutine);
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
