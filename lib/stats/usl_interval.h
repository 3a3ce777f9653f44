/*
 * usl_interval: how well the parameters of a Universal Scalability Law are known.
 *
 * A bootstrap: at each number of workers, visits are drawn with replacement from those that there
 * were, and the law is fitted to the medians; the 95 % intervals are between quantiles of the fits
 * (Efron and Tibshirani 1993, "An Introduction to the Bootstrap", 13.3). Drawn from a seed: the
 * same visits give the same intervals.
 *
 * They say what other visits of the same cells might have given. They do not say how far the
 * machine is from following the law at all; r2 does.
 *
 * By simulation (test_usl_interval.c) they hold the true value in 95 to 99 % of cases, and a
 * parameter's in 89 to 97 % where the other one is truly 0: beside a parameter on its bound the
 * bootstrap is a little too sure (Andrews 2000, Econometrica 68:2).
 */
#ifndef PAR_USL_INTERVAL_H
#define PAR_USL_INTERVAL_H

#include <stddef.h>
#include <stdint.h>

#include "usl.h"

#define PAR_USL_REFITS       1000
#define PAR_USL_VISITS_LEAST 6 /* fewest visits at each number of workers */

/* The visits at one number of workers; several points may have the same. */
struct par_usl_point {
	double n;                 /* workers, >= 1 */
	const double *throughput; /* of each visit, > 0; borrowed */
	size_t visits;
};

/* 95 % intervals, low and high. They hold the fit to the medians. */
struct par_usl_intervals {
	double sigma[2]; /* within [0, 1] */
	double kappa[2]; /* >= 0 */
	double peak[2];  /* INFINITY: beyond PAR_USL_PEAK_REACH times the largest n, or none. Both
			    bounds can be: no peak is in reach at this confidence */
};

/*
 * Finds the intervals. The median of a point is that of the visits' times, 1 / throughput. Returns
 * 0; -ENODATA with fewer than PAR_USL_COUNTS_LEAST different n, or fewer than PAR_USL_VISITS_LEAST
 * visits at one; -EINVAL for numbers that are not finite and positive; -ENOMEM. *out is all NaN
 * where it fails. Ten points of ten visits take some 4 ms.
 */
int par_usl_intervals(struct par_usl_intervals *out, const struct par_usl_point *points,
	size_t count, uint64_t seed);

/*
 * What par_usl_fit() minimises, from a start that is near, some fifty times as fast: *usl is the
 * start (sigma in [0, 1], kappa >= 0) and becomes the fit, except for r2 and peak. For each sigma
 * and kappa the best gamma has a closed form (variable projection: Golub and Pereyra 1973; Kaufman
 * 1975), and each step minimises the quadratic model within the bounds. Numbers as par_usl_fit()
 * takes them. Returns the sum of squares that is left.
 */
double par_usl_refit(struct par_usl *usl, const double *n, const double *throughput, size_t points);

#endif
