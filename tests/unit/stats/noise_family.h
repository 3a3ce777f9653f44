/*
 * times of the shapes that benchmarks show, with known medians; header-only.
 */
#ifndef PAR_TEST_NOISE_FAMILY_H
#define PAR_TEST_NOISE_FAMILY_H

#include "random.h"

/* A sanitizer makes simulations two to three times as slow: fewer are run then. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SIMULATED(times) ((times) / 2)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SIMULATED(times) ((times) / 2)
#endif
#endif
#ifndef SIMULATED
#define SIMULATED(times) (times)
#endif

enum noise_family {
	FAMILY_NORMAL,     /* 10 % */
	FAMILY_LOG_NORMAL, /* sigma 0.5: skewed */
	FAMILY_EVEN_HUMPS, /* half of the visits take 1.5 times as long; each hump 2 % wide */
	FAMILY_ODD_HUMPS,  /* one in five does */
	FAMILY_STUDENT,    /* t with 2 degrees of freedom on log times: no variance */
	FAMILY_PARETO,     /* shape 1.5: a least time and a long tail, no variance */
	FAMILIES,
};

static const char *const family_names[FAMILIES] = { "normal", "log-normal", "humps 50/50",
	"humps 80/20", "Student 2", "Pareto 1.5" };

#define HUMP_WIDTH 0.02
#define HUMP_HIGH  1.5

static inline double random_hump(struct par_rng *rng, double high_share)
{
	double centre = par_rng_unit(rng) < high_share ? HUMP_HIGH : 1.0;

	return centre * (1.0 + HUMP_WIDTH * random_normal(rng));
}

/* Student's t with 2 degrees of freedom has a quantile in closed form. */
static inline double random_student2(struct par_rng *rng)
{
	double p = fmax(par_rng_unit(rng), 0x1p-54);

	return (2.0 * p - 1.0) / sqrt(2.0 * p * (1.0 - p));
}

static inline double random_of_family(struct par_rng *rng, enum noise_family family)
{
	switch (family) {
	case FAMILY_NORMAL: return fmax(0.01, 1.0 + 0.1 * random_normal(rng));
	case FAMILY_LOG_NORMAL: return random_time(rng, 0.5);
	case FAMILY_EVEN_HUMPS: return random_hump(rng, 0.5);
	case FAMILY_ODD_HUMPS: return random_hump(rng, 0.2);
	case FAMILY_STUDENT: return exp(0.05 * random_student2(rng));
	case FAMILY_PARETO: return pow(1.0 - par_rng_unit(rng), -1.0 / 1.5);
	case FAMILIES: break;
	}
	return NAN;
}

/* The true median. Of even humps any place in the valley is one; this is its middle. */
static inline double median_of_family(enum noise_family family)
{
	switch (family) {
	case FAMILY_EVEN_HUMPS: return 0.5 * (1.0 + HUMP_HIGH);
	/* 0.8 P(Z <= z) = 0.5; R: qnorm(0.625) */
	case FAMILY_ODD_HUMPS: return 1.0 + HUMP_WIDTH * 0.3186393639643752;
	case FAMILY_PARETO: return cbrt(4.0); /* 2^(1 / 1.5) */
	default: return 1.0;
	}
}

#endif
