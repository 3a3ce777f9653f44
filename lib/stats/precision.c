#include "precision.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "interval.h"

/* Relative half width of the first n times; NaN where there is no interval. */
static double measure(struct par_precision *out, const double *times, double *scratch, size_t n)
{
	struct par_interval interval;

	memcpy(scratch, times, n * sizeof *times);
	par_sort(scratch, n);
	par_interval_median(&interval, scratch, n, PAR_CONFIDENCE);
	out->n = n;
	out->median = par_median(scratch, n);
	out->low = interval.low;
	out->high = interval.high;
	out->relative = par_interval_relative(interval.low, interval.high, out->median);
	return out->relative;
}

/* The half width falls like 1 / sqrt(n). */
static double visits_needed(double relative, size_t n, double target)
{
	double needed = (double)n * (relative / target) * (relative / target);

	return needed < PAR_ROUNDS_LEAST ? PAR_ROUNDS_LEAST : ceil(needed);
}

/* The mean relative half width over the prefixes that end at n. */
static double mean_width(const double *times, double *scratch, size_t n)
{
	struct par_precision prefix;
	double sum = 0.0;

	for (size_t i = 0; i < PAR_PRECISION_WINDOW; i++)
		sum += measure(&prefix, times, scratch, n - i);
	return sum / PAR_PRECISION_WINDOW;
}

static bool has_plateaued(const double *times, double *scratch, size_t n)
{
	if (n < PAR_PRECISION_PLATEAU_LEAST)
		return false;
	return mean_width(times, scratch, n) >=
	       PAR_PRECISION_NARROWING * mean_width(times, scratch, n / 2);
}

/* True where there was no interval yet. */
static bool was_precise(const double *times, double *scratch, size_t n, double target)
{
	struct par_precision before;

	return !(measure(&before, times, scratch, n) > target);
}

static void judge(
	struct par_precision *out, const double *times, double *scratch, size_t n, double target)
{
	if (isnan(measure(out, times, scratch, n)))
		return;
	out->needed = visits_needed(out->relative, n, target);
	if (out->relative <= target && was_precise(times, scratch, n - 1, target))
		out->stop = PAR_STOP_PRECISE;
	else if (has_plateaued(times, scratch, n))
		out->stop = PAR_STOP_PLATEAU;
}

int par_precision_judge(const double *times, size_t n, double target, struct par_precision *out)
{
	double *scratch;

	*out = (struct par_precision){ .stop = PAR_STOP_GO_ON,
		.n = n,
		.median = NAN,
		.low = NAN,
		.high = NAN,
		.relative = NAN,
		.needed = NAN };
	if (n == 0)
		return 0;
	scratch = malloc(n * sizeof *scratch);
	if (scratch == NULL)
		return -ENOMEM;
	judge(out, times, scratch, n, target);
	free(scratch);
	return 0;
}
