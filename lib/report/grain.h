/*
 * grain: how small a task may be: efficiency against the length of a task, a curve for each model.
 *
 * The curves are drawn from the cells of an experiment that gives every model the same work at
 * several lengths. The length is what a task takes in the serial cell of the same work; efficiency
 * is serial time / (cores x time).
 */
#ifndef PAR_GRAIN_H
#define PAR_GRAIN_H

#include <stdbool.h>

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
 * Gathers the curves of an experiment's cells that compute and have a time and a serial base;
 * serial itself is no curve. Never fails; what is beyond the limits above is left out.
 */
void par_grain_gather(
	struct par_grain *grain, const struct par_analysis *analysis, const char *experiment);

/* The faster of two models on short tasks no longer matters when the other takes so much of its
 * time: a difference of a tenth. */
#define PAR_GRAIN_MATTERS 0.9

/* Up to which length of a task one model beats another. Borrowed of the grain; plain data. */
struct par_grain_crossing {
	const struct par_grain_curve *finer, *coarser; /* by the shortest task that both did */
	struct par_metg found; /* the length from which the coarser is within a tenth; NEVER and
				  LOST: the finer wins at the longest too; ALWAYS: they never differ
				  by more */
	double longest;        /* that both did */
};

/*
 * Compares two models by name at the lengths that both have on as many cores. False when one is
 * missing or fewer than two lengths are common.
 */
bool par_grain_cross(struct par_grain_crossing *out, const struct par_grain *grain, const char *one,
	const char *other);

/* Adds "process pool beats fork per task up to tasks of 810 µs (100 µs to 1.00 ms)". */
void par_grain_word_crossing(struct par_text *out, const struct par_grain_crossing *crossing);

/* The shortest task at half efficiency: "35 ns", "< 10 ns", "> 1 ms"; "?" where it is not known. */
struct par_label par_grain_label(const struct par_grain_curve *curve);

/* Adds a sentence about all models that use every core: the finest, the next and the coarsest. */
void par_grain_word(struct par_text *out, const struct par_grain *grain);

/* Adds a sentence about one model, with the lengths that the answer lies between. */
void par_grain_word_curve(struct par_text *out, const struct par_grain_curve *curve);

#endif
