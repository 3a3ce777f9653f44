#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analysis_parts.h"
#include "interval.h"

bool par_cell_stats_counts(const struct par_cell_stats *stats)
{
	return stats->status == PAR_STATUS_OK && stats->n > 0;
}

/* The times of the rounds that both have; both lists are in the order of rounds. */
static size_t pair_up(
	double *base, double *other, const struct par_cell_stats *a, const struct par_cell_stats *b)
{
	size_t pairs = 0;

	for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
		if (a->rounds[i] == b->rounds[j]) {
			base[pairs] = a->times_ns[i++];
			other[pairs++] = b->times_ns[j++];
		} else if (a->rounds[i] < b->rounds[j]) {
			i++;
		} else {
			j++;
		}
	}
	return pairs;
}

/* Two separate 95 % intervals that do not meet are surer than 95 %, so no correction is needed. */
static void compare_unpaired(struct par_compared *out, const struct par_cell_stats *base,
	const struct par_cell_stats *other)
{
	out->low = other->ci_ns[0] / base->ci_ns[1];
	out->high = other->ci_ns[1] / base->ci_ns[0];
	out->verdict = par_compare_judge(out->low, out->high, PAR_EFFECT_FLOOR);
}

/* Makes the interval hold the ratio of the medians, which is printed beside it, and judges anew. */
static void widen(struct par_compared *out, double ratio)
{
	bool slower = out->verdict == PAR_COMPARISON_SLOWER;

	if (ratio < out->low)
		out->low = ratio;
	if (ratio > out->high)
		out->high = ratio;
	out->verdict = par_compare_judge(out->low, out->high, PAR_EFFECT_FLOOR);
	/* Pairs against medians: that is no tie. */
	if (slower && out->verdict != PAR_COMPARISON_SLOWER)
		out->verdict = PAR_COMPARISON_NOT_SURE;
}

int par_analysis_compare(struct par_compared *out, const struct par_cell_stats *base,
	const struct par_cell_stats *other, unsigned comparisons)
{
	const struct par_compare_rule rule = {
		.confidence = PAR_CONFIDENCE, .comparisons = comparisons, .floor = PAR_EFFECT_FLOOR
	};
	double ratio = other->median_ns / base->median_ns;
	double *times = calloc(2 * (size_t)base->n + 1, sizeof *times);
	int status;

	if (times == NULL)
		return -ENOMEM;
	status = par_compare_paired(
		out, times, times + base->n, pair_up(times, times + base->n, base, other), &rule);
	free(times);
	if (status < 0)
		return status;
	if (out->pairs < PAR_PAIRS_LEAST)
		compare_unpaired(out, base, other);
	widen(out, ratio);
	return 0;
}

static int find_speedup(struct par_cell_stats *stats, const struct par_cell_stats *serial)
{
	struct par_compared compared;
	int status;

	stats->speedup = serial->median_ns / stats->median_ns;
	stats->efficiency = stats->speedup / (double)stats->cell.cores;
	status = par_analysis_compare(&compared, stats, serial, 1);
	if (status < 0)
		return status;
	/* The base against itself: exactly 1, but as uncertain as its own time. */
	if (stats == serial)
		compare_unpaired(&compared, serial, serial);
	stats->speedup_ci[0] = compared.low;
	stats->speedup_ci[1] = compared.high;
	return 0;
}

static bool is_base(const struct par_cell_stats *stats)
{
	return (stats->cell.model->traits & PAR_TRAIT_SERIAL) != 0 && par_cell_stats_counts(stats);
}

/* best[w]: the fastest serial cell of the work w. */
static void find_bases(size_t *best, const size_t *work, const struct par_analysis *analysis)
{
	for (size_t i = 0; i < analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[i];
		size_t *base = &best[work[i]];

		if (is_base(stats) &&
			(*base == SIZE_MAX || stats->median_ns < analysis->cells[*base].median_ns))
			*base = i;
	}
}

/* work[i]: the first cell that does the same work as cell i. */
static int find_works(size_t *work, const struct par_analysis *analysis)
{
	char(*names)[PAR_CELL_ID_MAX] = calloc(analysis->cell_count + 1, sizeof *names);
	struct par_id_index index = { 0 };
	int status = names == NULL ? -ENOMEM : par_id_index_init(&index, analysis->cell_count);

	for (size_t i = 0; i < analysis->cell_count && status == 0; i++) {
		status = par_cell_work_id(names[i], &analysis->cells[i].cell);
		if (status == 0)
			work[i] = par_id_index_add(&index, names[i], i);
	}
	par_id_index_fini(&index);
	free(names);
	return status;
}

int par_analysis_speedups(struct par_analysis *analysis)
{
	size_t *work = calloc(analysis->cell_count + 1, sizeof *work);
	size_t *best = calloc(analysis->cell_count + 1, sizeof *best);
	int status = work == NULL || best == NULL ? -ENOMEM : find_works(work, analysis);

	for (size_t i = 0; i < analysis->cell_count && status == 0; i++)
		best[i] = SIZE_MAX;
	if (status == 0)
		find_bases(best, work, analysis);
	for (size_t i = 0; i < analysis->cell_count && status == 0; i++) {
		struct par_cell_stats *stats = &analysis->cells[i];

		stats->serial = best[work[i]];
		if (stats->serial != SIZE_MAX && par_cell_stats_counts(stats))
			status = find_speedup(stats, &analysis->cells[stats->serial]);
	}
	free(best);
	free(work);
	return status;
}
