/*
 * What is said below the table of a comparison: counts, how the runs differ, how it was judged.
 */
#include <math.h>
#include <string.h>

#include "chart_format.h"
#include "comparison_parts.h"
#include "interval.h"
#include "phrase.h"

#define MOVED_LEAST 0.01 /* all cells have moved: the middle one by so much, */
#define MOVED_SHARE 0.85 /* and so many of them the same way */
#define MOVED_CELLS 10   /* of no fewer */
#define NEEDED_MOST 10000.0

static void add_count(
	struct par_text *out, size_t *said, size_t count, const char *one, const char *many)
{
	if (count == 0)
		return;
	par_text_format(out, "%s%zu %s", *said > 0 ? ", " : "", count, count == 1 ? one : many);
	++*said;
}

static void note_counts(struct par_text *out, const struct par_change_tally *tally)
{
	size_t said = 0, compared = tally->states[PAR_PAIR_COMPARED];

	par_text_format(out, "%zu cell%s compared: ", compared, par_phrase_s(compared));
	add_count(out, &said, tally->changes[PAR_CHANGE_REGRESSION], "regression", "regressions");
	add_count(out, &said, tally->changes[PAR_CHANGE_SLOWER], "slower", "slower");
	add_count(out, &said, tally->changes[PAR_CHANGE_FASTER], "faster", "faster");
	add_count(out, &said, tally->changes[PAR_CHANGE_TIE], "tie", "ties");
	add_count(out, &said, tally->changes[PAR_CHANGE_NOT_SURE], "not sure", "not sure");
	add_count(out, &said, tally->states[PAR_PAIR_BROKEN], "wrong or failing in the new run",
		"wrong or failing in the new run");
	add_count(out, &said, tally->states[PAR_PAIR_UNTRUSTED],
		"without a trusted visit in the new run", "without a trusted visit in the new run");
	par_text_add(out, said > 0 ? ".\n" : "none.\n");
}

/* The largest ratio of the regressions; 0 without any. */
static double worst(const struct par_compared_runs *comparison, size_t other)
{
	double most = 0.0;

	for (size_t row = 0; row < comparison->rows; row++) {
		const struct par_pair *pair = par_comparison_pair(comparison, row, other);

		if (pair->state == PAR_PAIR_COMPARED && pair->change == PAR_CHANGE_REGRESSION)
			most = fmax(most, pair->found.ratio);
	}
	return most;
}

void par_comparison_finding(
	char *out, size_t size, const struct par_compared_runs *comparison, size_t other)
{
	const struct par_change_tally *tally = &comparison->with[other].tally;
	struct par_text text = PAR_TEXT_INIT;
	size_t said = 0;

	add_count(&text, &said, tally->changes[PAR_CHANGE_REGRESSION], "regression", "regressions");
	if (said > 0)
		par_text_format(
			&text, " (up to %s)", par_label_times(worst(comparison, other)).text);
	else
		par_text_add(&text, "No regression: ");
	add_count(&text, &said, tally->changes[PAR_CHANGE_SLOWER], "slower", "slower");
	add_count(&text, &said, tally->changes[PAR_CHANGE_FASTER], "faster", "faster");
	add_count(&text, &said, tally->changes[PAR_CHANGE_TIE], "tie", "ties");
	add_count(&text, &said, tally->changes[PAR_CHANGE_NOT_SURE], "not sure", "not sure");
	(void)par_phrase_take(out, size, &text);
}

static void note_left_out(struct par_text *out, const struct par_change_tally *tally)
{
	struct par_text list = PAR_TEXT_INIT;
	size_t said = 0;

	add_count(&list, &said, tally->states[PAR_PAIR_ONLY_BASE], "cell only in the base",
		"cells only in the base");
	add_count(&list, &said, tally->states[PAR_PAIR_ONLY_NEW], "only in the new run",
		"only in the new run");
	add_count(&list, &said, tally->states[PAR_PAIR_OTHER_WORK], "whose work differs",
		"whose work differs");
	add_count(&list, &said, tally->states[PAR_PAIR_BASELESS], "without a time in the base",
		"without a time in the base");
	if (said > 0)
		par_text_format(out, "Not judged: %s.\n", par_text_get(&list));
	par_text_fini(&list);
}

