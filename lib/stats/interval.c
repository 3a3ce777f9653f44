#include "interval.h"

#include <errno.h>
#include <math.h>

/*
 * The largest r with P(B <= r - 1) <= tail, B ~ Binomial(n, 1/2); *below is that probability. 0:
 * even the smallest value is not outside often enough. The terms are summed as logarithms: 2^-n
 * underflows.
 */
static size_t find_rank(size_t n, double tail, double *below)
{
	double log_term = -(double)n * M_LN2;
	double sum = 0.0;
	size_t rank = 0;

	*below = 0.0;
	while (2 * (rank + 1) <= n && sum + exp(log_term) <= tail) {
		sum += exp(log_term);
		log_term += log((double)(n - rank) / (double)(rank + 1));
		rank++;
		*below = sum;
	}
	return rank;
}

int par_interval_median(struct par_interval *out, const double *sorted, size_t n, double confidence)
{
	double below;
	size_t rank = find_rank(n, 0.5 * (1.0 - confidence), &below);

	*out = (struct par_interval){ .low = NAN, .high = NAN, .coverage = NAN };
	if (rank == 0)
		return -ENODATA;
	out->low_rank = rank;
	out->high_rank = n + 1 - rank;
	out->low = sorted[rank - 1];
	out->high = sorted[n - rank];
	out->coverage = 1.0 - 2.0 * below;
	return 0;
}

double par_interval_relative(double low, double high, double median)
{
	return 0.5 * (high - low) / median;
}
