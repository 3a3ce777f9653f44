#include "round_cell.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "precision.h"

static int add_time(struct par_round_cell *cell, double time)
{
	if (cell->n == cell->capacity) {
		size_t capacity = cell->capacity == 0 ? 8 : 2 * cell->capacity;
		double *times = reallocarray(cell->times, capacity, sizeof *times);

		if (times == NULL)
			return -ENOMEM;
		cell->times = times;
		cell->capacity = capacity;
	}
	cell->times[cell->n++] = time;
	return 0;
}

int par_round_cell_judge(struct par_round_cell *cell, double target)
{
	struct par_precision precision;
	int status = par_precision_judge(cell->times, cell->n, target, &precision);

	if (status < 0)
		return status;
	cell->relative = precision.relative;
	if (cell->failures >= PAR_ROUNDS_FAILURES)
		cell->finish = PAR_FINISH_FAILING;
	else if (cell->n >= PAR_ROUNDS_MIN && precision.stop == PAR_STOP_PRECISE)
		cell->finish = PAR_FINISH_PRECISE;
	else if (cell->n >= PAR_ROUNDS_MIN && precision.stop == PAR_STOP_PLATEAU)
		cell->finish = PAR_FINISH_PLATEAU;
	else if (cell->visits >= PAR_ROUNDS_MAX)
		cell->finish = PAR_FINISH_LIMIT;
	return 0;
}

int par_round_cell_account(struct par_round_cell *cell, const struct par_record *record)
{
	cell->visits++;
	cell->last_round = record->round;
	if (record->wall_ns != 0)
		cell->cost_ns = record->wall_ns;
	switch (record->status) {
	case PAR_STATUS_OK: return add_time(cell, par_record_time(record));
	case PAR_STATUS_UNTRUSTWORTHY: return 0; /* visited again in the next round */
	default: cell->failures++; return 0;
	}
}

double par_round_cell_urgency(const struct par_round_cell *cell)
{
	if (cell->n < PAR_ROUNDS_MIN)
		return 1e6 - (double)cell->visits;
	return isnan(cell->relative) ? 0 : cell->relative;
}

void par_round_cell_fini(struct par_round_cell *cell)
{
	free(cell->times);
	*cell = (struct par_round_cell){ 0 };
}
