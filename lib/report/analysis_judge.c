#include <math.h>

#include "analysis_parts.h"
#include "series.h"

const char *par_verdict_name(enum par_verdict verdict)
{
	switch (verdict) {
	case PAR_VERDICT_FASTER: return "faster";
	case PAR_VERDICT_TIE: return "tie";
	case PAR_VERDICT_NOT_SURE: return "not sure";
	}
	return "?";
}

bool par_answer_has_few_rounds(const struct par_answer *answer)
{
	for (size_t i = 1; i < answer->rank_count; i++) {
		if (isnan(answer->ranks[i].ratio_ci[0]))
			return true;
	}
	return false;
}

bool par_answer_is_open(const struct par_answer *answer)
{
	for (size_t i = 1; i < answer->rank_count; i++) {
		if (answer->ranks[i].comparison == PAR_COMPARISON_NOT_SURE)
			return true;
	}
	return false;
}

static double least(const struct par_cell_stats *stats)
{
	double value = INFINITY;

	for (unsigned i = 0; i < stats->n; i++)
		value = fmin(value, stats->times_ns[i]);
	return value;
}

static double most(const struct par_cell_stats *stats)
{
	double value = 0.0;

	for (unsigned i = 0; i < stats->n; i++)
		value = fmax(value, stats->times_ns[i]);
	return value;
}

/*
 * With too few rounds for an interval: models whose ranges of times do not meet, and whose medians
 * are not close, are at least kept apart in the table. It is no verdict.
 */
static bool looks_alike(const struct par_rank *rank, const struct par_cell_stats *first,
	const struct par_cell_stats *other)
{
	return rank->ratio <= 1.0 + PAR_TIE_WIDTH_MAX || least(other) <= most(first);
}

static int judge_rank(struct par_rank *rank, const struct par_cell_stats *first,
	const struct par_cell_stats *other, unsigned comparisons)
{
	struct par_compared compared;
	int status;

	rank->ratio = other->median_ns / first->median_ns;
	if (first == other)
		return 0;
	status = par_analysis_compare(&compared, first, other, comparisons);
	if (status < 0)
		return status;
	rank->pairs = (unsigned)compared.pairs;
	/* The first has the fastest median: what says that it is slower is no verdict. */
	rank->comparison = compared.verdict == PAR_COMPARISON_SLOWER ? PAR_COMPARISON_NOT_SURE
								     : compared.verdict;
	rank->ratio_ci[0] = compared.low;
	rank->ratio_ci[1] = compared.high;
	rank->needed = rank->comparison == PAR_COMPARISON_NOT_SURE ? compared.needed : NAN;
	if (isnan(compared.low))
		rank->tie = looks_alike(rank, first, other);
	else
		rank->tie = compared.verdict != PAR_COMPARISON_FASTER;
	return 0;
}

/* A model that might be the fastest, and was never measured on a still machine, leaves it open. */
static enum par_verdict find_verdict(const struct par_answer *answer)
{
	if (par_answer_is_open(answer) || par_answer_count_absent(answer, PAR_ABSENT_UNTRUSTED) > 0)
		return PAR_VERDICT_NOT_SURE;
	for (size_t i = 1; i < answer->rank_count; i++) {
		if (answer->ranks[i].tie)
			return PAR_VERDICT_TIE;
	}
	return PAR_VERDICT_FASTER;
}

/* Those of the comparison that needs most. */
static double find_rounds_needed(const struct par_answer *answer)
{
	double needed = NAN;

	for (size_t i = 1; i < answer->rank_count; i++) {
		const struct par_rank *rank = &answer->ranks[i];

		if (rank->comparison != PAR_COMPARISON_NOT_SURE)
			continue;
		if (isnan(rank->needed))
			return NAN;
		needed = fmax(needed, rank->needed); /* which takes a number over NaN */
	}
	return needed;
}

/* On a tie the simplest; but not one that looks slower and only cannot be proved to be. */
static const struct par_rank *find_recommended(const struct par_answer *answer)
{
	const struct par_rank *best = &answer->ranks[0];

	for (size_t i = 1; i < answer->rank_count; i++) {
		const struct par_rank *rank = &answer->ranks[i];

		if (rank->tie && rank->ratio <= 1.0 + PAR_TIE_WIDTH_MAX &&
			rank->model->simplicity < best->model->simplicity)
			best = rank;
	}
	return best;
}

int par_analysis_judge(struct par_answer *answer, const struct par_analysis *analysis)
{
	const struct par_cell_stats *first = &analysis->cells[answer->ranks[0].cell];
	unsigned comparisons = par_series_comparisons(answer->rank_count);
	const struct par_rank *recommended;
	int status = 0;

	for (size_t i = 0; i < answer->rank_count && status == 0; i++) {
		struct par_rank *rank = &answer->ranks[i];

		status = judge_rank(rank, first, &analysis->cells[rank->cell], comparisons);
	}
	recommended = find_recommended(answer);
	answer->verdict = find_verdict(answer);
	answer->rounds_needed = find_rounds_needed(answer);
	answer->recommended = recommended->model;
	answer->recommended_cell = recommended->cell;
	return status;
}
