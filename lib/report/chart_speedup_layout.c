#include "chart_speedup.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart_format.h"

#define PLOT_HEIGHT_WIDE   318.0
#define PLOT_HEIGHT_NARROW 330.0
#define LABEL_GAP          19.0 /* between the middles of labels in the gutter */
#define LEADER             22.0 /* from the last point to its label */

static uint32_t fixed(const struct par_speedup *lay, enum par_colour colour)
{
	return par_palette_fixed(lay->palette, colour);
}

static void look_over(struct par_speedup *lay)
{
	lay->lowest = 1;
	lay->highest = 1;
	for (size_t i = 0; i < lay->set->count; i++) {
		const struct par_series *series = &lay->set->series[i];

		for (size_t j = 0; j < series->count; j++) {
			const struct par_cell_stats *stats = series->points[j].stats;

			lay->lowest = fmin(lay->lowest, fmin(stats->speedup, stats->speedup_ci[0]));
			lay->highest =
				fmax(lay->highest, fmax(stats->speedup, stats->speedup_ci[1]));
			lay->any_band |=
				isfinite(stats->speedup_ci[0]) && series->points[j].on_line;
			lay->any_open |= !series->points[j].on_line && !series->flat;
		}
	}
}

/* Log axes where workers go far beyond the machine: waiting wants more workers than cores. */
static void set_ranges(struct par_speedup *lay)
{
	struct par_panel *panel = &lay->panel;
	double most = fmax(2, lay->set->workers_max);

	panel->log_x = panel->log_y = most > 4.0 * lay->analysis->machine->allowed_pus;
	panel->x[0] = 1;
	panel->x[1] = most;
	if (panel->log_y) {
		panel->y[0] = fmin(0.8, 0.8 * lay->lowest);
		panel->y[1] = fmax(3, 1.5 * lay->highest);
	} else {
		panel->y[0] = 0;
		panel->y[1] = fmax(1.25,
			fmax(1.06 * lay->highest,
				fmin(1.04 * par_speedup_ideal(lay, most), 1.6 * lay->highest)));
	}
}

static void label_of(const struct par_speedup *lay, const struct par_series *series,
	struct par_runs *runs, struct par_label *bold, struct par_label *small)
{
	const struct par_cell *best = &series->best->cell;
	const struct par_rank *rank = series->rank;
	bool peaks = rank->has_usl && rank->usl.peak <= rank->usl.n_max;

	*bold = par_label_times(series->best->speedup);
	small->text[0] = '\0';
	if (!lay->narrow && !series->flat && best->workers < lay->set->workers_max)
		snprintf(small->text, sizeof small->text, peaks ? "at %s, ○ fit peaks" : "at %s",
			par_label_count(best->workers).text);
	runs->bold = bold->text;
	runs->plain = lay->narrow ? series->model->short_label : series->model->label;
	runs->small = small->text;
	runs->size = 0;
}

static double gutter_width(const struct par_speedup *lay)
{
	double widest = 0;

	for (size_t i = 0; i < lay->set->count; i++) {
		struct par_label bold, small;
		struct par_runs runs;

		if (lay->set->series[i].grey)
			continue;
		label_of(lay, &lay->set->series[i], &runs, &bold, &small);
		widest = fmax(widest, par_runs_width(&runs));
	}
	return widest + LEADER + 8;
}

static void draw_label(
	struct par_speedup *lay, const struct par_series *series, double x, double y, double at)
{
	struct par_label bold, small;
	struct par_runs runs;
	uint32_t ink = par_palette_ink(lay->palette, series->model);
	double edge = lay->panel.right;

	label_of(lay, series, &runs, &bold, &small);
	x = fmin(par_panel_x(&lay->panel, x) + 6, edge + 4);
	y = par_panel_y(&lay->panel, y);
	if (x < edge)
		par_layout_shape(lay->layout, PAR_SHAPE_DOTTED, x, y, edge + 4, y, ink);
	par_layout_shape(lay->layout, PAR_SHAPE_LEADER, edge + 4, y, edge + LEADER - 4, at, ink);
	par_layout_runs(lay->layout, edge + LEADER, at, PAR_ALIGN_LEFT, 0, ink, &runs);
}

/* By where the curves end; those that end at the same place, by how good they got. */
static bool stands_above(const struct par_speedup *lay, size_t a, size_t b, const double *ends)
{
	double apart = par_panel_y(&lay->panel, ends[b]) - par_panel_y(&lay->panel, ends[a]);

	if (fabs(apart) > LABEL_GAP / 2)
		return apart > 0;
	return lay->set->series[a].best->speedup >= lay->set->series[b].best->speedup;
}

