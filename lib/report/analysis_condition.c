/*
 * Cautions about conditions: a file that is cached is read at another speed than one that is not.
 */
#include <string.h>

#include "analysis_parts.h"
#include "phrase.h"

#define PAIRS_MOST 3 /* workloads and models named in one line */

static bool is_mixed(const struct par_cell_stats *stats)
{
	return strcmp(stats->condition, PAR_CONDITION_MIXED) == 0;
}

/* The rank whose best cell met another condition than that of the fastest; NULL: none did. */
static const struct par_rank *find_other(
	const struct par_analysis *analysis, const struct par_answer *answer)
{
	const char *first = analysis->cells[answer->ranks[0].cell].condition;

	for (size_t i = 1; i < answer->rank_count; i++) {
		if (strcmp(analysis->cells[answer->ranks[i].cell].condition, first) != 0)
			return &answer->ranks[i];
	}
	return NULL;
}

static const char *condition_of(const struct par_analysis *analysis, const struct par_rank *rank)
{
	const char *condition = analysis->cells[rank->cell].condition;

	return condition[0] != '\0' ? condition : "unknown";
}

static void compare_ranks(
	struct par_text *out, const struct par_analysis *analysis, const struct par_answer *answer)
{
	const struct par_rank *first = &answer->ranks[0], *other = find_other(analysis, answer);

	if (other == NULL)
		return;
	par_text_format(out,
		"%s compares models under different conditions (%s: %s, %s: %s): its ratios may "
		"come from these, not from the models.\n",
		answer->workload->label, first->model->label, condition_of(analysis, first),
		other->model->label, condition_of(analysis, other));
}

void par_caution_conditions(struct par_text *out, const struct par_analysis *analysis)
{
	size_t mixed = par_cells_count(analysis, is_mixed);

	if (mixed > 0) {
		par_text_format(out,
			"In %zu cell%s visits met different conditions (cold and warm files, say) "
			"and are pooled: ",
			mixed, par_phrase_s(mixed));
		par_cells_name(out, analysis, is_mixed, NULL, PAIRS_MOST);
		par_text_add(out, ".\n");
	}
	for (size_t i = 0; i < analysis->answer_count; i++)
		compare_ranks(out, analysis, &analysis->answers[i]);
}
