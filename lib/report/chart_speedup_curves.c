#include "chart_speedup.h"

#include <math.h>

#define CURVE_POINTS 72

static uint32_t fixed(const struct par_speedup *lay, enum par_colour colour)
{
	return par_palette_fixed(lay->palette, colour);
}

static uint32_t line_of(const struct par_speedup *lay, const struct par_series *series)
{
	return series->grey ? fixed(lay, PAR_COLOUR_GREY)
			    : par_palette_line(lay->palette, series->model);
}

/* The speedup that perfect use of the cores would give. */
double par_speedup_ideal(const struct par_speedup *lay, double workers)
{
	const struct par_machine *machine = lay->analysis->machine;
	double most = machine->allowed_cores;

	if (lay->panel.log_x)
		return workers;
	if (machine->quota_cpus > 0)
		most = fmin(most, machine->quota_cpus);
	return fmin(workers, fmax(1, most));
}

void par_speedup_ideal_curve(struct par_speedup *lay)
{
	const struct par_panel *panel = &lay->panel;
	double top = fmin(panel->x[1], panel->y[1]), level = par_speedup_ideal(lay, panel->x[1]);

	par_layout_curve(lay->layout, "ideal", fixed(lay, PAR_COLOUR_AXIS));
	par_layout_point(lay->layout, 1, 1);
	par_layout_point(lay->layout, fmin(top, level), fmin(top, level));
	if (level < panel->y[1])
		par_layout_point(lay->layout, panel->x[1], level);
}

static void draw_fit(struct par_speedup *lay, const struct par_series *series)
{
	const struct par_usl *usl = &series->rank->usl;
	double scale = par_series_scale(series), peak = usl->peak;

	lay->any_fit = true;
	par_layout_curve(lay->layout, "solid", line_of(lay, series));
	for (int i = 0; i < CURVE_POINTS; i++) {
		double n = 1 + (usl->n_max - 1) * i / (CURVE_POINTS - 1);
		double y = scale * par_usl_at(usl, n);

		if (y <= lay->panel.y[1])
			par_layout_point(lay->layout, n, y);
	}
	if (peak >= 1 && peak <= usl->n_max && scale * par_usl_at(usl, peak) <= lay->panel.y[1])
		par_layout_shape(lay->layout, PAR_SHAPE_RING, par_panel_x(&lay->panel, peak),
			par_panel_y(&lay->panel, scale * par_usl_at(usl, peak)), 0, 0,
			fixed(lay, PAR_COLOUR_INK));
}

/* Joins the points from the first past `beyond` (or just before it) on. */
static void draw_join(struct par_speedup *lay, const struct par_series *series, double beyond)
{
	const struct par_cell_stats *before = NULL;

	par_layout_curve(lay->layout, "thin", line_of(lay, series));
	for (size_t i = 0; i < series->count; i++) {
		const struct par_cell_stats *stats = series->points[i].stats;

		if (!series->points[i].on_line)
			continue;
		if (stats->cell.workers > beyond) {
			if (before != NULL)
				par_layout_point(
					lay->layout, before->cell.workers, before->speedup);
			par_layout_point(lay->layout, stats->cell.workers, stats->speedup);
			before = NULL;
			beyond = 0;
		} else {
			before = stats;
		}
	}
}

static const struct par_series_point *last_on_line(const struct par_series *series)
{
	for (size_t i = series->count; i-- > 0;)
		if (series->points[i].on_line)
			return &series->points[i];
	return &series->points[series->count - 1];
}

/* A level from `from` to the right edge: of one worker, or of loops that hold all waits at once. */
static void draw_level(struct par_speedup *lay, const struct par_series *series, double from,
	double y, const char *style)
{
	par_layout_curve(lay->layout, style, line_of(lay, series));
	par_layout_point(lay->layout, from, y);
	par_layout_point(lay->layout, lay->panel.x[1], y);
}

void par_speedup_curve(
	struct par_speedup *lay, const struct par_series *series, double *end_x, double *end_y)
{
	const struct par_cell_stats *last = last_on_line(series)->stats;

	*end_x = last->cell.workers;
	*end_y = last->speedup;
	if (series->flat) {
		*end_x = lay->panel.x[1];
		*end_y = series->best->speedup;
		draw_level(lay, series, 1, *end_y, "level");
	} else if (series->rank->has_usl && !lay->panel.log_x) {
		draw_fit(lay, series);
		if (last->cell.workers > series->rank->usl.n_max)
			draw_join(lay, series, series->rank->usl.n_max);
	} else {
		lay->any_join |= !lay->panel.log_x;
		draw_join(lay, series, 0);
	}
	if (series->loop && !series->flat && lay->panel.log_x && *end_x < lay->panel.x[1]) {
		lay->any_reach = true;
		draw_level(lay, series, *end_x, *end_y, "dashed");
		*end_x = lay->panel.x[1];
	}
}
