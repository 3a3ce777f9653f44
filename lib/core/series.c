#include "series.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "interval.h"

/* The times of the rounds that both have. */
static size_t pair_up(
	double *base, double *other, const struct par_series *a, const struct par_series *b)
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

/* Median and interval of one series; `scratch` holds its n times. */
static double describe(
	struct par_interval *interval, double *scratch, const struct par_series *series)
{
	if (series->n > 0)
		memcpy(scratch, series->times_ns, series->n * sizeof *scratch);
	par_sort(scratch, series->n);
	par_interval_median(interval, scratch, series->n, PAR_CONFIDENCE);
	return par_median(scratch, series->n);
}

/* Two separate 95 % intervals that do not meet are surer than 95 %, so no correction is needed. */
static void bound_unpaired(
	struct par_compared *out, const struct par_interval *base, const struct par_interval *other)
{
	out->low = other->low / base->high;
	out->high = other->high / base->low;
	out->verdict = par_compare_judge(out->low, out->high, PAR_EFFECT_FLOOR);
}

/* Makes the interval hold the ratio of the medians, and judges anew. */
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

unsigned par_series_comparisons(size_t models)
{
	return models < 2 ? 1 : (unsigned)(models * (models - 1) / 2);
}

int par_series_compare(struct par_compared *out, const struct par_series *base,
	const struct par_series *other, unsigned comparisons)
{
	const struct par_compare_rule rule = {
		.confidence = PAR_CONFIDENCE, .comparisons = comparisons, .floor = PAR_EFFECT_FLOOR
	};
	double *scratch = calloc(base->n + other->n + 1, sizeof *scratch);
	struct par_interval around_base, around_other;
	double base_median, other_median;
	int status;

	if (scratch == NULL)
		return -ENOMEM;
	status = par_compare_paired(out, scratch, scratch + base->n,
		pair_up(scratch, scratch + base->n, base, other), &rule);
	if (status == 0) {
		base_median = describe(&around_base, scratch, base);
		other_median = describe(&around_other, scratch, other);
		if (out->pairs < PAR_PAIRS_LEAST)
			bound_unpaired(out, &around_base, &around_other);
		widen(out, other_median / base_median);
		out->needed = par_compare_needed(out, PAR_EFFECT_FLOOR);
	}
	free(scratch);
	return status;
}
