#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart_curves.h"
#include "phrase.h"

#define PLOT_HEIGHT   290.0
#define NARROW_HEIGHT 250.0
#define ASIDE_HEIGHT  96.0
#define PANEL_GAP     44.0 /* between the panels: the title of the lower */
#define TICKS_APART   17.0 /* of the y axis */
#define TICK_GAP      7.0  /* between labels of the x axis */

static uint32_t fixed(const struct par_curves_lay *lay, enum par_colour colour)
{
	return par_palette_fixed(lay->palette, colour);
}

static double y_label_width(const struct par_lesson_axis *axis)
{
	struct par_ticks ticks;
	double widest = 0;

	par_lesson_ticks(&ticks, axis, 6);
	for (size_t i = 0; i < ticks.count; i++)
		widest = fmax(widest, par_text_width(par_lesson_tick(ticks.at[i], axis->unit).text,
					      PAR_TYPE_BODY, false));
	return widest;
}

static void set_panel(struct par_curves_lay *lay, unsigned index, double top, double height)
{
	const struct par_curves *curves = lay->curves;
	const struct par_lesson_axis *axis = index == 0 ? &curves->y : &curves->aside;
	double labels = fmax(
		y_label_width(&curves->y), curves->has_aside ? y_label_width(&curves->aside) : 0);

	lay->panels[index] = (struct par_panel){ .left = 14 + labels,
		.right = lay->layout->width - lay->gutter,
		.top = top,
		.bottom = top + height,
		.x = { curves->x.from, curves->x.to },
		.y = { axis->from, axis->to },
		.log_x = curves->x.log,
		.log_y = axis->log };
	par_layout_panel(lay->layout, &lay->panels[index]);
}

static void set_panels(struct par_curves_lay *lay)
{
	double height = lay->narrow ? NARROW_HEIGHT : PLOT_HEIGHT;

	lay->gutter = par_curves_gutter(lay);
	height = fmax(height, PAR_CURVES_LABEL_GAP * (double)par_curves_labels(lay->curves, 0) + 8);
	set_panel(lay, 0, 32, height);
	if (!lay->curves->has_aside)
		return;
	height = fmax(
		ASIDE_HEIGHT, PAR_CURVES_LABEL_GAP * (double)par_curves_labels(lay->curves, 1) + 8);
	set_panel(lay, 1, lay->panels[0].bottom + PANEL_GAP, height);
}

static void draw_y_axis(const struct par_curves_lay *lay, unsigned index)
{
	const struct par_panel *panel = &lay->panels[index];
	const struct par_lesson_axis *axis = index == 0 ? &lay->curves->y : &lay->curves->aside;
	struct par_ticks ticks;
	double last = INFINITY;

	par_lesson_ticks(&ticks, axis, index == 0 ? 6 : 3);
	for (size_t i = 0; i < ticks.count; i++) {
		double y = par_panel_y(panel, ticks.at[i]);

		if (last - y < TICKS_APART)
			continue;
		last = y;
		par_layout_shape(lay->layout, PAR_SHAPE_RULE, panel->left, y, panel->right, y,
			fixed(lay, PAR_COLOUR_GRID));
		par_layout_text(lay->layout, panel->left - 7, y, PAR_ALIGN_RIGHT, PAR_TYPE_BODY,
			fixed(lay, PAR_COLOUR_MUTED),
			par_lesson_tick(ticks.at[i], axis->unit).text);
	}
	par_layout_shape(lay->layout, PAR_SHAPE_RULE, panel->left, panel->bottom, panel->right,
		panel->bottom, fixed(lay, PAR_COLOUR_AXIS));
}

/* At the cells themselves: they are few. Over a run, at its quarters. */
static void find_x_ticks(struct par_ticks *ticks, const struct par_curves *curves)
{
	ticks->count = 0;
	for (size_t i = 0; !curves->marks && i <= 4; i++)
		par_ticks_add(ticks, 0.25 * (double)i);
	for (size_t i = 0; curves->marks && i < curves->count; i++) {
		const struct par_curve *curve = &curves->items[i];

		for (size_t j = 0; j < curve->count; j++)
			par_ticks_add(ticks, par_curves_x(curves, curve->points[j].x));
		if (isfinite(curve->end.x))
			par_ticks_add(ticks, par_curves_x(curves, curve->end.x));
	}
}

