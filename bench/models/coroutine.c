/*
 * coroutine: one event loop in one thread, a coroutine for each task.
 */
#include <errno.h>
#include <stdlib.h>

#include "loops.h"
#include "pin.h"

struct par_team {
	const struct par_team_spec *spec;
	struct par_affinity before; /* of the caller, to be given back */
	struct par_claims claims;
	struct par_loop *loop;
};

static void coroutine_close(struct par_team *team)
{
	if (!team)
		return;
	par_loop_close(team->loop);
	(void)par_affinity_apply(&team->before);
	par_affinity_fini(&team->before);
	free(team);
}

static int coroutine_open(struct par_team **out, const struct par_team_spec *spec)
{
	struct par_team *team = aligned_alloc(PAR_CACHE_LINE, sizeof(*team));
	int code;

	*out = NULL;
	if (!team)
		return -ENOMEM;
	*team = (struct par_team){ .spec = spec };
	code = par_affinity_init_self(&team->before);
	if (!code)
		code = par_pin_self(spec->pus[0]);
	if (!code)
		code = par_loops_make(&team->loop, spec);
	if (code)
		coroutine_close(team);
	else
		*out = team;
	return code;
}

static int coroutine_run(struct par_team *team, const struct par_job *job)
{
	par_claims_init(&team->claims, job->first, job->count, 1);
	return par_loops_work(team->loop, team->spec, 0, &team->claims);
}

const struct par_model par_model_coroutine = {
	.name = "coroutine",
	.label = "coroutines",
	.short_label = "coro",
	.summary = "one thread with an event loop, a coroutine for each task",
	.traits = PAR_TRAIT_ONE_CORE | PAR_TRAIT_LOOP,
	/* All that waits must go through the loop, and nothing may compute for long. */
	.simplicity = 5,
	.look = { "#2BAA91", "#55DBC7", "#0B7261", "#55DBC7", 11 },
	.variants = par_loops_variants,
	.open = coroutine_open,
	.run = coroutine_run,
	.close = coroutine_close,
};
