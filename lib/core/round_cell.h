/*
 * round_cell: what the scheduler knows of one cell, and whether it is worth another visit.
 */
#ifndef PAR_ROUND_CELL_H
#define PAR_ROUND_CELL_H

#include "components.h"
#include "rounds.h"

/* Why a cell is no longer visited. */
enum par_finish {
	PAR_FINISH_NOT,     /* it would be visited again */
	PAR_FINISH_SKIPPED, /* it cannot run here */
	PAR_FINISH_PRECISE, /* its interval is narrow enough, and no comparison waits for it */
	PAR_FINISH_PLATEAU, /* more visits no longer narrow its interval */
	PAR_FINISH_FAILING, /* PAR_ROUNDS_FAILURES visits were wrong, failed or timed out */
	PAR_FINISH_LIMIT,   /* PAR_ROUNDS_MAX visits */
};

/* "precise", "plateau", "failing", "limit", "skipped"; NULL for PAR_FINISH_NOT. */
const char *par_finish_name(enum par_finish finish);

/* Inert when zeroed. */
struct par_round_cell {
	double *times;    /* par_record_figure() of the visits that count, in the order of rounds;
			     owned */
	uint32_t *rounds; /* the round of each; owned */
	struct par_visit_summary *summaries; /* of each; owned */
	size_t n, capacity;
	unsigned visits, failures;
	uint32_t last_round;
	uint64_t cost_ns; /* of the next visit: wall time of the last one, or an estimate */
	/*
	 * To be taken by the next visit: it follows from the noise within and between visits and
	 * what samples and visits cost (components.h). 0: not known, as where each visit has a
	 * single sample; then as many as the least timed region needs.
	 */
	unsigned samples;
	bool wrong;      /* some visit was: the analysis will not rank it */
	double relative; /* half-width / median; NaN without an interval */
	double target;   /* the relative half-width wanted when it was last judged */
	bool contested;  /* precise, but not yet told apart from another model's cell */
	enum par_finish finish;
};

/* Takes one visit into account, of now or of an earlier part of the run. 0 or -ENOMEM. */
int par_round_cell_account(struct par_round_cell *cell, const struct par_record *record);

/*
 * Decides whether it is finished; `target` is the relative half-width wanted. A cell that was
 * precise goes on when it has become contested. 0 or -ENOMEM.
 */
int par_round_cell_judge(struct par_round_cell *cell, double target);

/* False when nothing can make it be visited again. */
bool par_round_cell_goes_on(const struct par_round_cell *cell);

/*
 * How much it needs a visit: cells without an interval first, those with the fewest visits before
 * others; then by the width of the interval, in widths that are wanted.
 */
double par_round_cell_urgency(const struct par_round_cell *cell);

void par_round_cell_fini(struct par_round_cell *cell);

#endif