/* Curves, then their labels spread over the gutter from top to bottom. */
static void draw_all(struct par_speedup *lay)
{
	size_t order[PAR_ANSWER_MODELS_MAX], count = 0;
	double x[PAR_ANSWER_MODELS_MAX], y[PAR_ANSWER_MODELS_MAX], places[PAR_ANSWER_MODELS_MAX];

	for (size_t i = lay->set->count; i-- > 0;) {
		const struct par_series *series = &lay->set->series[i];
		size_t place = count;

		par_speedup_curve(lay, series, &x[i], &y[i]);
		if (series->grey)
			continue;
		while (place > 0 && stands_above(lay, i, order[place - 1], y)) {
			order[place] = order[place - 1];
			place--;
		}
		order[place] = i;
		count++;
	}
	for (size_t i = 0; i < count; i++)
		places[i] = par_panel_y(&lay->panel, y[order[i]]);
	par_layout_spread(places, count, LABEL_GAP, lay->panel.top + 4, lay->panel.bottom - 4);
	for (size_t i = 0; i < count; i++)
		draw_label(lay, &lay->set->series[order[i]], x[order[i]], y[order[i]], places[i]);
}

static void add_note(struct par_text *out, bool when, const char *text)
{
	if (when) {
		par_text_add(out, out->size > 0 ? " · " : "");
		par_text_add(out, text);
	}
}

static double draw_note(struct par_speedup *lay, double y)
{
	struct par_text note = PAR_TEXT_INIT;
	size_t coloured =
		lay->set->count < PAR_SERIES_COLOURED ? lay->set->count : PAR_SERIES_COLOURED;
	char grey[48];

	snprintf(grey, sizeof grey, "grey: %zu slower models", lay->set->count - coloured);
	add_note(&note, true, lay->panel.log_x ? "dotted: perfect overlap" : "dotted: ideal");
	add_note(&note, lay->any_band, "band: 95 % interval");
	add_note(&note, !lay->any_band, "no intervals: fewer than 6 rounds");
	add_note(&note, lay->any_fit, "curve: USL fit, ○ its peak");
	add_note(&note, lay->any_join && !lay->any_fit, "no USL fit: fewer than 4 core counts");
	add_note(&note, lay->any_reach, "dashed: loops hold all waits on few workers");
	add_note(&note, lay->any_open, "small points: spread or not pinned");
	add_note(&note, lay->set->count > coloured, grey);
	y = par_layout_paragraph(lay->layout, lay->panel.left, y,
		lay->layout->width - lay->panel.left - 8, PAR_TYPE_SMALL, false,
		fixed(lay, PAR_COLOUR_MUTED), par_text_get(&note));
	lay->layout->failed |= note.failed;
	par_text_fini(&note);
	return y;
}

static void draw_title(struct par_speedup *lay)
{
	const struct par_answer *answer = lay->set->answer;
	char text[96] = "speedup over serial";

	if (answer->serial != SIZE_MAX)
		snprintf(text, sizeof text, "speedup over serial, which takes %s",
			par_label_time(lay->analysis->cells[answer->serial].median_ns).text);
	par_layout_text(lay->layout, 12, 12, PAR_ALIGN_LEFT, PAR_TYPE_BODY,
		fixed(lay, PAR_COLOUR_MUTED), text);
}

void par_speedup_lay(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_analysis *analysis, const struct par_palette *palette,
	const struct par_series_set *set)
{
	struct par_speedup lay = { .analysis = analysis,
		.palette = palette,
		.set = set,
		.layout = par_sheet_begin(sheet, size, palette),
		.narrow = size == PAR_SIZE_NARROW };
	struct par_panel *panel = &lay.panel;
	unsigned rows;

	look_over(&lay);
	set_ranges(&lay);
	panel->left = 12 + fmax(26, par_speedup_labels_width(&lay));
	panel->right = lay.layout->width - gutter_width(&lay);
	rows = par_boundaries_lay(lay.layout, panel, analysis->machine, palette, lay.narrow, false);
	panel->top = 32 + 15.0 * rows;
	panel->bottom = panel->top + (lay.narrow ? PLOT_HEIGHT_NARROW : PLOT_HEIGHT_WIDE);
	par_layout_panel(lay.layout, panel);
	lay.layout->data_blocks = set->count;
	draw_title(&lay);
	par_boundaries_lay(lay.layout, panel, analysis->machine, palette, lay.narrow, true);
	par_speedup_axes(&lay);
	par_speedup_ideal_curve(&lay);
	draw_all(&lay);
	lay.layout->height = draw_note(&lay, panel->bottom + 60);
}
