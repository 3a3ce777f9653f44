/*
 * rounds: which cell is visited when.
 *
 * Every round visits all unfinished cells once, in a newly shuffled order, so that drift hits all
 * models alike and pairs within a round can be compared. A cell is finished when its interval is
 * narrow enough and it is told apart from the other models (contest.h), when more visits no longer
 * narrow it, or when it keeps failing. When the budget does not reach for a whole round, the cells
 * that need it most are visited.
 *
 * The order of round r depends on the seed, r and the cells still to be visited alone. A resumed
 * run ends its interrupted round first, under its number, and goes on with whole ones. Time comes
 * from a clock and visits from a function, so tests need neither.
 */
#ifndef PAR_ROUNDS_H
#define PAR_ROUNDS_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "plan.h"
#include "record.h"

#define PAR_ROUNDS_MIN                                                                             \
	6 /* visits that count before a cell may be finished: the interval's least                 \
	   */
#define PAR_ROUNDS_MAX 200 /* visits of one cell in a run */
#define PAR_ROUNDS_LOOSER                                                                          \
	5.0                   /* times as wide may be the interval of unranked work: lessons tell  \
				 factors, not per cents */
#define PAR_ROUNDS_FAILURES 2 /* wrong, failed or timed out this often: not visited again */

/* Why a run ended. */
enum par_ending {
	PAR_ENDING_COMPLETE, /* every cell is finished */
	PAR_ENDING_BUDGET,
	PAR_ENDING_INTERRUPTED,
};

/* "complete", "budget", "interrupted". */
const char *par_ending_name(enum par_ending ending);

/* What is shown while it runs. */
struct par_progress {
	uint32_t round;
	size_t cells;                /* that can run */
	size_t finished;             /* of these */
	size_t in_round, round_size; /* visits done and planned in this round */
	uint64_t visits;
	uint64_t left_ns;            /* of the budget */
	const struct par_cell *cell; /* about to be visited */
	double worst; /* widest relative half-width of a cell that has an interval; NaN: none has */
	size_t waiting; /* cells with too few visits for an interval */
};

/* A visit to be made. */
struct par_visit_order {
	size_t cell; /* index into the plan */
	uint32_t round;
	unsigned samples; /* how many to take; 0: as many as the least timed region needs */
};

/* What the scheduler calls. All may end the run with a negative errno. */
struct par_rounds_calls {
	void *context;
	/* Makes a visit and fills `record`; what it points to lasts until the next visit. Trouble
	 * of the cell is in the record, not in the result. */
	int (*visit)(void *context, const struct par_visit_order *order, struct par_record *record);
	/* The cells of a round in the order in which they will be visited. May be NULL. */
	int (*begin_round)(void *context, uint32_t round, const uint32_t *order, size_t count);
	/* Before each visit. May be NULL. */
	void (*progress)(void *context, const struct par_progress *progress);
	/* Asked before each visit: true ends the run. May be NULL. */
	bool (*stop)(void *context);
	/*
	 * At the end, for each cell of the plan: why it is no longer visited. "precise", "plateau",
	 * "failing", "limit", "skipped"; a cell that needs more visits has the name of the ending.
	 * May be NULL.
	 */
	int (*finished)(void *context, size_t cell, const char *why);
};

struct par_rounds_spec {
	const struct par_plan *plan;
	const struct par_records *done; /* of an earlier part of this run; may be NULL */
	uint64_t seed;
	uint64_t budget_ns; /* the first round is always whole, whatever the budget */
	double target;      /* relative half-width */
	struct par_clock clock;
	struct par_rounds_calls calls;
};

/*
 * Runs rounds until every cell is finished, the budget is out, or stop() says so. Returns 0 with
 * *ending, -ENOMEM, or what a call returned.
 */
int par_rounds_run(enum par_ending *ending, const struct par_rounds_spec *spec);

#endif
