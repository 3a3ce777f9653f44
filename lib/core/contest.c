#include "contest.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"

/* An entrant: a model's fastest cell. */
struct entrant {
	size_t cell;
	double median;
};

#define ENTRANTS_MAX 32 /* models of one contest; further ones are not looked at */

struct field {
	struct entrant entrants[ENTRANTS_MAX];
	size_t count;
};

/* "scaling/sha256/tasks=512/bytes=65536" */
static int name_contest(char *out, size_t size, const struct par_cell *cell)
{
	char work[PAR_CELL_ID_MAX];
	int status = par_cell_work_id(work, cell);

	if (status == 0)
		snprintf(out, size, "%s/%s", cell->experiment, work);
	return status;
}

int par_contests_init(struct par_contests *contests, const struct par_plan *plan)
{
	enum { SIZE = PAR_NAME_MAX + PAR_CELL_ID_MAX };
	char(*names)[SIZE] = calloc(plan->count + 1, sizeof *names);
	struct par_id_index index = { 0 };
	int status = names == NULL ? -ENOMEM : par_id_index_init(&index, plan->count);

	*contests = (struct par_contests){ .plan = plan };
	contests->contest_of = calloc(plan->count + 1, sizeof *contests->contest_of);
	if (contests->contest_of == NULL)
		status = -ENOMEM;
	for (size_t i = 0; i < plan->count && status == 0; i++) {
		status = name_contest(names[i], SIZE, &plan->cells[i].cell);
		if (status == 0)
			contests->contest_of[i] = par_id_index_add(&index, names[i], i);
	}
	par_id_index_fini(&index);
	free(names);
	return status;
}

void par_contests_fini(struct par_contests *contests)
{
	free(contests->contest_of);
	*contests = (struct par_contests){ 0 };
}

static double median_of(double *scratch, const struct par_series *series)
{
	memcpy(scratch, series->times_ns, series->n * sizeof *scratch);
	return par_median_of(scratch, series->n);
}

/* Puts the cell in its model's place where it is faster than the one there. */
static void enter(struct field *field, const struct par_plan *plan, size_t cell, double median)
{
	const struct par_model *model = plan->cells[cell].cell.model;
	size_t i = 0;

	while (i < field->count && plan->cells[field->entrants[i].cell].cell.model != model)
		i++;
	if (i == ENTRANTS_MAX || (i < field->count && field->entrants[i].median <= median))
		return;
	field->entrants[i] = (struct entrant){ cell, median };
	field->count += i == field->count;
}

static size_t find_fastest(const struct field *field)
{
	size_t fastest = 0;

	for (size_t i = 1; i < field->count; i++) {
		if (field->entrants[i].median < field->entrants[fastest].median)
			fastest = i;
	}
	return fastest;
}

/* False too where there is no interval yet: cells with few visits are visited in any case. */
static bool is_open(const struct par_compared *compared, double target)
{
	double zone = 1.0 + PAR_EFFECT_FLOOR + target;

	if (isnan(compared->low) || compared->verdict == PAR_COMPARISON_FASTER)
		return false;
	return compared->high > zone || compared->low < 1.0 / zone;
}

static int judge_field(bool *open, const struct field *field, const struct par_series *series,
	const bool *goes_on, double target)
{
	size_t fastest = find_fastest(field);
	size_t first = field->entrants[fastest].cell;
	unsigned comparisons = par_series_comparisons(field->count);
	int status = 0;

	for (size_t i = 0; i < field->count && status == 0; i++) {
		size_t other = field->entrants[i].cell;
		struct par_compared compared;

		if (i == fastest || !goes_on[first] || !goes_on[other])
			continue;
		status = par_series_compare(&compared, &series[first], &series[other], comparisons);
		if (status == 0 && is_open(&compared, target))
			open[first] = open[other] = true;
	}
	return status;
}

/* The entrants of the contest whose first cell is `contest`. */
static void gather(struct field *field, const struct par_contests *contests, size_t contest,
	const struct par_series *series, double *scratch)
{
	field->count = 0;
	for (size_t i = contest; i < contests->plan->count; i++) {
		if (contests->contest_of[i] == contest && series[i].n > 0)
			enter(field, contests->plan, i, median_of(scratch, &series[i]));
	}
}

int par_contests_judge(bool *open, const struct par_contests *contests,
	const struct par_series *series, const bool *goes_on, double target)
{
	size_t count = contests->plan->count, most = 1;
	struct field field;
	double *scratch;
	int status = 0;

	for (size_t i = 0; i < count; i++) {
		open[i] = false;
		most = series[i].n > most ? series[i].n : most;
	}
	scratch = calloc(most, sizeof *scratch);
	if (scratch == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count && status == 0; i++) {
		if (contests->contest_of[i] != i ||
			contests->plan->cells[i].cell.workload->unranked)
			continue;
		gather(&field, contests, i, series, scratch);
		if (field.count > 1)
			status = judge_field(open, &field, series, goes_on, target);
	}
	free(scratch);
	return status;
}
