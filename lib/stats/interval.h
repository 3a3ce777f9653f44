/*
 * interval: how well the median of a sample is known.
 *
 * The exact interval between order statistics: for x(1) <= ... <= x(n), the median lies in
 * [x(r), x(n + 1 - r)] with probability 1 - 2 P(B <= r - 1), B ~ Binomial(n, 1/2), whatever the
 * distribution (David and Nagaraja 2003, "Order Statistics", 7.1). The coverage is at least what
 * was asked for, so the interval is conservative. At 95 % it needs n >= 6.
 */
#ifndef PAR_INTERVAL_H
#define PAR_INTERVAL_H

#include <stddef.h>

#define PAR_CONFIDENCE   0.95
#define PAR_ROUNDS_LEAST 6 /* fewest values with a 95 % interval */

struct par_interval {
	double low, high;
	size_t low_rank, high_rank; /* 1 is the smallest value */
	double coverage;            /* exact, >= the confidence asked for */
};

/*
 * The interval of the median of a sorted sample. Returns 0, or -ENODATA when n is too small for the
 * confidence (out is all NaN and 0 then).
 */
int par_interval_median(
	struct par_interval *out, const double *sorted, size_t n, double confidence);

/* Half of the width over the median: 0.02 is "+-2 %". NaN where the interval is not known. */
double par_interval_relative(double low, double high, double median);

#endif
