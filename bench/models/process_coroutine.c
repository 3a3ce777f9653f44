/*
 * process_coroutine: an event loop in each of some processes, a coroutine for each task.
 */
#include "loops.h"

static int process_coroutine_open(struct par_team **out, const struct par_team_spec *spec)
{
	return par_loops_open(out, spec, true);
}

const struct par_model par_model_process_coroutine = {
	.name = "process_coroutine",
	.label = "coroutines × processes",
	.short_label = "coro×proc",
	.summary = "an event loop in each process, a coroutine for each task",
	.traits = PAR_TRAIT_LOOP | PAR_TRAIT_PROCESS,
	/* What coroutines ask for, and what processes ask for. */
	.simplicity = 7,
	.look = { "#C68AEA", "#BA96A2", "#8F45A8", "#BA96A2", 4 },
	.variants = par_loops_variants,
	.open = process_coroutine_open,
	.run = par_loops_run,
	.close = par_loops_close,
};
