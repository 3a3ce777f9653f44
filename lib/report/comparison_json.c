/*
 * comparison.json, for scripts. tests/schema/comparison.schema.json describes it.
 */
#include <math.h>
#include <string.h>

#include "comparison.h"
#include "interval.h"
#include "json_text.h"

#define COMPARISON_SCHEMA 1

static json_t *interval(double low, double high)
{
	if (!isfinite(low) || !isfinite(high))
		return json_null();
	return json_pack("[f, f]", low, high);
}

static json_t *text_or_null(const char *text)
{
	return text == NULL || text[0] == '\0' ? json_null() : par_json_text(text);
}

static json_t *append(json_t *list, json_t *item)
{
	if (json_array_append_new(list, item) == 0)
		return list;
	json_decref(list);
	return NULL;
}

/* One of the members that say what a run was; null where it is not known. */
static json_t *fact(const struct par_comparison_run *run, const char *name)
{
	return text_or_null(json_string_value(json_object_get(run->analysis->run, name)));
}

static json_t *run_json(const struct par_comparison_run *run)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "folder", par_json_text(run->name),
		"run_id", fact(run, "run_id"), "started", fact(run, "started"), "ended",
		fact(run, "ended"), "version", fact(run, "version"), "git_revision",
		fact(run, "git_revision"));
}

static json_t *differences_json(const struct par_compared_with *with)
{
	json_t *list = json_array();

	for (size_t i = 0; i < with->difference_count; i++) {
		const struct par_difference *difference = &with->differences[i];

		list = append(list,
			json_pack("{s:s, s:o, s:o, s:b}", "what", difference->what, "base",
				par_json_text(difference->base), "new",
				par_json_text(difference->other), "grave", (int)difference->grave));
	}
	return list;
}

static json_t *counts_json(const struct par_change_tally *tally)
{
	json_t *counts = json_object();

	for (int i = 0; i < PAR_PAIR_STATES; i++)
		json_object_set_new(counts, par_pair_state_name((enum par_pair_state)i),
			json_integer((json_int_t)tally->states[i]));
	for (int i = 0; i < PAR_CHANGES; i++)
		json_object_set_new(counts, par_change_name((enum par_change)i),
			json_integer((json_int_t)tally->changes[i]));
	json_object_set_new(counts, "may hide", json_integer((json_int_t)tally->may_hide));
	return counts;
}

static json_t *with_json(const struct par_compared_runs *comparison, size_t other)
{
	const struct par_compared_with *with = &comparison->with[other];
	json_t *object = run_json(&comparison->spec.runs[other + 1]);
	json_t *more = json_pack("{s:o, s:o, s:o, s:o, s:o}", "counts", counts_json(&with->tally),
		"differences", differences_json(with), "middle", par_json_real(with->middle),
		"settle_half", par_json_real(with->settle_half), "settle_all",
		par_json_real(with->settle_all));

	if (json_object_update(object, more) < 0) {
		json_decref(object);
		object = NULL;
	}
	json_decref(more);
	return object;
}

static json_t *time_json(const struct par_cell_stats *stats)
{
	if (stats == NULL)
		return json_null();
	return json_pack("{s:s, s:i, s:i, s:o, s:b}", "status", par_status_name(stats->status), "n",
		(int)stats->n, "visits", (int)stats->visits, "median_ns",
		par_json_real(stats->median_ns), "two_humped", (int)stats->two_humped);
}

static json_t *pair_json(const struct par_pair *pair)
{
	const struct par_independent *found = &pair->found;

	if (pair->state != PAR_PAIR_COMPARED)
		return json_pack("{s:s, s:o, s:o, s:n, s:n, s:n, s:n, s:n, s:b}", "state",
			par_pair_state_name(pair->state), "reason", text_or_null(pair->reason),
			"time", time_json(pair->other), "verdict", "ratio", "ci", "sure_ci",
			"needed", "may_hide", (int)(pair->state == PAR_PAIR_UNTRUSTED));
	return json_pack("{s:s, s:n, s:o, s:s, s:o, s:o, s:o, s:o, s:b}", "state",
		par_pair_state_name(pair->state), "reason", "time", time_json(pair->other),
		"verdict", par_change_name(pair->change), "ratio", par_json_real(found->ratio),
		"ci", interval(found->low, found->high), "sure_ci",
		interval(found->sure_low, found->sure_high), "needed", par_json_real(pair->needed),
		"may_hide", (int)pair->may_hide);
}

static json_t *row_json(const struct par_compared_runs *comparison, size_t row)
{
	const struct par_cell *cell = par_comparison_cell(comparison, row);
	struct par_text label = PAR_TEXT_INIT;
	json_t *list = json_array(), *object;

	for (size_t i = 0; i < comparison->others; i++)
		list = append(list, pair_json(par_comparison_pair(comparison, row, i)));
	par_comparison_label(&label, comparison, row);
	object = json_pack("{s:s, s:o, s:s, s:s, s:s, s:o, s:o}", "id", cell->id, "label",
		par_json_text(par_text_get(&label)), "experiment", cell->experiment, "workload",
		cell->workload->name, "model", cell->model->name, "base",
		time_json(par_comparison_pair(comparison, row, 0)->base), "new", list);
	par_text_fini(&label);
	return object;
}

json_t *par_comparison_json(const struct par_compared_runs *comparison)
{
	json_t *news = json_array(), *cells = json_array();

	for (size_t i = 0; i < comparison->others; i++)
		news = append(news, with_json(comparison, i));
	for (size_t row = 0; row < comparison->rows; row++)
		cells = append(cells, row_json(comparison, row));
	return json_pack("{s:i, s:s, s:s, s:f, s:f, s:I, s:o, s:o, s:o}", "schema",
		COMPARISON_SCHEMA, "outcome", par_outcome_name(comparison->outcome), "headline",
		comparison->headline, "fail_above", comparison->spec.tolerance, "confidence",
		PAR_CONFIDENCE, "comparisons", (json_int_t)comparison->comparisons, "base",
		run_json(&comparison->spec.runs[0]), "new", news, "cells", cells);
}
