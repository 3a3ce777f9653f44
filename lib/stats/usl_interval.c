#include "usl_interval.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "describe.h"
#include "interval.h"
#include "rng.h"

/* What the refits need; one block of memory. */
struct work {
	double *n, *speed;            /* of each point */
	double *times;                /* of the visits of a point, as they were or drawn */
	double *sigma, *kappa, *peak; /* of each refit */
};

static int check(const struct par_usl_point *points, size_t count, size_t *most)
{
	*most = 0;
	for (size_t i = 0; i < count; i++) {
		if (points[i].visits < PAR_USL_VISITS_LEAST)
			return -ENODATA;
		for (size_t j = 0; j < points[i].visits; j++) {
			if (!isfinite(points[i].throughput[j]) || !(points[i].throughput[j] > 0.0))
				return -EINVAL;
		}
		*most = points[i].visits > *most ? points[i].visits : *most;
	}
	return 0;
}

static int open_work(struct work *work, size_t count, size_t most)
{
	double *block = calloc(2 * count + most + 3 * PAR_USL_REFITS, sizeof *block);

	if (block == NULL)
		return -ENOMEM;
	work->n = block;
	work->speed = work->n + count;
	work->times = work->speed + count;
	work->sigma = work->times + most;
	work->kappa = work->sigma + PAR_USL_REFITS;
	work->peak = work->kappa + PAR_USL_REFITS;
	return 0;
}

/* The median of a point's visits; with an rng, of as many drawn with replacement. */
static double find_speed(const struct par_usl_point *point, double *times, struct par_rng *rng)
{
	for (size_t i = 0; i < point->visits; i++) {
		size_t from = rng == NULL ? i : (size_t)par_rng_below(rng, point->visits);

		times[i] = 1.0 / point->throughput[from];
	}
	return 1.0 / par_median_of(times, point->visits);
}

static double find_peak(const struct par_usl *usl, double n_max)
{
	double peak = fmax(1.0, sqrt((1.0 - usl->sigma) / usl->kappa));

	return peak <= PAR_USL_PEAK_REACH * n_max ? peak : INFINITY;
}

static void refit_all(struct work *work, const struct par_usl *fit,
	const struct par_usl_point *points, size_t count, uint64_t seed)
{
	struct par_rng rng;

	par_rng_init(&rng, seed);
	for (size_t i = 0; i < PAR_USL_REFITS; i++) {
		struct par_usl usl = *fit;

		for (size_t j = 0; j < count; j++)
			work->speed[j] = find_speed(&points[j], work->times, &rng);
		par_usl_refit(&usl, work->n, work->speed, count);
		work->sigma[i] = usl.sigma;
		work->kappa[i] = usl.kappa;
		work->peak[i] = find_peak(&usl, fit->n_max);
	}
}

/* Between order statistics, which may be INFINITY, and wide enough to hold the fit. */
static void bound(double interval[2], double *values, double fitted)
{
	size_t beyond = (size_t)(0.5 * (1.0 - PAR_CONFIDENCE) * PAR_USL_REFITS);

	par_sort(values, PAR_USL_REFITS);
	interval[0] = fmin(values[beyond], fitted);
	interval[1] = fmax(values[PAR_USL_REFITS - 1 - beyond], fitted);
}

int par_usl_intervals(struct par_usl_intervals *out, const struct par_usl_point *points,
	size_t count, uint64_t seed)
{
	struct work work = { 0 };
	struct par_usl fit;
	size_t most;
	int status = check(points, count, &most);

	*out = (struct par_usl_intervals){ { NAN, NAN }, { NAN, NAN }, { NAN, NAN } };
	if (status == 0)
		status = open_work(&work, count, most);
	if (status < 0)
		return status;
	for (size_t i = 0; i < count; i++) {
		work.n[i] = points[i].n;
		work.speed[i] = find_speed(&points[i], work.times, NULL);
	}
	status = par_usl_fit(&fit, work.n, work.speed, count);
	if (status < 0)
		goto done;
	refit_all(&work, &fit, points, count, seed);
	bound(out->sigma, work.sigma, fit.sigma);
	bound(out->kappa, work.kappa, fit.kappa);
	bound(out->peak, work.peak, isnan(fit.peak) ? INFINITY : fit.peak);
done:
	free(work.n);
	return status;
}
