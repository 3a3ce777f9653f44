/*
 * chart_granularity: the parts of the chart of efficiency against the length of a task: what it
 * says (chart_granularity.c) and where it stands (chart_granularity_layout.c). It draws the
 * experiment of its own name.
 */
#ifndef PAR_CHART_GRANULARITY_H
#define PAR_CHART_GRANULARITY_H

#include "chart.h"
#include "grain.h"

/* Lays out one size. Failure shows in the layout. */
void par_granularity_lay(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_palette *palette, const struct par_grain *grain);

#endif
