/*
 * The cautions that change what may be quoted, in lines short enough for the end of a run on a
 * terminal. The page has all of them at length.
 */
#include <string.h>

#include "analysis_parts.h"
#include "interval.h"
#include "phrase.h"
#include "rounds.h"

#define NEEDED_MOST 2 /* workloads by name */

static bool is_silent(const struct par_cell_stats *stats)
{
	return par_cell_is_unvisited(stats) || par_cell_is_restless(stats);
}

/* Adds "3 cells wrong, not used: SHA-256 with fork and 2 more." */
static void add_kind(struct par_text *out, const struct par_analysis *analysis, par_cell_test *test,
	const char *words)
{
	size_t count = par_cells_count(analysis, test);

	if (count == 0)
		return;
	par_text_format(out, "%zu cell%s %s: ", count, par_phrase_s(count), words);
	par_cells_name(out, analysis, test, NULL, 1);
	par_text_add(out, ".\n");
}

static void add_short(struct par_text *out, const struct par_analysis *analysis)
{
	size_t count = par_cells_count(analysis, par_cell_is_short);

	if (count > 0)
		par_text_format(out,
			"%zu of %zu cells with fewer than %d visits that count: no interval.\n",
			count, analysis->cell_count, PAR_ROUNDS_LEAST);
}

/* "About 24 rounds in all would decide SHA-256, and 61 chase: go on with --resume --budget TIME."
 */
static void add_needed(struct par_text *out, const struct par_analysis *analysis)
{
	size_t named = 0, more = 0;

	for (size_t i = 0; i < analysis->answer_count; i++) {
		const struct par_answer *answer = &analysis->answers[i];

		if (!(answer->rounds_needed <= PAR_ROUNDS_MAX))
			continue;
		if (named == NEEDED_MOST) {
			more++;
			continue;
		}
		if (named++ == 0)
			par_text_format(out, "About %.0f rounds in all would decide %s",
				answer->rounds_needed, answer->workload->label);
		else
			par_text_format(
				out, ", %.0f %s", answer->rounds_needed, answer->workload->label);
	}
	if (more > 0)
		par_text_format(out, " and %zu more", more);
	if (named > 0)
		par_text_add(out, ": --resume --budget TIME.\n");
}

static void add_ending(struct par_text *out, const struct par_analysis *analysis)
{
	const char *ending = par_analysis_ending(analysis);

	if (ending == NULL)
		par_text_add(out, "Not ended (killed, or still going): more visits are due.\n");
	else if (strcmp(ending, "interrupted") == 0)
		par_text_add(out, "Interrupted: more visits are due; go on with --resume.\n");
}

int par_analysis_brief(struct par_analysis *analysis)
{
	struct par_text *out = &analysis->brief;

	add_kind(out, analysis, par_cell_is_wrong, "with wrong results, not used");
	add_kind(out, analysis, par_cell_is_failed, "failed or ran out of time");
	add_kind(out, analysis, is_silent, "without a trusted visit");
	add_short(out, analysis);
	add_needed(out, analysis);
	add_ending(out, analysis);
	return par_text_status(out);
}
