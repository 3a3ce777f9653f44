/*
 * timer: a wait of fixed length and nothing else. Its time is 1 wait for who can hold all tasks at
 * once, and tasks x wait for who holds one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "rng.h"
#include "workload.h"

struct timer {
	uint64_t wait_ns;
	bool blocking;
};

static int timer_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct timer *timer = malloc(sizeof *timer);

	if (timer == NULL)
		return par_fail(error, -ENOMEM, "timer: out of memory");
	timer->wait_ns = setup->params[0] * PAR_NS_PER_US;
	timer->blocking = setup->variant != NULL && strcmp(setup->variant, "blocking") == 0;
	*state = timer;
	return 0;
}

/* What a task must not do: it stops its thread, with all that the thread holds. */
static int sleep_without_telling(uint64_t ns)
{
	struct timespec left = {
		.tv_sec = (time_t)(ns / PAR_NS_PER_S),
		.tv_nsec = (long)(ns % PAR_NS_PER_S),
	};

	while (nanosleep(&left, &left) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static uint64_t timer_task(void *state, uint64_t index, struct par_io *io)
{
	const struct timer *timer = state;
	int status = timer->blocking ? sleep_without_telling(timer->wait_ns)
				     : par_io_sleep(io, timer->wait_ns);

	if (status < 0)
		par_io_fail(io, status);
	return par_mix64(index ^ par_mix64(timer->wait_ns));
}

static const struct par_variant variants[] = {
	{ .name = "blocking",
		.label = "blocking sleep",
		.summary = "sleeps by itself: on an event loop all other tasks stand still" },
	{ 0 },
};

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
	.variants = variants,
	.tasks = { 100, 250, 2000 },
	.cpu_ns = 10000,
	.wait_ns = 1060000, /* the default timer slack of Linux adds 50 us */
	.open = timer_open,
	.task = timer_task,
	.close = free,
};

/* The same for experiments of their own, which answer another question than which model is best. */
const struct par_workload par_workload_nap = {
	.name = "nap",
	.label = "nap",
	.summary = "as timer, for what is taught about waiting",
	.bound = PAR_BOUND_IO,
	.params = params,
	.tasks = { 100, 500, 2000 },
	.cpu_ns = 10000,
	.wait_ns = 1060000,
	.unranked = true,
	.open = timer_open,
	.task = timer_task,
	.close = free,
};
