/*
 * round_cell: what the scheduler knows of one cell, and whether it is worth another visit.
 */
#ifndef PAR_ROUND_CELL_H
#define PAR_ROUND_CELL_H

#include "rounds.h"

/* Why a cell is no longer visited. */
enum par_finish {
	PAR_FINISH_NOT, /* it would be visited again */
	PAR_FINISH_SKIPPED,
	PAR_FINISH_PRECISE,
	PAR_FINISH_PLATEAU,
	PAR_FINISH_FAILING,
	PAR_FINISH_LIMIT, /* PAR_ROUNDS_MAX visits */
};

/* Inert when zeroed. */
struct par_round_cell {
	double *times; /* of the visits that count, in the order of rounds; owned */
	size_t n, capacity;
	unsigned visits, failures;
	uint32_t last_round;
	uint64_t cost_ns; /* wall time of the last visit, or an estimate */
	double relative;  /* half-width / median; NaN without an interval */
	enum par_finish finish;
};

/* Takes one visit into account, of now or of an earlier part of the run. 0 or -ENOMEM. */
int par_round_cell_account(struct par_round_cell *cell, const struct par_record *record);

/* Decides whether it is finished; `target` is the relative half-width wanted. 0 or -ENOMEM. */
int par_round_cell_judge(struct par_round_cell *cell, double target);

/*
 * How much it needs a visit: cells without an interval first, those with the fewest visits before
 * others; then by the width of the interval.
 */
double par_round_cell_urgency(const struct par_round_cell *cell);

void par_round_cell_fini(struct par_round_cell *cell);

#endif
