#include <math.h>
#include <stdbool.h>

#include "usl_interval.h"

enum {
	SIGMA,
	KAPPA,
	FREE, /* how many are searched for; gamma follows from them */
};

#define STEPS_MOST   100
#define DAMPING      1e-3 /* at first, as a share of the curvature */
#define DAMPING_MOST 1e10 /* no step helps any more */
#define GAIN_LEAST   1e-13

static const double least[FREE] = { 0.0, 0.0 }, most[FREE] = { 1.0, INFINITY };

/* The data, borrowed. */
struct data {
	const double *n, *throughput;
	size_t points;
};

/* A place of the search: what is left there, and its slope and curvature. */
struct place {
	double at[FREE];
	double gamma, squares;
	double slope[FREE];           /* exact: half of the gradient of the squares */
	double curvature[FREE][FREE]; /* Gauss and Newton's, positive semidefinite */
};

/*
 * With b = n / d the throughput of a gamma of 1, and p = b u / d its slope, less its sign, along
 * a parameter whose factor in d is u: the residual x - gamma b, gamma = x.b / b.b, is
 * orthogonal to b.
 */
static void look(struct place *place, const struct data *data)
{
	double bb = 0.0, bx = 0.0, xx = 0.0;
	double px[FREE] = { 0 }, pb[FREE] = { 0 }, pp[FREE][FREE] = { { 0 } };

	for (size_t i = 0; i < data->points; i++) {
		double n = data->n[i], x = data->throughput[i];
		double u[FREE] = { n - 1.0, n * (n - 1.0) };
		double d = 1.0 + place->at[SIGMA] * u[SIGMA] + place->at[KAPPA] * u[KAPPA];
		double b = n / d;
		double p[FREE] = { b * u[SIGMA] / d, b * u[KAPPA] / d };

		bb += b * b;
		bx += b * x;
		xx += x * x;
		for (int j = 0; j < FREE; j++) {
			px[j] += p[j] * x;
			pb[j] += p[j] * b;
			for (int k = 0; k < FREE; k++)
				pp[j][k] += p[j] * p[k];
		}
	}
	place->gamma = bx / bb;
	place->squares = fmax(0.0, xx - bx * place->gamma);
	for (int j = 0; j < FREE; j++) {
		place->slope[j] = place->gamma * (px[j] - place->gamma * pb[j]);
		for (int k = 0; k < FREE; k++)
			place->curvature[j][k] =
				place->gamma * place->gamma * (pp[j][k] - pb[j] * pb[k] / bb);
	}
}

static double clamp(double value, int i)
{
	return fmin(fmax(value, least[i]), most[i]);
}

/* The quadratic model's change of half the squares, with the damped curvature. */
static double predict(const struct place *from, const double to[FREE], double damping)
{
	double step[FREE] = { to[0] - from->at[0], to[1] - from->at[1] };
	double change = from->curvature[0][1] * step[0] * step[1];

	for (int i = 0; i < FREE; i++)
		change += step[i] * (from->slope[i] + 0.5 * (1.0 + damping) *
							      from->curvature[i][i] * step[i]);
	return change;
}

/* The model's least value where one parameter is on a bound. */
static void step_on_bound(double to[FREE], const struct place *from, double damping)
{
	double best = INFINITY;

	for (int fixed = 0; fixed < FREE; fixed++) {
		for (int side = 0; side < 2; side++) {
			int loose = 1 - fixed;
			double place[FREE], change;

			place[fixed] = side == 0 ? least[fixed] : most[fixed];
			if (isinf(place[fixed]))
				continue;
			change = from->slope[loose] +
				 from->curvature[0][1] * (place[fixed] - from->at[fixed]);
			change /= (1.0 + damping) * from->curvature[loose][loose];
			place[loose] = clamp(from->at[loose] - change, loose);
			change = predict(from, place, damping);
			if (change < best) {
				best = change;
				to[0] = place[0];
				to[1] = place[1];
			}
		}
	}
}

/* Where the damped model (Marquardt 1963) is least within the bounds. */
static void step(double to[FREE], const struct place *from, double damping)
{
	double a = (1.0 + damping) * from->curvature[0][0];
	double b = (1.0 + damping) * from->curvature[1][1];
	double c = from->curvature[0][1];
	double determinant = a * b - c * c;

	to[0] = from->at[0] - (b * from->slope[0] - c * from->slope[1]) / determinant;
	to[1] = from->at[1] - (a * from->slope[1] - c * from->slope[0]) / determinant;
	/* Also where the determinant is 0: then neither is a number. */
	if (!(to[0] == clamp(to[0], 0)) || !(to[1] == clamp(to[1], 1)))
		step_on_bound(to, from, damping);
}

double par_usl_refit(struct par_usl *usl, const double *n, const double *throughput, size_t points)
{
	const struct data data = { n, throughput, points };
	struct place here = { .at = { clamp(usl->sigma, SIGMA), clamp(usl->kappa, KAPPA) } };
	double damping = DAMPING, gain = INFINITY;

	look(&here, &data);
	for (int i = 0; i < STEPS_MOST && gain > GAIN_LEAST && damping < DAMPING_MOST; i++) {
		struct place there;

		step(there.at, &here, damping);
		look(&there, &data);
		if (there.squares > here.squares) {
			damping *= 10.0;
			continue;
		}
		gain = (here.squares - there.squares) / here.squares;
		damping *= 0.1;
		here = there;
	}
	usl->sigma = here.at[SIGMA];
	usl->kappa = here.at[KAPPA];
	usl->gamma = here.gamma;
	return here.squares;
}
