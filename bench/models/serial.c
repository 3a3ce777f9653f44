/*
 * serial: the tasks one after the other in the caller. The base of every speedup.
 */
#include <errno.h>
#include <stdlib.h>

#include "model.h"
#include "pin.h"

struct par_team {
	const struct par_team_spec *spec;
	struct par_affinity before; /* of the caller, to be given back */
	struct par_io io;
};

static void serial_close(struct par_team *team)
{
	if (!team)
		return;
	(void)par_affinity_apply(&team->before);
	par_affinity_fini(&team->before);
	free(team);
}

static int serial_open(struct par_team **out, const struct par_team_spec *spec)
{
	struct par_team *team = calloc(1, sizeof(*team));
	int code;

	*out = NULL;
	if (!team)
		return -ENOMEM;
	team->spec = spec;
	par_io_init_blocking(&team->io);
	code = par_affinity_init_self(&team->before);
	if (!code)
		code = par_pin_self(spec->pus[0]);
	if (code)
		serial_close(team);
	else
		*out = team;
	return code;
}

static int serial_run(struct par_team *team, const struct par_job *job)
{
	const struct par_team_spec *spec = team->spec;

	par_job_work(&spec->work, job->first, job->first + job->count, &team->io, spec->tallies);
	return 0;
}

const struct par_model par_model_serial = {
	.name = "serial",
	.label = "serial",
	.short_label = "serial",
	.summary = "one task after the other, in one thread",
	.traits = PAR_TRAIT_SERIAL | PAR_TRAIT_ONE_CORE,
	.simplicity = 0,
	.look = { "#111418", "#EEF3F8", "#24292F", "#EEF3F8", 2 },
	.open = serial_open,
	.run = serial_run,
	.close = serial_close,
};
