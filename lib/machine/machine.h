/*
 * machine: the computer as placement and analysis see it.
 *
 * Plain data read once through hwloc (this folder alone includes hwloc.h). It describes the real
 * machine, or the one of HWLOC_SYNTHETIC / HWLOC_XMLFILE, on which cells are planned, never run.
 */
#ifndef PAR_MACHINE_H
#define PAR_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"

/* One processing unit: a hardware thread that a worker may be pinned to. Indices are logical. */
struct par_pu {
	int os_index;      /* what sched_setaffinity takes */
	unsigned core;     /* physical core */
	unsigned smt_rank; /* 0: the core's first PU, 1: its first sibling, ... */
	unsigned l3;       /* the cache that groups cores; see l3_caches */
	unsigned numa;
	unsigned package;
	unsigned kind; /* cpukind, 0 = slowest; 0 where all are alike or hwloc cannot rank them */
	bool allowed;  /* in the cpuset and the affinity; a worker is only ever pinned to such */
};

struct par_machine {
	struct par_pu *pus; /* in hwloc's logical order; owned */
	unsigned pu_count;
	unsigned allowed_pus;                        /* PUs this process may use */
	unsigned allowed_cores;                      /* physical cores with at least one such PU */
	unsigned cores, packages, numa_nodes, kinds; /* of the whole machine, at least 1 each */
	/*
	 * L3 caches, or, where there is no L3, L2 caches shared by several cores; 0: neither. A PU
	 * outside of all of them (low-power cores of some hybrids) has l3 == l3_caches.
	 */
	unsigned l3_caches;
	/* Of one cache of that level, the largest; llc is the outermost level. 0: unknown. */
	uint64_t l1d_bytes, l2_bytes, llc_bytes;
	uint64_t memory_bytes;       /* physical; 0: unknown */
	double quota_cpus;           /* cgroup cpu.max as CPUs; 0: no quota */
	uint64_t memory_limit_bytes; /* the tightest cgroup memory.max; 0: none */
	bool real;                   /* false on a synthetic or XML machine: nothing can be run */
	char cpu_model[128];         /* "" where unknown */
};

#define PAR_MACHINE_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Reads the machine. PUs outside the affinity that the calling thread has now are not allowed, so
 * call it before pinning. HWLOC_SYNTHETIC or HWLOC_XMLFILE give another machine; a bad value is an
 * error. Returns 0, or -errno with `error` set and `machine` inert. par_machine_fini() frees.
 */
int par_machine_init(struct par_machine *machine, struct par_error *error);

/*
 * Reads the machine of a finished run from its topology.xml, for a report; `real` is false and the
 * quota and limits are left 0 for the caller to fill from run.json. Returns 0 or -errno.
 */
int par_machine_init_xml(struct par_machine *machine, const char *path, struct par_error *error);

void par_machine_fini(struct par_machine *machine);

/*
 * Writes hwloc's XML of the topology that par_machine_init() would read to `path` (atomically); its
 * allowed set is this process's, so par_machine_init_xml() gives the same PUs. 0 or -errno.
 */
int par_machine_export_xml(const char *path, struct par_error *error);

/* The version of hwloc that this was built with, "2.9.0". */
const char *par_machine_library(void);

#endif
