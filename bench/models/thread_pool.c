/*
 * thread_pool: threads that are made once and share out the tasks.
 */
#include "dispatch.h"
#include "pool.h"

static int thread_pool_open(struct par_team **out, const struct par_team_spec *spec)
{
	return par_pool_open(out, spec, false);
}

const struct par_model par_model_thread_pool = {
	.name = "thread_pool",
	.label = "thread pool",
	.short_label = "thr pool",
	.summary = "threads made once share out the tasks, in chunks that shrink",
	/* Every language has one, one memory, one process, and no creation cost left to mind. */
	.simplicity = 1,
	.look = { "#194997", "#999DFE", "#194997", "#999DFE", 7 },
	.variants = par_dispatch_variants,
	.open = thread_pool_open,
	.run = par_pool_run,
	.close = par_pool_close,
	.measures = par_dispatch_measures,
	.measure = par_pool_measure,
};
