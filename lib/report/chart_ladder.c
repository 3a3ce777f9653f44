#include "chart_ladder.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_parts.h"
#include "phrase.h"

static void add_row(struct par_ladder *ladder, const struct par_cell_stats *stats)
{
	const struct par_lesson_sheet *sheet = ladder->view->sheet;
	struct par_ladder_row *row = &ladder->rows[ladder->count++];

	*row = (struct par_ladder_row){ .stats = stats,
		.look = par_lesson_model(ladder->view->analysis, &stats->cell),
		.metric = par_metric_of(stats, sheet->metric),
		.aside = { .value = NAN, .ci = { NAN, NAN } },
		.lossy = par_lesson_is_lossy(&stats->cell) };
	if (sheet->aside != NULL)
		row->aside = par_metric_of(stats, sheet->aside);
}

static bool is_added(const struct par_ladder *ladder, const struct par_cell_stats *stats)
{
	for (size_t i = 0; i < ladder->count; i++)
		if (ladder->rows[i].stats == stats)
			return true;
	return false;
}

/* Deals the ranked cells to groups: each begins with its best. */
static void group(
	struct par_ladder *ladder, const struct par_cell_stats *const *ranked, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct par_cell *cell = &ranked[i]->cell;

		for (size_t j = i; j < count && (j > i || !is_added(ladder, ranked[i])); j++)
			if (ranked[j]->cell.model == cell->model &&
				par_lesson_is_lossy(&ranked[j]->cell) == par_lesson_is_lossy(cell))
				add_row(ladder, ranked[j]);
	}
}

static bool has_large_group(const struct par_ladder *ladder)
{
	for (size_t i = 1; i < ladder->count; i++)
		if (ladder->rows[i].stats->cell.model == ladder->rows[i - 1].stats->cell.model)
			return true;
	return false;
}

static void set_places(struct par_ladder *ladder)
{
	bool gaps = has_large_group(ladder);
	double at = 0;

	for (size_t i = 0; i < ladder->count; i++) {
		const struct par_ladder_row *row = &ladder->rows[i], *before = row - 1;

		if (i > 0 && (row->lossy != before->lossy ||
				     (gaps && row->stats->cell.model != before->stats->cell.model)))
			at += PAR_LADDER_GAP;
		ladder->rows[i].at = at++;
	}
	ladder->height = at;
}

static void set_axis(struct par_ladder *ladder)
{
	par_lesson_axis_init(
		&ladder->axis, ladder->rows[0].metric.unit, !ladder->view->sheet->linear);
	for (size_t i = 0; i < ladder->count; i++) {
		const struct par_metric *metric = &ladder->rows[i].metric;

		par_lesson_axis_take(&ladder->axis, metric->value);
		par_lesson_axis_take(&ladder->axis, metric->ci[0]);
		par_lesson_axis_take(&ladder->axis, metric->ci[1]);
		ladder->any_interval |= isfinite(metric->ci[0]);
		ladder->any_lossy |= ladder->rows[i].lossy;
	}
	par_lesson_axis_end(&ladder->axis);
}

/* As many as fit, and how many do not. */
static void gather(struct par_ladder *ladder, const struct par_lesson_view *view)
{
	const struct par_cell_stats *ranked[PAR_LADDER_ROWS_MAX];
	size_t count = par_lesson_rank(ranked, PAR_LADDER_ROWS_MAX, view), all = 0;

	ladder->view = view;
	group(ladder, ranked, count);
	for (size_t i = 0; i < view->analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &view->analysis->cells[i];

		if (!par_lesson_takes(view, stats))
			continue;
		if (isfinite(par_metric_of(stats, view->sheet->metric).value))
			all++;
		else if (!par_cell_stats_counts(stats))
			par_lesson_miss(&ladder->missing, stats);
	}
	ladder->left_out = all - count;
	set_places(ladder);
	set_axis(ladder);
}

static void write_row(struct par_text *out, const struct par_ladder *ladder,
	const struct par_ladder_row *row, const struct par_palette *palette)
{
	uint32_t colour = row->lossy ? par_palette_fixed(palette, PAR_COLOUR_WARN)
				     : par_palette_line(palette, row->look);

	par_text_format(out, "%s\t%.3g\t%.6g\t%.6g\t%.6g\t%u\t%.6g\t%s\t%d\t", row->stats->cell.id,
		row->at, row->metric.value, row->metric.ci[0], row->metric.ci[1], row->stats->n,
		row->aside.value, par_label_colour(colour).text,
		row->lossy ? PAR_POINT_LAID : row->look->look.point);
	par_text_add_hover(out, par_lesson_title(ladder->view, &row->stats->cell, false).text);
	par_text_add(out, ": ");
	par_metric_word(out, &row->metric);
	par_text_add(out, "\n");
}

static void write_data(
	struct par_text *out, const struct par_ladder *ladder, const struct par_palette *palette)
{
	const struct par_lesson_sheet *sheet = ladder->view->sheet;

	par_text_format(out,
		"# %s (%s), median over visits with its 95 %% interval; aside: %s\n"
		"# cell\trow\tvalue\tlow\thigh\tn\taside\tcolour\tpoint\tlabel\n",
		sheet->metric, par_metric_unit(ladder->axis.unit),
		sheet->aside != NULL ? sheet->aside : "-");
	for (size_t i = 0; i < ladder->count; i++)
		write_row(out, ladder, &ladder->rows[i], palette);
}

static void describe(struct par_text *out, const struct par_ladder *ladder, const char *finding)
{
	par_text_format(out, "Dot plot, a row for each, best first: %s. %s. ",
		ladder->view->sheet->metric_label, finding);
	for (size_t i = 0; i < ladder->count; i++) {
		const struct par_ladder_row *row = &ladder->rows[i];

		par_text_format(out, "%s%s %s", i > 0 ? ", " : "",
			par_lesson_title(ladder->view, &row->stats->cell, false).text,
			par_metric_label(row->metric.value, row->metric.unit).text);
	}
	par_text_add(out, ".");
}

int par_ladder_fill(struct par_sheet *sheet, const struct par_lesson_view *view,
	const struct par_palette *palette)
{
	struct par_ladder *ladder = calloc(1, sizeof *ladder);
	struct par_text alt = PAR_TEXT_INIT;
	int status;

	if (ladder == NULL)
		return -ENOMEM;
	gather(ladder, view);
	write_data(&sheet->data, ladder, palette);
	describe(&alt, ladder, sheet->finding);
	status = par_phrase_take(sheet->alt, sizeof sheet->alt, &alt);
	for (int size = 0; size < PAR_SIZES; size++)
		par_ladder_lay(sheet, (enum par_size_kind)size, palette, ladder);
	free(ladder);
	return status;
}
