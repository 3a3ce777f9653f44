#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "chart_format.h"
#include "chart_series.h"
#include "interval.h"
#include "phrase.h"

#define RATIO_FROM  0.95
#define RATIO_TO    1.6
#define OFF_SCALE   1.56 /* from here on a ratio is written, not drawn */
#define ROW_HEIGHT  15.5
#define PANEL_HEAD  26.0 /* the workload's name */
#define PANEL_FOOT  8.0
#define AXIS_HEIGHT 20.0

static size_t dots_count(const struct par_analysis *analysis)
{
	return analysis->answer_count > 0;
}

static void write_row(struct par_text *out, const struct par_analysis *analysis,
	const struct par_palette *palette, size_t panel, size_t row)
{
	const struct par_answer *answer = &analysis->answers[panel];
	const struct par_rank *rank = &answer->ranks[row];
	const struct par_cell_stats *stats = &analysis->cells[rank->cell];
	double low = rank->ratio_ci[0], high = rank->ratio_ci[1];

	if (row == 0) { /* compared with itself: its own interval instead */
		low = stats->ci_ns[0] / stats->median_ns;
		high = stats->ci_ns[1] / stats->median_ns;
	}
	par_text_format(out, "%s\t%s\t%zu\t%zu\t%.6g\t%.6g\t%.6g\t", answer->workload->name,
		rank->model->name, panel + 1, row, rank->ratio, low, high);
	par_text_format(out, "%d\t%u\t%.0f\t0x%06X\t%d\n", rank->tie, stats->n, stats->median_ns,
		(unsigned)par_palette_line(palette, rank->model), rank->model->look.point);
}

static void write_data(struct par_text *out, const struct par_analysis *analysis,
	const struct par_palette *palette)
{
	par_text_add(out,
		"# ratio: median of the model's best cell over that of the fastest, with the "
		"95 % interval of the ratio\n# (for the fastest itself: of its median)\n"
		"# workload\tmodel\tpanel\trow\tratio\tlow\thigh\ttie\tn\tmedian_ns\t"
		"colour\tpoint\n");
	for (size_t i = 0; i < analysis->answer_count && i < PAR_PANELS_MAX; i++)
		for (size_t j = 0; j < analysis->answers[i].rank_count; j++)
			write_row(out, analysis, palette, i, j);
}

static void word_verdicts(struct par_sheet *sheet, const size_t *verdicts, size_t total)
{
	struct par_text text = PAR_TEXT_INIT;

	if (verdicts[PAR_VERDICT_FASTER] == 0)
		par_text_format(
			&text, "No clear winner in %zu workload%s", total, par_phrase_s(total));
	else
		par_text_format(&text, "A clear winner in %zu of %zu workload%s",
			verdicts[PAR_VERDICT_FASTER], total, par_phrase_s(total));
	if (verdicts[PAR_VERDICT_TIE] > 0)
		par_text_format(&text, ", a tie in %zu", verdicts[PAR_VERDICT_TIE]);
	if (verdicts[PAR_VERDICT_NOT_SURE] > 0)
		par_text_format(&text, ", %zu not sure", verdicts[PAR_VERDICT_NOT_SURE]);
	snprintf(sheet->finding, sizeof sheet->finding, "%s", par_text_get(&text));
	par_text_fini(&text);
}

static void find(struct par_sheet *sheet, const struct par_analysis *analysis)
{
	size_t verdicts[3] = { 0, 0, 0 };

	for (size_t i = 0; i < analysis->answer_count; i++)
		verdicts[analysis->answers[i].verdict]++;
	if (verdicts[PAR_VERDICT_NOT_SURE] == analysis->answer_count)
		snprintf(sheet->finding, sizeof sheet->finding,
			"No winner can be told from chance yet");
	else
		word_verdicts(sheet, verdicts, analysis->answer_count);
	snprintf(sheet->alt, sizeof sheet->alt,
		"Dot plot, a panel for each workload: time of each model over that of the fastest, "
		"with intervals. %.256s.",
		sheet->finding);
}

/* ---- places ------------------------------------------------------------------------------- */

