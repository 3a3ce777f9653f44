/*
 * waits: timers that all run at once, one a task. Who cannot hold them all cannot run it.
 */
#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "crowd.h"
#include "rng.h"

struct waits {
	struct par_crowd crowd;
	uint64_t wait_ns;
};

static void waits_close(void *state)
{
	struct waits *waits = state;

	if (waits != NULL)
		par_crowd_close(&waits->crowd);
	free(waits);
}

static int waits_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct waits *waits = calloc(1, sizeof *waits);
	int status;

	if (waits == NULL)
		return par_fail(error, -ENOMEM, "waits: out of memory");
	waits->wait_ns = setup->params[0] * PAR_NS_PER_US;
	status = par_crowd_open(&waits->crowd, setup, error);
	if (status == 0)
		*state = waits;
	else
		free(waits);
	return status;
}

static int waits_reset(void *state)
{
	struct waits *waits = state;

	return par_crowd_reset(&waits->crowd);
}

static uint64_t waits_task(void *state, uint64_t index, struct par_io *io)
{
	struct waits *waits = state;
	int status;

	par_crowd_enter(&waits->crowd, io);
	status = par_io_sleep(io, waits->wait_ns);
	if (status < 0)
		par_io_fail(io, status);
	par_crowd_leave(&waits->crowd, index, io);
	return par_mix64(index);
}

static int waits_verify(void *state, struct par_error *error)
{
	const struct waits *waits = state;

	return par_crowd_verify(&waits->crowd, error);
}

static void waits_measure(void *state, double *values)
{
	struct waits *waits = state;

	par_crowd_measure(&waits->crowd, values);
}

static const struct par_param params[] = {
	{ "wait_us", "microseconds that a task waits", 10000, 1, 10000000 },
	{ 0 },
};

const struct par_workload par_workload_waits = {
	.name = "waits",
	.label = "timers at once",
	.summary = "as many waits of `wait_us` microseconds as tasks, all at once",
	.bound = PAR_BOUND_IO,
	.params = params,
	.tasks = { 16, 100, 1000 },
	.cpu_ns = 10000,
	.wait_ns = 10060000,
	.together = true,
	.unranked = true,
	.open = waits_open,
	.reset = waits_reset,
	.task = waits_task,
	.verify = waits_verify,
	.measures = par_crowd_measures,
	.measure = waits_measure,
	.close = waits_close,
};
