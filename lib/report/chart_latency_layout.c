#include "chart_latency.h"

#include <math.h>
#include <stdio.h>

#include "chart_axis.h"

#define ROW_HEIGHT 19.0
#define PANEL_HEAD 26.0 /* the rate */
#define PANEL_FOOT 34.0 /* the tick labels */
#define PANEL_GAP  14.0
#define TEXT_SIZE  (PAR_TYPE_SMALL + 1)

struct lay {
	struct par_layout *layout;
	const struct par_palette *palette;
	const struct par_waits *waits;
	bool narrow, any_band, any_999;
	size_t columns;
	double range[2];      /* of all panels, so that they compare */
	double names, values; /* widths of the texts left and right of the rows */
	double column;        /* width of a column */
};

static uint32_t fixed(const struct lay *lay, enum par_colour colour)
{
	return par_palette_fixed(lay->palette, colour);
}

/* The largest percentile that is told: what stands beside the row. */
static double farthest(const struct par_cell_stats *stats)
{
	return fmax(par_waits_tail(stats), stats->latency.ns[PAR_LATENCY_P999]);
}

static void look_over(struct lay *lay)
{
	lay->range[0] = INFINITY;
	for (size_t i = 0; i < lay->waits->count; i++) {
		const struct par_waits_rate *rate = &lay->waits->rates[i];

		for (size_t j = 0; j < rate->count; j++) {
			const struct par_cell_stats *stats = rate->cells[j];
			double width = par_text_width(
				par_waits_name(stats, lay->narrow).text, TEXT_SIZE, false);

			lay->names = fmax(lay->names, width);
			lay->range[0] = fmin(lay->range[0], stats->latency.ns[PAR_LATENCY_P50]);
			lay->range[1] = fmax(lay->range[1], farthest(stats));
			lay->any_999 |= isfinite(stats->latency.ns[PAR_LATENCY_P999]);
			lay->any_band |= isfinite(stats->latency.ci_ns[PAR_LATENCY_P50][0]);
		}
	}
	lay->range[0] /= 1.15;
	lay->range[1] *= 1.15;
	lay->names += 14;
	lay->values = par_text_width("99.9 ms", TEXT_SIZE, false) + 12;
}

static void add_row(const struct lay *lay, const struct par_panel *panel,
	const struct par_cell_stats *stats, size_t row)
{
	uint32_t ink = par_palette_ink(lay->palette, stats->cell.model);
	double y = par_panel_y(panel, (double)row);

	par_layout_text(lay->layout, panel->left - 8, y, PAR_ALIGN_RIGHT, TEXT_SIZE, ink,
		par_waits_name(stats, lay->narrow).text);
	par_layout_text(lay->layout, panel->right + 8, y, PAR_ALIGN_LEFT, TEXT_SIZE, ink,
		par_label_time(par_waits_tail(stats)).text);
	par_layout_shape(lay->layout, PAR_SHAPE_RULE, panel->left, y, panel->right, y,
		fixed(lay, PAR_COLOUR_GRID));
}

static double tick_width(double ns)
{
	return par_text_width(par_label_tick(ns).text, PAR_TYPE_SMALL, false);
}

static void add_axis(const struct lay *lay, const struct par_panel *panel)
{
	struct par_ticks ticks;

	par_ticks_log(&ticks, panel->x[0], panel->x[1]);
	par_ticks_thin(&ticks, panel, tick_width, NULL, 0);
	for (size_t i = 0; i < ticks.count; i++) {
		double x = par_panel_x(panel, ticks.at[i]);

		par_layout_shape(lay->layout, PAR_SHAPE_RULE, x, panel->top, x, panel->bottom,
			fixed(lay, PAR_COLOUR_GRID));
		par_layout_text(lay->layout, x, panel->bottom + 11, PAR_ALIGN_CENTER,
			PAR_TYPE_SMALL, fixed(lay, PAR_COLOUR_MUTED),
			par_label_tick(ticks.at[i]).text);
	}
}

static double panel_height(const struct par_waits_rate *rate)
{
	return PANEL_HEAD + ROW_HEIGHT * (double)rate->count + PANEL_FOOT;
}

static void add_panel(
	const struct lay *lay, const struct par_waits_rate *rate, double left, double top)
{
	struct par_panel panel = {
		.left = left + lay->names,
		.right = left + lay->column - lay->values,
		.top = top + PANEL_HEAD,
		.bottom = top + PANEL_HEAD + ROW_HEIGHT * (double)rate->count,
		.x = { lay->range[0], lay->range[1] },
		.y = { (double)rate->count - 0.5, -0.5 },
		.log_x = true,
	};
	char text[64];
	struct par_runs head = { .bold = text };

	snprintf(text, sizeof text, "%s a second",
		par_label_count((unsigned long long)rate->per_second).text);
	par_layout_panel(lay->layout, &panel);
	par_layout_runs(lay->layout, panel.left, top + 14, PAR_ALIGN_LEFT, 0,
		fixed(lay, PAR_COLOUR_INK), &head);
	add_axis(lay, &panel);
	for (size_t i = 0; i < rate->count; i++)
		add_row(lay, &panel, rate->cells[i], i);
}

static double add_note(const struct lay *lay, double y)
{
	char text[256];

	snprintf(text, sizeof text,
		"mark: median · thick line: to the 99th percentile, whose figure is on the right%s"
		"%s · numbers after a name: workers",
		lay->any_band ? " · thin: its 95 % interval"
			      : " · no intervals: fewer than 6 rounds",
		lay->any_999 ? " · │ 99.9th percentile" : "");
	return par_layout_paragraph(lay->layout, 12, y, lay->layout->width - 20, PAR_TYPE_SMALL,
		false, fixed(lay, PAR_COLOUR_MUTED), text);
}

void par_latency_lay(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_palette *palette, const struct par_waits *waits)
{
	struct lay lay = { .layout = par_sheet_begin(sheet, size, palette),
		.palette = palette,
		.waits = waits,
		.narrow = size == PAR_SIZE_NARROW };
	double y = 4, tallest = 0;

	lay.columns = lay.narrow || waits->count == 1 ? 1 : 2;
	lay.column = (lay.layout->width - 8 - PANEL_GAP * (double)(lay.columns - 1)) /
		     (double)lay.columns;
	look_over(&lay);
	for (size_t i = 0; i < waits->count; i++) {
		size_t column = i % lay.columns;

		add_panel(&lay, &waits->rates[i], 4 + (lay.column + PANEL_GAP) * (double)column, y);
		tallest = fmax(tallest, panel_height(&waits->rates[i]));
		if (column + 1 == lay.columns || i + 1 == waits->count) {
			y += tallest;
			tallest = 0;
		}
	}
	lay.layout->height = add_note(&lay, y + 10);
}