struct lay {
	struct par_layout *layout;
	const struct par_analysis *analysis;
	const struct par_palette *palette;
	size_t columns, panels;
	double names, values; /* widths of the texts left and right of the dots */
	double column;        /* width of a column */
};

static uint32_t fixed(const struct lay *lay, enum par_colour colour)
{
	return par_palette_fixed(lay->palette, colour);
}

static void measure(struct lay *lay)
{
	for (size_t i = 0; i < lay->panels; i++)
		for (size_t j = 0; j < lay->analysis->answers[i].rank_count; j++) {
			const struct par_model *model = lay->analysis->answers[i].ranks[j].model;

			lay->names = fmax(lay->names,
				par_text_width(model->short_label, PAR_TYPE_SMALL + 1, true));
		}
	lay->names += 8;
	lay->values = par_text_width("≈ 1.00×", PAR_TYPE_SMALL + 1, false) + 8;
	lay->column = (lay->layout->width - 8) / (double)lay->columns;
}

static void add_row(const struct lay *lay, const struct par_panel *panel,
	const struct par_answer *answer, size_t row)
{
	const struct par_rank *rank = &answer->ranks[row];
	uint32_t ink = par_palette_ink(lay->palette, rank->model);
	double y = par_panel_y(panel, (double)row);
	struct par_label ratio = par_label_times(rank->ratio);
	struct par_runs runs = { .size = PAR_TYPE_SMALL + 1 };
	char text[64];

	if (row == 0)
		snprintf(text, sizeof text, "fastest");
	else
		snprintf(text, sizeof text, rank->tie ? "≈ %s" : "%s", ratio.text);
	runs.bold = row == 0 ? rank->model->short_label : NULL;
	runs.plain = row == 0 ? NULL : rank->model->short_label;
	par_layout_runs(lay->layout, panel->left - 8, y, PAR_ALIGN_RIGHT, 0, ink, &runs);
	runs.bold = NULL;
	runs.plain = text;
	par_layout_runs(lay->layout, panel->right + 6, y, PAR_ALIGN_LEFT, 0, ink, &runs);
	par_layout_shape(lay->layout, PAR_SHAPE_RULE, panel->left, y, panel->right, y,
		fixed(lay, PAR_COLOUR_GRID));
	if (rank->ratio >= OFF_SCALE)
		par_layout_text(lay->layout, panel->right + 1, y, PAR_ALIGN_RIGHT, PAR_TYPE_SMALL,
			ink, "▸");
}

static void add_axis(const struct lay *lay, const struct par_panel *panel, bool labels)
{
	static const struct {
		double at;
		const char *text;
	} ticks[] = { { 1, "1×" }, { 1.2, "1.2×" }, { 1.4, "1.4×" } };

	for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++) {
		double x = par_panel_x(panel, ticks[i].at);

		par_layout_shape(lay->layout, PAR_SHAPE_RULE, x, panel->top, x, panel->bottom,
			fixed(lay, PAR_COLOUR_GRID));
		if (labels)
			par_layout_text(lay->layout, x, panel->bottom + 9, PAR_ALIGN_CENTER,
				PAR_TYPE_SMALL, fixed(lay, PAR_COLOUR_MUTED), ticks[i].text);
	}
}

/* The winner's own interval, or why there is none. */
static void add_strip(
	const struct lay *lay, const struct par_panel *panel, const struct par_answer *answer)
{
	const struct par_cell_stats *best = &lay->analysis->cells[answer->ranks[0].cell];
	double from = best->ci_ns[0] / best->median_ns, to = best->ci_ns[1] / best->median_ns;

	if (!isfinite(from) || !isfinite(to))
		return;
	from = fmax(RATIO_FROM, from);
	to = fmin(RATIO_TO, to);
	par_layout_shape(lay->layout, PAR_SHAPE_RECT, par_panel_x(panel, from), panel->top,
		par_panel_x(panel, to), panel->bottom, fixed(lay, PAR_COLOUR_STRIP));
}

