#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart_ladder.h"
#include "phrase.h"

#define ROW_HEIGHT  21.0
#define TEXT_SIZE   13.0
#define NARROW_SIZE 12.0
#define NAMES_MOST  0.44 /* of the width */
#define COLUMN_GAP  14.0

struct lay {
	struct par_layout *layout;
	const struct par_palette *palette;
	const struct par_ladder *ladder;
	bool narrow;
	double size;                  /* of the rows' texts */
	double names, values, asides; /* widths of columns, with what keeps them apart */
	struct par_panel panel;
};

static uint32_t fixed(const struct lay *lay, enum par_colour colour)
{
	return par_palette_fixed(lay->palette, colour);
}

static struct par_label value_label(const struct par_ladder_row *row)
{
	return par_metric_label(row->metric.value, row->metric.unit);
}

static struct par_label aside_label(const struct par_ladder_row *row)
{
	return par_metric_label(row->aside.value, row->aside.unit);
}

static struct par_lesson_title name_of(const struct lay *lay, const struct par_ladder_row *row)
{
	struct par_lesson_title title =
		par_lesson_title(lay->ladder->view, &row->stats->cell, lay->narrow);

	par_lesson_cut(&title, NAMES_MOST * lay->layout->width, lay->size, false);
	return title;
}

static void measure(struct lay *lay)
{
	for (size_t i = 0; i < lay->ladder->count; i++) {
		const struct par_ladder_row *row = &lay->ladder->rows[i];

		lay->names =
			fmax(lay->names, par_text_width(name_of(lay, row).text, lay->size, false));
		lay->values =
			fmax(lay->values, par_text_width(value_label(row).text, lay->size, true));
		if (lay->ladder->view->sheet->aside != NULL)
			lay->asides = fmax(lay->asides,
				par_text_width(aside_label(row).text, lay->size, false) +
					COLUMN_GAP);
	}
	lay->names += 18;
	lay->values += 22;
}

static uint32_t row_ink(const struct lay *lay, const struct par_ladder_row *row)
{
	return row->lossy ? fixed(lay, PAR_COLOUR_WARN) : par_palette_ink(lay->palette, row->look);
}

static void add_row(const struct lay *lay, const struct par_ladder_row *row)
{
	const struct par_panel *panel = &lay->panel;
	double y = par_panel_y(panel, row->at);
	uint32_t ink = row_ink(lay, row);
	struct par_label text = value_label(row);
	struct par_runs value = { .bold = text.text, .size = lay->size };

	par_layout_text(lay->layout, panel->left - 10, y, PAR_ALIGN_RIGHT, lay->size, ink,
		name_of(lay, row).text);
	par_layout_runs(lay->layout, panel->right + 12, y, PAR_ALIGN_LEFT, 0, ink, &value);
	if (lay->ladder->view->sheet->aside != NULL)
		par_layout_text(lay->layout, lay->layout->width - 8, y, PAR_ALIGN_RIGHT, lay->size,
			fixed(lay, PAR_COLOUR_MUTED), aside_label(row).text);
	par_layout_shape(lay->layout, PAR_SHAPE_RULE, panel->left, y, panel->right, y,
		fixed(lay, PAR_COLOUR_GRID));
	if (row->lossy)
		par_layout_shape(lay->layout, PAR_SHAPE_CROSS,
			par_panel_x(panel, row->metric.value), y, PAR_CROSS_LOSSY, 0, ink);
}

static double tick_width(double value, enum par_unit unit)
{
	return par_text_width(par_lesson_tick(value, unit).text, PAR_TYPE_SMALL, false);
}

