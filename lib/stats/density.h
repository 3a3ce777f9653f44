/*
 * density: the shape of a sample, and whether it has two humps.
 *
 * A Gaussian kernel density of the values. Times are best given as logarithms: then a hump's place
 * does not depend on the unit and a long right tail is no hump.
 */
#ifndef PAR_DENSITY_H
#define PAR_DENSITY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Silverman's rule of thumb (1986, "Density Estimation", equation 3.31), 0.9 spread n^(-1/5), with
 * the spread min(stdev, IQR / 1.34, within / 0.603). `within` is the deviation inside the two
 * groups into which the sample splits best: for one normal hump it is 0.603 stdev (sqrt(1 - 2 /
 * pi)), for two humps that of a hump, where stdev would measure how far they are apart and smooth
 * them into one. 0 when all values are equal, or n < 2.
 */
double par_density_bandwidth(const double *sorted, size_t n);

/*
 * Writes the density at `points` >= 2 places, evenly spaced over [low, high], to `density`.
 * bandwidth > 0, n >= 1. The area under the whole curve is 1.
 */
void par_density_grid(double *density, size_t points, double low, double high, const double *values,
	size_t n, double bandwidth);

/*
 * The deviation inside the two groups into which the sorted sample splits best, each of at least
 * `least` values >= 1 (Fisher 1958, "On grouping for maximum homogeneity"). 0 for n < 2 least.
 */
#define PAR_DENSITY_WITHIN_NORMAL 0.603 /* of the stdev, for a normal sample: sqrt(1 - 2 / pi) */
double par_density_within(const double *sorted, size_t n, size_t least);

#define PAR_HUMPS_LEAST 12 /* fewest values that may be called two-humped */

/* Two humps and the valley between them, in the unit of the values. */
struct par_humps {
	bool two;
	double low, high;  /* the two highest places; NaN unless `two` */
	double valley;     /* the lowest place between them */
	double depth;      /* 1 - density(valley) / density(lower hump) */
	double high_share; /* share of the values above the valley */
};

/*
 * Looks for two behaviours in the logarithms of times: two modes of the density, the valley between
 * them at most half as high as the lower one (less by 4 / n), at least 15 % of the values and 3 of
 * them on either side, and the modes at least 5 % apart in time. The bandwidth is the above without
 * the IQR, which a few far values leave too small for their tail. Calibrated by simulation
 * (test_humps.c): normal samples of 12 to 1000 values are called two-humped in less than 2 % of
 * cases. Of a larger sample 512 evenly spaced quantiles are looked at. n < PAR_HUMPS_LEAST is never
 * two-humped. Returns 0 or -ENOMEM.
 */
int par_humps_find(struct par_humps *out, const double *log_times, size_t n);

#endif
