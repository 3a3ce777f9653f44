#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "chart_axis.h"
#include "chart_format.h"
#include "chart_samples.h"
#include "density.h"
#include "describe.h"

#define ROW_PIXELS     74.0
#define DENSITY_HEIGHT 0.56 /* of the highest density, in rows */
#define DENSITY_POINTS 96
#define BANDWIDTHS     3.0 /* how far a density is drawn beyond the samples */

struct lay {
	struct par_layout *layout;
	struct par_panel panel;
	const struct par_palette *palette;
	const struct par_sample_set *set;
	bool narrow;
};

static uint32_t fixed(const struct lay *lay, enum par_colour colour)
{
	return par_palette_fixed(lay->palette, colour);
}

static const char *name_of(const struct lay *lay, const struct par_sample_row *row)
{
	return lay->narrow ? row->rank->model->short_label : row->rank->model->label;
}

static void set_ranges(struct lay *lay)
{
	double low = INFINITY, high = 0;

	for (size_t i = 0; i < lay->set->count; i++) {
		const struct par_sample_row *row = &lay->set->rows[i];

		low = fmin(low, row->sorted_ns[0]);
		high = fmax(high, row->sorted_ns[row->count - 1]);
	}
	if (high <= 0)
		low = high = 1;
	double room = fmax(1.02, pow(high / low, 0.04));

	lay->panel.log_x = true;
	lay->panel.x[0] = low / room;
	lay->panel.x[1] = high * room;
	lay->panel.y[0] = fmax(1, (double)lay->set->count) - 0.46;
	lay->panel.y[1] = -0.66;
}

/* Median and spread under the name. */
#define DETAIL_MAX (2 * PAR_LABEL_MAX)

static const char *detail_of(char out[DETAIL_MAX], const struct par_sample_row *row)
{
	struct par_label spread = par_label_spread(row->stats->ci_ns, row->stats->median_ns);

	snprintf(out, DETAIL_MAX, "%s %s", par_label_time(row->stats->median_ns).text,
		spread.text[0] != '\0' ? spread.text : "no interval");
	return out;
}

static double names_width(const struct lay *lay)
{
	double most = 60;
	char detail[DETAIL_MAX];

	for (size_t i = 0; i < lay->set->count; i++) {
		const struct par_sample_row *row = &lay->set->rows[i];

		most = fmax(most, par_text_width(name_of(lay, row), PAR_TYPE_BODY, true));
		most = fmax(most, par_text_width(detail_of(detail, row), PAR_TYPE_SMALL, false));
	}
	return most;
}

static void write_density(struct lay *lay, const double *logs, const struct par_sample_row *row,
	double level, double bandwidth)
{
	double density[DENSITY_POINTS], highest = 0;
	double low = fmax(log(lay->panel.x[0]), logs[0] - BANDWIDTHS * bandwidth);
	double high = fmin(log(lay->panel.x[1]), logs[row->count - 1] + BANDWIDTHS * bandwidth);

	par_density_grid(density, DENSITY_POINTS, low, high, logs, row->count, bandwidth);
	for (size_t i = 0; i < DENSITY_POINTS; i++)
		highest = fmax(highest, density[i]);
	par_layout_curve(lay->layout, "density", par_palette_line(lay->palette, row->rank->model));
	for (size_t i = 0; i < DENSITY_POINTS; i++) {
		double x = low + (high - low) * (double)i / (DENSITY_POINTS - 1);

		par_layout_point(
			lay->layout, exp(x), level - DENSITY_HEIGHT * density[i] / highest);
	}
}

/* Too few samples, or all equal: no curve. */
static void add_density(struct lay *lay, const struct par_sample_row *row, double level)
{
	double *logs = calloc(row->count, sizeof *logs), bandwidth;

	if (logs == NULL) {
		lay->layout->failed = true;
		return;
	}
	for (size_t i = 0; i < row->count; i++)
		logs[i] = log(row->sorted_ns[i]);
	bandwidth = par_density_bandwidth(logs, row->count);
	if (bandwidth > 0 && row->count >= 5)
		write_density(lay, logs, row, level, bandwidth);
	free(logs);
}

/* A box from one time to another, at least two pixels wide. */
static void add_box(struct lay *lay, double from, double to, double y1, double y2, uint32_t colour)
{
	double left = par_panel_x(&lay->panel, fmax(from, lay->panel.x[0]));
	double right = par_panel_x(&lay->panel, fmin(to, lay->panel.x[1]));
	double thin = fmax(0, 2.4 - (right - left)) / 2;

	par_layout_shape(lay->layout, PAR_SHAPE_RECT, left - thin, y1, right + thin, y2, colour);
}

