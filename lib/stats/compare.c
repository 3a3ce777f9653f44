#include "compare.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "describe.h"
#include "distribution.h"

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
	double median, factor;
	size_t i;

	interval[0] = interval[1] = NAN;
	if (n < PAR_PAIRS_LEAST)
		return -ENODATA;
	/* For even n the lower of the two middle values: the interval is a little wider, not
	 * narrower. */
	i = low_index((n + 1) / 2, n, expanded_tail(n, tail));
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

	*out = (struct par_compared){ .pairs = pairs, .ratio = NAN, .low = NAN, .high = NAN };
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
	}
	free(logs);
	return status;
}
