#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart_draw.h"
#include "chart_lesson.h"

static size_t count_charts(
	const struct par_analysis *analysis, const struct par_experiment *experiment)
{
	size_t count = 0;

	for (size_t i = 0; experiment->charts != NULL && experiment->charts[i] != NULL; i++) {
		const struct par_chart *chart = par_chart_find(experiment->charts[i]);

		count += chart == NULL ? 0 : chart->count(analysis);
	}
	return count;
}

/* At most: sheets of lessons that have nothing to draw are counted too. */
static size_t count_sheets(
	const struct par_analysis *analysis, const struct par_experiment *const *experiments)
{
	size_t count = 0;

	for (size_t i = 0; experiments[i] != NULL; i++) {
		const struct par_lesson *lesson = experiments[i]->lesson;

		count += count_charts(analysis, experiments[i]);
		for (size_t j = 0; lesson != NULL && lesson->sheets[j].stem != NULL; j++)
			count++;
	}
	return count;
}

/* Moves the last figure before those of its chart that weigh less. */
static void sort_in(struct par_figures *figures, size_t first)
{
	size_t place = figures->count - 1;
	struct par_figure moving = figures->items[place];

	while (place > first && figures->items[place - 1].sheet.weight < moving.sheet.weight) {
		figures->items[place] = figures->items[place - 1];
		place--;
	}
	figures->items[place] = moving;
}

static int layouts_status(const struct par_sheet *sheet)
{
	for (int i = 0; i < PAR_SIZES; i++)
		if (sheet->layouts[i].failed)
			return -ENOMEM;
	return par_text_status(&sheet->data);
}

static int fill_chart(struct par_figures *figures, const struct par_analysis *analysis,
	const struct par_chart *chart, const struct par_palette *palette)
{
	size_t first = figures->count, count = chart->count(analysis);

	for (size_t i = 0; i < count; i++) {
		struct par_figure *figure = &figures->items[figures->count++];
		int status;

		figure->chart = chart;
		figure->script = chart->name;
		status = chart->fill(&figure->sheet, analysis, palette, i);
		if (status == 0)
			status = layouts_status(&figure->sheet);
		if (status < 0)
			return status;
		sort_in(figures, first);
	}
	return 0;
}

static bool is_filled(const struct par_figures *figures, const struct par_chart *chart)
{
	for (size_t i = 0; i < figures->count; i++)
		if (figures->items[i].chart == chart)
			return true;
	return false;
}

static int fill_charts(struct par_figures *figures, const struct par_analysis *analysis,
	const struct par_experiment *experiment, const struct par_palette *palette,
	struct par_error *error)
{
	for (size_t i = 0; experiment->charts != NULL && experiment->charts[i] != NULL; i++) {
		const char *name = experiment->charts[i];
		const struct par_chart *chart = par_chart_find(name);
		int status;

		if (chart == NULL)
			return par_fail(error, -EINVAL, "experiment %s: there is no chart '%s'",
				experiment->name, name);
		if (is_filled(figures, chart))
			continue; /* two experiments share it */
		status = fill_chart(figures, analysis, chart, palette);
		if (status < 0)
			return par_fail(
				error, status, "chart %s: %s", name, par_error_text(status));
	}
	return 0;
}

static int fill_lesson(struct par_figures *figures, const struct par_analysis *analysis,
	const struct par_experiment *experiment, const struct par_palette *palette)
{
	const struct par_lesson *lesson = experiment->lesson;

	for (size_t i = 0; lesson != NULL && lesson->sheets[i].stem != NULL; i++) {
		const struct par_lesson_view view = { analysis, experiment->name,
			&lesson->sheets[i] };
		struct par_figure *figure = &figures->items[figures->count];
		int status = par_lesson_fill(&figure->sheet, &view, palette);

		if (status > 0)
			continue; /* nothing to draw */
		figure->teacher = experiment;
		figure->script = par_lesson_script(lesson->sheets[i].kind);
		figures->count++;
		if (status == 0)
			status = layouts_status(&figure->sheet);
		if (status < 0)
			return status;
	}
	return 0;
}

int par_figures_fill(struct par_figures *figures, const struct par_analysis *analysis,
	const struct par_experiment *const *experiments, const struct par_palette *palette,
	struct par_error *error)
{
	int status = 0;

	memset(figures, 0, sizeof *figures);
	figures->items = calloc(count_sheets(analysis, experiments) + 1, sizeof *figures->items);
	if (figures->items == NULL)
		return par_fail(error, -ENOMEM, "no memory for the charts");
	for (size_t i = 0; experiments[i] != NULL && status == 0; i++) {
		status = fill_charts(figures, analysis, experiments[i], palette, error);
		if (status < 0)
			return status;
		status = fill_lesson(figures, analysis, experiments[i], palette);
		if (status < 0)
			par_fail(error, status, "lesson of %s: %s", experiments[i]->name,
				par_error_text(status));
	}
	return status;
}

void par_figures_fini(struct par_figures *figures)
{
	for (size_t i = 0; i < figures->count; i++) {
		par_sheet_fini(&figures->items[i].sheet);
		for (int size = 0; size < PAR_SIZES; size++)
			free(figures->items[i].svg[size]);
	}
	free(figures->items);
	memset(figures, 0, sizeof *figures);
}
