/*
 * Where everything stands on the chart of a comparison.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart_comparison.h"
#include "chart_format.h"

#define LINE       15.5  /* of the texts of a row */
#define MARGIN     1.5   /* between rows */
#define PLOT_LEAST 220.0 /* width of the dots; else the names stand above them */
#define BAND       7.0   /* above and below the dot where names stand above it */
#define INSET      10.0  /* there, room for the last tick's label */
#define TOP        20.0  /* for the label of the line */
#define AXIS       20.0
#define SIDE       10.0
#define LETTERS    (PAR_TYPE_SMALL + 1)

struct lay {
	struct par_layout *layout;
	const struct par_compared_runs *comparison;
	const struct par_chart_rows *rows;
	const struct par_palette *palette;
	size_t other;
	/*
	 * Lines of a row: 1, texts beside the dot; 2, all texts above it; 3, the name on a line of
	 * its own.
	 */
	int lines;
	double names, models, values; /* widths of the texts beside the dots */
	struct par_panel panel;
};

static uint32_t fixed(const struct lay *lay, enum par_colour colour)
{
	return par_palette_fixed(lay->palette, colour);
}

static const struct par_pair *pair_at(const struct lay *lay, size_t place)
{
	return par_comparison_pair(lay->comparison, lay->rows->rows[place], lay->other);
}

static bool is_sure(const struct par_pair *pair)
{
	return pair->change >= PAR_CHANGE_FASTER;
}

/* "1.20× regression"; "1.03×" alone where nothing is sure. */
static void word_value(char *out, size_t size, const struct par_pair *pair, bool with_verdict)
{
	const char *ratio = par_label_times(pair->found.ratio).text;

	if (with_verdict && is_sure(pair))
		snprintf(out, size, "%s %s", ratio, par_change_name(pair->change));
	else
		snprintf(out, size, "%s%s", ratio,
			pair->change == PAR_CHANGE_NOT_SURE ? " ?" : " ≈");
}

static void measure(struct lay *lay)
{
	char value[PAR_LABEL_MAX + 16];

	for (size_t i = 0; i < lay->rows->count; i++) {
		const struct par_pair *pair = pair_at(lay, i);
		struct par_text name = PAR_TEXT_INIT;

		par_comparison_label_work(&name, lay->comparison, lay->rows->rows[i]);
		word_value(value, sizeof value, pair, true);
		lay->names = fmax(lay->names, par_text_width(par_text_get(&name), LETTERS, false));
		lay->models = fmax(lay->models,
			par_text_width(pair->base->cell.model->short_label, LETTERS, true));
		lay->values = fmax(lay->values, par_text_width(value, LETTERS, true));
		par_text_fini(&name);
	}
}

static void add_value(const struct lay *lay, const struct par_pair *pair, double x, double y,
	enum par_align align)
{
	char text[PAR_LABEL_MAX + 16];
	struct par_runs runs = { .size = LETTERS };
	bool bad = pair->change == PAR_CHANGE_REGRESSION;

	word_value(text, sizeof text, pair, true);
	runs.bold = is_sure(pair) ? text : NULL;
	runs.plain = is_sure(pair) ? NULL : text;
	par_layout_runs(lay->layout, x, y, align, 0,
		fixed(lay, bad             ? PAR_COLOUR_WARN
			   : is_sure(pair) ? PAR_COLOUR_INK
					   : PAR_COLOUR_MUTED),
		&runs);
}

static void add_arrow(const struct lay *lay, const struct par_pair *pair, double y)
{
	double limit = lay->rows->limit;
	uint32_t ink = par_palette_ink(lay->palette, pair->base->cell.model);

	if (pair->found.ratio > limit)
		par_layout_text(lay->layout, lay->panel.right - 1, y, PAR_ALIGN_RIGHT,
			PAR_TYPE_SMALL, ink, "▸");
	else if (pair->found.ratio < 1.0 / limit)
		par_layout_text(lay->layout, lay->panel.left + 1, y, PAR_ALIGN_LEFT, PAR_TYPE_SMALL,
			ink, "◂");
}

