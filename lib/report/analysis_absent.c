/*
 * Models that were planned for a workload and have no time there: an answer must not read as if
 * they had lost.
 */
#include <string.h>

#include "analysis_parts.h"

bool par_group_plans(const struct par_group *group, const struct par_cell_stats *stats)
{
	return stats->serial == group->serial &&
	       (strcmp(stats->cell.experiment, group->experiment) == 0 ||
		       (stats->cell.model->traits & PAR_TRAIT_SERIAL) != 0);
}

/* Nothing is known of it: no visit, or none while the machine held still. */
static bool is_untrusted(const struct par_cell_stats *stats)
{
	return stats->status != PAR_STATUS_SKIPPED && stats->untrustworthy == stats->visits;
}

/* The absence that this cell alone stands for. */
static enum par_absence absence_of(const struct par_cell_stats *stats)
{
	if (is_untrusted(stats))
		return PAR_ABSENT_UNTRUSTED;
	return stats->wrong > 0 ? PAR_ABSENT_WRONG : PAR_ABSENT_FAILED;
}

/* False for a model with a time, or with no cell that could run. */
static bool find_absence(enum par_absence *why, const struct par_analysis *analysis,
	const struct par_group *group, const struct par_model *model)
{
	bool absent = false;

	for (size_t i = 0; i < analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[i];
		enum par_absence here;

		if (stats->cell.model != model || !par_group_plans(group, stats) ||
			stats->status == PAR_STATUS_SKIPPED)
			continue;
		if (par_cell_stats_counts(stats))
			return false;
		here = absence_of(stats);
		if (!absent || here < *why)
			*why = here;
		absent = true;
	}
	return absent;
}

void par_analysis_absent(struct par_answer *answer, const struct par_analysis *analysis,
	const struct par_group *group)
{
	const struct par_model *const *models = analysis->registry->models;

	/* By absence, so that those that cap the verdict have a place before all others. */
	for (size_t i = 0; i < PAR_ABSENCES; i++) {
		for (const struct par_model *const *model = models; *model != NULL; model++) {
			enum par_absence why = PAR_ABSENT_UNTRUSTED;

			if (answer->absent_count < PAR_ANSWER_MODELS_MAX &&
				find_absence(&why, analysis, group, *model) && why == i)
				answer->absent[answer->absent_count++] =
					(struct par_absent){ *model, why };
		}
	}
}

size_t par_answer_count_absent(const struct par_answer *answer, enum par_absence why)
{
	size_t count = 0;

	for (size_t i = 0; i < answer->absent_count; i++)
		count += answer->absent[i].why == why;
	return count;
}
