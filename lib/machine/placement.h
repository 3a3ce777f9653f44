/*
 * placement: which worker sits on which PU, and which core counts are worth measuring.
 *
 * The words are OpenMP's (proc_bind close, spread). For both: one worker per physical core before
 * any SMT sibling, faster cpukinds first, only allowed PUs, the same order for every worker count
 * (worker i of n sits where worker i of n + 1 sits). On a hybrid machine the SMT siblings of the
 * fast cores come after the slow cores: half of a fast core's pipeline is taken already.
 */
#ifndef PAR_PLACEMENT_H
#define PAR_PLACEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "machine.h"

enum par_placement {
	PAR_PLACE_CLOSE,  /* fill a cache, then a NUMA node, then a package */
	PAR_PLACE_SPREAD, /* deal workers over packages, NUMA nodes and caches in turn */
	PAR_PLACE_NONE,   /* not pinned: the kernel moves workers as it likes */
};

/* "close", "spread", "none". */
const char *par_placement_name(enum par_placement placement);

/* Reads a name; returns 0 or -EINVAL. */
int par_placement_parse(enum par_placement *out, const char *name);

/*
 * The order in which workers get PUs: indices into machine->pus of all allowed PUs, written to
 * order[0 .. machine->allowed_pus). PAR_PLACE_NONE gives the order of `close`. -ENOMEM or 0.
 */
int par_placement_order(
	unsigned *order, const struct par_machine *machine, enum par_placement placement);

/*
 * The OS indices that `workers` workers on `cores` PUs are pinned to: worker i sits on the
 * (i mod cores)-th PU of the order. PAR_PLACE_NONE writes -1 for each. `cores` must be in
 * [1, allowed_pus], else -EINVAL. Returns 0 or -errno.
 */
int par_placement_assign(int *os_indices, unsigned workers, unsigned cores,
	const struct par_machine *machine, enum par_placement placement);

/* True when `close` and `spread` put `cores` workers on different sets of PUs. */
bool par_placement_differs(const struct par_machine *machine, unsigned cores);

/* Why a count of PUs is a boundary of the topology (a bit set), for charts and for thinning. */
enum par_boundary {
	PAR_BOUNDARY_L3 = 1 << 0,      /* the last PU before `close` enters an L3 not used so far */
	PAR_BOUNDARY_NUMA = 1 << 1,    /* likewise a NUMA node */
	PAR_BOUNDARY_PACKAGE = 1 << 2, /* likewise a package */
	PAR_BOUNDARY_KIND = 1 << 3,    /* likewise a cpukind: the last core of the fastest kind */
	PAR_BOUNDARY_CORES = 1 << 4,   /* all physical cores; one more is an SMT sibling */
	PAR_BOUNDARY_PUS = 1 << 5,     /* all allowed PUs; one more shares a PU */
	PAR_BOUNDARY_QUOTA = 1 << 6,   /* a quota below the PUs, rounded down (at least 1) */
};

/* The boundaries that end at `cores` PUs in the order of `close`: bits of par_boundary. */
unsigned par_placement_boundaries(const struct par_machine *machine, unsigned cores);

#define PAR_CORE_COUNTS_MAX 12

/*
 * The core counts worth measuring, ascending, at most PAR_CORE_COUNTS_MAX: 1, 2, powers of two and
 * their 3/4 points, each boundary of the topology and the count after it, all PUs. Thinning keeps,
 * in this order: 1, all PUs, all physical cores and one more (the first SMT sibling), the quota and
 * the first boundary of each sort; then powers of two; then 3/4 points and the other boundaries;
 * then the counts after boundaries. Where not all of a step fit, those in the widest gaps on a log
 * scale go first. Returns the number written, at least 1.
 */
size_t par_placement_core_counts(
	unsigned counts[PAR_CORE_COUNTS_MAX], const struct par_machine *machine);

#endif
