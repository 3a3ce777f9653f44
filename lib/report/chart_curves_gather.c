#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis_parts.h"
#include "chart_curves.h"

static bool is_trace(const struct par_curves *curves)
{
	return curves->view->sheet->kind == PAR_LESSON_TRACE;
}

static bool same_name(
	const struct par_lesson_view *view, const struct par_cell *a, const struct par_cell *b)
{
	struct par_lesson_title left = par_lesson_title(view, a, false);
	struct par_lesson_title right = par_lesson_title(view, b, false);

	return strcmp(left.text, right.text) == 0;
}

/* The curve of that name; a new one where there is room, else NULL. */
static struct par_curve *curve_of(struct par_curves *curves, const struct par_cell *cell)
{
	struct par_curve *curve;

	for (size_t i = 0; i < curves->count; i++)
		if (same_name(curves->view, curves->items[i].cell, cell))
			return &curves->items[i];
	if (curves->count == PAR_CURVES_MAX) {
		curves->left_out++;
		return NULL;
	}
	curve = &curves->items[curves->count++];
	curve->cell = cell;
	curve->lossy = par_lesson_is_lossy(cell);
	curve->end.x = NAN;
	return curve;
}

static bool is_better(const struct par_curves *curves, double value, double than)
{
	return curves->view->sheet->more_is_better ? value > than : value < than;
}

/* In its place by x; of two with the same x the better stays. */
static void add_point(const struct par_curves *curves, struct par_curve *curve,
	const struct par_curve_point *point)
{
	size_t place = curve->count;

	while (place > 0 && curve->points[place - 1].x > point->x)
		place--;
	if (place > 0 && curve->points[place - 1].x == point->x) {
		if (is_better(curves, point->metric.value, curve->points[place - 1].metric.value))
			curve->points[place - 1] = *point;
		return;
	}
	if (curve->count == PAR_CURVE_POINTS_MAX)
		return;
	for (size_t i = curve->count++; i > place; i--)
		curve->points[i] = curve->points[i - 1];
	curve->points[place] = *point;
}

static void add_cell(struct par_curves *curves, const struct par_cell_stats *stats)
{
	const struct par_lesson_sheet *sheet = curves->view->sheet;
	struct par_curve_point point = { .x = par_lesson_at(sheet, &stats->cell),
		.stats = stats,
		.metric = par_metric_of(stats, sheet->metric),
		.aside = { .value = NAN, .ci = { NAN, NAN } } };
	struct par_curve *curve;

	if (!isfinite(point.metric.value) || !isfinite(point.x))
		return;
	if (sheet->aside != NULL)
		point.aside = par_metric_of(stats, sheet->aside);
	curve = curve_of(curves, &stats->cell);
	if (curve != NULL)
		add_point(curves, curve, &point);
}

static void add_trace(struct par_curves *curves, const struct par_cell_stats *stats)
{
	const struct par_measure_kind *traced = stats->cell.workload->traced;
	struct par_curve *curve = NULL;

	if (par_lesson_has_trace(stats))
		curve = curve_of(curves, &stats->cell);
	if (curve == NULL || curve->count > 0)
		return;
	for (size_t i = 0; i < stats->trace_count; i++) {
		struct par_curve_point point = {
			.x = stats->trace_count == 1 ? 0
						     : (double)i / (double)(stats->trace_count - 1),
			.stats = stats,
			.metric = { .value = stats->trace[i],
				.ci = { NAN, NAN },
				.unit = traced != NULL ? traced->unit : PAR_UNIT_COUNT },
			.aside = { .value = NAN, .ci = { NAN, NAN } }
		};

		if (isfinite(point.metric.value))
			add_point(curves, curve, &point);
	}
}

