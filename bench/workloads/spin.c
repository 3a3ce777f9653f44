/*
 * spin: a task of any length. With 0 steps it is the empty task. How long a step takes is measured,
 * not set: the digest must not depend on it.
 */
#include <errno.h>
#include <stdlib.h>

#include "rng.h"
#include "steps.h"
#include "workload.h"

static int spin_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	uint64_t *steps = malloc(sizeof *steps);

	if (steps == NULL)
		return par_fail(error, -ENOMEM, "spin: out of memory");
	*steps = setup->params[0];
	*state = steps;
	return 0;
}

static uint64_t spin_task(void *state, uint64_t index, struct par_io *io)
{
	uint64_t steps = *(const uint64_t *)state;

	(void)io; /* nothing waits */
	return par_mix64(par_steps(index, steps) ^ steps);
}

static const struct par_param params[] = {
	{ "steps", "dependent steps of a task, about 2 ns each; 0: an empty task", 1000, 0,
		1000000000 },
	{ 0 },
};

const struct par_workload par_workload_spin = {
	.name = "spin",
	.label = "spin",
	.summary = "compute for `steps` dependent steps: a task of any length",
	.bound = PAR_BOUND_CPU,
	.params = params,
	.tasks = { 1000, 1000, 1000 },
	.cpu_ns = 2000,
	.unranked = true,
	.open = spin_open,
	.task = spin_task,
	.close = free,
};
