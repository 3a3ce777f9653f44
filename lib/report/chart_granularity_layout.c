#include "chart_granularity.h"

#include <math.h>
#include <stdio.h>

#include "chart_axis.h"
#include "phrase.h"

#define PLOT_HEIGHT 318.0
#define LABEL_GAP   19.0 /* between the middles of labels in the gutter */
#define LEADER      22.0 /* from the last point to its label */

struct lay {
	struct par_layout *layout;
	struct par_panel panel;
	const struct par_palette *palette;
	const struct par_grain *grain;
	bool narrow, any_band, any_one_core;
};

static uint32_t fixed(const struct lay *lay, enum par_colour colour)
{
	return par_palette_fixed(lay->palette, colour);
}

static void set_ranges(struct lay *lay)
{
	struct par_panel *panel = &lay->panel;
	double shortest = INFINITY, longest = 0, highest = 1.1;

	for (size_t i = 0; i < lay->grain->count; i++) {
		const struct par_grain_curve *curve = &lay->grain->curves[i];

		shortest = fmin(shortest, curve->points[0].length_ns);
		longest = fmax(longest, curve->points[curve->count - 1].length_ns);
		lay->any_one_core |= curve->cores < lay->grain->cores;
		for (size_t j = 0; j < curve->count; j++) {
			highest = fmax(highest,
				1.04 * fmax(curve->points[j].efficiency, curve->points[j].ci[1]));
			lay->any_band |= isfinite(curve->points[j].ci[0]);
		}
	}
	panel->log_x = true;
	panel->x[0] = shortest / 1.25;
	panel->x[1] = longest * 1.25;
	panel->y[1] = highest;
}

static void label_of(const struct lay *lay, const struct par_grain_curve *curve,
	struct par_runs *runs, struct par_label *bold)
{
	*bold = par_grain_label(curve);
	*runs = (struct par_runs){ .bold = bold->text };
	runs->plain = lay->narrow ? curve->model->short_label : curve->model->label;
	if (curve->cores < lay->grain->cores && !lay->narrow)
		runs->small = "1 core";
}

static double gutter_width(const struct lay *lay)
{
	double widest = 0;

	for (size_t i = 0; i < lay->grain->count; i++) {
		struct par_label bold;
		struct par_runs runs;

		label_of(lay, &lay->grain->curves[i], &runs, &bold);
		widest = fmax(widest, par_runs_width(&runs));
	}
	return widest + LEADER + 8;
}

static void draw_y_axis(const struct lay *lay)
{
	const struct par_panel *panel = &lay->panel;
	struct par_ticks ticks;
	char text[PAR_LABEL_MAX];

	par_ticks_linear(&ticks, 0, panel->y[1], 6);
	for (size_t i = 0; i < ticks.count; i++) {
		double y = par_panel_y(panel, ticks.at[i]);

		par_layout_shape(lay->layout, PAR_SHAPE_RULE, panel->left, y, panel->right, y,
			fixed(lay, i == 0 ? PAR_COLOUR_AXIS : PAR_COLOUR_GRID));
		snprintf(text, sizeof text, "%.0f %%", 100 * ticks.at[i]);
		par_layout_text(lay->layout, panel->left - 7, y, PAR_ALIGN_RIGHT, PAR_TYPE_BODY,
			fixed(lay, PAR_COLOUR_MUTED), text);
	}
}

static double length_width(double ns)
{
	return par_text_width(par_label_tick(ns).text, PAR_TYPE_BODY, false);
}

static void draw_x_axis(const struct lay *lay)
{
	const struct par_panel *panel = &lay->panel;
	struct par_ticks ticks;

	par_ticks_log(&ticks, panel->x[0], panel->x[1]);
	par_ticks_thin(&ticks, panel, length_width, NULL, 0);
	for (size_t i = 0; i < ticks.count; i++) {
		double x = par_panel_x(panel, ticks.at[i]);

		par_layout_shape(lay->layout, PAR_SHAPE_RULE, x, panel->top, x, panel->bottom,
			fixed(lay, PAR_COLOUR_GRID));
		par_layout_text(lay->layout, x, panel->bottom + 15, PAR_ALIGN_CENTER, PAR_TYPE_BODY,
			fixed(lay, PAR_COLOUR_MUTED), par_label_tick(ticks.at[i]).text);
	}
	par_layout_text(lay->layout, (panel->left + panel->right) / 2, panel->bottom + 36,
		PAR_ALIGN_CENTER, PAR_TYPE_BODY, fixed(lay, PAR_COLOUR_MUTED),
		"what a task takes alone (log scale)");
}

