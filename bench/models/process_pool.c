/*
 * process_pool: processes that are forked once and share out the tasks through shared memory.
 */
#include "dispatch.h"
#include "pool.h"

static int process_pool_open(struct par_team **out, const struct par_team_spec *spec)
{
	return par_pool_open(out, spec, true);
}

const struct par_model par_model_process_pool = {
	.name = "process_pool",
	.label = "process pool",
	.short_label = "proc pool",
	.summary = "processes forked once share out the tasks, in chunks that shrink",
	.traits = PAR_TRAIT_PROCESS,
	/* As a thread pool, and what is shared must be made so. */
	.simplicity = 3,
	.look = { "#E0870F", "#F4D567", "#8F5A00", "#F4D567", 5 },
	.variants = par_dispatch_variants,
	.open = process_pool_open,
	.run = par_pool_run,
	.close = par_pool_close,
	.measures = par_dispatch_measures,
	.measure = par_pool_measure,
};
