/*
 * distance: how long a cache line takes from each PU to each other and back: the matrix that
 * explains what sharing, waking and scaling cost here.
 *
 * Pairs are measured one at a time by handoff.h, those of different cores before those that share
 * one, in an order that is mixed and always the same, so that a budget that ends leaves a sample of
 * all distances. It is symmetric: a round trip has no direction. Big machines show one PU a core,
 * and of very big ones evenly spaced cores.
 *
 * On virtual machines the distances change when the hypervisor moves its CPUs, unseen; so a run
 * measures at its start and at its end, and compares.
 */
#ifndef PAR_DISTANCE_H
#define PAR_DISTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "machine.h"

#define PAR_DISTANCE_PUS_MAX   64
#define PAR_DISTANCE_BUDGET_NS 2000000000ULL

/* Inert when zeroed. */
struct par_distance {
	unsigned count; /* of PUs */
	int *pus;       /* their OS indices, in hwloc's logical order; owned */
	double *ns;     /* count x count round trips; NaN on the diagonal and where none is known;
			   owned */
};

#define PAR_DISTANCE_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}

/* What two PUs share, the nearest first. */
enum par_distance_level {
	PAR_DISTANCE_CORE,    /* a physical core */
	PAR_DISTANCE_CACHE,   /* a cache that groups cores; see machine.h, l3_caches */
	PAR_DISTANCE_NUMA,    /* a NUMA node */
	PAR_DISTANCE_PACKAGE, /* a package */
	PAR_DISTANCE_FAR,     /* nothing of these */
	PAR_DISTANCE_LEVELS,
};

/* "same core", "same cache", "same NUMA node", "same package", "other package". */
const char *par_distance_level_name(enum par_distance_level level);

/* The round trips of the pairs of one level, in ns; NaN where pairs is 0. */
struct par_distance_range {
	unsigned pairs; /* that were measured */
	double low, median, high;
};

/* How one pair is measured; tests give their own. Both may be called from one thread only. */
struct par_distance_probe {
	/* 0 with *ns > 0, or -errno: then the pair stays unknown. PUs are OS indices. */
	int (*measure)(void *context, uint64_t *ns, int first_pu, int second_pu);
	uint64_t (*now)(void *context);
	void *context;
};

/*
 * Chooses the PUs of a machine, all that are allowed or a sample; every distance is unknown.
 * Returns 0 or -ENOMEM, and then it is inert.
 */
int par_distance_init(struct par_distance *distance, const struct par_machine *machine);

/* The same for PUs that are known, as when it is read back. */
int par_distance_init_pus(struct par_distance *distance, const int *pus, unsigned count);

/*
 * Measures until all pairs are known or budget_ns is over; the pair under way is ended. `machine`
 * tells which PUs share a core. Returns 0 or -ENOMEM. A pair that cannot be measured (its PUs are
 * busy) stays unknown.
 */
int par_distance_measure(struct par_distance *distance, const struct par_machine *machine,
	const struct par_distance_probe *probe, uint64_t budget_ns);

/* The true probe: cache lines, and the clock. */
extern const struct par_distance_probe par_distance_here;

/* From PU i to PU j, by their places in `pus`; NaN: unknown. */
double par_distance_at(const struct par_distance *distance, unsigned i, unsigned j);
/* Sets both directions. */
void par_distance_set(struct par_distance *distance, unsigned i, unsigned j, double ns);

/* What two PUs (OS indices) of the machine share; FAR for one that it has not. */
enum par_distance_level par_distance_level_of(
	const struct par_machine *machine, int first_pu, int second_pu);

/* What lies between two PUs that stand side by side in `pus`: the level that they still share. */
enum par_distance_level par_distance_border(
	const struct par_distance *distance, const struct par_machine *machine, unsigned i);

/* The range of each level. Returns 0 or -ENOMEM. */
int par_distance_ranges(struct par_distance_range ranges[PAR_DISTANCE_LEVELS],
	const struct par_distance *distance, const struct par_machine *machine);

/* How two measurements of the same machine differ. */
struct par_distance_change {
	unsigned pairs; /* known in both */
	double ratio;   /* the median of later / earlier; NaN without pairs */
	double moved;   /* the share of pairs that are twice as far or half as far */
	bool changed;   /* more than noise does: see distance.c */
};

/* Returns 0, -EINVAL when they are not of the same PUs, or -ENOMEM. */
int par_distance_compare(struct par_distance_change *change, const struct par_distance *earlier,
	const struct par_distance *later);

void par_distance_fini(struct par_distance *distance);

#endif
