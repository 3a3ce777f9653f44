/*
 * timer: a wait of fixed length and nothing else. Its time is 1 wait for who can hold all tasks at
 * once, and tasks x wait for who holds one.
 */
#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "rng.h"
#include "workload.h"

static int timer_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	uint64_t *wait_ns = malloc(sizeof *wait_ns);

	if (wait_ns == NULL)
		return par_fail(error, -ENOMEM, "timer: out of memory");
	*wait_ns = setup->params[0] * PAR_NS_PER_US;
	*state = wait_ns;
	return 0;
}

static uint64_t timer_task(void *state, uint64_t index, struct par_io *io)
{
	uint64_t wait_ns = *(const uint64_t *)state;
	int status = par_io_sleep(io, wait_ns);

	if (status < 0)
		par_io_fail(io, status);
	return par_mix64(index ^ par_mix64(wait_ns));
}

static const struct par_param params[] = {
	{ "wait_us", "microseconds that a task waits", 1000, 1, 10000000 },
	{ 0 },
};

const struct par_workload par_workload_timer = {
	.name = "timer",
	.label = "timer",
	.summary = "wait for `wait_us` microseconds: pure waiting",
	.bound = PAR_BOUND_IO,
	.params = params,
	.tasks = { 100, 500, 2000 },
	.cpu_ns = 10000,
	.wait_ns = 1060000, /* the default timer slack of Linux adds 50 us */
	.open = timer_open,
	.task = timer_task,
	.close = free,
};
