#include "chart_series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool belongs(const struct par_cell_stats *stats, const struct par_answer *answer,
	const struct par_rank *rank, const struct par_analysis *analysis)
{
	const struct par_cell *best = &analysis->cells[rank->cell].cell;

	return stats->cell.workload == answer->workload && stats->cell.model == rank->model &&
	       stats->status == PAR_STATUS_OK && stats->n > 0 && isfinite(stats->speedup) &&
	       strcmp(stats->cell.experiment, best->experiment) == 0 &&
	       strcmp(stats->cell.variant, best->variant) == 0;
}

static int compare_points(const void *a, const void *b)
{
	const struct par_cell_stats *p = ((const struct par_series_point *)a)->stats;
	const struct par_cell_stats *q = ((const struct par_series_point *)b)->stats;

	if (p->cell.workers != q->cell.workers)
		return p->cell.workers < q->cell.workers ? -1 : 1;
	return p->median_ns < q->median_ns ? -1 : p->median_ns > q->median_ns;
}

/* Chooses the points of the line: at each worker count the fastest that is pinned `close`. */
static void choose_line(struct par_series *series)
{
	const struct par_cell_stats *last = NULL;

	for (size_t i = 0; i < series->count; i++) {
		struct par_series_point *point = &series->points[i];

		if (point->stats->cell.placement != PAR_PLACE_CLOSE)
			continue;
		point->on_line = last == NULL || last->cell.workers != point->stats->cell.workers;
		last = point->stats;
	}
}

static void gather_one(struct par_series *series, const struct par_analysis *analysis,
	const struct par_answer *answer, const struct par_rank *rank)
{
	series->model = rank->model;
	series->rank = rank;
	series->best = &analysis->cells[rank->cell];
	series->flat = (rank->model->traits & (PAR_TRAIT_SERIAL | PAR_TRAIT_ONE_CORE)) != 0;
	series->loop = (rank->model->traits & PAR_TRAIT_LOOP) != 0;
	for (size_t i = 0; i < analysis->cell_count; i++)
		if (series->count < PAR_SERIES_POINTS_MAX &&
			belongs(&analysis->cells[i], answer, rank, analysis))
			series->points[series->count++].stats = &analysis->cells[i];
	qsort(series->points, series->count, sizeof *series->points, compare_points);
	choose_line(series);
}

void par_series_gather(struct par_series_set *set, const struct par_analysis *analysis,
	const struct par_answer *answer)
{
	memset(set, 0, sizeof *set);
	set->answer = answer;
	for (size_t i = 0; i < answer->rank_count; i++) {
		struct par_series *series = &set->series[set->count];

		gather_one(series, analysis, answer, &answer->ranks[i]);
		series->grey = i >= PAR_SERIES_COLOURED;
		if (series->count == 0) {
			memset(series, 0, sizeof *series);
			continue;
		}
		set->count++;
		for (size_t j = 0; j < series->count; j++)
			if (series->points[j].stats->cell.workers > set->workers_max)
				set->workers_max = series->points[j].stats->cell.workers;
	}
}

double par_series_scale(const struct par_series *series)
{
	double sum = 0;
	size_t count = 0;

	for (size_t i = 0; i < series->count; i++) {
		const struct par_cell_stats *stats = series->points[i].stats;
		double workers = stats->cell.workers;

		if (!series->points[i].on_line || workers > series->rank->usl.n_max)
			continue;
		sum += log(stats->speedup / par_usl_at(&series->rank->usl, workers));
		count++;
	}
	return count > 0 ? exp(sum / (double)count) : NAN;
}

size_t par_answer_ties(const struct par_answer *answer)
{
	size_t ties = 0;

	for (size_t i = 1; i < answer->rank_count; i++)
		ties += answer->ranks[i].tie;
	return ties;
}

const struct par_rank *par_answer_next(const struct par_answer *answer)
{
	for (size_t i = 1; i < answer->rank_count; i++)
		if (!answer->ranks[i].tie)
			return &answer->ranks[i];
	return NULL;
}

void par_answer_name_ties(
	struct par_text *out, const struct par_answer *answer, const struct par_model *except)
{
	const struct par_model *names[PAR_ANSWER_MODELS_MAX];
	size_t count = 0, shown;

	for (size_t i = 0; i < answer->rank_count; i++)
		if ((i == 0 || answer->ranks[i].tie) && answer->ranks[i].model != except)
			names[count++] = answer->ranks[i].model;
	shown = count > 3 ? 2 : count;
	for (size_t i = 0; i < shown; i++) {
		par_text_add(out, i == 0 ? "" : i + 1 == count ? " and " : ", ");
		par_text_add(out, names[i]->label);
	}
	if (shown < count)
		par_text_format(out, " and %zu more", count - shown);
}
