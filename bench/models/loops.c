#include "loops.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "crew.h"

struct source {
	const struct par_work *work;
	struct par_tally *tally;
	struct par_claims *claims;
};

static uint64_t claim(void *context, uint64_t limit, uint64_t *first)
{
	const struct source *source = context;

	return par_claims_take(source->claims, limit, first);
}

static void task(void *context, uint64_t index, struct par_io *io)
{
	const struct source *source = context;

	par_job_work(source->work, index, index + 1, io, source->tally);
}

const struct par_variant par_loops_variants[] = {
	{ .name = "uring",
		.label = "io_uring",
		.summary = "loops that wait through an io_uring instead of epoll",
		.unavailable = par_loop_uring_unavailable },
	{ 0 },
};

int par_loops_make(struct par_loop **out, const struct par_team_spec *spec)
{
	struct par_loop_spec loop = {
		.ring = spec->variant != NULL && strcmp(spec->variant, "uring") == 0,
	};

	return par_loop_open(out, &loop);
}

static uint64_t share(uint64_t amount, unsigned workers)
{
	return amount / workers > 0 ? amount / workers : 1;
}

int par_loops_work(struct par_loop *loop, const struct par_team_spec *spec, unsigned worker,
	struct par_claims *claims)
{
	struct source source = { &spec->work, &spec->tallies[worker], claims };
	struct par_loop_source tasks = { .claim = claim, .task = task, .context = &source };
	uint64_t in_flight = share(spec->in_flight, spec->workers);
	uint64_t tasks_each = share(claims->count + spec->workers - 1, spec->workers);
	uint64_t start = par_now_ns();
	int code;

	code = par_loop_run(loop, &tasks, in_flight < tasks_each ? in_flight : tasks_each);
	source.tally->busy_ns += par_now_ns() - start; /* see par_job_work() */
	if (code && source.tally->error == 0)
		source.tally->error = code;
	return code;
}

/* --- a loop in each worker of a crew --- */

struct par_team {
	const struct par_team_spec *spec;
	struct par_crew *crew;
	struct par_loop **loops; /* one a worker; a process fills only its own */
};

static int enter(void *context, unsigned worker)
{
	struct par_team *team = context;

	return par_loops_make(&team->loops[worker], team->spec);
}

static void work(void *context, unsigned worker, struct par_claims *claims)
{
	struct par_team *team = context;

	/* A loop that cannot go on has noted why in its tally. */
	(void)par_loops_work(team->loops[worker], team->spec, worker, claims);
}

static void leave(void *context, unsigned worker)
{
	struct par_team *team = context;

	par_loop_close(team->loops[worker]);
}

int par_loops_open(struct par_team **out, const struct par_team_spec *spec, bool processes)
{
	struct par_team *team = calloc(1, sizeof(*team));
	struct par_crew_spec crew = {
		.workers = spec->workers,
		.processes = processes,
		.spin = spec->spin,
		.pus = spec->pus,
		.enter = enter,
		.body = work,
		.leave = leave,
		.context = team,
	};
	int code = -ENOMEM;

	*out = NULL;
	if (!team)
		return -ENOMEM;
	team->spec = spec;
	team->loops = calloc(spec->workers, sizeof(struct par_loop *));
	if (team->loops)
		code = par_crew_open(&team->crew, &crew);
	if (code)
		par_loops_close(team);
	else
		*out = team;
	return code;
}

int par_loops_run(struct par_team *team, const struct par_job *job)
{
	return par_crew_run(team->crew, job->first, job->count);
}

void par_loops_close(struct par_team *team)
{
	if (!team)
		return;
	par_crew_close(team->crew);
	free(team->loops);
	free(team);
}
