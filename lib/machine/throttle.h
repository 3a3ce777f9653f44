/*
 * throttle: did the processor lower its clock because it was too hot?
 *
 * /sys/devices/system/cpu/cpuN/thermal_throttle (x86): core_throttle_count and, since Linux 5.10,
 * core_throttle_total_time_ms; likewise package_..., alike at each PU of a package and so read once
 * a package. drivers/thermal/intel/therm_throt.c adds to the count when heat begins to lower the
 * clock, and to the time only when it lets go.
 */
#ifndef PAR_THROTTLE_H
#define PAR_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

/* The cores looked at, at most: two files each. */
#define PAR_THROTTLE_PUS_MAX 32
/* And packages. */
#define PAR_THROTTLE_PACKAGES_MAX 8

/* Since boot; -1: not told. */
struct par_throttle_counter {
	int64_t events, ms;
};

/* Inert when zeroed: no counters. */
struct par_throttle {
	int64_t events; /* summed; -1: this machine does not tell */
	int64_t ms;     /* likewise the time; -1: not told */
	/* Cores and packages, in the order in which the PUs show them. */
	struct par_throttle_counter counters[PAR_THROTTLE_PUS_MAX + PAR_THROTTLE_PACKAGES_MAX];
	unsigned count;
};

/* What grew from one reading to the next. -1: not told. */
struct par_throttle_growth {
	int64_t events, ms; /* of the counter that grew most: one heat lowers many clocks at once */
	bool open;          /* some counter began a time that is not added yet, or was below 1 ms */
};

/* Reads the counters of some PUs (OS indices) under `root`. */
void par_throttle_read(
	struct par_throttle *throttle, const char *root, const int *pus, unsigned count);

/* Of the same PUs. */
struct par_throttle_growth par_throttle_between(
	const struct par_throttle *before, const struct par_throttle *after);

#endif