/* Cut to what the chart holds. */
static void add_name(const struct lay *lay, double x, double y, const char *name)
{
	struct par_text text = PAR_TEXT_INIT;
	size_t size = strlen(name);

	par_text_add(&text, name);
	while (size > 0 && x + par_text_width(par_text_get(&text), LETTERS, false) >
				   lay->layout->width - SIDE) {
		do
			size--;
		while (size > 0 && (name[size] & 0xC0) == 0x80);
		par_text_clear(&text);
		par_text_add_bytes(&text, name, size);
		par_text_add(&text, "…");
	}
	par_layout_text(lay->layout, x, y, PAR_ALIGN_LEFT, LETTERS, fixed(lay, PAR_COLOUR_INK),
		par_text_get(&text));
	par_text_fini(&text);
}

static void add_row(const struct lay *lay, size_t place)
{
	const struct par_pair *pair = pair_at(lay, place);
	const struct par_model *model = pair->base->cell.model;
	const struct par_panel *panel = &lay->panel;
	double dot_y = par_panel_y(panel, (double)place);
	double text_y = dot_y - LINE * (lay->lines - 1);
	double name_y = lay->lines == 3 ? dot_y - LINE : text_y;
	double name_x = lay->lines == 3 ? SIDE : SIDE + lay->models + 6;
	struct par_text name = PAR_TEXT_INIT;
	struct par_runs label = { .bold = model->short_label, .size = LETTERS };

	par_comparison_label_work(&name, lay->comparison, lay->rows->rows[place]);
	par_layout_shape(lay->layout, PAR_SHAPE_RULE, panel->left, dot_y, panel->right, dot_y,
		fixed(lay, PAR_COLOUR_GRID));
	par_layout_runs(lay->layout, SIDE, text_y, PAR_ALIGN_LEFT, 0,
		par_palette_ink(lay->palette, model), &label);
	add_name(lay, name_x, name_y, par_text_get(&name));
	add_value(lay, pair, lay->lines > 1 ? lay->layout->width - SIDE : panel->right + 8, text_y,
		lay->lines > 1 ? PAR_ALIGN_RIGHT : PAR_ALIGN_LEFT);
	add_arrow(lay, pair, dot_y);
	par_text_fini(&name);
}

/* Something from the top of the panel to its bottom; not across names that stand above dots. */
static void add_upright(
	const struct lay *lay, enum par_shape shape, double x, double to, enum par_colour colour)
{
	const struct par_panel *panel = &lay->panel;

	if (lay->lines == 1)
		par_layout_shape(
			lay->layout, shape, x, panel->top, to, panel->bottom, fixed(lay, colour));
	for (size_t i = 0; lay->lines > 1 && i < lay->rows->count; i++) {
		double y = par_panel_y(panel, (double)i);

		par_layout_shape(lay->layout, shape, x, y - BAND, to, y + BAND, fixed(lay, colour));
	}
}

static void add_tick(const struct lay *lay, double at)
{
	double x = par_panel_x(&lay->panel, at);

	add_upright(lay, PAR_SHAPE_RULE, x, x, at == 1.0 ? PAR_COLOUR_AXIS : PAR_COLOUR_GRID);
	par_layout_text(lay->layout, x, lay->panel.bottom + 10, PAR_ALIGN_CENTER, PAR_TYPE_SMALL,
		fixed(lay, PAR_COLOUR_MUTED), par_label_times(at).text);
}

/* Ticks alike on both sides of 1, as many as the range and the width bear. */
static void add_axis(const struct lay *lay)
{
	static const double steps[][3] = { { 1.02, 1.05, 1.1 }, { 1.05, 1.1, 1.2 },
		{ 1.1, 1.25, 1.5 }, { 1.25, 1.5, 2 } };
	static const double until[] = { 1.12, 1.3, 1.7, INFINITY };
	double width = lay->panel.right - lay->panel.left;
	size_t kind = 0;

	while (lay->rows->limit > until[kind])
		kind++;
	add_tick(lay, 1.0);
	for (size_t i = width < (kind < 3 ? 400.0 : 300.0) ? 1 : 0; i < 3; i++)
		if (steps[kind][i] <= lay->rows->limit) {
			add_tick(lay, steps[kind][i]);
			add_tick(lay, 1.0 / steps[kind][i]);
		}
}

