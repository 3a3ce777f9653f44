/*
 * "Read before quoting": what a reader must know before trusting a number of this run. One a line.
 */
#include <string.h>

#include "analysis_parts.h"
#include "interval.h"
#include "phrase.h"

#define PAIRS_MOST   3 /* workloads and models named in one line */
#define REASONS_MOST 6 /* lines of reasons for cells that did not run */

static bool is_two_humped(const struct par_cell_stats *stats)
{
	return stats->two_humped;
}

static bool is_drifting(const struct par_cell_stats *stats)
{
	return stats->scatter.trend.drifts;
}

static bool has_outlying(const struct par_cell_stats *stats)
{
	return stats->scatter.outlying > 0;
}

static bool is_skipped(const struct par_cell_stats *stats)
{
	return stats->status == PAR_STATUS_SKIPPED;
}

static void caution_results(struct par_text *out, const struct par_analysis *analysis)
{
	size_t wrong = par_cells_count(analysis, par_cell_is_wrong);
	size_t failed = par_cells_count(analysis, par_cell_is_failed);

	if (wrong > 0) {
		par_text_format(out, "Wrong results in %zu cell%s: ", wrong, par_phrase_s(wrong));
		par_cells_name(out, analysis, par_cell_is_wrong, NULL, PAIRS_MOST);
		par_text_add(out, ". Their times are not used.\n");
	}
	if (failed > 0) {
		par_text_format(out, "Visits of %zu cell%s failed or ran out of time: ", failed,
			par_phrase_s(failed));
		par_cells_name(out, analysis, par_cell_is_failed, NULL, PAIRS_MOST);
		par_text_add(out, ".\n");
	}
}

static void caution_scatter(struct par_text *out, const struct par_analysis *analysis)
{
	size_t drifting = par_cells_count(analysis, is_drifting);
	size_t cells = par_cells_count(analysis, has_outlying), visits = 0;

	for (size_t i = 0; i < analysis->cell_count; i++)
		visits += analysis->cells[i].scatter.outlying;
	if (drifting > 0) {
		par_text_format(out, "%zu cell%s over the rounds, by more than %.0f %%: ", drifting,
			drifting == 1 ? " drifts" : "s drift", 100 * PAR_TREND_CHANGE);
		par_cells_name(out, analysis, is_drifting, NULL, PAIRS_MOST);
		par_text_add(out, ".\n");
	}
	if (visits > 0)
		par_text_format(out,
			"%zu visit%s of %zu cell%s %s far from the others (outside Tukey's fences) "
			"and count all the same.\n",
			visits, par_phrase_s(visits), cells, par_phrase_s(cells),
			visits == 1 ? "lies" : "lie");
}

static void caution_noise(struct par_text *out, const struct par_analysis *analysis)
{
	size_t humped = par_cells_count(analysis, is_two_humped);
	size_t restless = par_cells_count(analysis, par_cell_is_restless);
	size_t visits = 0, untrustworthy = 0;

	for (size_t i = 0; i < analysis->cell_count; i++) {
		visits += analysis->cells[i].visits;
		untrustworthy += analysis->cells[i].untrustworthy;
	}
	if (humped > 0) {
		par_text_format(out, "%zu cell%s two behaviours, so a median hides one: ", humped,
			humped == 1 ? " shows" : "s show");
		par_cells_name(out, analysis, is_two_humped, NULL, PAIRS_MOST);
		par_text_add(out, ".\n");
	}
	caution_scatter(out, analysis);
	if (untrustworthy > 0)
		par_text_format(out,
			"In %zu of %zu visits the machine did not hold still (speed, stolen time "
			"or distance of its CPUs changed): they are shown but not counted.\n",
			untrustworthy, visits);
	if (restless > 0) {
		par_text_format(out, "%zu cell%s no visit that counts for that reason: ", restless,
			restless == 1 ? " has" : "s have");
		par_cells_name(out, analysis, par_cell_is_restless, NULL, PAIRS_MOST);
		par_text_add(out, ".\n");
	}
}

static size_t count_reason(const struct par_analysis *analysis, const char *reason)
{
	size_t count = 0;

	for (size_t i = 0; i < analysis->cell_count; i++)
		count += is_skipped(&analysis->cells[i]) &&
			 strcmp(analysis->cells[i].reason, reason) == 0;
	return count;
}

static bool is_new_reason(const struct par_analysis *analysis, size_t cell)
{
	for (size_t i = 0; i < cell; i++) {
		if (is_skipped(&analysis->cells[i]) &&
			strcmp(analysis->cells[i].reason, analysis->cells[cell].reason) == 0)
			return false;
	}
	return true;
}

/* Cells that were not run, a line a reason. */
static void caution_skips(struct par_text *out, const struct par_analysis *analysis)
{
	size_t lines = 0, rest = 0;

	for (size_t i = 0; i < analysis->cell_count; i++) {
		const char *reason = analysis->cells[i].reason;
		size_t count;

		if (!is_skipped(&analysis->cells[i]) || !is_new_reason(analysis, i))
			continue;
		count = count_reason(analysis, reason);
		if (lines++ >= REASONS_MOST) {
			rest += count;
			continue;
		}
		par_text_format(
			out, "Not run: %zu cell%s (%s): ", count, par_phrase_s(count), reason);
		par_cells_name(out, analysis, is_skipped, reason, PAIRS_MOST);
		par_text_add(out, ".\n");
	}
	if (rest > 0)
		par_text_format(
			out, "Not run for other reasons: %zu cell%s.\n", rest, par_phrase_s(rest));
}

static void caution_rounds(struct par_text *out, const struct par_analysis *analysis)
{
	size_t few = par_cells_count(analysis, par_cell_is_short),
	       unvisited = par_cells_count(analysis, par_cell_is_unvisited);

	if (few > 0)
		par_text_format(out,
			"%zu of %zu cells have fewer than %d visits that count: their medians have "
			"no 95 %% interval.\n",
			few, analysis->cell_count, PAR_ROUNDS_LEAST);
	if (unvisited > 0)
		par_text_format(out, "%zu planned cell%s not visited.\n", unvisited,
			unvisited == 1 ? " was" : "s were");
}

int par_analysis_caution(struct par_analysis *analysis)
{
	struct par_text *out = &analysis->cautions;

	caution_results(out, analysis);
	caution_noise(out, analysis);
	par_caution_conditions(out, analysis);
	caution_skips(out, analysis);
	caution_rounds(out, analysis);
	par_caution_run(out, analysis);
	return par_text_status(out);
}
