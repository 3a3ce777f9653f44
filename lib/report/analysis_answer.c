#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_parts.h"
#include "precision.h"

#define NINETY 0.9                        /* of the best speed */
#define ALIKE  (1 + PAR_PRECISION_TARGET) /* times that a run does not aim to tell apart */

static bool in_group(const struct par_cell_stats *stats, const struct par_group *group)
{
	return par_cell_stats_counts(stats) && par_group_plans(group, stats);
}

static size_t group_size(const struct par_analysis *analysis, const struct par_group *group)
{
	size_t size = 0;

	for (size_t i = 0; i < analysis->cell_count; i++)
		size += in_group(&analysis->cells[i], group);
	return size;
}

/* The largest group of a workload that has more than its base; the larger job where equal. */
static bool find_group(struct par_group *out, const struct par_analysis *analysis,
	const struct par_workload *workload)
{
	size_t best = 0, last_serial = SIZE_MAX;

	for (size_t i = 0; i < analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[i];
		struct par_group group = { workload, stats->serial, stats->cell.experiment };
		size_t size;

		if (stats->cell.workload != workload || stats->serial == SIZE_MAX ||
			(stats->cell.model->traits & PAR_TRAIT_SERIAL) != 0 ||
			!par_cell_stats_counts(stats) || stats->serial == last_serial)
			continue;
		last_serial = stats->serial;
		size = group_size(analysis, &group);
		if (size > best ||
			(size == best &&
				stats->cell.tasks > analysis->cells[out->serial].cell.tasks)) {
			best = size;
			*out = group;
		}
	}
	return best > 0;
}

/*
 * The fastest median, also of a cell with too few visits: its comparisons are then not sure. To let
 * a slower cell with more visits stand for the model could make another model the clear winner.
 */
static size_t best_cell(const struct par_analysis *analysis, const struct par_group *group,
	const struct par_model *model)
{
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[i];

		if (stats->cell.model == model && in_group(stats, group) &&
			(best == SIZE_MAX || stats->median_ns < analysis->cells[best].median_ns))
			best = i;
	}
	return best;
}

/* Keeps the ranks sorted, fastest first; the slowest falls out when they are full. */
static void insert_rank(
	struct par_answer *answer, const struct par_analysis *analysis, const struct par_rank *rank)
{
	double time = analysis->cells[rank->cell].median_ns;
	size_t place = answer->rank_count;

	if (answer->rank_count < PAR_ANSWER_MODELS_MAX)
		answer->rank_count++;
	else
		place--;
	if (place == PAR_ANSWER_MODELS_MAX - 1 && answer->ranks[place].model != NULL &&
		analysis->cells[answer->ranks[place].cell].median_ns <= time)
		return;
	for (; place > 0 && analysis->cells[answer->ranks[place - 1].cell].median_ns > time;
		place--)
		answer->ranks[place] = answer->ranks[place - 1];
	answer->ranks[place] = *rank;
}

static void rank_models(struct par_answer *answer, const struct par_analysis *analysis,
	const struct par_group *group)
{
	const struct par_model *const *model = analysis->registry->models;

	for (; *model != NULL; model++) {
		struct par_rank rank = { .model = *model, .ratio_ci = { NAN, NAN }, .needed = NAN };

		rank.cell = best_cell(analysis, group, *model);
		if (rank.cell != SIZE_MAX)
			insert_rank(answer, analysis, &rank);
	}
}

/* The fewest cores at which the recommended model is nearly as fast as at its best. */
static unsigned find_cores_90(const struct par_analysis *analysis, const struct par_group *group,
	const struct par_answer *answer)
{
	const struct par_cell_stats *best = &analysis->cells[answer->recommended_cell];
	unsigned cores = best->cell.cores;

	for (size_t i = 0; i < analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[i];

		if (stats->cell.model == answer->recommended && in_group(stats, group) &&
			stats->median_ns * NINETY <= best->median_ns && stats->cell.cores < cores)
			cores = stats->cell.cores;
	}
	return cores;
}

/* Fewer workers are simpler, then fewer cores, then pinned ones. */
static bool is_simpler(const struct par_cell *cell, const struct par_cell *other)
{
	if (cell->workers != other->workers)
		return cell->workers < other->workers;
	if (cell->cores != other->cores)
		return cell->cores < other->cores;
	return cell->placement < other->placement;
}

/*
 * The cell to recommend the model at: its fastest, or a simpler one that is as fast for all that
 * the run aims to tell. Noise alone would else recommend more workers than cores.
 */
static size_t settle_cell(const struct par_analysis *analysis, const struct par_group *group,
	const struct par_answer *answer)
{
	const struct par_cell_stats *best = &analysis->cells[answer->recommended_cell];
	size_t settled = answer->recommended_cell;

	for (size_t i = 0; i < analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[i];

		if (stats->cell.model == answer->recommended && in_group(stats, group) &&
			stats->n >= PAR_PAIRS_LEAST &&
			stats->median_ns <= best->median_ns * ALIKE &&
			is_simpler(&stats->cell, &analysis->cells[settled].cell))
			settled = i;
	}
	return settled;
}

static int answer_workload(struct par_answer *answer, const struct par_analysis *analysis,
	const struct par_group *group)
{
	int status = 0;

	*answer = (struct par_answer){ .workload = group->workload, .serial = group->serial };
	answer->t1_ns = analysis->cells[group->serial].median_ns;
	rank_models(answer, analysis, group);
	for (size_t i = 0; i < answer->rank_count && status == 0; i++)
		status = par_rank_fit(&answer->ranks[i], analysis, group);
	if (status == 0) {
		par_analysis_absent(answer, analysis, group);
		status = par_analysis_judge(answer, analysis);
	}
	if (status == 0)
		answer->recommended_cell = settle_cell(analysis, group, answer);
	if (status == 0)
		answer->cores_90 = find_cores_90(analysis, group, answer);
	return status;
}

int par_analysis_answers(struct par_analysis *analysis)
{
	size_t count = par_registry_workload_count(analysis->registry);
	int status = 0;

	analysis->answers = calloc(count + 1, sizeof *analysis->answers);
	if (analysis->answers == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count && status == 0; i++) {
		struct par_group group = { 0 };

		if (!analysis->registry->workloads[i]->unranked &&
			find_group(&group, analysis, analysis->registry->workloads[i]))
			status = answer_workload(
				&analysis->answers[analysis->answer_count++], analysis, &group);
	}
	return status;
}