/* Beside the workload's name, where it fits: the fastest time, or why there is no interval. */
static void add_note(
	const struct lay *lay, const struct par_cell_stats *best, double from, double to, double y)
{
	char text[64];

	if (best->n < PAR_ROUNDS_LEAST)
		snprintf(text, sizeof text, "n = %u", best->n);
	else
		snprintf(text, sizeof text, "best %s", par_label_time(best->median_ns).text);
	if (to - par_text_width(text, PAR_TYPE_SMALL, false) >= from)
		par_layout_text(lay->layout, to, y, PAR_ALIGN_RIGHT, PAR_TYPE_SMALL,
			fixed(lay, PAR_COLOUR_MUTED), text);
}

static void add_panel(const struct lay *lay, size_t index, double left, double top, bool labels)
{
	const struct par_answer *answer = &lay->analysis->answers[index];
	const struct par_cell_stats *best = &lay->analysis->cells[answer->ranks[0].cell];
	struct par_panel panel = {
		.left = left + lay->names,
		.right = left + lay->column - lay->values,
		.top = top + PANEL_HEAD,
		.bottom = top + PANEL_HEAD + ROW_HEIGHT * (double)answer->rank_count,
		.x = { RATIO_FROM, RATIO_TO },
		.y = { (double)answer->rank_count - 0.5, -0.5 },
	};
	struct par_runs head = { .bold = answer->workload->label };

	par_layout_panel(lay->layout, &panel);
	par_layout_runs(lay->layout, panel.left, top + 15, PAR_ALIGN_LEFT, 0,
		fixed(lay, PAR_COLOUR_INK), &head);
	add_note(lay, best, panel.left + par_runs_width(&head) + 10, left + lay->column - 10,
		top + 15);
	add_strip(lay, &panel, answer);
	add_axis(lay, &panel, labels);
	for (size_t i = 0; i < answer->rank_count; i++)
		add_row(lay, &panel, answer, i);
}

/* The height of a row of panels: that of its tallest. */
static double row_height(const struct lay *lay, size_t first)
{
	size_t most = 0;

	for (size_t i = first; i < first + lay->columns && i < lay->panels; i++)
		if (lay->analysis->answers[i].rank_count > most)
			most = lay->analysis->answers[i].rank_count;
	return PANEL_HEAD + ROW_HEIGHT * (double)most + PANEL_FOOT;
}

static void lay_out(struct par_sheet *sheet, enum par_size_kind size, struct lay *lay)
{
	double y = 0;

	lay->layout = par_sheet_begin(sheet, size, lay->palette);
	lay->panels = lay->analysis->answer_count < PAR_PANELS_MAX ? lay->analysis->answer_count
								   : PAR_PANELS_MAX;
	lay->columns = size == PAR_SIZE_NARROW ? 1 : lay->panels > 4 ? 3 : 2;
	measure(lay);
	for (size_t i = 0; i < lay->panels; i++) {
		size_t column = i % lay->columns;

		add_panel(lay, i, 4 + lay->column * (double)column, y,
			i + lay->columns >= lay->panels);
		if (column + 1 == lay->columns || i + 1 == lay->panels)
			y += row_height(lay, i - column);
	}
	lay->layout->height = par_layout_paragraph(lay->layout, 12, y + AXIS_HEIGHT,
		lay->layout->width - 20, PAR_TYPE_SMALL, false, fixed(lay, PAR_COLOUR_MUTED),
		"time over the fastest model's · whisker: 95 % interval · strip: that of the "
		"fastest · none below six rounds · ≈ cannot be told from it · ▸ off the scale");
}

static int dots_fill(struct par_sheet *sheet, const struct par_analysis *analysis,
	const struct par_palette *palette, size_t index)
{
	(void)index; /* there is one sheet */
	snprintf(sheet->stem, sizeof sheet->stem, "dots");
	snprintf(sheet->what, sizeof sheet->what,
		"Is the win real? Time of each model over that of the fastest, with intervals");
	find(sheet, analysis);
	write_data(&sheet->data, analysis, palette);
	for (int size = 0; size < PAR_SIZES; size++) {
		struct lay lay = { .analysis = analysis, .palette = palette };

		lay_out(sheet, (enum par_size_kind)size, &lay);
	}
	return 0;
}

const struct par_chart par_chart_dots = {
	.name = "dots",
	.title = "Is it real?",
	.count = dots_count,
	.fill = dots_fill,
};
