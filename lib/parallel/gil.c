#include "gil.h"

#include <errno.h>
#include <time.h>

#include "clock.h"

/* Conditions that time out by the clock that nobody sets. */
static int init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attr;
	int code = pthread_condattr_init(&attr);

	if (code)
		return -code;
	code = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	if (!code)
		code = pthread_cond_init(condition, &attr);
	pthread_condattr_destroy(&attr);
	return -code;
}

int par_gil_init(struct par_gil *gil, uint64_t interval_ns)
{
	int code;

	*gil = (struct par_gil){ .interval_ns = interval_ns };
	code = -pthread_mutex_init(&gil->mutex, NULL);
	if (code)
		return code;
	code = init_condition(&gil->released);
	if (code) {
		pthread_mutex_destroy(&gil->mutex);
		return code;
	}
	code = init_condition(&gil->taken);
	if (code) {
		pthread_cond_destroy(&gil->released);
		pthread_mutex_destroy(&gil->mutex);
	}
	return code;
}

void par_gil_fini(struct par_gil *gil)
{
	pthread_cond_destroy(&gil->taken);
	pthread_cond_destroy(&gil->released);
	pthread_mutex_destroy(&gil->mutex);
}

static struct timespec interval_from_now(const struct par_gil *gil)
{
	struct timespec until = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail for this clock */
	until.tv_sec += (time_t)(gil->interval_ns / PAR_NS_PER_S);
	until.tv_nsec += (long)(gil->interval_ns % PAR_NS_PER_S);
	if (until.tv_nsec >= (long)PAR_NS_PER_S) {
		until.tv_nsec -= (long)PAR_NS_PER_S;
		until.tv_sec++;
	}
	return until;
}

/* Sleeps for an interval, and asks the holder to drop it if that was the same all the time. */
static void wait_an_interval(struct par_gil *gil)
{
	struct timespec until = interval_from_now(gil);
	uint64_t switches = gil->switches;
	int code = pthread_cond_timedwait(&gil->released, &gil->mutex, &until);

	/* Relaxed: a hint, see the header. */
	if (code == ETIMEDOUT && gil->held && gil->switches == switches)
		atomic_store_explicit(&gil->drop_request, true, memory_order_relaxed);
}

/* With the mutex. */
static void take(struct par_gil *gil, unsigned self)
{
	while (gil->held)
		wait_an_interval(gil);
	gil->held = true;
	if (gil->last != self)
		gil->switches++;
	gil->last = self;
	atomic_store_explicit(&gil->drop_request, false, memory_order_relaxed);
	/* Whoever was asked to step back waits for this. */
	pthread_cond_broadcast(&gil->taken);
}

/* With the mutex. */
static void drop(struct par_gil *gil)
{
	gil->held = false;
	pthread_cond_signal(&gil->released);
}

void par_gil_take(struct par_gil *gil, unsigned self)
{
	pthread_mutex_lock(&gil->mutex);
	take(gil, self);
	pthread_mutex_unlock(&gil->mutex);
}

void par_gil_drop(struct par_gil *gil)
{
	pthread_mutex_lock(&gil->mutex);
	drop(gil);
	pthread_mutex_unlock(&gil->mutex);
}

/*
 * Whoever has asked wants it still, so somebody takes it: `last` changes, and this wait ends.
 */
static void step_back(struct par_gil *gil, unsigned self)
{
	pthread_mutex_lock(&gil->mutex);
	drop(gil);
	while (gil->last == self)
		pthread_cond_wait(&gil->taken, &gil->mutex);
	take(gil, self);
	pthread_mutex_unlock(&gil->mutex);
}

void par_gil_check(struct par_gil *gil, unsigned self)
{
	if (atomic_load_explicit(&gil->drop_request, memory_order_relaxed))
		step_back(gil, self);
}

uint64_t par_gil_switches(const struct par_gil *gil)
{
	return gil->switches;
}
