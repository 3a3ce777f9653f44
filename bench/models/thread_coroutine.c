/*
 * thread_coroutine: an event loop in each of some threads, a coroutine for each task.
 */
#include "loops.h"

static int thread_coroutine_open(struct par_team **out, const struct par_team_spec *spec)
{
	return par_loops_open(out, spec, false);
}

const struct par_model par_model_thread_coroutine = {
	.name = "thread_coroutine",
	.label = "coroutines × threads",
	.short_label = "coro×thr",
	.summary = "an event loop in each thread, a coroutine for each task",
	.traits = PAR_TRAIT_LOOP,
	/* What coroutines ask for, and what threads ask for. */
	.simplicity = 6,
	.look = { "#2A74A8", "#4086B8", "#1F6696", "#4086B8", 15 },
	.variants = par_loops_variants,
	.open = thread_coroutine_open,
	.run = par_loops_run,
	.close = par_loops_close,
};
