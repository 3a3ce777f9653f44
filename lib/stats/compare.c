#include "compare.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "describe.h"
#include "distribution.h"
#include "interval.h"

/* P(X*(m) <= x(i)) in the bootstrap distribution: at least m of n draws are among the i lowest. */
static double at_most(size_t i, size_t m, size_t n)
{
	return 1.0 - par_binomial_cdf((long)m - 1, n, (double)i / (double)n);
}

/* The smallest i with P(X*(m) <= x(i)) > tail: how far below the median the interval must reach. */
static size_t low_index(size_t m, size_t n, double tail)
{
	size_t low = 1, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (at_most(middle, m, n) > tail)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Hesterberg's expanded tail: what makes a t interval of the mean as wide as Student's. */
static double expanded_tail(size_t n, double tail)
{
	double t = par_student_quantile(tail, (double)(n - 1));

	return par_normal_cdf(t * sqrt((double)n / (double)(n - 1)));
}

/* 1 where the extremes of n values reach the confidence by themselves. */
static double stretch(size_t n, double tail)
{
	double reached =
		ldexp(1.0, -(int)(n < 1000 ? n : 1000)); /* P(all values above the median) */
	double freedom = (double)(n - 1);

	if (reached <= tail)
		return 1.0;
	return par_student_quantile(tail, freedom) / par_student_quantile(reached, freedom);
}

int par_bootstrap_median(double interval[2], const double *sorted, size_t n, double alpha)
{
	double tail = 0.5 * alpha;
	struct par_interval exact;
	double median, factor;
	size_t i;

	interval[0] = interval[1] = NAN;
	if (n < PAR_PAIRS_LEAST)
		return -ENODATA;
	/* For even n the lower of the two middle values: the interval is a little wider, not
	 * narrower. */
	i = low_index((n + 1) / 2, n, expanded_tail(n, tail));
	if (par_interval_median(&exact, sorted, n, 1.0 - alpha) == 0 && exact.low_rank < i)
		i = exact.low_rank;
	median = par_median(sorted, n);
	factor = stretch(n, tail);
	interval[0] = median + factor * (sorted[i - 1] - median);
	interval[1] = median + factor * (sorted[n - i] - median);
	return 0;
}

enum par_comparison par_compare_judge(double low, double high, double floor)
{
	if (isnan(low) || isnan(high))
		return PAR_COMPARISON_NOT_SURE;
	if (low > 1.0 + floor)
		return PAR_COMPARISON_FASTER;
	if (high < 1.0 / (1.0 + floor))
		return PAR_COMPARISON_SLOWER;
	if (high <= 1.0 + PAR_TIE_WIDTH_MAX && low >= 1.0 / (1.0 + PAR_TIE_WIDTH_MAX))
		return PAR_COMPARISON_TIE;
	return PAR_COMPARISON_NOT_SURE;
}

const char *par_comparison_name(enum par_comparison verdict)
{
	switch (verdict) {
	case PAR_COMPARISON_NOT_SURE: return "not sure";
	case PAR_COMPARISON_TIE: return "tie";
	case PAR_COMPARISON_FASTER: return "faster";
	case PAR_COMPARISON_SLOWER: return "slower";
	}
	return "?";
}

/*
 * The widest share of the present interval, on the log scale, that would lead to a verdict: `below`
 * and `above` are how far its bounds are from `middle`, the logarithm of the ratio.
 */
static double share_needed(double middle, double below, double above, double floor)
{
	double effect = log1p(floor), tie = log1p(PAR_TIE_WIDTH_MAX);
	double faster = (middle - effect) / below;
	double slower = (-effect - middle) / above;
	double alike = fmin((tie - middle) / above, (tie + middle) / below);

	return fmax(alike, fmax(faster, slower));
}

double par_compare_needed(const struct par_compared *compared, double floor)
{
	double middle = log(compared->ratio);
	double share, needed;

	if (compared->pairs < PAR_PAIRS_LEAST || isnan(compared->low) || isnan(compared->high))
		return NAN;
	if (compared->verdict != PAR_COMPARISON_NOT_SURE)
		return (double)compared->pairs;
	share = share_needed(
		middle, middle - log(compared->low), log(compared->high) - middle, floor);
	if (!(share < 1.0))
		return NAN;
	needed = share > 0.0 ? ceil((double)compared->pairs / (share * share)) : INFINITY;
	return fmin(needed, PAR_PAIRS_NEEDED_MAX);
}

static bool positive(double time)
{
	return isfinite(time) && time > 0.0;
}

static int log_ratios(double *out, const double *base, const double *other, size_t pairs)
{
	for (size_t i = 0; i < pairs; i++) {
		if (!positive(base[i]) || !positive(other[i]))
			return -EINVAL;
		out[i] = log(other[i] / base[i]);
	}
	par_sort(out, pairs);
	return 0;
}

int par_compare_paired(struct par_compared *out, const double *base, const double *other,
	size_t pairs, const struct par_compare_rule *rule)
{
	double *logs = malloc((pairs + 1) * sizeof *logs);
	double interval[2];
	int status;

	*out = (struct par_compared){
		.pairs = pairs, .ratio = NAN, .low = NAN, .high = NAN, .needed = NAN
	};
	if (logs == NULL)
		return -ENOMEM;
	status = log_ratios(logs, base, other, pairs);
	if (status == 0 && pairs > 0) {
		double alpha = (1.0 - rule->confidence) / (double)rule->comparisons;

		out->ratio = exp(par_median(logs, pairs));
		par_bootstrap_median(interval, logs, pairs, alpha);
		out->low = exp(interval[0]);
		out->high = exp(interval[1]);
		out->verdict = par_compare_judge(out->low, out->high, rule->floor);
		out->needed = par_compare_needed(out, rule->floor);
	}
	free(logs);
	return status;
}