/* A label below the axis. */
struct spot {
	struct par_label label;
	double x, half;
};

static struct spot spot_of(
	const struct par_curves_lay *lay, const struct par_panel *panel, double value)
{
	struct spot spot = { .label = par_curves_tick(lay->curves, value),
		.x = par_panel_x(panel, value) };

	spot.half = par_text_width(spot.label.text, PAR_TYPE_BODY, false) / 2;
	return spot;
}

static bool is_clear(const struct spot *kept, size_t count, const struct spot *spot)
{
	for (size_t i = 0; i < count; i++)
		if (fabs(kept[i].x - spot->x) < kept[i].half + spot->half + TICK_GAP)
			return false;
	return true;
}

static bool is_power(double value, double base)
{
	double power = round(log(value) / log(base));

	return value > 0 && fabs(value - pow(base, power)) < 1e-6 * value;
}

/* When a tick may take its place: 0 goes first. */
static unsigned tick_pass(const struct par_ticks *ticks, size_t index)
{
	double value = ticks->at[index];

	if (index == 0 || index + 1 == ticks->count)
		return 0;
	return is_power(value, 10) ? 1 : is_power(value, 2) ? 2 : 3;
}

/*
 * Those that keep clear: the ends, then powers of two and ten, then the rest from left to right.
 */
static void draw_x_labels(const struct par_curves_lay *lay, const struct par_panel *panel)
{
	struct par_ticks ticks;
	struct spot kept[PAR_TICKS_MAX];
	size_t count = 0;

	find_x_ticks(&ticks, lay->curves);
	for (unsigned pass = 0; pass < 4; pass++)
		for (size_t i = 0; i < ticks.count; i++) {
			struct spot spot = spot_of(lay, panel, ticks.at[i]);

			if (tick_pass(&ticks, i) == pass && is_clear(kept, count, &spot))
				kept[count++] = spot;
		}
	for (size_t i = 0; i < count; i++)
		par_layout_text(lay->layout, kept[i].x, panel->bottom + 15, PAR_ALIGN_CENTER,
			PAR_TYPE_BODY, fixed(lay, PAR_COLOUR_MUTED), kept[i].label.text);
}

/* Below the lowest panel, in the middle of it as far as the text fits on the chart. */
static void draw_x_title(const struct par_curves_lay *lay, const struct par_panel *panel)
{
	const struct par_curves *curves = lay->curves;
	struct par_lesson_title title;
	double middle = (panel->left + panel->right) / 2, half;

	title = par_lesson_axis_title(
		curves->marks ? curves->view->sheet->axis_label : "time of the run", curves->x.log,
		lay->layout->width - 16);
	half = par_text_width(title.text, PAR_TYPE_BODY, false) / 2;
	middle = fmin(fmax(middle, 8 + half), lay->layout->width - 8 - half);
	par_layout_text(lay->layout, middle, panel->bottom + 36, PAR_ALIGN_CENTER, PAR_TYPE_BODY,
		fixed(lay, PAR_COLOUR_MUTED), title.text);
}

static void draw_y_title(const struct par_curves_lay *lay, unsigned index)
{
	const struct par_lesson_sheet *sheet = lay->curves->view->sheet;
	const struct par_lesson_axis *axis = index == 0 ? &lay->curves->y : &lay->curves->aside;
	const char *label = index == 0                   ? sheet->metric_label
			    : sheet->aside_label != NULL ? sheet->aside_label
							 : sheet->aside;
	struct par_lesson_title title;

	title = par_lesson_axis_title(label, axis->log, lay->layout->width - 20);
	par_layout_text(lay->layout, 12, lay->panels[index].top - 20, PAR_ALIGN_LEFT, PAR_TYPE_BODY,
		fixed(lay, PAR_COLOUR_MUTED), title.text);
}

