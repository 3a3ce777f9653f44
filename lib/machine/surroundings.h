/*
 * surroundings: what went on around a visit: read before it and after it, and subtracted.
 */
#ifndef PAR_SURROUNDINGS_H
#define PAR_SURROUNDINGS_H

#include "cgroup.h"
#include "family.h"
#include "pressure.h"
#include "pu_time.h"
#include "throttle.h"

/* Counters at one instant. */
struct par_surroundings {
	uint64_t at_ns;        /* par_now_ns() */
	uint64_t suspended_ns; /* asleep since boot: CLOCK_BOOTTIME - CLOCK_MONOTONIC */
	uint64_t own_ns;       /* CPU time of the visit: par_family_cpu_ns() */
	uint64_t servers_ns;   /* the part of it that is of servers: par_family_children_ns() */
	unsigned servers;      /* processes */
	bool own_known;        /* false: who the servers are is not known */
	int64_t preemptions;   /* of this process and its reaped children; they did not yield */
	int64_t frequency_khz; /* of the first PU at this instant; -1: not told */
	struct par_pu_time pus;
	struct par_pu_time siblings;   /* of the PUs' cores, the other hardware threads; or none */
	struct par_pu_time everywhere; /* where servers may run beyond the PUs: both; or none */
	struct par_throttle throttle;
	struct par_pressure pressure;
	struct par_cgroup cgroup;
};

/*
 * Reads them all under `root` ("" for the real tree), some 0.3 ms and 10 us a PU. `pus` are the
 * visit's PUs (OS indices), `family` the children that live through the visit (servers of the
 * workload): their CPU time is the visit's own.
 */
void par_surroundings_read(struct par_surroundings *surroundings, const char *root, const int *pus,
	unsigned count, const struct par_family *family);

#endif
