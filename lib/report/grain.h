/*
 * grain: how small a task may be: efficiency against the length of a task, a curve for each model.
 *
 * The curves are drawn from the cells of an experiment that gives every model the same work at
 * several lengths. The length is what a task takes in the serial cell of the same work; efficiency
 * is serial time / (cores x time).
 */
#ifndef PAR_GRAIN_H
#define PAR_GRAIN_H

#include "analysis.h"
#include "chart_format.h"
#include "metg.h"

#define PAR_GRAIN_POINTS_MAX 16
#define PAR_GRAIN_CURVES_MAX PAR_ANSWER_MODELS_MAX

struct par_grain_point {
	const struct par_cell_stats *stats;
	double length_ns, efficiency;
	double ci[2]; /* of the efficiency; NaN: none */
};

struct par_grain_curve {
	const struct par_model *model;
	unsigned cores;
	struct par_grain_point points[PAR_GRAIN_POINTS_MAX]; /* by length, ascending */
	size_t count;
	struct par_metg metg;
};

/* Plain data that points into the analysis. */
struct par_grain {
	struct par_grain_curve curves[PAR_GRAIN_CURVES_MAX]; /* the finest grain first */
	size_t count;
	unsigned cores; /* the most that a curve has */
};

/*
 * Gathers the curves of an experiment's cells that have a time and a serial base; serial itself is
 * no curve. Never fails; what is beyond the limits above is left out.
 */
void par_grain_gather(
	struct par_grain *grain, const struct par_analysis *analysis, const char *experiment);

/* The shortest task at half efficiency: "35 ns", "< 10 ns", "> 1 ms"; "?" where it is not known. */
struct par_label par_grain_label(const struct par_grain_curve *curve);

/* Adds a sentence about all models that use every core: the finest, the next and the coarsest. */
void par_grain_word(struct par_text *out, const struct par_grain *grain);

/* Adds a sentence about one model, with the lengths that the answer lies between. */
void par_grain_word_curve(struct par_text *out, const struct par_grain_curve *curve);

#endif
