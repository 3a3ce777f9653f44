/*
 * How a comparison is put into words.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart_format.h"
#include "comparison_parts.h"
#include "phrase.h"

void par_comparison_percent(struct par_text *out, double share)
{
	par_text_format(out, "%.3g %%", 100.0 * share);
}

static const char *fact(const struct par_comparison_run *run, const char *name)
{
	const char *text = json_string_value(json_object_get(run->analysis->run, name));

	return text == NULL ? "?" : text;
}

void par_comparison_run_line(struct par_text *out, const struct par_comparison_run *run)
{
	par_text_format(out, "%s (%s, parbench %s %s)", run->name, fact(run, "started"),
		fact(run, "version"), fact(run, "git_revision"));
}

static void add_place(struct par_text *out, const struct par_cell *cell)
{
	if (cell->workers > cell->cores)
		par_text_format(out, ", %s workers on %u core%s",
			par_label_count(cell->workers).text, cell->cores,
			par_phrase_s(cell->cores));
	else if (cell->workers < cell->cores)
		par_text_format(out, ", %u worker%s, %u cores", cell->workers,
			par_phrase_s(cell->workers), cell->cores);
	else
		par_text_format(out, ", %u core%s", cell->cores, par_phrase_s(cell->cores));
	if (cell->placement == PAR_PLACE_SPREAD)
		par_text_add(out, ", spread");
	else if (cell->placement == PAR_PLACE_NONE)
		par_text_add(out, ", not pinned");
}

/* Parameters and tasks that are not the workload's own. */
static void add_work(struct par_text *out, const struct par_cell *cell)
{
	const struct par_param *params = cell->workload->params;
	bool usual = false;

	for (size_t i = 0; params != NULL && params[i].name != NULL; i++)
		if (cell->params[i] != params[i].value)
			par_text_format(out, ", %s=%llu", params[i].name,
				(unsigned long long)cell->params[i]);
	for (int scale = 0; scale < PAR_SCALES; scale++)
		usual |= cell->tasks == cell->workload->tasks[scale];
	if (!usual)
		par_text_format(out, ", tasks=%llu", (unsigned long long)cell->tasks);
}

static void add_label(struct par_text *out, const struct par_compared_runs *comparison, size_t row,
	bool with_model)
{
	const struct par_cell *cell = par_comparison_cell(comparison, row);

	if (comparison->many_experiments)
		par_text_format(out, "%s: ", cell->experiment);
	par_text_add(out, cell->workload->label);
	if (with_model)
		par_text_format(out, ", %s", cell->model->label);
	if (strcmp(cell->variant, "-") != 0)
		par_text_format(out, ", %s", cell->variant);
	add_place(out, cell);
	add_work(out, cell);
}

void par_comparison_label(
	struct par_text *out, const struct par_compared_runs *comparison, size_t row)
{
	add_label(out, comparison, row, true);
}

void par_comparison_label_work(
	struct par_text *out, const struct par_compared_runs *comparison, size_t row)
{
	add_label(out, comparison, row, false);
}

void par_comparison_verdict(struct par_text *out, const struct par_pair *pair)
{
	if (pair->state == PAR_PAIR_COMPARED)
		par_text_format(out, "%s %s", par_label_times(pair->found.ratio).text,
			par_change_name(pair->change));
	else
		par_text_add(out, pair->reason);
}

void par_comparison_interval(struct par_text *out, const struct par_pair *pair)
{
	if (pair->state == PAR_PAIR_COMPARED && isfinite(pair->found.low))
		par_text_format(out, "[%.*f, %.*f]", pair->found.high < 9.995 ? 2 : 1,
			pair->found.low, pair->found.high < 9.995 ? 2 : 1, pair->found.high);
}

void par_comparison_wanting(struct par_text *out, const struct par_pair *pair)
{
	if (pair->state != PAR_PAIR_COMPARED || pair->change != PAR_CHANGE_NOT_SURE)
		return;
	if (pair->needed < 10000.0)
		par_text_format(out, "%.0f", pair->needed);
	else
		par_text_add(out, "many");
}

void par_comparison_title(
	struct par_text *out, const struct par_compared_runs *comparison, enum par_section section)
{
	static const char *const titles[PAR_SECTIONS] = { "Wrong or failing in the new run",
		"Regressions: surely slower, and by more than %", "Surely slower, perhaps within %",
		"Surely faster", "Not sure", "Ties: no change of more than %", "Not judged" };
	const char *title = titles[section];
	size_t size = strcspn(title, "%");

	par_text_add_bytes(out, title, size);
	if (title[size] == '%')
		par_comparison_percent(out, comparison->spec.tolerance);
}

static size_t total(const struct par_compared_runs *comparison, enum par_change change)
{
	size_t sum = 0;

	for (size_t i = 0; i < comparison->others; i++)
		sum += comparison->with[i].tally.changes[change];
	return sum;
}

static size_t total_state(const struct par_compared_runs *comparison, enum par_pair_state state)
{
	size_t sum = 0;

	for (size_t i = 0; i < comparison->others; i++)
		sum += comparison->with[i].tally.states[state];
	return sum;
}

static void word_bad(struct par_text *out, size_t regressions, size_t broken)
{
	if (regressions > 0)
		par_text_format(out, "%zu regression%s", regressions, par_phrase_s(regressions));
	if (regressions > 0 && broken > 0)
		par_text_add(out, " and ");
	if (broken > 0)
		par_text_format(out, "%zu cell%s wrong or failing", broken, par_phrase_s(broken));
}

void par_comparison_headline(struct par_compared_runs *comparison)
{
	size_t may_hide = 0, compared = total_state(comparison, PAR_PAIR_COMPARED);
	struct par_text text = PAR_TEXT_INIT;

	for (size_t i = 0; i < comparison->others; i++)
		may_hide += comparison->with[i].tally.may_hide;
	switch (comparison->outcome) {
	case PAR_OUTCOME_NOTHING: par_text_add(&text, "Nothing to compare"); break;
	case PAR_OUTCOME_REGRESSION:
		word_bad(&text, total(comparison, PAR_CHANGE_REGRESSION),
			total_state(comparison, PAR_PAIR_BROKEN));
		break;
	case PAR_OUTCOME_NOT_SURE:
		par_text_format(&text,
			"No regression found, but %zu cell%s may be slower by more than ", may_hide,
			par_phrase_s(may_hide));
		par_comparison_percent(&text, comparison->spec.tolerance);
		break;
	case PAR_OUTCOME_NONE:
		par_text_add(&text, "No cell is slower by more than ");
		par_comparison_percent(&text, comparison->spec.tolerance);
		break;
	}
	if (compared > 0)
		par_text_format(&text, " (%zu compared)", compared);
	(void)par_phrase_take(comparison->headline, sizeof comparison->headline, &text);
}
