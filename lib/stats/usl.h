/*
 * usl: Gunther's Universal Scalability Law.
 *
 *   X(n) = gamma n / (1 + sigma (n - 1) + kappa n (n - 1))
 *
 * gamma: throughput of one worker; sigma: contention, the share of the work that is serialised;
 * kappa: coherency, the price of each pair of workers keeping each other up to date. (Gunther 2007,
 * "Guerrilla Capacity Planning", chapter 4; gamma as in the R package usl.)
 */
#ifndef PAR_USL_H
#define PAR_USL_H

#include <stddef.h>

#define PAR_USL_COUNTS_LEAST 4   /* fewest different n: three parameters and one to spare */
#define PAR_USL_PEAK_REACH   3.0 /* a peak further than this times the largest n is not told */

struct par_usl {
	double gamma, sigma, kappa;
	double peak; /* n at which X is highest, sqrt((1 - sigma) / kappa); NaN: none in reach */
	double r2;   /* share of the variance explained, at most 1; can be below 0 */
	size_t points;
	double n_max; /* the largest n of the data: a peak beyond it is a prediction */
};

/*
 * Fits throughput[i] at n[i] >= 1, in any unit, by least squares (Levenberg and Marquardt, minpack)
 * with sigma in [0, 1] and kappa >= 0. Returns 0; -ENODATA with fewer than PAR_USL_COUNTS_LEAST
 * different n; -EINVAL for numbers that are not finite and positive; -ENOMEM.
 */
int par_usl_fit(struct par_usl *out, const double *n, const double *throughput, size_t points);

/* X(n) of the fit. */
double par_usl_at(const struct par_usl *usl, double n);

#endif
