/*
 * distribution: the few distributions that intervals need.
 */
#ifndef PAR_DISTRIBUTION_H
#define PAR_DISTRIBUTION_H

#include <stddef.h>

/* P(Z <= x) of the standard normal distribution. */
double par_normal_cdf(double x);

/* x with P(Z <= x) = p, p in (0, 1): Wichura (1988), algorithm AS 241, 16 digits. */
double par_normal_quantile(double p);

/*
 * t with P(T <= t) = p for Student's distribution, freedom >= 1, p in (0, 1). By bisection of the
 * regularised incomplete beta function, as the continued fraction of DLMF 8.17.22.
 */
double par_student_quantile(double p, double freedom);

/* P(B <= k) for B binomial with n trials of probability p in [0, 1]; 0 for k < 0. Summed, O(n). */
double par_binomial_cdf(long k, size_t n, double p);

#endif
