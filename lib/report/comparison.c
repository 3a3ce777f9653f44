#include "comparison.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "comparison_parts.h"
#include "describe.h"
#include "interval.h"

const char *par_pair_state_name(enum par_pair_state state)
{
	static const char *const names[PAR_PAIR_STATES] = { "compared", "broken", "untrusted",
		"baseless", "other work", "only base", "only new", "absent" };

	return names[state];
}

const char *par_outcome_name(enum par_outcome outcome)
{
	switch (outcome) {
	case PAR_OUTCOME_NONE: return "no regression";
	case PAR_OUTCOME_REGRESSION: return "regression";
	case PAR_OUTCOME_NOT_SURE: return "not sure";
	case PAR_OUTCOME_NOTHING: return "nothing compared";
	}
	return "?";
}

const struct par_pair *par_comparison_pair(
	const struct par_compared_runs *comparison, size_t row, size_t other)
{
	return &comparison->pairs[row * comparison->others + other];
}

const struct par_cell *par_comparison_cell(const struct par_compared_runs *comparison, size_t row)
{
	for (size_t i = 0; i < comparison->others; i++) {
		const struct par_pair *pair = par_comparison_pair(comparison, row, i);

		if (pair->base != NULL)
			return &pair->base->cell;
		if (pair->other != NULL)
			return &pair->other->cell;
	}
	return NULL;
}

static size_t pair_count(const struct par_compared_runs *comparison)
{
	return comparison->rows * comparison->others;
}

static int judge_pair(const struct par_compared_runs *comparison, struct par_pair *pair)
{
	struct par_independent_rule rule = { PAR_CONFIDENCE, comparison->comparisons };
	double tolerance = comparison->spec.tolerance;
	int status = par_independent_compare(&pair->found, pair->base->times_ns, pair->base->n,
		pair->other->times_ns, pair->other->n, &rule);

	pair->change = par_independent_judge(&pair->found, tolerance);
	pair->may_hide = par_independent_may_hide(&pair->found, tolerance);
	pair->needed = par_independent_needed(&pair->found, tolerance);
	return status;
}

int par_comparison_judge(struct par_compared_runs *comparison)
{
	int status = 0;

	for (size_t i = 0; i < pair_count(comparison); i++)
		comparison->comparisons += comparison->pairs[i].state == PAR_PAIR_COMPARED;
	for (size_t i = 0; status == 0 && i < pair_count(comparison); i++)
		if (comparison->pairs[i].state == PAR_PAIR_COMPARED)
			status = judge_pair(comparison, &comparison->pairs[i]);
	return status;
}

static void count(struct par_change_tally *tally, const struct par_pair *pair)
{
	tally->states[pair->state]++;
	tally->may_hide += pair->state == PAR_PAIR_UNTRUSTED;
	if (pair->state != PAR_PAIR_COMPARED)
		return;
	tally->changes[pair->change]++;
	tally->may_hide += pair->may_hide;
}

/* Sorted, so that infinite ones are last. */
static void find_needed(struct par_compared_with *with, double *needed, size_t open)
{
	par_sort(needed, open);
	with->settle_half = open == 0 ? 0.0 : needed[(open - 1) / 2];
	with->settle_all = open == 0 ? 0.0 : needed[open - 1];
}

static int tally_run(struct par_compared_runs *comparison, size_t other)
{
	struct par_compared_with *with = &comparison->with[other];
	double *ratios = calloc(comparison->rows + 1, sizeof *ratios);
	double *needed = calloc(comparison->rows + 1, sizeof *needed);
	size_t compared = 0, open = 0;
	int status = ratios == NULL || needed == NULL ? -ENOMEM : 0;

	for (size_t row = 0; status == 0 && row < comparison->rows; row++) {
		const struct par_pair *pair = par_comparison_pair(comparison, row, other);

		count(&with->tally, pair);
		if (pair->state != PAR_PAIR_COMPARED)
			continue;
		ratios[compared++] = pair->found.ratio;
		with->above += pair->found.ratio > 1.0;
		if (pair->change == PAR_CHANGE_NOT_SURE)
			needed[open++] = isnan(pair->needed) ? INFINITY : pair->needed;
	}
	if (status == 0) {
		with->middle = par_median_of(ratios, compared);
		find_needed(with, needed, open);
	}
	free(needed);
	free(ratios);
	return status;
}

static enum par_outcome decide(const struct par_compared_runs *comparison)
{
	size_t bad = 0, may_hide = 0;

	for (size_t i = 0; i < comparison->others; i++) {
		const struct par_change_tally *tally = &comparison->with[i].tally;

		bad += tally->changes[PAR_CHANGE_REGRESSION] + tally->states[PAR_PAIR_BROKEN];
		may_hide += tally->may_hide;
		if (tally->states[PAR_PAIR_COMPARED] + tally->states[PAR_PAIR_BROKEN] == 0)
			return PAR_OUTCOME_NOTHING;
	}
	if (bad > 0)
		return PAR_OUTCOME_REGRESSION;
	return may_hide > 0 ? PAR_OUTCOME_NOT_SURE : PAR_OUTCOME_NONE;
}

int par_comparison_tally(struct par_compared_runs *comparison)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < comparison->others; i++)
		status = tally_run(comparison, i);
	if (status == 0)
		comparison->outcome = decide(comparison);
	return status;
}

static void find_differences(struct par_compared_runs *comparison)
{
	const struct par_comparison_run *runs = comparison->spec.runs;

	for (size_t i = 0; i < comparison->others; i++)
		comparison->with[i].difference_count =
			par_comparison_differences(comparison->with[i].differences,
				runs[0].analysis->run, runs[i + 1].analysis->run);
}

static void look_at_experiments(struct par_compared_runs *comparison)
{
	const struct par_cell *first =
		comparison->rows == 0 ? NULL : par_comparison_cell(comparison, 0);

	for (size_t row = 1; row < comparison->rows; row++)
		comparison->many_experiments |=
			strcmp(par_comparison_cell(comparison, row)->experiment,
				first->experiment) != 0;
}

int par_comparison_init(struct par_compared_runs *comparison,
	const struct par_comparison_spec *spec, struct par_error *error)
{
	int status;

	*comparison = (struct par_compared_runs){ .spec = *spec, .others = spec->run_count - 1 };
	status = par_comparison_match(comparison);
	if (status == 0)
		status = par_comparison_judge(comparison);
	if (status == 0)
		status = par_comparison_tally(comparison);
	if (status < 0) {
		par_comparison_fini(comparison);
		return par_fail(error, status, "comparison: %s", par_error_text(status));
	}
	find_differences(comparison);
	look_at_experiments(comparison);
	par_comparison_headline(comparison);
	return 0;
}

void par_comparison_fini(struct par_compared_runs *comparison)
{
	free(comparison->pairs);
	*comparison = (struct par_compared_runs)PAR_COMPARED_RUNS_INIT;
}
