/*
 * chart_series: the cells of one workload, sorted into a series for each model.
 */
#ifndef PAR_CHART_SERIES_H
#define PAR_CHART_SERIES_H

#include "analysis.h"

#define PAR_SERIES_POINTS_MAX 64
#define PAR_SERIES_COLOURED   8 /* more than these an eye cannot tell apart: the rest is grey */

/* One cell of a model. Numbers stand in analysis->cells. */
struct par_series_point {
	const struct par_cell_stats *stats;
	bool on_line; /* the fastest pinned `close` at its worker count; others are drawn small */
};

struct par_series {
	const struct par_model *model;
	const struct par_rank *rank;
	bool grey; /* not among the best PAR_SERIES_COLOURED */
	bool flat; /* one worker only: a level, not a curve */
	bool loop; /* its workers hold many tasks each: its worker count is not a number of waits */
	struct par_series_point points[PAR_SERIES_POINTS_MAX]; /* by workers, then by time */
	size_t count;
	const struct par_cell_stats *best; /* its fastest cell */
};

/* The series of an answer, fastest model first. Plain data that points into the analysis. */
struct par_series_set {
	const struct par_answer *answer;
	struct par_series series[PAR_ANSWER_MODELS_MAX];
	size_t count;
	unsigned workers_max;
};

/* Never fails; cells beyond PAR_SERIES_POINTS_MAX of a model are left out, slowest first. */
void par_series_gather(struct par_series_set *set, const struct par_analysis *analysis,
	const struct par_answer *answer);

/* Scales a fit, whose unit is whatever it was fitted in, to speedups: the factor. NaN without
 * points. */
double par_series_scale(const struct par_series *series);

/* How many models tie with the fastest. */
size_t par_answer_ties(const struct par_answer *answer);

/* The fastest model that does not tie with the first; NULL when there is none. */
const struct par_rank *par_answer_next(const struct par_answer *answer);

/* Adds "thread pool", "thread pool and fork", "thread pool, fork and 2 more": those that tie. */
void par_answer_name_ties(
	struct par_text *out, const struct par_answer *answer, const struct par_model *except);

#endif
