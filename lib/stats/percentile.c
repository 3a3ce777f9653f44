#include "percentile.h"

#include <errno.h>
#include <math.h>

#define TAIL (1.0 - PAR_PERCENTILE_CONFIDENCE)

size_t par_percentile_least(double p)
{
	return (size_t)ceil(log(TAIL) / log(p));
}

/*
 * Walks up the distribution of B ~ Binomial(n, p), whose terms are kept as logarithms: p^n
 * underflows. low_rank is the largest r with P(B <= r - 1) <= 5 %, high_rank the smallest s with
 * P(B <= s - 1) >= 95 %; the caller has made sure that s <= n.
 */
static void find_ranks(struct par_percentile *out, size_t n, double p)
{
	double log_term = (double)n * log1p(-p), log_odds = log(p) - log1p(-p), sum = 0.0;

	for (size_t k = 0; k < n; k++) {
		sum += exp(log_term);
		if (sum <= TAIL)
			out->low_rank = k + 1;
		out->high_rank = k + 1;
		if (sum >= PAR_PERCENTILE_CONFIDENCE)
			return;
		log_term += log((double)(n - k) / (double)(k + 1)) + log_odds;
	}
}

int par_percentile_find(struct par_percentile *out, const double *sorted, size_t n, double p)
{
	*out = (struct par_percentile){ .value = NAN, .low = NAN, .high = NAN };
	if (n < par_percentile_least(p))
		return -ENODATA;
	find_ranks(out, n, p);
	/* n p may be a whole number that rounding lifts just above it. */
	out->rank = (size_t)ceil((double)n * p * (1 - 1e-12));
	out->value = sorted[out->rank - 1];
	out->high = sorted[out->high_rank - 1];
	if (out->low_rank > 0)
		out->low = sorted[out->low_rank - 1];
	return 0;
}
