#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>

#include "random.h"
#include "usl.h"

enum { MOST = 16 };

static const double counts[] = { 1, 2, 3, 4, 6, 8, 12, 16, 24, 32 };
enum { COUNTS = sizeof counts / sizeof counts[0] };

static void make(double *out, const struct par_usl *truth, double noise, struct par_rng *rng)
{
	for (int i = 0; i < COUNTS; i++)
		out[i] = par_usl_at(truth, counts[i]) * random_time(rng, noise);
}

static void test_exact_data(void **state)
{
	static const struct par_usl truths[] = { { .gamma = 1.0, .sigma = 0.05, .kappa = 0.002 },
		{ .gamma = 3e9, .sigma = 0.3, .kappa = 0.01 },
		{ .gamma = 2e-6, .sigma = 0.001, .kappa = 1e-4 },
		{ .gamma = 50.0, .sigma = 0.0, .kappa = 0.02 },
		{ .gamma = 7.0, .sigma = 0.9, .kappa = 0.0 } };
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 1);
	for (size_t i = 0; i < sizeof truths / sizeof truths[0]; i++) {
		double speed[MOST];
		struct par_usl found;

		make(speed, &truths[i], 0.0, &rng);
		assert_int_equal(par_usl_fit(&found, counts, speed, COUNTS), 0);
		assert_true(fabs(found.gamma / truths[i].gamma - 1.0) < 1e-3);
		assert_true(fabs(found.sigma - truths[i].sigma) < 1e-3);
		assert_true(fabs(found.kappa - truths[i].kappa) < 1e-5);
		assert_true(found.r2 > 0.99999);
	}
}

/*
 * A ray tracer on an SGI Origin 2000 (Gunther 2007, table 4.3). The minimum was found
 * independently, by a pattern search over sigma and kappa with gamma in closed form.
 */
static void test_known_data(void **state)
{
	static const double n[] = { 1, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64 };
	static const double speed[] = { 20, 78, 130, 170, 190, 200, 210, 230, 260, 280, 310 };
	struct par_usl found;

	(void)state;
	assert_int_equal(par_usl_fit(&found, n, speed, 11), 0);
	assert_true(fabs(found.gamma - 21.848843) < 1e-3);
	assert_true(fabs(found.sigma - 0.0577708) < 1e-5);
	assert_true(found.kappa < 1e-8);
	assert_true(fabs(found.r2 - 0.9906949) < 1e-6);
	assert_true(isnan(found.peak));
	assert_true(found.n_max == 64.0);
	assert_int_equal(found.points, 11);
}

static void test_noisy_data(void **state)
{
	const struct par_usl truth = { .gamma = 100.0, .sigma = 0.04, .kappa = 0.003 };
	double true_peak = sqrt(0.96 / 0.003);
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 2);
	for (int i = 0; i < 200; i++) {
		double speed[MOST];
		struct par_usl found;

		make(speed, &truth, 0.02, &rng);
		assert_int_equal(par_usl_fit(&found, counts, speed, COUNTS), 0);
		assert_true(fabs(found.gamma / truth.gamma - 1.0) < 0.15);
		assert_true(found.sigma >= 0.0 && fabs(found.sigma - truth.sigma) < 0.04);
		assert_true(fabs(found.kappa - truth.kappa) < 0.0012);
		assert_true(fabs(found.peak / true_peak - 1.0) < 0.2);
		assert_true(found.r2 > 0.97);
	}
}

/* Data that only rises must not be given a peak within it. */
static void test_rising_data(void **state)
{
	const struct par_usl linear = { .gamma = 5.0 }, amdahl = { .gamma = 5.0, .sigma = 0.1 };
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 3);
	for (int i = 0; i < 200; i++) {
		double speed[MOST];
		struct par_usl found;

		make(speed, i % 2 == 0 ? &linear : &amdahl, 0.01, &rng);
		assert_int_equal(par_usl_fit(&found, counts, speed, COUNTS), 0);
		assert_true(isnan(found.peak) || found.peak > found.n_max);
		assert_true(found.sigma >= 0.0 && found.sigma <= 1.0 && found.kappa >= 0.0);
	}
}

/* Faster than linear (caches): the bounds hold. */
static void test_superlinear_data(void **state)
{
	static const double speed[] = { 1, 2.1, 3.3, 4.6, 7.2, 10, 16, 22, 35, 50 };
	struct par_usl found;

	(void)state;
	assert_int_equal(par_usl_fit(&found, counts, speed, COUNTS), 0);
	assert_true(found.sigma >= 0.0 && found.sigma < 0.01);
	assert_true(found.kappa >= 0.0 && found.kappa < 1e-4);
	assert_true(isnan(found.peak));
}

static void test_refuses(void **state)
{
	static const double n[] = { 1, 2, 4, 4, 2, 1 }, speed[] = { 1, 2, 3, 3, 2, 1 };
	static const double zero[] = { 1, 2, 0, 4 }, low[] = { 0.5, 1, 2, 4 };
	struct par_usl found;

	(void)state;
	assert_int_equal(par_usl_fit(&found, n, speed, 6), -ENODATA);
	assert_int_equal(par_usl_fit(&found, n, speed, 0), -ENODATA);
	assert_int_equal(par_usl_fit(&found, counts, zero, 4), -EINVAL);
	assert_int_equal(par_usl_fit(&found, low, speed, 4), -EINVAL);
	assert_int_equal(par_usl_fit(&found, counts, counts, 4), 0);
	assert_true(isnan(found.peak));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact_data),
		cmocka_unit_test(test_known_data),
		cmocka_unit_test(test_noisy_data),
		cmocka_unit_test(test_rising_data),
		cmocka_unit_test(test_superlinear_data),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
