/*
 * chart_latency: the parts of the chart of waiting times: what it says (chart_latency.c) and where
 * it stands (chart_latency_layout.c). It draws the experiment of its own name.
 */
#ifndef PAR_CHART_LATENCY_H
#define PAR_CHART_LATENCY_H

#include "chart.h"
#include "waits.h"

/* Lays out one size. Failure shows in the layout. */
void par_latency_lay(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_palette *palette, const struct par_waits *waits);

#endif
