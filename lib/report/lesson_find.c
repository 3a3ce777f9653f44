#include <math.h>
#include <stdio.h>

#include "lesson.h"
#include "phrase.h"

void par_lesson_word(struct par_text *out, const struct par_lesson_view *view)
{
	if (view->sheet->word != NULL)
		view->sheet->word(out, view);
}

bool par_lesson_has_trace(const struct par_cell_stats *stats)
{
	for (size_t i = 0; i < stats->trace_count && stats->n > 0; i++)
		if (isfinite(stats->trace[i]))
			return true;
	return false;
}

/* A trace is drawn of cells that have one, everything else of cells that have the metric. */
static bool is_shown(const struct par_lesson_view *view, const struct par_cell_stats *stats)
{
	if (!par_lesson_takes(view, stats))
		return false;
	if (view->sheet->kind == PAR_LESSON_TRACE)
		return par_lesson_has_trace(stats);
	return isfinite(par_metric_of(stats, view->sheet->metric).value) &&
	       (view->sheet->kind == PAR_LESSON_LADDER ||
		       isfinite(par_lesson_at(view->sheet, &stats->cell)));
}

bool par_lesson_shows(const struct par_lesson_view *view)
{
	for (size_t i = 0; i < view->analysis->cell_count; i++)
		if (is_shown(view, &view->analysis->cells[i]))
			return true;
	return false;
}

/* What it rests on: the cells of its sheet, in the order of the plan, as many as fit. */
static void name_cells(struct par_finding *finding, const struct par_lesson_view *view)
{
	for (size_t i = 0; i < view->analysis->cell_count; i++)
		if (finding->cell_count < PAR_FINDING_CELLS_MAX &&
			is_shown(view, &view->analysis->cells[i]))
			finding->cells[finding->cell_count++] = i;
}

static int find_sheet(struct par_analysis *analysis, const struct par_lesson_view *view)
{
	struct par_finding finding = { .cell_count = 0 };
	struct par_text text = PAR_TEXT_INIT;
	int status;

	snprintf(finding.experiment, sizeof finding.experiment, "%s", view->experiment);
	par_lesson_word(&text, view);
	status = par_phrase_take(finding.headline, sizeof finding.headline, &text);
	if (status < 0 || finding.headline[0] == '\0')
		return status;
	name_cells(&finding, view);
	return par_analysis_add_finding(analysis, &finding);
}

int par_lesson_find_all(
	struct par_analysis *analysis, const char *experiment, const struct par_lesson *lesson)
{
	int status = 0;

	for (size_t i = 0; lesson->sheets[i].stem != NULL && status == 0; i++) {
		const struct par_lesson_view view = { analysis, experiment, &lesson->sheets[i] };

		if (par_lesson_shows(&view))
			status = find_sheet(analysis, &view);
	}
	return status;
}
