/*
 * Cells of a kind: which they are, how many, and for what work and model.
 */
#include <string.h>

#include "analysis_parts.h"
#include "interval.h"

bool par_cell_is_wrong(const struct par_cell_stats *stats)
{
	return stats->wrong > 0;
}

bool par_cell_is_failed(const struct par_cell_stats *stats)
{
	return stats->failed > 0;
}

bool par_cell_is_unvisited(const struct par_cell_stats *stats)
{
	return stats->visits == 0 && stats->status != PAR_STATUS_SKIPPED;
}

bool par_cell_is_restless(const struct par_cell_stats *stats)
{
	return stats->status == PAR_STATUS_UNTRUSTWORTHY;
}

bool par_cell_is_short(const struct par_cell_stats *stats)
{
	return par_cell_stats_counts(stats) && stats->n < PAR_ROUNDS_LEAST;
}

size_t par_cells_count(const struct par_analysis *analysis, par_cell_test *test)
{
	size_t count = 0;

	for (size_t i = 0; i < analysis->cell_count; i++)
		count += test(&analysis->cells[i]);
	return count;
}

static bool passes(const struct par_cell_stats *stats, par_cell_test *test, const char *reason)
{
	return test(stats) && (reason == NULL || strcmp(stats->reason, reason) == 0);
}

/* The first cell that passes with this workload and model. */
static bool is_new_pair(
	const struct par_analysis *analysis, size_t cell, par_cell_test *test, const char *reason)
{
	const struct par_cell_stats *stats = &analysis->cells[cell];

	for (size_t i = 0; i < cell; i++) {
		const struct par_cell_stats *other = &analysis->cells[i];

		if (other->cell.workload == stats->cell.workload &&
			other->cell.model == stats->cell.model && passes(other, test, reason))
			return false;
	}
	return true;
}

void par_cells_name(struct par_text *out, const struct par_analysis *analysis, par_cell_test *test,
	const char *reason, size_t most)
{
	size_t pairs = 0;

	for (size_t i = 0; i < analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[i];

		if (!passes(stats, test, reason) || !is_new_pair(analysis, i, test, reason))
			continue;
		if (pairs < most)
			par_text_format(out, "%s%s with %s", pairs > 0 ? ", " : "",
				stats->cell.workload->label, stats->cell.model->label);
		pairs++;
	}
	if (pairs > most)
		par_text_format(out, " and %zu more", pairs - most);
}
