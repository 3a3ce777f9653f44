/*
 * random numbers of known distributions for simulations; header-only.
 */
#ifndef PAR_TEST_RANDOM_H
#define PAR_TEST_RANDOM_H

#include <math.h>

#include "rng.h"

/* Standard normal (Box and Muller 1958). */
static inline double random_normal(struct par_rng *rng)
{
	double radius = sqrt(-2.0 * log(1.0 - par_rng_unit(rng)));

	return radius * cos(2.0 * M_PI * par_rng_unit(rng));
}

/* A time of median 1 with that relative noise. */
static inline double random_time(struct par_rng *rng, double noise)
{
	return exp(noise * random_normal(rng));
}

#endif
