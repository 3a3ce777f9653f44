/*
 * contest: which cells of a plan must be told apart, and are not yet.
 *
 * Cells of one experiment that do the same work are in one contest, unless the work is unranked;
 * its entrants are the models, each with its fastest cell. The time of a cell may be known well
 * enough long before it is known which of two models is faster; the scheduler goes on with both
 * until that is settled.
 */
#ifndef PAR_CONTEST_H
#define PAR_CONTEST_H

#include <stdbool.h>

#include "plan.h"
#include "series.h"

/* Inert when zeroed. */
struct par_contests {
	const struct par_plan *plan; /* borrowed */
	size_t *contest_of;          /* by cell: the contest's first cell; owned */
};

/* Reads the plan. Returns 0, -ENOMEM or -ENAMETOOLONG. par_contests_fini() is due in any case. */
int par_contests_init(struct par_contests *contests, const struct par_plan *plan);

/*
 * open[i] becomes true where cell i is its model's fastest so far and it is not settled which of it
 * and the contest's fastest is faster, though more visits could tell: goes_on[] is true for both.
 * `series` has one entry a cell; those without times are no entrants. Settled is: one is faster
 * beyond the floor, or the whole interval of their ratio is within 1 % + `target` of 1. Returns 0
 * or -errno.
 */
int par_contests_judge(bool *open, const struct par_contests *contests,
	const struct par_series *series, const bool *goes_on, double target);

void par_contests_fini(struct par_contests *contests);

#endif
