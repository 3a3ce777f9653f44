/*
 * chart_speedup: the parts of the speedup chart, split over two files: what it says
 * (chart_speedup.c) and where it stands (chart_speedup_layout.c).
 */
#ifndef PAR_CHART_SPEEDUP_H
#define PAR_CHART_SPEEDUP_H

#include "chart.h"
#include "chart_series.h"

/* What laying out one size needs throughout. */
struct par_speedup {
	struct par_layout *layout;
	struct par_panel panel;
	const struct par_analysis *analysis;
	const struct par_palette *palette;
	const struct par_series_set *set;
	bool narrow;
	double lowest, highest;                                /* speedups, with their intervals */
	bool any_fit, any_join, any_open, any_band, any_reach; /* what the note must explain */
};

/* The speedup that perfect use of the cores would give. */
double par_speedup_ideal(const struct par_speedup *lay, double workers);

/* The width of the labels left of the panel, for the ranges that are set. */
double par_speedup_labels_width(const struct par_speedup *lay);

/* Grid, tick labels and titles of both axes. */
void par_speedup_axes(struct par_speedup *lay);

/* The dotted line of perfect use, clipped to the panel. */
void par_speedup_ideal_curve(struct par_speedup *lay);

/* The curve of a series; *end_x and *end_y are where it ends, in the panel's units. */
void par_speedup_curve(
	struct par_speedup *lay, const struct par_series *series, double *end_x, double *end_y);

/* Lays out one size of the chart of `set`. Failure shows in the layout. */
void par_speedup_lay(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_analysis *analysis, const struct par_palette *palette,
	const struct par_series_set *set);

/*
 * Marks the topology on the panel: shaded grounds, dotted boundaries and their names in rows above
 * it. Returns the rows of names. With `draw` false it only counts, for the room they need.
 */
unsigned par_boundaries_lay(struct par_layout *layout, const struct par_panel *panel,
	const struct par_machine *machine, const struct par_palette *palette, bool narrow,
	bool draw);

#endif
