#include "grain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis_parts.h"
#include "phrase.h"

static struct par_grain_curve *curve_of(struct par_grain *grain, const struct par_cell *cell)
{
	struct par_grain_curve *curve;

	for (size_t i = 0; i < grain->count; i++)
		if (grain->curves[i].model == cell->model)
			return &grain->curves[i];
	if (grain->count == PAR_GRAIN_CURVES_MAX)
		return NULL;
	curve = &grain->curves[grain->count++];
	*curve = (struct par_grain_curve){ .model = cell->model, .cores = cell->cores };
	grain->cores = cell->cores > grain->cores ? cell->cores : grain->cores;
	return curve;
}

/* In its place by length; a second cell of the same length is left out. */
static void add_point(struct par_grain_curve *curve, const struct par_grain_point *point)
{
	size_t place = curve->count;

	if (place == PAR_GRAIN_POINTS_MAX)
		return;
	for (size_t i = 0; i < curve->count; i++)
		if (curve->points[i].length_ns == point->length_ns)
			return;
	for (; place > 0 && curve->points[place - 1].length_ns > point->length_ns; place--)
		curve->points[place] = curve->points[place - 1];
	curve->points[place] = *point;
	curve->count++;
}

static void add_cell(struct par_grain *grain, const struct par_analysis *analysis,
	const struct par_cell_stats *stats)
{
	const struct par_cell_stats *serial = &analysis->cells[stats->serial];
	struct par_grain_curve *curve = curve_of(grain, &stats->cell);
	struct par_grain_point point = { .stats = stats, .efficiency = stats->efficiency };

	if (curve == NULL)
		return;
	point.length_ns = serial->median_ns / (double)serial->cell.tasks;
	for (int i = 0; i < 2; i++)
		point.ci[i] = stats->speedup_ci[i] / stats->cell.cores;
	add_point(curve, &point);
}

static void find_metg(struct par_grain_curve *curve)
{
	double length[PAR_GRAIN_POINTS_MAX], efficiency[PAR_GRAIN_POINTS_MAX];

	for (size_t i = 0; i < curve->count; i++) {
		length[i] = curve->points[i].length_ns;
		efficiency[i] = curve->points[i].efficiency;
	}
	/* Lengths ascend and times are positive: the only error there is cannot be. */
	(void)par_metg_find(&curve->metg, length, efficiency, curve->count);
}

/* By what is known of the answer: shorter than all, found, longer than all, nothing. */
static double coarseness(const struct par_grain_curve *curve)
{
	switch (curve->metg.verdict) {
	case PAR_METG_FOUND: return curve->metg.length;
	case PAR_METG_ALWAYS: return 0;
	case PAR_METG_NEVER:
	case PAR_METG_LOST: return 1e300;
	case PAR_METG_TOO_FEW: break;
	}
	return INFINITY;
}

static void sort_curves(struct par_grain *grain)
{
	for (size_t i = 1; i < grain->count; i++) {
		struct par_grain_curve curve = grain->curves[i];
		size_t place = i;

		for (; place > 0 && coarseness(&grain->curves[place - 1]) > coarseness(&curve);
			place--)
			grain->curves[place] = grain->curves[place - 1];
		grain->curves[place] = curve;
	}
}

void par_grain_gather(
	struct par_grain *grain, const struct par_analysis *analysis, const char *experiment)
{
	*grain = (struct par_grain){ .count = 0 };
	for (size_t i = 0; i < analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[i];

		/* What waits has no grain: a core does many of those at once. */
		if (strcmp(stats->cell.experiment, experiment) == 0 &&
			stats->cell.workload->bound == PAR_BOUND_CPU &&
			par_cell_stats_counts(stats) && stats->serial != SIZE_MAX &&
			(stats->cell.model->traits & PAR_TRAIT_SERIAL) == 0)
			add_cell(grain, analysis, stats);
	}
	for (size_t i = 0; i < grain->count; i++)
		find_metg(&grain->curves[i]);
	sort_curves(grain);
}

/* More would be made up between two measured lengths. */
static double two_digits(double value)
{
	double unit = pow(10, floor(log10(value)) - 1);

	return unit * round(value / unit);
}

struct par_label par_grain_label(const struct par_grain_curve *curve)
{
	double shortest = curve->points[0].length_ns;
	double longest = curve->points[curve->count - 1].length_ns;
	struct par_label label = { "?" };

	switch (curve->metg.verdict) {
	case PAR_METG_FOUND: return par_label_tick(two_digits(curve->metg.length));
	case PAR_METG_ALWAYS:
		snprintf(label.text, sizeof label.text, "< %.30s", par_label_time(shortest).text);
		break;
	case PAR_METG_NEVER:
	case PAR_METG_LOST:
		snprintf(label.text, sizeof label.text, "> %.30s", par_label_time(longest).text);
		break;
	case PAR_METG_TOO_FEW: break;
	}
	return label;
}

static void add_need(struct par_text *out, const struct par_grain_curve *curve)
{
	par_text_format(out, "%s with ", par_grain_label(curve).text);
	par_phrase_model(out, curve->model);
}

void par_grain_word(struct par_text *out, const struct par_grain *grain)
{
	const struct par_grain_curve *known[PAR_GRAIN_CURVES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < grain->count; i++)
		if (grain->curves[i].cores == grain->cores &&
			grain->curves[i].metg.verdict != PAR_METG_TOO_FEW)
			known[count++] = &grain->curves[i];
	if (count == 0) {
		par_text_add(out, "Too few lengths were measured to say how small a task may be");
		return;
	}
	par_text_format(out, "To use %u core%s at half their speed or better, tasks must take ",
		grain->cores, par_phrase_s(grain->cores));
	add_need(out, known[0]);
	if (count > 2) {
		par_text_add(out, ", ");
		add_need(out, known[1]);
	}
	if (count > 1) {
		par_text_add(out, count > 3 ? " and up to " : " and ");
		add_need(out, known[count - 1]);
	}
}

void par_grain_word_curve(struct par_text *out, const struct par_grain_curve *curve)
{
	const struct par_metg *metg = &curve->metg;

	par_text_format(out, "%s on %u core%s: ", curve->model->label, curve->cores,
		par_phrase_s(curve->cores));
	if (metg->verdict == PAR_METG_FOUND)
		par_text_format(out,
			"half efficient at tasks of %s (between those measured, %s and %s)",
			par_grain_label(curve).text, par_label_time(metg->low).text,
			par_label_time(metg->high).text);
	else
		par_text_format(
			out, "%s, %s", par_metg_reason(metg->verdict), par_grain_label(curve).text);
}
