/* The scalability law of a model, over its core counts. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_parts.h"

#define SEED        1  /* of the intervals: the same run gives the same report */
#define VISITS_MOST 96 /* of a point: the first ones of a longer list */

/* The points of a curve. Inert when zeroed. */
struct curve {
	double *cores, *speed; /* tasks a second by the median visit; owned */
	struct par_usl_point *points;
	double *throughput; /* of each visit, of one point after the other; owned */
	size_t count, visits;
};

static void curve_fini(struct curve *curve)
{
	free(curve->cores);
	free(curve->speed);
	free(curve->points);
	free(curve->throughput);
}

static int curve_init(struct curve *curve, size_t cells, size_t visits)
{
	*curve = (struct curve){ 0 };
	curve->cores = calloc(cells + 1, sizeof *curve->cores);
	curve->speed = calloc(cells + 1, sizeof *curve->speed);
	curve->points = calloc(cells + 1, sizeof *curve->points);
	curve->throughput = calloc(visits + 1, sizeof *curve->throughput);
	if (curve->cores == NULL || curve->speed == NULL || curve->points == NULL ||
		curve->throughput == NULL)
		return -ENOMEM;
	return 0;
}

/* One worker a core, pinned close, otherwise as the rank's best cell. */
static bool is_on_curve(const struct par_cell_stats *stats, const struct par_cell_stats *best,
	const struct par_group *group)
{
	return par_cell_stats_counts(stats) && par_group_plans(group, stats) &&
	       stats->cell.model == best->cell.model && stats->cell.placement == PAR_PLACE_CLOSE &&
	       stats->cell.workers == stats->cell.cores &&
	       strcmp(stats->cell.variant, best->cell.variant) == 0;
}

static size_t visits_of(const struct par_cell_stats *stats)
{
	return stats->n < VISITS_MOST ? stats->n : VISITS_MOST;
}

static void add_point(struct curve *curve, const struct par_cell_stats *stats)
{
	double tasks = (double)stats->cell.tasks * 1e9, *first = &curve->throughput[curve->visits];

	for (size_t i = 0; i < visits_of(stats); i++)
		curve->throughput[curve->visits++] = tasks / stats->times_ns[i];
	curve->cores[curve->count] = stats->cell.cores;
	curve->speed[curve->count] = tasks / stats->median_ns;
	curve->points[curve->count++] =
		(struct par_usl_point){ stats->cell.cores, first, visits_of(stats) };
}

static int fit(struct par_rank *rank, const struct curve *curve)
{
	int status = par_usl_fit(&rank->usl, curve->cores, curve->speed, curve->count);

	rank->has_usl = status == 0;
	if (status == 0)
		status = par_usl_intervals(&rank->usl_ci, curve->points, curve->count, SEED);
	/* Too few core counts for a fit, or visits for intervals: then there are none. */
	return status == -ENOMEM ? status : 0;
}

int par_rank_fit(
	struct par_rank *rank, const struct par_analysis *analysis, const struct par_group *group)
{
	const struct par_cell_stats *best = &analysis->cells[rank->cell];
	struct curve curve;
	size_t cells = 0, visits = 0;
	int status;

	rank->usl_ci = (struct par_usl_intervals){ { NAN, NAN }, { NAN, NAN }, { NAN, NAN } };
	for (size_t i = 0; i < analysis->cell_count; i++) {
		if (is_on_curve(&analysis->cells[i], best, group)) {
			cells++;
			visits += visits_of(&analysis->cells[i]);
		}
	}
	status = curve_init(&curve, cells, visits);
	for (size_t i = 0; i < analysis->cell_count && status == 0; i++) {
		if (is_on_curve(&analysis->cells[i], best, group))
			add_point(&curve, &analysis->cells[i]);
	}
	if (status == 0)
		status = fit(rank, &curve);
	curve_fini(&curve);
	return status;
}
