#include "lesson.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_parts.h"

bool par_lesson_takes(const struct par_lesson_view *view, const struct par_cell_stats *stats)
{
	return strcmp(stats->cell.experiment, view->experiment) == 0 &&
	       (view->sheet->takes == NULL || view->sheet->takes(&stats->cell));
}

bool par_lesson_is_lossy(const struct par_cell *cell)
{
	const struct par_variant *variant = par_cell_variant(cell);

	return variant != NULL && (variant->traits & PAR_VARIANT_LOSSY) != 0;
}

/* What differs between the cells of a sheet. */
struct differing {
	bool models, workloads;
};

static struct differing find_differing(const struct par_lesson_view *view)
{
	const struct par_cell *first = NULL;
	struct differing found = { false, false };

	for (size_t i = 0; i < view->analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &view->analysis->cells[i];

		if (!par_lesson_takes(view, stats))
			continue;
		if (first == NULL)
			first = &stats->cell;
		found.models |= stats->cell.model != first->model;
		found.workloads |= stats->cell.workload != first->workload;
	}
	return found;
}

static void add_part(struct par_text *out, const char *part)
{
	par_text_add(out, out->size > 0 ? ", " : "");
	par_text_add(out, part);
}

void par_lesson_name(struct par_text *out, const struct par_lesson_view *view,
	const struct par_cell *cell, bool brief)
{
	const struct par_variant *variant = par_cell_variant(cell);
	struct differing differing;
	struct par_text name = PAR_TEXT_INIT;

	if (view->sheet->name != NULL) {
		view->sheet->name(out, cell, brief);
		return;
	}
	differing = find_differing(view);
	if (differing.workloads)
		add_part(&name, cell->workload->label);
	if (variant != NULL)
		add_part(&name, variant->label);
	if (differing.models || name.size == 0)
		add_part(&name, brief ? cell->model->short_label : cell->model->label);
	par_text_add(out, par_text_get(&name));
	out->failed |= name.failed;
	par_text_fini(&name);
}

/* Where the parameter stands in the workload's table; SIZE_MAX: it has none of that name. */
static size_t find_param(const struct par_workload *workload, const char *name)
{
	for (size_t i = 0; workload->params != NULL && workload->params[i].name != NULL; i++)
		if (strcmp(workload->params[i].name, name) == 0)
			return i;
	return SIZE_MAX;
}

static bool same_or_any(const char *wanted, const char *name)
{
	return wanted == NULL || strcmp(wanted, name) == 0;
}

static bool matches(const struct par_cell *cell, const struct par_lesson_pick *pick)
{
	size_t param;

	if (!same_or_any(pick->workload, cell->workload->name) ||
		!same_or_any(pick->model, cell->model->name) ||
		!same_or_any(pick->variant, cell->variant) ||
		(pick->workers != 0 && pick->workers != cell->workers) ||
		(pick->tasks != 0 && pick->tasks != cell->tasks))
		return false;
	if (pick->param == NULL)
		return true;
	param = find_param(cell->workload, pick->param);
	return param != SIZE_MAX && cell->params[param] == pick->value;
}

const struct par_cell_stats *par_lesson_find(
	const struct par_lesson_view *view, const struct par_lesson_pick *pick)
{
	for (size_t i = 0; i < view->analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &view->analysis->cells[i];

		if (par_cell_stats_counts(stats) && par_lesson_takes(view, stats) &&
			matches(&stats->cell, pick))
			return stats;
	}
	return NULL;
}

/* The number at the end of a variant's name: "map_16" is at 16. NaN: there is none. */
static double variant_at(const char *variant)
{
	size_t length = strlen(variant), digits = 0;

	while (digits < length && variant[length - 1 - digits] >= '0' &&
		variant[length - 1 - digits] <= '9')
		digits++;
	return digits == 0 ? NAN : strtod(variant + length - digits, NULL);
}

double par_lesson_at(const struct par_lesson_sheet *sheet, const struct par_cell *cell)
{
	size_t param;

	if (sheet->axis == NULL)
		return NAN;
	if (strcmp(sheet->axis, "workers") == 0)
		return cell->workers;
	if (strcmp(sheet->axis, "cores") == 0)
		return cell->cores;
	if (strcmp(sheet->axis, "tasks") == 0)
		return (double)cell->tasks;
	if (strcmp(sheet->axis, "variant") == 0)
		return variant_at(cell->variant);
	param = find_param(cell->workload, sheet->axis);
	return param == SIZE_MAX ? NAN : (double)cell->params[param];
}

static bool goes_before(const struct par_lesson_view *view, const struct par_cell_stats *a,
	const struct par_cell_stats *b)
{
	double left = par_metric_of(a, view->sheet->metric).value;
	double right = par_metric_of(b, view->sheet->metric).value;
	bool left_lossy = par_lesson_is_lossy(&a->cell),
	     right_lossy = par_lesson_is_lossy(&b->cell);

	if (left_lossy != right_lossy)
		return right_lossy;
	return view->sheet->more_is_better ? left > right : left < right;
}

size_t par_lesson_rank(
	const struct par_cell_stats **out, size_t most, const struct par_lesson_view *view)
{
	size_t count = 0;

	for (size_t i = 0; i < view->analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &view->analysis->cells[i];
		size_t place = count;

		if (!par_lesson_takes(view, stats) ||
			!isfinite(par_metric_of(stats, view->sheet->metric).value))
			continue;
		while (place > 0 && goes_before(view, stats, out[place - 1]))
			place--;
		if (place == most)
			continue;
		if (count < most)
			count++;
		for (size_t j = count - 1; j > place; j--)
			out[j] = out[j - 1];
		out[place] = stats;
	}
	return count;
}
