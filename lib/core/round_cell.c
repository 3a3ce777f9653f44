#include "round_cell.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "precision.h"

const char *par_finish_name(enum par_finish finish)
{
	switch (finish) {
	case PAR_FINISH_NOT: return NULL;
	case PAR_FINISH_SKIPPED: return "skipped";
	case PAR_FINISH_PRECISE: return "precise";
	case PAR_FINISH_PLATEAU: return "plateau";
	case PAR_FINISH_FAILING: return "failing";
	case PAR_FINISH_LIMIT: return "limit";
	}
	return NULL;
}

#define SUMMARIES_LEAST 3 /* visits: enough to judge how they differ */
#define SAMPLES_GROWTH  2 /* times the samples of the last visit */

static int grow_list(void **list, size_t capacity, size_t size)
{
	void *grown = reallocarray(*list, capacity, size);

	if (grown == NULL)
		return -ENOMEM;
	*list = grown;
	return 0;
}

static int grow(struct par_round_cell *cell)
{
	size_t capacity = cell->capacity == 0 ? 8 : 2 * cell->capacity;
	int status = grow_list((void **)&cell->times, capacity, sizeof *cell->times);

	if (status == 0)
		status = grow_list((void **)&cell->rounds, capacity, sizeof *cell->rounds);
	if (status == 0)
		status = grow_list((void **)&cell->summaries, capacity, sizeof *cell->summaries);
	if (status == 0)
		cell->capacity = capacity;
	return status;
}

/*
 * Orders the samples of the next visit, and foresees what it will cost. The number grows by steps:
 * of a few visits, the noise between them is often estimated as none at all.
 */
static void order_samples(struct par_round_cell *cell, const struct par_record *record)
{
	double run_ns = (double)record->run_ns, wall_ns = (double)record->wall_ns;
	double sample_ns = run_ns / record->sample_count;
	double around_ns = wall_ns > run_ns ? wall_ns - run_ns : 0.0;
	unsigned most = SAMPLES_GROWTH * record->sample_count;
	struct par_components components;

	if (cell->n < SUMMARIES_LEAST)
		return;
	par_components_find(&components, cell->summaries, cell->n);
	cell->samples = par_components_samples(
		&components, sample_ns, around_ns, most < PAR_SAMPLES_MAX ? most : PAR_SAMPLES_MAX);
	if (cell->samples != 0)
		cell->cost_ns = (uint64_t)(around_ns + cell->samples * sample_ns);
}

static int add_visit(struct par_round_cell *cell, const struct par_record *record)
{
	int status = cell->n == cell->capacity ? grow(cell) : 0;

	if (status == 0)
		status = par_record_summarize(&cell->summaries[cell->n], record);
	if (status < 0)
		return status;
	cell->times[cell->n] = par_record_figure(record);
	cell->rounds[cell->n++] = record->round;
	order_samples(cell, record);
	return 0;
}

static enum par_finish find_finish(const struct par_round_cell *cell, enum par_stop stop)
{
	if (cell->failures >= PAR_ROUNDS_FAILURES)
		return PAR_FINISH_FAILING;
	if (cell->n >= PAR_ROUNDS_MIN && stop == PAR_STOP_PRECISE && !cell->contested)
		return PAR_FINISH_PRECISE;
	if (cell->n >= PAR_ROUNDS_MIN && stop == PAR_STOP_PLATEAU)
		return PAR_FINISH_PLATEAU;
	return cell->visits >= PAR_ROUNDS_MAX ? PAR_FINISH_LIMIT : PAR_FINISH_NOT;
}

int par_round_cell_judge(struct par_round_cell *cell, double target)
{
	struct par_precision precision;
	int status = par_precision_judge(cell->times, cell->n, target, &precision);

	if (status < 0)
		return status;
	cell->relative = precision.relative;
	cell->target = target;
	cell->finish = find_finish(cell, precision.stop);
	return 0;
}

int par_round_cell_account(struct par_round_cell *cell, const struct par_record *record)
{
	cell->visits++;
	cell->last_round = record->round;
	if (record->wall_ns != 0)
		cell->cost_ns = record->wall_ns;
	switch (record->status) {
	case PAR_STATUS_OK: return add_visit(cell, record);
	case PAR_STATUS_UNTRUSTWORTHY: return 0; /* visited again in the next round */
	case PAR_STATUS_WRONG: cell->wrong = true; break;
	default: break;
	}
	cell->failures++;
	return 0;
}

bool par_round_cell_goes_on(const struct par_round_cell *cell)
{
	return cell->finish == PAR_FINISH_NOT || cell->finish == PAR_FINISH_PRECISE;
}

double par_round_cell_urgency(const struct par_round_cell *cell)
{
	if (cell->n < PAR_ROUNDS_MIN)
		return 1e6 - (double)cell->visits;
	return isnan(cell->relative) ? 0 : cell->relative / cell->target;
}

void par_round_cell_fini(struct par_round_cell *cell)
{
	free(cell->times);
	free(cell->rounds);
	free(cell->summaries);
	*cell = (struct par_round_cell){ 0 };
}
