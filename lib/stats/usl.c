#include "usl.h"

#include <cminpack.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum {
	PARAMETERS = 3,
	STARTS = 3,
};

/*
 * The fit works on free parameters, whose whole range is allowed:
 * log gamma, asin(sqrt(sigma)), sqrt(kappa) * n_max.
 */
struct fit {
	const double *n, *throughput;
	size_t points;
	double n_max, scale; /* residuals are in shares of the highest throughput */
};

static void unpack(struct par_usl *usl, const struct fit *fit, const double *free)
{
	double root = free[2] / fit->n_max;

	usl->gamma = exp(free[0]);
	usl->sigma = sin(free[1]) * sin(free[1]);
	usl->kappa = root * root;
}

static void pack(double *free, const struct fit *fit, const struct par_usl *usl)
{
	/* Not quite on a bound: the gradient is zero there, and the fit would never leave it. */
	double sigma = fmin(fmax(usl->sigma, 1e-4), 0.99);
	double least = 1e-6 / (fit->n_max * fit->n_max);

	free[0] = log(usl->gamma);
	free[1] = asin(sqrt(sigma));
	free[2] = sqrt(fmax(usl->kappa, least)) * fit->n_max;
}

double par_usl_at(const struct par_usl *usl, double n)
{
	return usl->gamma * n / (1.0 + usl->sigma * (n - 1.0) + usl->kappa * n * (n - 1.0));
}

static int residuals(
	void *context, int count, int parameters, const double *free, double *out, int flag)
{
	const struct fit *fit = context;
	struct par_usl usl = { 0 };

	(void)parameters;
	(void)flag;
	unpack(&usl, fit, free);
	for (int i = 0; i < count; i++)
		out[i] = (fit->throughput[i] - par_usl_at(&usl, fit->n[i])) / fit->scale;
	return 0;
}

/* Adds one equation row . x = right to the normal equations [A | b]. */
static void add_equation(
	double normal[PARAMETERS][PARAMETERS + 1], const double row[PARAMETERS + 1])
{
	for (int i = 0; i < PARAMETERS; i++) {
		for (int j = 0; j <= PARAMETERS; j++)
			normal[i][j] += row[i] * row[j];
	}
}

/* Solves the symmetric positive definite system by elimination; false when it is singular. */
static bool solve(double normal[PARAMETERS][PARAMETERS + 1], double x[PARAMETERS])
{
	for (int i = 0; i < PARAMETERS; i++) {
		if (!(normal[i][i] > 1e-12))
			return false;
		for (int k = i + 1; k < PARAMETERS; k++) {
			double factor = normal[k][i] / normal[i][i];

			for (int j = i; j <= PARAMETERS; j++)
				normal[k][j] -= factor * normal[i][j];
		}
	}
	for (int i = PARAMETERS - 1; i >= 0; i--) {
		x[i] = normal[i][PARAMETERS];
		for (int j = i + 1; j < PARAMETERS; j++)
			x[i] -= normal[i][j] * x[j];
		x[i] /= normal[i][i];
	}
	return true;
}

/*
 * Gunther's linearised form, n / X = (1 + sigma (n - 1) + kappa n (n - 1)) / gamma: linear in
 * 1 / gamma, sigma / gamma and kappa / gamma. Each row is weighted by X / n, so that relative
 * errors count, and the columns are scaled by n_max. False when it gives nothing to start from.
 */
static bool linearised(struct par_usl *start, const struct fit *fit)
{
	double normal[PARAMETERS][PARAMETERS + 1] = { { 0 } };
	double x[PARAMETERS];
	double reach = fit->n_max;

	for (size_t i = 0; i < fit->points; i++) {
		double n = fit->n[i];
		double weight = fit->throughput[i] / fit->scale / n;
		double row[] = { weight, weight * (n - 1.0) / reach,
			weight * n * (n - 1.0) / (reach * reach), 1.0 };

		add_equation(normal, row);
	}
	if (!solve(normal, x) || x[0] <= 0.0)
		return false;
	start->gamma = fit->scale / x[0];
	start->sigma = x[1] / reach / x[0];
	start->kappa = x[2] / (reach * reach) / x[0];
	return true;
}