/* From left to right, those that keep clear of the one before. */
static void add_axis(const struct lay *lay)
{
	const struct par_panel *panel = &lay->panel;
	const struct par_lesson_axis *axis = &lay->ladder->axis;
	struct par_ticks ticks;
	double free_from = -INFINITY;

	par_lesson_ticks(&ticks, axis, lay->narrow ? 3 : 5);
	for (size_t i = 0; i < ticks.count; i++) {
		double x = par_panel_x(panel, ticks.at[i]);
		double half = tick_width(ticks.at[i], axis->unit) / 2;

		if (x - half < free_from)
			continue;
		par_layout_shape(lay->layout, PAR_SHAPE_RULE, x, panel->top, x, panel->bottom,
			fixed(lay, PAR_COLOUR_GRID));
		par_layout_text(lay->layout, x, panel->bottom + 11, PAR_ALIGN_CENTER,
			PAR_TYPE_SMALL, fixed(lay, PAR_COLOUR_MUTED),
			par_lesson_tick(ticks.at[i], axis->unit).text);
		free_from = x + half + 8;
	}
}

/* What is drawn, and over the last column what it holds. Returns the y after both. */
static double add_head(const struct lay *lay)
{
	const struct par_lesson_sheet *sheet = lay->ladder->view->sheet;
	struct par_lesson_title title, aside;
	double room = lay->layout->width - 20;

	title = par_lesson_axis_title(sheet->metric_label, lay->ladder->axis.log, room);
	par_layout_text(lay->layout, 12, 12, PAR_ALIGN_LEFT, PAR_TYPE_BODY,
		fixed(lay, PAR_COLOUR_MUTED), title.text);
	if (sheet->aside == NULL)
		return 24;
	snprintf(aside.text, sizeof aside.text, "%s",
		sheet->aside_label != NULL ? sheet->aside_label : sheet->aside);
	par_lesson_cut(&aside, room, PAR_TYPE_BODY, false);
	if (par_text_width(title.text, PAR_TYPE_BODY, false) +
			par_text_width(aside.text, PAR_TYPE_BODY, false) + COLUMN_GAP >
		room) {
		par_layout_text(lay->layout, lay->layout->width - 8, 31, PAR_ALIGN_RIGHT,
			PAR_TYPE_BODY, fixed(lay, PAR_COLOUR_MUTED), aside.text);
		return 43;
	}
	par_layout_text(lay->layout, lay->layout->width - 8, 12, PAR_ALIGN_RIGHT, PAR_TYPE_BODY,
		fixed(lay, PAR_COLOUR_MUTED), aside.text);
	return 24;
}

static double add_note(const struct lay *lay, double y)
{
	const struct par_ladder *ladder = lay->ladder;
	struct par_text note = PAR_TEXT_INIT;

	par_text_format(&note, "mark: median over visits · %s%s",
		ladder->any_interval ? "whisker: " : "",
		par_lesson_interval_note(ladder->any_interval));
	if (ladder->any_lossy)
		par_text_add(&note, " · red: wrong on purpose, never ranked");
	if (ladder->left_out > 0)
		par_text_format(&note, " · %zu more are worse and not shown", ladder->left_out);
	par_lesson_word_missing(&note, &ladder->missing);
	y = par_layout_paragraph(lay->layout, 12, y, lay->layout->width - 20, PAR_TYPE_SMALL, false,
		fixed(lay, PAR_COLOUR_MUTED), par_text_get(&note));
	lay->layout->failed |= note.failed;
	par_text_fini(&note);
	return y;
}

void par_ladder_lay(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_palette *palette, const struct par_ladder *ladder)
{
	struct lay lay = { .layout = par_sheet_begin(sheet, size, palette),
		.palette = palette,
		.ladder = ladder,
		.narrow = size == PAR_SIZE_NARROW };
	double top;

	lay.size = lay.narrow ? NARROW_SIZE : TEXT_SIZE;
	measure(&lay);
	top = add_head(&lay);
	lay.panel = (struct par_panel){ .left = lay.names,
		.right = lay.layout->width - lay.values - lay.asides,
		.top = top,
		.bottom = top + ROW_HEIGHT * ladder->height,
		.x = { ladder->axis.from, ladder->axis.to },
		.y = { ladder->height - 0.5, -0.5 },
		.log_x = ladder->axis.log };
	par_layout_panel(lay.layout, &lay.panel);
	add_axis(&lay);
	for (size_t i = 0; i < ladder->count; i++)
		add_row(&lay, &ladder->rows[i]);
	lay.layout->height = add_note(&lay, lay.panel.bottom + 34);
}
