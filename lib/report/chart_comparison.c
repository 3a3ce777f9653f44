#include "chart_comparison.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comparison_parts.h"

#define LIMIT_LEAST 1.1
#define LIMIT_MOST  2.0  /* what is beyond is written, so that small changes can be seen */
#define LIMIT_ROOM  1.02 /* beyond the last interval */

/* Only its name is used: the script, and the stem of the files. */
static const struct par_chart comparison_chart = { .name = "comparison", .title = "Comparison" };

/* ---- which rows --------------------------------------------------------------------------- */

struct candidate {
	size_t row;
	int rank;      /* sure changes, open ones, ties */
	double effect; /* logarithm of the ratio */
};

static int rank_of(enum par_change change)
{
	return change >= PAR_CHANGE_FASTER ? 2 : change == PAR_CHANGE_NOT_SURE ? 1 : 0;
}

static int by_interest(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	double x = fabs(a->effect), y = fabs(b->effect);

	if (a->rank != b->rank)
		return b->rank - a->rank;
	if (x != y)
		return x < y ? 1 : -1;
	return (a->row > b->row) - (a->row < b->row);
}

static int by_ratio(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->effect != b->effect)
		return a->effect < b->effect ? 1 : -1;
	return (a->row > b->row) - (a->row < b->row);
}

static size_t collect(
	struct candidate *all, const struct par_compared_runs *comparison, size_t other)
{
	size_t count = 0;

	for (size_t row = 0; row < comparison->rows; row++) {
		const struct par_pair *pair = par_comparison_pair(comparison, row, other);

		if (pair->state == PAR_PAIR_COMPARED)
			all[count++] = (struct candidate){ row, rank_of(pair->change),
				log(pair->found.ratio) };
	}
	return count;
}

/* Far enough for every interval that is shown, and alike on both sides. */
static double find_limit(
	const struct par_chart_rows *rows, const struct par_compared_runs *comparison, size_t other)
{
	double limit = fmax(LIMIT_LEAST, 1.0 + 1.5 * comparison->spec.tolerance);

	for (size_t i = 0; i < rows->count; i++) {
		const struct par_independent *found =
			&par_comparison_pair(comparison, rows->rows[i], other)->found;

		limit = fmax(limit, LIMIT_ROOM * fmax(found->ratio, 1.0 / found->ratio));
		if (isfinite(found->low))
			limit = fmax(limit, LIMIT_ROOM * fmax(found->high, 1.0 / found->low));
	}
	return fmin(limit, LIMIT_MOST);
}

int par_chart_comparison_choose(
	struct par_chart_rows *out, const struct par_compared_runs *comparison, size_t other)
{
	struct candidate *all = calloc(comparison->rows + 1, sizeof *all);

	*out = (struct par_chart_rows){ .count = 0 };
	if (all == NULL)
		return -ENOMEM;
	out->compared = collect(all, comparison, other);
	out->count = out->compared < PAR_CHART_COMPARISON_ROWS ? out->compared
							       : PAR_CHART_COMPARISON_ROWS;
	qsort(all, out->compared, sizeof *all, by_interest);
	qsort(all, out->count, sizeof *all, by_ratio);
	for (size_t i = 0; i < out->count; i++)
		out->rows[i] = all[i].row;
	out->limit = find_limit(out, comparison, other);
	free(all);
	return 0;
}

/* ---- the sheet ---------------------------------------------------------------------------- */

static void write_row(struct par_text *out, const struct par_compared_runs *comparison,
	size_t other, size_t row, size_t place, const struct par_palette *palette)
{
	const struct par_pair *pair = par_comparison_pair(comparison, row, other);
	const struct par_cell *cell = &pair->base->cell;
	const struct par_independent *found = &pair->found;

	par_text_format(out, "%s\t%s\t%zu\t%.6g\t%.6g\t%.6g\t%d\t", cell->id,
		par_change_name(pair->change), place, found->ratio, found->low, found->high,
		rank_of(pair->change) == 2);
	par_text_format(out, "0x%06X\t%d\t%zu\t%zu\n",
		(unsigned)par_palette_line(palette, cell->model), cell->model->look.point,
		found->base_n, found->other_n);
}

static void write_data(struct par_sheet *sheet, const struct par_compared_runs *comparison,
	size_t other, const struct par_chart_rows *rows, const struct par_palette *palette)
{
	par_text_add(&sheet->data,
		"# ratio: new over base, with the 95 % interval of the cell by itself; sure: the "
		"change is sure for all cells at once\n"
		"# cell\tverdict\trow\tratio\tlow\thigh\tsure\tcolour\tpoint\tbase_n\tnew_n\n");
	for (size_t i = 0; i < rows->count; i++)
		write_row(&sheet->data, comparison, other, rows->rows[i], i, palette);
}

static void word_sheet(struct par_sheet *sheet, const struct par_compared_runs *comparison,
	size_t other, const struct par_chart_rows *rows, size_t number)
{
	const struct par_comparison_run *runs = comparison->spec.runs;

	if (number == 1)
		snprintf(sheet->stem, sizeof sheet->stem, "comparison");
	else
		snprintf(sheet->stem, sizeof sheet->stem, "comparison_%zu", number);
	snprintf(sheet->what, sizeof sheet->what, "Time in %.60s over that in %.60s, by cell",
		runs[other + 1].name, runs[0].name);
	par_comparison_finding(sheet->finding, sizeof sheet->finding, comparison, other);
	snprintf(sheet->alt, sizeof sheet->alt,
		"Dot plot of %zu of %zu compared cells, slowest on top: new time over base time, "
		"with intervals, on a log axis. %.200s.",
		rows->count, rows->compared, sheet->finding);
}

static int fill_sheet(struct par_sheet *sheet, const struct par_compared_runs *comparison,
	size_t other, const struct par_palette *palette, size_t number)
{
	struct par_chart_rows rows;
	int status = par_chart_comparison_choose(&rows, comparison, other);

	if (status < 0)
		return status;
	word_sheet(sheet, comparison, other, &rows, number);
	write_data(sheet, comparison, other, &rows, palette);
	for (int size = 0; size < PAR_SIZES; size++) {
		par_chart_comparison_lay_out(
			sheet, (enum par_size_kind)size, comparison, other, &rows, palette);
		if (sheet->layouts[size].failed)
			return -ENOMEM;
	}
	return par_text_status(&sheet->data);
}

int par_chart_comparison_fill(struct par_figures *figures,
	const struct par_compared_runs *comparison, const struct par_palette *palette)
{
	int status = 0;

	memset(figures, 0, sizeof *figures);
	figures->items = calloc(comparison->others, sizeof *figures->items);
	if (figures->items == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < comparison->others && status == 0; i++) {
		if (comparison->with[i].tally.states[PAR_PAIR_COMPARED] == 0)
			continue;
		figures->items[figures->count].chart = &comparison_chart;
		figures->items[figures->count].script = comparison_chart.name;
		figures->count++;
		status = fill_sheet(&figures->items[figures->count - 1].sheet, comparison, i,
			palette, figures->count);
	}
	return status;
}
