#include "density.h"

#include <math.h>

#include "describe.h"

double par_density_within(const double *sorted, size_t n, size_t least)
{
	double mean = par_mean(sorted, n);
	double total = 0.0, below = 0.0, between = 0.0;

	if (n < 2 * least || n < 3)
		return 0.0;
	for (size_t i = 0; i < n; i++)
		total += (sorted[i] - mean) * (sorted[i] - mean);
	/* The split that takes most of the squares: between = n1 m1^2 + n2 m2^2 of centred values.
	 */
	for (size_t i = 1; i + least <= n; i++) {
		double ones = (double)i, others = (double)(n - i);

		below += sorted[i - 1] - mean;
		if (i >= least)
			between = fmax(between, below * below * (1.0 / ones + 1.0 / others));
	}
	return sqrt(fmax(0.0, total - between) / (double)(n - 2));
}

double par_density_bandwidth(const double *sorted, size_t n)
{
	double spread, range, within;

	if (n < 2)
		return 0.0;
	spread = par_stdev(sorted, n);
	range = (par_quantile(sorted, n, 0.75) - par_quantile(sorted, n, 0.25)) / 1.34;
	within = par_density_within(sorted, n, (n + 6) / 7) / PAR_DENSITY_WITHIN_NORMAL;
	if (range > 0.0 && range < spread)
		spread = range;
	if (within > 0.0 && within < spread)
		spread = within;
	return 0.9 * spread * pow((double)n, -0.2);
}

static double density_at(double place, const double *values, size_t n, double bandwidth)
{
	double sum = 0.0;

	for (size_t i = 0; i < n; i++) {
		double z = (place - values[i]) / bandwidth;

		sum += exp(-0.5 * z * z);
	}
	return sum / ((double)n * bandwidth * sqrt(2.0 * M_PI));
}

void par_density_grid(double *density, size_t points, double low, double high, const double *values,
	size_t n, double bandwidth)
{
	double step = (high - low) / (double)(points - 1);

	for (size_t i = 0; i < points; i++)
		density[i] = density_at(low + step * (double)i, values, n, bandwidth);
}
