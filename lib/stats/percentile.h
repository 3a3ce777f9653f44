/*
 * percentile: the tail of a sample of latencies, told only as far as the sample reaches.
 *
 * The p-quantile q of any distribution lies below the k-th smallest of n independent values with
 * probability P(B <= k - 1), B ~ Binomial(n, p) (David and Nagaraja 2003, "Order Statistics", 7.1).
 * So even the largest value bounds q from above only with probability 1 - p^n: a sample in which
 * that is below 95 % says nothing of q, and none is told. The median needs 5 values, the 99th
 * percentile 299, the 99.9th 2995.
 */
#ifndef PAR_PERCENTILE_H
#define PAR_PERCENTILE_H

#include <stddef.h>

#define PAR_PERCENTILE_CONFIDENCE 0.95 /* of each bound by itself */

/* Ranks count from 1, the smallest value. */
struct par_percentile {
	double value; /* the smallest value that at least n p of the sample do not exceed */
	double low;   /* with 95 % confidence the quantile is not below it; NaN: no value is */
	double high;  /* and not above this */
	size_t rank, low_rank, high_rank; /* of the three; low_rank 0: none */
};

/* The fewest values with which the p-quantile, 0 < p < 1, can be told. */
size_t par_percentile_least(double p);

/*
 * The p-quantile, 0 < p < 1, of a sorted sample with its bounds. Returns 0, or -ENODATA when the
 * sample is too small for it (out is all NaN and 0 then).
 */
int par_percentile_find(struct par_percentile *out, const double *sorted, size_t n, double p);

#endif
