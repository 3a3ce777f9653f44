#include "components.h"

#include <errno.h>
#include <math.h>

int par_visit_summarize(struct par_visit_summary *out, const double *times, size_t n)
{
	double mean = 0.0, squares = 0.0;

	*out = (struct par_visit_summary){ .mean = NAN, .variance = NAN };
	if (n == 0)
		return -ENODATA;
	for (size_t i = 0; i < n; i++) {
		double value, before;

		if (!isfinite(times[i]) || !(times[i] > 0.0))
			return -EINVAL;
		value = log(times[i]);
		before = value - mean;
		mean += before / (double)(i + 1); /* Welford 1962 */
		squares += before * (value - mean);
	}
	out->mean = mean;
	out->variance = n < 2 ? NAN : squares / (double)(n - 1);
	out->n = n;
	return 0;
}

/* S1^2; NaN where no visit has two samples. */
static double within_visits(const struct par_visit_summary *visits, size_t count)
{
	double squares = 0.0, freedom = 0.0;

	for (size_t i = 0; i < count; i++) {
		if (visits[i].n < 2)
			continue;
		squares += visits[i].variance * (double)(visits[i].n - 1);
		freedom += (double)(visits[i].n - 1);
	}
	return freedom > 0.0 ? squares / freedom : NAN;
}

/* S2^2; NaN with fewer than two visits. */
static double of_means(const struct par_visit_summary *visits, size_t count, size_t counted)
{
	double mean = 0.0, squares = 0.0;

	for (size_t i = 0; i < count; i++) {
		if (visits[i].n > 0)
			mean += visits[i].mean / (double)counted;
	}
	for (size_t i = 0; i < count; i++) {
		if (visits[i].n > 0)
			squares += (visits[i].mean - mean) * (visits[i].mean - mean);
	}
	return counted < 2 ? NAN : squares / (double)(counted - 1);
}

void par_components_find(
	struct par_components *out, const struct par_visit_summary *visits, size_t count)
{
	double shares = 0.0, within, between;

	*out = (struct par_components){ .samples = NAN };
	for (size_t i = 0; i < count; i++) {
		if (visits[i].n == 0)
			continue;
		out->visits++;
		shares += 1.0 / (double)visits[i].n;
	}
	if (out->visits > 0)
		out->samples = (double)out->visits / shares;
	within = within_visits(visits, count);
	between = of_means(visits, count, out->visits) - within / out->samples;
	out->within = sqrt(within);
	out->between = between < 0.0 ? 0.0 : sqrt(between);
}

unsigned par_components_samples(
	const struct par_components *components, double sample_ns, double visit_ns, unsigned most)
{
	double wanted;

	if (isnan(components->within) || isnan(components->between) || !(sample_ns > 0.0) ||
		!(visit_ns >= 0.0) || isinf(sample_ns) || isinf(visit_ns))
		return 0;
	if (!(components->within > 0.0))
		return 1;
	if (!(components->between > 0.0))
		return most;
	wanted = ceil(sqrt(visit_ns / sample_ns) * components->within / components->between);
	if (wanted > most)
		return most;
	return wanted < 1.0 ? 1 : (unsigned)wanted;
}
