/*
 * clock: the one clock of every measurement, and a clock that tests can turn by hand.
 */
#ifndef PAR_CLOCK_H
#define PAR_CLOCK_H

#include <stdint.h>

#define PAR_NS_PER_US 1000ULL
#define PAR_NS_PER_MS 1000000ULL
#define PAR_NS_PER_S  1000000000ULL

/*
 * Nanoseconds of CLOCK_MONOTONIC_RAW: never set, never slewed by NTP. The origin means nothing;
 * only differences do. Cannot fail on Linux >= 2.6.28.
 */
uint64_t par_now_ns(void);

/*
 * The smallest step between two different readings of par_now_ns() seen in a short loop, in ns, at
 * least 1: the tick that "1000 clock ticks" counts.
 */
uint64_t par_clock_tick_ns(void);

/* The wall clock as nanoseconds since the epoch: to date a record, never to time one. */
uint64_t par_wall_ns(void);

/*
 * A source of time. Schedulers take one so that their tests can use a clock turned by hand.
 * `now` returns ns from an arbitrary origin, never decreasing.
 */
struct par_clock {
	uint64_t (*now)(void *context);
	void *context;
};

/* The real clock: par_now_ns(). */
struct par_clock par_clock_real(void);

#endif
