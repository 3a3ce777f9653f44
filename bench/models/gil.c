/*
 * gil: threads that share one lock, which each must hold to compute: what an interpreter with a
 * global lock does.
 */
#include <errno.h>
#include <stdlib.h>

#include "crew.h"
#include "gil.h"
#include "model.h"

struct par_team {
	struct par_gil gil;
	const struct par_team_spec *spec;
	struct par_crew *crew;
	bool locked; /* the lock is there */
};

/* One task at a time: between two of them another thread may have asked for the lock. */
static void work(void *context, unsigned worker, struct par_claims *claims)
{
	struct par_team *team = context;
	const struct par_team_spec *spec = team->spec;
	struct par_gil_io io;
	uint64_t first;

	par_gil_io_init(&io, &team->gil, worker + 1);
	par_gil_take(&team->gil, worker + 1);
	while (par_claims_take(claims, 1, &first) > 0) {
		par_job_work(&spec->work, first, first + 1, &io.io, &spec->tallies[worker]);
		par_gil_check(&team->gil, worker + 1);
	}
	par_gil_drop(&team->gil);
}

static void gil_close(struct par_team *team)
{
	if (team == NULL)
		return;
	par_crew_close(team->crew);
	if (team->locked)
		par_gil_fini(&team->gil);
	free(team);
}

static int gil_open(struct par_team **out, const struct par_team_spec *spec)
{
	struct par_team *team = aligned_alloc(PAR_CACHE_LINE, sizeof *team);
	struct par_crew_spec crew = {
		.workers = spec->workers,
		.spin = spec->spin,
		.pus = spec->pus,
		.body = work,
		.context = team,
	};
	int status;

	*out = NULL;
	if (team == NULL)
		return -ENOMEM;
	*team = (struct par_team){ .spec = spec };
	status = par_gil_init(&team->gil, PAR_GIL_INTERVAL_NS);
	team->locked = status == 0;
	if (status == 0)
		status = par_crew_open(&team->crew, &crew);
	if (status == 0)
		*out = team;
	else
		gil_close(team);
	return status;
}

static int gil_run(struct par_team *team, const struct par_job *job)
{
	return par_crew_run(team->crew, job->first, job->count);
}

const struct par_model par_model_gil = {
	.name = "gil",
	.label = "threads with a GIL",
	.short_label = "GIL",
	.summary = "a thread pool in which one thread computes at a time, as in CPython",
	.traits = PAR_TRAIT_TURNS,
	.only = "gil",
	/* A pool that has nothing to gain by its threads but waits. */
	.simplicity = 8,
	.look = { "#683018", "#B07828", "#683018", "#C08838", 13 },
	.open = gil_open,
	.run = gil_run,
	.close = gil_close,
};