static void add_row(struct lay *lay, size_t index)
{
	const struct par_sample_row *row = &lay->set->rows[index];
	const struct par_cell_stats *stats = row->stats;
	uint32_t ink = par_palette_ink(lay->palette, row->rank->model);
	struct par_runs name = { .bold = name_of(lay, row) };
	double y = par_panel_y(&lay->panel, (double)index), edge = lay->panel.left - 10;
	bool known = isfinite(stats->ci_ns[0]);
	char detail[DETAIL_MAX];

	par_layout_shape(lay->layout, PAR_SHAPE_RULE, lay->panel.left, y, lay->panel.right, y,
		fixed(lay, PAR_COLOUR_GRID));
	add_density(lay, row, (double)index);
	add_box(lay, par_quantile(row->sorted_ns, row->count, 0.25),
		par_quantile(row->sorted_ns, row->count, 0.75), y + 3, y + 8,
		par_palette_line(lay->palette, row->rank->model));
	add_box(lay, known ? stats->ci_ns[0] : stats->median_ns,
		known ? stats->ci_ns[1] : stats->median_ns, y - 2, y + 12,
		fixed(lay, PAR_COLOUR_INK));
	par_layout_runs(lay->layout, edge, y + 1, PAR_ALIGN_RIGHT, 0, ink, &name);
	par_layout_text(lay->layout, edge, y + 18, PAR_ALIGN_RIGHT, PAR_TYPE_SMALL, ink,
		detail_of(detail, row));
}

static double tick_width(double ns)
{
	return par_text_width(par_label_time(ns).text, PAR_TYPE_BODY, false);
}

static void add_axis(struct lay *lay)
{
	const struct par_panel *panel = &lay->panel;
	double high = panel->x[1], low = panel->x[0];
	struct par_ticks ticks;

	if (high / low < 3) {
		double unit = pow(10, floor(log10(low)) - 1);

		par_ticks_linear(&ticks, low / unit, high / unit, lay->narrow ? 4 : 8);
		for (size_t i = 0; i < ticks.count; i++)
			ticks.at[i] *= unit;
	} else {
		par_ticks_log(&ticks, low, high);
	}
	par_ticks_thin(&ticks, panel, tick_width, NULL, 0);
	for (size_t i = 0; i < ticks.count; i++) {
		double x = par_panel_x(panel, ticks.at[i]);

		par_layout_shape(lay->layout, PAR_SHAPE_RULE, x, panel->bottom, x,
			panel->bottom + 4, fixed(lay, PAR_COLOUR_AXIS));
		par_layout_text(lay->layout, x, panel->bottom + 15, PAR_ALIGN_CENTER, PAR_TYPE_BODY,
			fixed(lay, PAR_COLOUR_MUTED), par_label_tick(ticks.at[i]).text);
	}
	par_layout_text(lay->layout, (panel->left + panel->right) / 2, panel->bottom + 36,
		PAR_ALIGN_CENTER, PAR_TYPE_BODY, fixed(lay, PAR_COLOUR_MUTED),
		"time of one run of the job (log scale)");
}

static double add_note(struct lay *lay, double y)
{
	char text[384], dot[96] = "dot: one run";
	int used;

	if (par_samples_step(lay->set) > 1)
		snprintf(dot, sizeof dot,
			"dot: one run (of many, %d a model, with the fastest and the slowest)",
			PAR_SAMPLE_DOTS_MAX);
	used = snprintf(text, sizeof text,
		"%s · curve: density · bar: middle half · black: median with its 95 %% interval",
		dot);

	if (lay->set->left_out > 0 && used > 0)
		snprintf(text + used, sizeof text - (size_t)used,
			" · not drawn: %zu more than %g× slower", lay->set->left_out,
			PAR_SAMPLE_RATIO);
	return par_layout_paragraph(lay->layout, 12, y, lay->layout->width - 20, PAR_TYPE_SMALL,
		false, fixed(lay, PAR_COLOUR_MUTED), text);
}

void par_samples_lay(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_analysis *analysis, const struct par_palette *palette,
	const struct par_sample_set *set)
{
	struct lay lay = { .palette = palette,
		.set = set,
		.layout = par_sheet_begin(sheet, size, palette),
		.narrow = size == PAR_SIZE_NARROW };
	struct par_panel *panel = &lay.panel;

	(void)analysis;
	set_ranges(&lay);
	panel->left = names_width(&lay) + 20;
	panel->right = lay.layout->width - 24;
	panel->top = 4;
	panel->bottom = panel->top + ROW_PIXELS * (panel->y[0] - panel->y[1]);
	par_layout_panel(lay.layout, panel);
	for (size_t i = 0; i < set->count; i++)
		add_row(&lay, i);
	add_axis(&lay);
	lay.layout->height = add_note(&lay, panel->bottom + 60);
}
