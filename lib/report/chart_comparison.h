/*
 * chart_comparison: the ratios of a comparison as dots with intervals, slowest on top.
 *
 * It draws a comparison, not an analysis, so it is not among par_charts: a page of one run has
 * none.
 */
#ifndef PAR_CHART_COMPARISON_H
#define PAR_CHART_COMPARISON_H

#include "chart_draw.h"
#include "comparison.h"

#define PAR_CHART_COMPARISON_ROWS 40

/* What one picture shows: the most telling rows of one new run. */
struct par_chart_rows {
	size_t rows[PAR_CHART_COMPARISON_ROWS]; /* of the comparison, slowest first */
	size_t count;
	size_t compared; /* pairs in all: what is not shown is counted in the caption */
	double limit;    /* of the axis: from 1 / limit to limit */
};

/*
 * Chooses: what has a verdict before what is open, and that before ties; then the larger effect.
 * Returns 0 or -ENOMEM.
 */
int par_chart_comparison_choose(
	struct par_chart_rows *out, const struct par_compared_runs *comparison, size_t other);

/* Sets the places of one size. */
void par_chart_comparison_lay_out(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_compared_runs *comparison, size_t other, const struct par_chart_rows *rows,
	const struct par_palette *palette);

/*
 * A figure for each new run with anything compared: "comparison", "comparison_2", ... Draws
 * nothing; par_figures_draw() does, and par_figures_fini() frees, after a failure too. Returns 0 or
 * -ENOMEM.
 */
int par_chart_comparison_fill(struct par_figures *figures,
	const struct par_compared_runs *comparison, const struct par_palette *palette);

#endif