static void note_hidden(
	struct par_text *out, const struct par_compared_with *with, double tolerance)
{
	if (with->tally.may_hide > 0) {
		par_text_format(out, "%zu cell%s may be slower by more than ", with->tally.may_hide,
			par_phrase_s(with->tally.may_hide));
		par_comparison_percent(out, tolerance);
		par_text_add(out, ".\n");
	}
	if (!(with->settle_half > 0.0 && with->settle_half < NEEDED_MOST))
		return;
	par_text_format(out,
		"About %.0f visits of each cell in each run would settle half of those that are "
		"not sure",
		with->settle_half);
	if (with->settle_all < NEEDED_MOST && with->settle_all > with->settle_half)
		par_text_format(out, ", %.0f all of them", with->settle_all);
	par_text_add(out, ".\n");
}

static void note_moved(struct par_text *out, const struct par_compared_with *with)
{
	size_t compared = with->tally.states[PAR_PAIR_COMPARED];
	bool slower = with->middle > 1.0;
	size_t same = slower ? with->above : compared - with->above;

	if (compared < MOVED_CELLS || !(fabs(log(with->middle)) > log1p(MOVED_LEAST)) ||
		(double)same < MOVED_SHARE * (double)compared)
		return;
	par_text_format(out,
		"%zu of %zu cells moved the same way, the middle one to %.3f of the base: the "
		"machine may have changed rather than the program. Run the base again.\n",
		same, compared, with->middle);
}

static void note_differences(struct par_text *out, const struct par_compared_with *with, bool grave)
{
	size_t said = 0;

	for (size_t i = 0; i < with->difference_count; i++) {
		const struct par_difference *difference = &with->differences[i];

		if (difference->grave != grave)
			continue;
		if (said++ == 0)
			par_text_add(out, grave ? "Another machine: these ratios compare machines, "
						  "not programs. "
						: "Differs, beside the times: ");
		else
			par_text_add(out, "; ");
		par_text_format(out, "%s (%s in the base, %s now)", difference->what,
			difference->base, difference->other);
	}
	if (said > 0)
		par_text_add(out, ".\n");
}

static void note_ending(struct par_text *out, const struct par_comparison_run *run)
{
	const char *ending = json_string_value(json_object_get(run->analysis->run, "ended"));

	if (ending == NULL)
		par_text_format(
			out, "%s has not ended: it was killed, or is still going.\n", run->name);
	else if (strcmp(ending, "interrupted") == 0)
		par_text_format(out,
			"%s was interrupted: its intervals are wider than asked for.\n", run->name);
}

static void note_humps(
	struct par_text *out, const struct par_compared_runs *comparison, size_t other)
{
	size_t humped = 0;

	for (size_t row = 0; row < comparison->rows; row++) {
		const struct par_pair *pair = par_comparison_pair(comparison, row, other);

		humped += pair->state == PAR_PAIR_COMPARED && pair->change != PAR_CHANGE_TIE &&
			  (pair->base->two_humped || pair->other->two_humped);
	}
	if (humped > 0)
		par_text_format(out,
			"%zu cell%s that %s no tie show%s two behaviours in a run: their middle "
			"jumps from one to the other.\n",
			humped, par_phrase_s(humped), humped == 1 ? "is" : "are",
			humped == 1 ? "s" : "");
}

static void note_method(struct par_text *out, const struct par_compared_runs *comparison)
{
	if (comparison->comparisons == 0)
		return;
	par_text_format(out,
		"Ratio: new over base, the middle of the ratios of all pairs of visits. Interval: "
		"95 %% of each cell by itself. Surely: at %.0f %% for all %zu comparisons at once, "
		"and by more than 1 %%.\n",
		100.0 * PAR_CONFIDENCE, comparison->comparisons);
}

void par_comparison_notes(struct par_text *out, const struct par_compared_runs *comparison)
{
	note_ending(out, &comparison->spec.runs[0]);
	for (size_t i = 0; i < comparison->others; i++) {
		const struct par_compared_with *with = &comparison->with[i];

		if (comparison->others > 1)
			par_text_format(out, "new %zu: ", i + 1);
		note_counts(out, &with->tally);
		note_hidden(out, with, comparison->spec.tolerance);
		note_left_out(out, &with->tally);
		note_moved(out, with);
		note_humps(out, comparison, i);
		note_differences(out, with, true);
		note_differences(out, with, false);
		note_ending(out, &comparison->spec.runs[i + 1]);
	}
	note_method(out, comparison);
}
