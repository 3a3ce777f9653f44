#include "pool.h"

#include <math.h>
#include <stdlib.h>

#include "crew.h"
#include "dispatch.h"

/* Either a crew, which shares the job out, or a pool that it is handed to by some call. */
struct par_team {
	const struct par_team_spec *spec;
	struct par_crew *crew;
	struct par_dispatch *dispatch;
};

static void work(void *context, unsigned worker, struct par_claims *claims)
{
	const struct par_team_spec *spec = context;
	struct par_io io;
	uint64_t first, count;

	par_io_init_blocking(&io);
	while ((count = par_claims_take(claims, UINT64_MAX, &first)) > 0)
		par_job_work(&spec->work, first, first + count, &io, &spec->tallies[worker]);
}

static int open_crew(struct par_team *team, bool processes)
{
	const struct par_team_spec *spec = team->spec;
	struct par_crew_spec crew = {
		.workers = spec->workers,
		.processes = processes,
		.spin = spec->spin,
		.pus = spec->pus,
		.body = work,
		.context = (void *)(uintptr_t)spec, /* only read */
	};

	return par_crew_open(&team->crew, &crew);
}

int par_pool_open(struct par_team **out, const struct par_team_spec *spec, bool processes)
{
	struct par_team *team = calloc(1, sizeof(*team));
	int code;

	*out = NULL;
	if (!team)
		return -ENOMEM;
	team->spec = spec;
	/* A workload's variant is not for the pool: whoever's it is, the plain form runs it. */
	if (par_variant_find(par_dispatch_variants, spec->variant) &&
		!par_variant_find(spec->work.workload->variants, spec->variant))
		code = par_dispatch_open(&team->dispatch, spec, processes);
	else
		code = open_crew(team, processes);
	if (code)
		free(team);
	else
		*out = team;
	return code;
}

int par_pool_run(struct par_team *team, const struct par_job *job)
{
	if (team->dispatch)
		return par_dispatch_run(team->dispatch, job);
	return par_crew_run(team->crew, job->first, job->count);
}

void par_pool_close(struct par_team *team)
{
	if (!team)
		return;
	par_crew_close(team->crew);
	par_dispatch_close(team->dispatch);
	free(team);
}

void par_pool_measure(struct par_team *team, double *values)
{
	if (team->dispatch)
		par_dispatch_measure(team->dispatch, values);
	else
		for (size_t i = 0; i < par_measure_count(par_dispatch_measures); i++)
			values[i] = NAN; /* the plain form hands over nothing */
}
