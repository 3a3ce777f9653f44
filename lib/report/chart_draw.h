/*
 * chart_draw: from the analysis to pictures: fills the sheets of the charts and has gnuplot draw
 * them.
 *
 * In the folder of the run: STEM.tsv, STEM.svg, STEM_narrow.svg, STEM.png; and plots/ with the
 * scripts and the tables of places, so that `gnuplot -d plots/all.gp` draws everything again by
 * hand.
 */
#ifndef PAR_CHART_DRAW_H
#define PAR_CHART_DRAW_H

#include "analysis.h"
#include "chart.h"
#include "errors.h"
#include "experiment.h"

/* One sheet and its pictures: of a chart, or of an experiment's lesson. */
struct par_figure {
	const struct par_chart *chart;        /* NULL: of a lesson */
	const struct par_experiment *teacher; /* whose lesson; NULL: of a chart */
	const char *script;                   /* plots/SCRIPT.gp draws it */
	struct par_sheet sheet;
	char *svg[PAR_SIZES]; /* content of the wide and the narrow SVG, owned; NULL: not drawn */
	bool drawn[PAR_SIZES];
};

/* Inert when zeroed. */
struct par_figures {
	/* By experiment: its charts, the heaviest sheet of each first, then those of its lesson. */
	struct par_figure *items;
	size_t count;
	char problem[512]; /* why pictures are missing, one line; "" when none is */
};

#define PAR_FIGURES_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Fills the sheets of every chart that the experiments (a list that ends with NULL) name, and of
 * their lessons. Draws nothing. Returns 0, -ENOMEM, or -EINVAL with `error` for a chart that does
 * not exist.
 */
int par_figures_fill(struct par_figures *figures, const struct par_analysis *analysis,
	const struct par_experiment *const *experiments, const struct par_palette *palette,
	struct par_error *error);

/*
 * Writes tables and scripts into `folder` and draws. A picture replaces an older one only when it
 * is whole. Missing pictures (no gnuplot, a failed script) are told in figures->problem and are no
 * failure. Returns 0, or -errno with `error` when a file cannot be written.
 */
int par_figures_draw(struct par_figures *figures, const char *folder, struct par_error *error);

void par_figures_fini(struct par_figures *figures);

#endif
