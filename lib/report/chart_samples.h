/*
 * chart_samples: the parts of the samples chart, split over two files: the samples and what they
 * say (chart_samples.c), and where they stand (chart_samples_layout.c).
 */
#ifndef PAR_CHART_SAMPLES_H
#define PAR_CHART_SAMPLES_H

#include "chart.h"

#define PAR_SAMPLE_ROWS_MAX 8
#define PAR_SAMPLE_DOTS_MAX 400 /* of a row: more hide each other */
#define PAR_SAMPLE_RATIO    4.0 /* models slower than this times the fastest are not drawn */

/* Every sample of one model's best cell. */
struct par_sample_row {
	const struct par_rank *rank;
	const struct par_cell_stats *stats;
	double *values_ns; /* in the order of the records; owned */
	uint32_t *rounds;  /* the round of each; owned */
	double *sorted_ns; /* owned */
	size_t count;
	size_t step;             /* every how manieth is drawn, besides the two below */
	size_t fastest, slowest; /* indices into values_ns */
};

struct par_sample_set {
	const struct par_answer *answer;
	struct par_sample_row rows[PAR_SAMPLE_ROWS_MAX]; /* fastest first */
	size_t count;
	size_t left_out; /* models that are too slow for the scale, or too many */
};

/* The largest step of the rows: 1 when every sample is drawn. */
size_t par_samples_step(const struct par_sample_set *set);

/* Lays out one size of the chart of `set`. Failure shows in the layout. */
void par_samples_lay(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_analysis *analysis, const struct par_palette *palette,
	const struct par_sample_set *set);

#endif