static void draw_crosses(
	const struct par_curves_lay *lay, const struct par_curve *curve, unsigned panel)
{
	for (size_t i = 0; i < curve->count; i++) {
		double value =
			panel == 0 ? curve->points[i].metric.value : curve->points[i].aside.value;

		if (isfinite(value))
			par_layout_shape(lay->layout, PAR_SHAPE_CROSS,
				par_curves_place(lay, curve->points[i].x, panel),
				par_panel_y(&lay->panels[panel], value), PAR_CROSS_LOSSY, 0,
				curve->line);
	}
}

/* From the last good point to where it failed. */
static void draw_end(const struct par_curves_lay *lay, const struct par_curve *curve)
{
	const struct par_curve_point *good = par_curves_last_good(curve);
	double from = par_curves_place(lay, good->x, 0),
	       to = par_curves_place(lay, curve->end.x, 0);
	double y = par_panel_y(&lay->panels[0], good->metric.value);

	par_layout_shape(lay->layout, PAR_SHAPE_DOTTED, from, y, to, y, curve->line);
	par_layout_shape(lay->layout, PAR_SHAPE_CROSS, to, y, PAR_CROSS_FAILED, 0, curve->line);
}

/* What gnuplot has no marks for: crosses of one weight on paper and screen. */
static void draw_marks(const struct par_curves_lay *lay, unsigned panels)
{
	size_t zeros = par_curves_zeros(lay->curves);

	for (size_t i = 0; i < lay->curves->count; i++) {
		const struct par_curve *curve = &lay->curves->items[i];
		bool hidden = zeros >= 2 && par_curve_is_zero(curve);

		for (unsigned panel = 0; panel < panels && lay->curves->marks; panel++)
			if (curve->point == PAR_POINT_LAID && (panel == 0 || !hidden))
				draw_crosses(lay, curve, panel);
		if (isfinite(curve->end.x))
			draw_end(lay, curve);
	}
}

/* What marks and bands mean here, and no more. */
static void word_note(struct par_text *out, const struct par_curves *curves)
{
	bool interval = false, lossy = false, ends = false, grey = false;

	for (size_t i = 0; i < curves->count; i++) {
		const struct par_curve *curve = &curves->items[i];

		for (size_t j = 0; j < curve->count; j++)
			interval |= isfinite(curve->points[j].metric.ci[0]);
		lossy |= curve->lossy;
		ends |= isfinite(curve->end.x);
		grey |= curve->grey;
	}
	if (curves->marks)
		par_text_format(out, "mark: median over visits · %s%s", interval ? "band: " : "",
			par_lesson_interval_note(interval));
	else
		par_text_add(out, "one visit each, that of median time · figure: its mean");
	if (lossy)
		par_text_add(out, " · dashed red: wrong on purpose, never ranked");
	if (ends)
		par_text_add(out, " · ✕ failed there, drawn at the height of the last good point");
	if (grey)
		par_text_add(out, " · grey: beyond the best eight");
	if (curves->left_out > 0)
		par_text_format(
			out, " · %zu cells of further curves are not shown", curves->left_out);
	par_lesson_word_missing(out, &curves->missing);
}

static double draw_note(const struct par_curves_lay *lay, double y)
{
	struct par_text note = PAR_TEXT_INIT;

	word_note(&note, lay->curves);
	y = par_layout_paragraph(lay->layout, 12, y, lay->layout->width - 20, PAR_TYPE_SMALL, false,
		fixed(lay, PAR_COLOUR_MUTED), par_text_get(&note));
	lay->layout->failed |= note.failed;
	par_text_fini(&note);
	return y;
}

void par_curves_lay(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_palette *palette, const struct par_curves *curves)
{
	struct par_curves_lay lay = { .layout = par_sheet_begin(sheet, size, palette),
		.palette = palette,
		.curves = curves,
		.narrow = size == PAR_SIZE_NARROW };
	unsigned panels = curves->has_aside ? 2 : 1;
	const struct par_panel *lowest = &lay.panels[panels - 1];

	set_panels(&lay);
	for (unsigned i = 0; i < panels; i++) {
		draw_y_title(&lay, i);
		draw_y_axis(&lay, i);
	}
	draw_x_labels(&lay, lowest);
	draw_x_title(&lay, lowest);
	draw_marks(&lay, panels);
	for (unsigned i = 0; i < panels; i++)
		par_curves_label(&lay, i);
	lay.layout->height = draw_note(&lay, lowest->bottom + 60);
}
