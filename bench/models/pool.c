#include "pool.h"

#include <stdlib.h>

#include "crew.h"

struct par_team {
	const struct par_team_spec *spec;
	struct par_crew *crew;
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

int par_pool_open(struct par_team **out, const struct par_team_spec *spec, bool processes)
{
	struct par_team *team = calloc(1, sizeof(*team));
	struct par_crew_spec crew = {
		.workers = spec->workers,
		.processes = processes,
		.spin = spec->spin,
		.pus = spec->pus,
		.body = work,
		.context = (void *)(uintptr_t)spec, /* only read */
	};
	int code;

	*out = NULL;
	if (!team)
		return -ENOMEM;
	team->spec = spec;
	code = par_crew_open(&team->crew, &crew);
	if (code)
		free(team);
	else
		*out = team;
	return code;
}

int par_pool_run(struct par_team *team, const struct par_job *job)
{
	return par_crew_run(team->crew, job->first, job->count);
}

void par_pool_close(struct par_team *team)
{
	if (!team)
		return;
	par_crew_close(team->crew);
	free(team);
}
