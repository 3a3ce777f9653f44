#include "clock.h"

#include <time.h>

static uint64_t clock_read(clockid_t id)
{
	struct timespec ts = { 0 };

	/* Fails only for a clock that the kernel does not have; both used here are always there. */
	(void)clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * PAR_NS_PER_S + (uint64_t)ts.tv_nsec;
}

uint64_t par_now_ns(void)
{
	return clock_read(CLOCK_MONOTONIC_RAW);
}

uint64_t par_wall_ns(void)
{
	return clock_read(CLOCK_REALTIME);
}

uint64_t par_clock_tick_ns(void)
{
	uint64_t smallest = UINT64_MAX;

	/* 64 steps take some microseconds on a TSC, and 64 jiffies (0.6 s) on the worst clock. */
	for (int i = 0; i < 64; i++) {
		uint64_t before = par_now_ns();
		uint64_t after;

		do
			after = par_now_ns();
		while (after == before);
		if (after - before < smallest)
			smallest = after - before;
	}
	return smallest;
}

static uint64_t real_now(void *context)
{
	(void)context;
	return par_now_ns();
}

struct par_clock par_clock_real(void)
{
	return (struct par_clock){ .now = real_now, .context = NULL };
}
