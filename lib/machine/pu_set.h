/*
 * pu_set: the PUs around a visit's own on which work is felt by it.
 */
#ifndef PAR_PU_SET_H
#define PAR_PU_SET_H

#include "family.h"

/* Inert when zeroed. */
struct par_pu_set {
	int *pus; /* OS indices, each once; owned */
	unsigned count, capacity;
};

#define PAR_PU_SET_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Adds the PUs that share a core with one of these and are none of these, by
 * /sys/devices/system/cpu/cpuN/topology/thread_siblings_list under `root`; none where it cannot be
 * read. Returns 0 or -ENOMEM.
 */
int par_pu_set_add_siblings(
	struct par_pu_set *set, const char *root, const int *pus, unsigned count);

/*
 * Adds the PUs, and those online that the children in `family` may run on: Cpus_allowed_list of
 * /proc/PID/status under `root`. Returns 0 or -ENOMEM.
 */
int par_pu_set_add_allowed(struct par_pu_set *set, const char *root, const int *pus, unsigned count,
	const struct par_family *family);

void par_pu_set_fini(struct par_pu_set *set);

#endif