/* From the linearised fit, from nearly linear scaling, and from a wall of contention. */
static size_t make_starts(struct par_usl starts[STARTS], const struct fit *fit)
{
	double gamma = 0.0;
	size_t count = 0;

	for (size_t i = 0; i < fit->points; i++)
		gamma = fmax(gamma, fit->throughput[i] / fit->n[i]);
	count += linearised(&starts[count], fit);
	starts[count++] = (struct par_usl){ .gamma = gamma, .sigma = 0.02 };
	starts[count++] =
		(struct par_usl){ .gamma = gamma, .sigma = 0.5, .kappa = 0.1 / fit->n_max };
	return count;
}

static double squares(const double *values, size_t count)
{
	double sum = 0.0;

	for (size_t i = 0; i < count; i++)
		sum += values[i] * values[i];
	return sum;
}

/* Fits from each start and keeps the best. */
static int fit_all(struct par_usl *out, struct fit *fit)
{
	struct par_usl starts[STARTS];
	size_t count = make_starts(starts, fit);
	int points = (int)fit->points;
	int work_size = points * PARAMETERS + 5 * PARAMETERS + points; /* as lmdif1 asks */
	double *left = calloc(fit->points + (size_t)work_size, sizeof *left);
	double best = INFINITY;
	int pivots[PARAMETERS];

	if (left == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		double free_ones[PARAMETERS], sum;

		pack(free_ones, fit, &starts[i]);
		lmdif1(residuals, fit, points, PARAMETERS, free_ones, left, 1e-10, pivots,
			left + points, work_size);
		sum = squares(left, fit->points);
		if (sum < best) {
			best = sum;
			unpack(out, fit, free_ones);
		}
	}
	free(left);
	return isfinite(best) ? 0 : -EINVAL;
}

static void judge_fit(struct par_usl *usl, const struct fit *fit)
{
	double mean = 0.0, total = 0.0, left = 0.0;

	for (size_t i = 0; i < fit->points; i++)
		mean += fit->throughput[i] / (double)fit->points;
	for (size_t i = 0; i < fit->points; i++) {
		double error = fit->throughput[i] - par_usl_at(usl, fit->n[i]);

		left += error * error;
		total += (fit->throughput[i] - mean) * (fit->throughput[i] - mean);
	}
	usl->r2 = total > 0.0 ? 1.0 - left / total : NAN;
	usl->points = fit->points;
	usl->n_max = fit->n_max;
	usl->peak = fmax(1.0, sqrt((1.0 - usl->sigma) / usl->kappa));
	if (!(usl->peak <= PAR_USL_PEAK_REACH * usl->n_max))
		usl->peak = NAN;
}

static size_t count_different(const double *n, size_t points)
{
	size_t count = 0;

	for (size_t i = 0; i < points; i++) {
		size_t same = 0;

		while (same < i && n[same] != n[i])
			same++;
		count += same == i;
	}
	return count;
}

int par_usl_fit(struct par_usl *out, const double *n, const double *throughput, size_t points)
{
	struct fit fit = { .n = n, .throughput = throughput, .points = points };
	int status;

	*out = (struct par_usl){ .peak = NAN };
	for (size_t i = 0; i < points; i++) {
		if (!(n[i] >= 1.0) || !(throughput[i] > 0.0) || !isfinite(n[i] + throughput[i]))
			return -EINVAL;
		fit.n_max = fmax(fit.n_max, n[i]);
		fit.scale = fmax(fit.scale, throughput[i]);
	}
	if (count_different(n, points) < PAR_USL_COUNTS_LEAST)
		return -ENODATA;
	status = fit_all(out, &fit);
	if (status == 0)
		judge_fit(out, &fit);
	return status;
}
