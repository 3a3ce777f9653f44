/*
 * coroutine: stackful coroutines of one thread.
 *
 * A coroutine is a function on a stack of its own that may suspend itself and be resumed where it
 * was. Stacks come from a pool and go back to it, the warmest first, so starting one that has been
 * used costs no system call; a stack takes memory only for the pages it has touched.
 *
 * Overflow. Below each stack lie five pages that no task's frame reaches over. From Linux 6.13 they
 * are a guard that costs no mapping (MADV_GUARD_INSTALL), and an overflow is SIGSEGV. Before, a
 * guard splits the mapping in two, and vm.max_map_count (65,530) would end at 32,000 coroutines a
 * process: so only the first PAR_HEAVY_GUARDS stacks of a pool, which are used again first, have
 * one. For all others the stack below holds a canary, and going on with a coroutine whose canary is
 * gone aborts the process.
 */
#ifndef PAR_COROUTINE_H
#define PAR_COROUTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "annotate.h"
#include "context.h"

/* Usable bytes of a stack: twice what a task may take (workload.h). */
#define PAR_COROUTINE_STACK (64 * 1024)

typedef void (*par_coroutine_function)(void *context, uint64_t index);

/* Lies at the top of its own stack, so that a resting coroutine touches one page. */
struct par_coroutine {
	struct par_context self;    /* where it was suspended */
	struct par_context resumer; /* who goes on when it suspends or ends */
	struct par_coroutines *pool;
	struct par_coroutine *next; /* in whatever list it is: free, ready, ... */
	par_coroutine_function function;
	void *context;
	uint64_t index;
	const uint64_t *canary; /* PAR_STACK_CANARY; NULL: the stack above has a guard */
	bool alive;             /* between start and the end of its function */
	struct par_flow flow, resumer_flow;
};

struct par_stack_slab;

/* Of a pool, where guards split mappings; 128 loops of a process then make as many as it may have.
 */
#define PAR_HEAVY_GUARDS 256

#define PAR_STACK_CANARY 0x9d3fb1e55a17c0deULL

/* How stacks are guarded. Zeroed memory: by light guards, while the kernel makes them. */
struct par_guards {
	bool heavy;     /* the kernel has none that are light */
	unsigned count; /* of heavy ones */
};

/* A pool; belongs to one thread. Zeroed memory is inert. */
struct par_coroutines {
	struct par_coroutine *running; /* NULL: none */
	struct par_coroutine *free;    /* ended ones, the last first */
	struct par_stack_slab *slabs;  /* the newest first */
	unsigned fresh;                /* stacks of the newest slab that were never used */
	struct par_guards guards;
};

#define PAR_COROUTINES_INIT                                                                        \
	{                                                                                          \
		0                                                                                  \
	}

/* Frees all stacks. No coroutine may be alive. */
void par_coroutines_fini(struct par_coroutines *pool);

/*
 * A coroutine on a stack that was never used, for par_coroutine_start(). -ENOMEM when the kernel
 * gives no more stacks.
 */
int par_coroutine_make(struct par_coroutine **out, struct par_coroutines *pool);

/*
 * Asks for the lines that going on with a coroutine will need. Where many wait, their stacks have
 * left the cache: to ask one coroutine ahead makes 100,000 of them three times as fast. `top` is
 * where the registers lie; the frames of its callers are above. A macro, because gcc drops calls of
 * functions that do nothing but prefetch.
 */
#define PAR_PREFETCH_STACK(top)                                                                    \
	do {                                                                                       \
		__builtin_prefetch((const char *)(top));                                           \
		__builtin_prefetch((const char *)(top) + 64);                                      \
		__builtin_prefetch((const char *)(top) + 128);                                     \
		__builtin_prefetch((const char *)(top) + 192);                                     \
	} while (0)

/* For a coroutine that is suspended. */
#ifdef PAR_CONTEXT_ASM
#define PAR_COROUTINE_EXPECT(coroutine) PAR_PREFETCH_STACK((coroutine)->self.stack)
#else
#define PAR_COROUTINE_EXPECT(coroutine) __builtin_prefetch(coroutine)
#endif

/*
 * For one that rests in the pool, without a look at it that would have to be waited for: there its
 * frames will lie right below it.
 */
#define PAR_COROUTINE_EXPECT_RESTING(coroutine)                                                    \
	do {                                                                                       \
		PAR_PREFETCH_STACK((const char *)(coroutine)-256);                                 \
		__builtin_prefetch(coroutine);                                                     \
		__builtin_prefetch((const char *)(coroutine) + 64);                                \
	} while (0)

/* Says that a stack ran over into this coroutine's, and aborts. */
_Noreturn void par_coroutine_overrun(const struct par_coroutine *coroutine);

/*
 * The three below are inline because a call around a switch is dear: its `ret` takes the address
 * that the return stack predicts for another coroutine's.
 */

/* Goes on with a suspended coroutine until it suspends again (1) or ends (0). */
static inline int par_coroutine_resume(struct par_coroutine *coroutine)
{
	struct par_coroutines *pool = coroutine->pool;
	struct par_coroutine *resumer = pool->running;

	if (coroutine->canary && *coroutine->canary != PAR_STACK_CANARY)
		par_coroutine_overrun(coroutine);
	pool->running = coroutine;
	par_flow_note_current(&coroutine->resumer_flow);
	par_flow_leave(&coroutine->resumer_flow, &coroutine->flow, false);
	coroutine = (struct par_coroutine *)par_context_jump(
		&coroutine->resumer, &coroutine->self, coroutine);
	par_flow_arrive(&coroutine->flow, &coroutine->resumer_flow, false);
	pool = coroutine->pool;
	pool->running = resumer;
	if (coroutine->alive)
		return 1;
	coroutine->next = pool->free;
	pool->free = coroutine;
	return 0;
}

/*
 * Starts function(context, index) as a coroutine and runs it until it first suspends (1) or ends
 * (0). Returns -errno of par_coroutine_make() when there is no stack for it.
 */
static inline int par_coroutine_start(
	struct par_coroutines *pool, par_coroutine_function function, void *context, uint64_t index)
{
	struct par_coroutine *coroutine = pool->free;

	if (coroutine) {
		pool->free = coroutine->next;
		if (pool->free)
			PAR_COROUTINE_EXPECT_RESTING(pool->free);
	} else {
		int code = par_coroutine_make(&coroutine, pool);

		if (code)
			return code;
	}
	coroutine->function = function;
	coroutine->context = context;
	coroutine->index = index;
	coroutine->alive = true;
	return par_coroutine_resume(coroutine);
}

/* Suspends the running coroutine; returns when somebody resumes it. */
static inline void par_coroutine_suspend(struct par_coroutines *pool)
{
	struct par_coroutine *self = pool->running;

	par_flow_leave(&self->flow, &self->resumer_flow, false);
	self = (struct par_coroutine *)par_context_jump(&self->self, &self->resumer, self);
	par_flow_arrive(&self->resumer_flow, &self->flow, false);
}

#endif
