/*
 * cgroup: the CPU quota and the memory limit that containers and services put on this process.
 *
 * A limit on any group from the process's own up to the root of the mount holds for it, so the
 * whole way is walked and the tightest kept. Both versions are read; a host may run v1 and v2 side
 * by side. Files: cpu.max, cpu.stat and memory.max (v2), cpu.cfs_quota_us, cpu.cfs_period_us and
 * memory.limit_in_bytes (v1); Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst,
 * scheduler/sched-bwc.rst.
 */
#ifndef PAR_CGROUP_H
#define PAR_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

struct par_cgroup {
	double quota_cpus;           /* CPU time per wall time; 0: no quota */
	uint64_t memory_limit_bytes; /* 0: no limit */
	char path[256]; /* in the v2 hierarchy, as /proc/self/cgroup says; "" without one */
	/* How often and how long these groups were held back by their quota, since they were made;
	 * from cpu.stat. */
	uint64_t throttled_periods, throttled_ns;
	bool throttled_known;
};

/* Reads them under `root` ("" for the real tree). What cannot be read counts as no limit. */
void par_cgroup_read(struct par_cgroup *cgroup, const char *root);

#endif