/* The first errno in the reason, else its first words. */
static void shorten(char out[24], const struct par_cell_stats *stats)
{
	const char *reason = stats->reason;
	struct par_lesson_title words;

	if (stats->status == PAR_STATUS_TIMEOUT || stats->status == PAR_STATUS_WRONG) {
		snprintf(out, 24, "%s",
			stats->status == PAR_STATUS_WRONG ? "wrong result" : "timed out");
		return;
	}
	for (const char *at = reason; *at != '\0'; at++) {
		size_t size = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

		if (*at == 'E' && size >= 4 && size < 24 &&
			(at == reason || !isalnum((unsigned char)at[-1])) &&
			!isalnum((unsigned char)at[size]) && at[size] != '_') {
			snprintf(out, 24, "%.*s", (int)size, at);
			return;
		}
	}
	par_text_copy_line(words.text, sizeof words.text, reason);
	words.text[strcspn(words.text, ",;:(")] = '\0';
	par_lesson_cut(&words, 120, PAR_TYPE_SMALL, false);
	par_text_copy_line(out, 24, words.text);
}

static bool failed(const struct par_cell_stats *stats)
{
	return !par_cell_stats_counts(stats) && stats->visits > 0 &&
	       (stats->status == PAR_STATUS_FAILED || stats->status == PAR_STATUS_TIMEOUT ||
		       stats->status == PAR_STATUS_WRONG);
}

/* The first failure after a point: before any there is no height to draw it at. */
static void add_failure(struct par_curves *curves, const struct par_cell_stats *stats)
{
	double x = par_lesson_at(curves->view->sheet, &stats->cell);

	for (size_t i = 0; i < curves->count && isfinite(x); i++) {
		struct par_curve *curve = &curves->items[i];

		if (!same_name(curves->view, curve->cell, &stats->cell) ||
			curve->points[0].x >= x || curve->end.x <= x)
			continue;
		curve->end.x = x;
		shorten(curve->end.reason, stats);
	}
}

/* Whether a curve of its name ends at the cell, or before. */
static bool is_told(const struct par_curves *curves, const struct par_cell_stats *stats)
{
	double x = par_lesson_at(curves->view->sheet, &stats->cell);

	for (size_t i = 0; i < curves->count; i++)
		if (curves->items[i].end.x <= x &&
			same_name(curves->view, curves->items[i].cell, &stats->cell))
			return true;
	return false;
}

static void count_missing(struct par_curves *curves)
{
	const struct par_analysis *analysis = curves->view->analysis;

	for (size_t i = 0; i < analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[i];

		if (par_lesson_takes(curves->view, stats) && !par_cell_stats_counts(stats) &&
			!is_told(curves, stats))
			par_lesson_miss(&curves->missing, stats);
	}
}

static double last_value(const struct par_curve *curve)
{
	return curve->points[curve->count - 1].metric.value;
}

static bool goes_before(
	const struct par_curves *curves, const struct par_curve *a, const struct par_curve *b)
{
	if (a->lossy != b->lossy)
		return b->lossy;
	return is_better(curves, last_value(a), last_value(b));
}

static void sort(struct par_curves *curves)
{
	for (size_t i = 1; i < curves->count; i++) {
		struct par_curve moving = curves->items[i];
		size_t place = i;

		while (place > 0 && goes_before(curves, &moving, &curves->items[place - 1])) {
			curves->items[place] = curves->items[place - 1];
			place--;
		}
		curves->items[place] = moving;
	}
}

void par_curves_gather(struct par_curves *curves, const struct par_lesson_view *view)
{
	const struct par_analysis *analysis = view->analysis;

	memset(curves, 0, sizeof *curves);
	curves->view = view;
	curves->marks = !is_trace(curves);
	curves->x_scale = 1;
	for (size_t i = 0; i < analysis->cell_count; i++) {
		if (!par_lesson_takes(view, &analysis->cells[i]))
			continue;
		if (is_trace(curves))
			add_trace(curves, &analysis->cells[i]);
		else
			add_cell(curves, &analysis->cells[i]);
	}
	for (size_t i = 0; i < analysis->cell_count && !is_trace(curves); i++)
		if (failed(&analysis->cells[i]) && par_lesson_takes(view, &analysis->cells[i]))
			add_failure(curves, &analysis->cells[i]);
	sort(curves);
	if (curves->count == 0)
		return;
	count_missing(curves);
	par_curves_set_axes(curves);
}
