/*
 * describe: the numbers that describe a sample.
 *
 * Pure functions of their arguments. "sorted" means ascending, without NaN.
 */
#ifndef PAR_DESCRIBE_H
#define PAR_DESCRIBE_H

#include <stddef.h>

/* Outlying is more than 1.5 interquartile ranges outside the quartiles, far is more than 3. */
struct par_description {
	size_t n;
	double min, q1, median, q3, max;
	double mean;
	double stdev;                 /* n - 1 in the denominator; NaN for n = 1 */
	double mad;                   /* median absolute deviation, not scaled */
	double fence_low, fence_high; /* Tukey's inner fences: q1 - 1.5 IQR, q3 + 1.5 IQR */
	size_t outlying;              /* values outside the inner fences, the far ones included */
	size_t far;                   /* values outside q1 - 3 IQR, q3 + 3 IQR */
};

/* Sorts ascending in place. */
void par_sort(double *values, size_t n);

/*
 * The p-quantile of a sorted sample, n >= 1, p in [0, 1]: type 7 of Hyndman and Fan (1996), "Sample
 * Quantiles in Statistical Packages", the default of R. NaN for n = 0.
 */
double par_quantile(const double *sorted, size_t n, double p);

/* The median of a sorted sample; NaN for n = 0. */
double par_median(const double *sorted, size_t n);

/* The median of values in any order, which it moves about; NaN for n = 0. In linear time. */
double par_median_of(double *values, size_t n);

/* NaN for n = 0, and the deviation for n < 2. Two passes. */
double par_mean(const double *values, size_t n);
double par_stdev(const double *values, size_t n);

/*
 * Describes values in any order. Fences: Tukey (1977), "Exploratory Data Analysis".
 * Returns 0, -ENODATA for n = 0, or -ENOMEM.
 */
int par_describe(struct par_description *out, const double *values, size_t n);

#endif
