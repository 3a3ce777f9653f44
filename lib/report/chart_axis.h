/*
 * chart_axis: tick lists, and the tick labels and grid lines of a panel.
 */
#ifndef PAR_CHART_AXIS_H
#define PAR_CHART_AXIS_H

#include "chart_layout.h"
#include "chart_palette.h"

#define PAR_TICKS_MAX 64

struct par_ticks {
	double at[PAR_TICKS_MAX]; /* ascending */
	size_t count;
};

/* Steps of 1, 2 or 5 times a power of ten, at most `most` in the range; linear axes. */
void par_ticks_linear(struct par_ticks *ticks, double low, double high, unsigned most);

/* Likewise with steps of 4, 8, 16, 32 and so on above 2: multiples of what machines have. */
void par_ticks_binary(struct par_ticks *ticks, double low, double high, unsigned most);

/* Powers of ten in the range, with 2 and 5 where there would be fewer than three; log axes. */
void par_ticks_log(struct par_ticks *ticks, double low, double high);

/* Adds `value` in its place unless it is there. */
void par_ticks_add(struct par_ticks *ticks, double value);

/*
 * Drops ticks of the x axis whose labels (of `width(value)` pixels) would touch, keeping the first
 * and the last, then those that come first in the order of `keep` (descending importance; may be
 * NULL), then powers of two, then the rest from left to right.
 */
void par_ticks_thin(struct par_ticks *ticks, const struct par_panel *panel,
	double (*width)(double value), const double *keep, size_t keep_count);

#endif
