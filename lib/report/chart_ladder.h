/*
 * chart_ladder: a row for each cell, best first: what it says (chart_ladder.c) and where it stands
 * (chart_ladder_layout.c).
 */
#ifndef PAR_CHART_LADDER_H
#define PAR_CHART_LADDER_H

#include "chart_lesson.h"

#define PAR_LADDER_ROWS_MAX 64
#define PAR_LADDER_GAP      0.6 /* between groups, in rows */

struct par_ladder_row {
	const struct par_cell_stats *stats;
	const struct par_model *look;
	struct par_metric metric, aside;
	bool lossy;
	double at; /* rows from the top */
};

/* Rows by group: models, the one with the best cell first; what is lossy comes last. */
struct par_ladder {
	const struct par_lesson_view *view;
	struct par_ladder_row rows[PAR_LADDER_ROWS_MAX];
	size_t count, left_out;
	double height; /* in rows */
	struct par_lesson_axis axis;
	bool any_interval, any_lossy;
	struct par_lesson_missing missing;
};

/* Lays out one size. Failure shows in the layout. */
void par_ladder_lay(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_palette *palette, const struct par_ladder *ladder);

#endif