static void draw_half(const struct lay *lay)
{
	const struct par_panel *panel = &lay->panel;

	par_layout_curve(lay->layout, "ideal", fixed(lay, PAR_COLOUR_AXIS));
	par_layout_point(lay->layout, panel->x[0], PAR_METG_SHARE);
	par_layout_point(lay->layout, panel->x[1], PAR_METG_SHARE);
}

static void draw_curve(const struct lay *lay, const struct par_grain_curve *curve)
{
	par_layout_curve(lay->layout, "solid", par_palette_line(lay->palette, curve->model));
	for (size_t i = 0; i < curve->count; i++)
		par_layout_point(
			lay->layout, curve->points[i].length_ns, curve->points[i].efficiency);
	if (curve->metg.verdict == PAR_METG_FOUND)
		par_layout_shape(lay->layout, PAR_SHAPE_RING,
			par_panel_x(&lay->panel, curve->metg.length),
			par_panel_y(&lay->panel, PAR_METG_SHARE), 0, 0, fixed(lay, PAR_COLOUR_INK));
}

static void draw_label(const struct lay *lay, const struct par_grain_curve *curve, double at)
{
	const struct par_grain_point *last = &curve->points[curve->count - 1];
	uint32_t ink = par_palette_ink(lay->palette, curve->model);
	double x = par_panel_x(&lay->panel, last->length_ns) + 6;
	double edge = lay->panel.right + LEADER;
	struct par_label bold;
	struct par_runs runs;

	label_of(lay, curve, &runs, &bold);
	par_layout_shape(lay->layout, PAR_SHAPE_LEADER, x,
		par_panel_y(&lay->panel, last->efficiency), edge - 4, at, ink);
	par_layout_runs(lay->layout, edge, at, PAR_ALIGN_LEFT, 0, ink, &runs);
}

/* From top to bottom: the finest grain first. Their ends are close, so leaders hardly cross. */
static void draw_labels(const struct lay *lay)
{
	double places[PAR_GRAIN_CURVES_MAX];
	size_t count = lay->grain->count;

	for (size_t i = 0; i < count; i++)
		places[i] = par_panel_y(&lay->panel, 1) + LABEL_GAP * (double)i;
	par_layout_spread(places, count, LABEL_GAP, lay->panel.top + 4, lay->panel.bottom - 4);
	for (size_t i = 0; i < count; i++)
		draw_label(lay, &lay->grain->curves[i], places[i]);
}

static double draw_note(const struct lay *lay, double y)
{
	struct par_text note = PAR_TEXT_INIT;

	par_text_add(&note, "○ and label: the shortest task at which the cores are half used");
	par_text_add(&note,
		lay->any_band ? " · band: 95 % interval" : " · no intervals: fewer than 6 rounds");
	if (lay->any_one_core)
		par_text_add(&note, " · one core: against one core, so only the cost of a task");
	y = par_layout_paragraph(lay->layout, lay->panel.left, y,
		lay->layout->width - lay->panel.left - 8, PAR_TYPE_SMALL, false,
		fixed(lay, PAR_COLOUR_MUTED), par_text_get(&note));
	lay->layout->failed |= note.failed;
	par_text_fini(&note);
	return y;
}

void par_granularity_lay(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_palette *palette, const struct par_grain *grain)
{
	struct lay lay = { .layout = par_sheet_begin(sheet, size, palette),
		.palette = palette,
		.grain = grain,
		.narrow = size == PAR_SIZE_NARROW };
	char title[96];

	set_ranges(&lay);
	lay.panel.left = 12 + par_text_width("100 %", PAR_TYPE_BODY, false);
	lay.panel.right = lay.layout->width - gutter_width(&lay);
	lay.panel.top = 32;
	lay.panel.bottom = lay.panel.top + PLOT_HEIGHT;
	par_layout_panel(lay.layout, &lay.panel);
	lay.layout->data_blocks = grain->count;
	snprintf(title, sizeof title, "serial time over %u core%s × time", grain->cores,
		par_phrase_s(grain->cores));
	par_layout_text(lay.layout, 12, 12, PAR_ALIGN_LEFT, PAR_TYPE_BODY,
		fixed(&lay, PAR_COLOUR_MUTED), title);
	draw_y_axis(&lay);
	draw_x_axis(&lay);
	draw_half(&lay);
	for (size_t i = grain->count; i-- > 0;)
		draw_curve(&lay, &grain->curves[i]);
	draw_labels(&lay);
	lay.layout->height = draw_note(&lay, lay.panel.bottom + 60);
}