/* The ground on which a cell fails. */
static void add_ground(const struct lay *lay)
{
	double x = par_panel_x(&lay->panel, 1.0 + lay->comparison->spec.tolerance);

	add_upright(lay, PAR_SHAPE_RECT, x, lay->panel.right, PAR_COLOUR_SHADE2);
}

/* Where it begins: over the data, since it decides. */
static void add_border(const struct lay *lay)
{
	double tolerance = lay->comparison->spec.tolerance;
	double x = par_panel_x(&lay->panel, 1.0 + tolerance);
	struct par_text text = PAR_TEXT_INIT;
	double width;

	par_text_format(&text, "fails above %.3g %%", 100.0 * tolerance);
	width = par_text_width(par_text_get(&text), PAR_TYPE_SMALL, false);
	add_upright(lay, PAR_SHAPE_LEADER, x, x, PAR_COLOUR_WARN);
	par_layout_text(lay->layout, fmin(x, lay->layout->width - 2 - width), lay->panel.top - 10,
		PAR_ALIGN_LEFT, PAR_TYPE_SMALL, fixed(lay, PAR_COLOUR_WARN), par_text_get(&text));
	par_text_fini(&text);
}

static void add_caption(const struct lay *lay)
{
	struct par_text text = PAR_TEXT_INIT;
	size_t left_out = lay->rows->compared - lay->rows->count;

	par_text_add(&text,
		"new time over base time · whisker: 95 % interval of the cell by itself · bold: "
		"sure for all cells at once · ? not sure · ≈ tie · left is faster");
	if (left_out > 0)
		par_text_format(&text,
			" · %zu further cells, with smaller or less sure changes, are "
			"not drawn",
			left_out);
	lay->layout->height = par_layout_paragraph(lay->layout, SIDE, lay->panel.bottom + AXIS + 12,
		lay->layout->width - 2 * SIDE, PAR_TYPE_SMALL, false, fixed(lay, PAR_COLOUR_MUTED),
		par_text_get(&text));
	par_text_fini(&text);
}

/* The fewest lines in which the texts leave room for dots. */
static int choose_lines(const struct lay *lay)
{
	double room = lay->layout->width - 2 * SIDE - lay->models - lay->names - lay->values;

	return room >= PLOT_LEAST ? 1 : room >= 16.0 ? 2 : 3;
}

static void place_panel(struct lay *lay)
{
	double row = LINE * lay->lines + MARGIN, count = (double)lay->rows->count;
	/* The middle of a row is above its dot, by half of the other lines. */
	double shift = 0.5 * LINE * (lay->lines - 1) / row, limit = lay->rows->limit;
	bool beside = lay->lines == 1;

	lay->panel =
		(struct par_panel){ .left = SIDE + (beside ? lay->models + lay->names + 18 : INSET),
			.right = lay->layout->width - SIDE - (beside ? lay->values + 8 : INSET),
			.top = TOP,
			.bottom = TOP + row * count,
			.x = { 1.0 / limit, limit },
			.y = { count - 0.5 - shift, -0.5 - shift },
			.log_x = true };
	par_layout_panel(lay->layout, &lay->panel);
}

void par_chart_comparison_lay_out(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_compared_runs *comparison, size_t other, const struct par_chart_rows *rows,
	const struct par_palette *palette)
{
	struct lay lay = {
		.comparison = comparison, .rows = rows, .palette = palette, .other = other
	};

	lay.layout = par_sheet_begin(sheet, size, palette);
	measure(&lay);
	lay.lines = choose_lines(&lay);
	place_panel(&lay);
	add_ground(&lay);
	add_axis(&lay);
	add_border(&lay);
	for (size_t i = 0; i < rows->count; i++)
		add_row(&lay, i);
	add_caption(&lay);
}
