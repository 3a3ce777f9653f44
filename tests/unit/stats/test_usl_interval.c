#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "noise_family.h"
#include "usl_interval.h"

static const double counts[] = { 1, 2, 3, 4, 6, 8, 12, 16, 24, 32 };
enum {
	COUNTS = sizeof counts / sizeof counts[0],
	VISITS = 20,
};

static const struct par_usl bent = { .gamma = 100.0, .sigma = 0.04, .kappa = 0.003 };
static const struct par_usl amdahl = { .gamma = 5.0, .sigma = 0.1 };
static const struct par_usl linear = { .gamma = 5.0 };
static const struct par_usl uncontended = { .gamma = 5.0, .kappa = 0.01 };

/* Visits of each count, and the points that refer to them. */
struct sweep {
	double throughput[COUNTS][VISITS];
	struct par_usl_point points[COUNTS];
};

static void measure(struct sweep *sweep, const struct par_usl *truth, double noise, size_t visits,
	struct par_rng *rng)
{
	for (int i = 0; i < COUNTS; i++) {
		for (size_t j = 0; j < visits; j++)
			sweep->throughput[i][j] =
				par_usl_at(truth, counts[i]) * random_time(rng, noise);
		sweep->points[i] = (struct par_usl_point){
			.n = counts[i], .throughput = sweep->throughput[i], .visits = visits
		};
	}
}

static double squares(const struct par_usl *usl, const double *speed)
{
	double sum = 0.0;

	for (int i = 0; i < COUNTS; i++) {
		double error = speed[i] - par_usl_at(usl, counts[i]);

		sum += error * error;
	}
	return sum;
}

static void refit_each(const struct par_usl *truth, double noise)
{
	struct par_rng rng;

	par_rng_init(&rng, 3);
	for (int i = 0; i < 100; i++) {
		double speed[COUNTS], left;
		struct par_usl fit, refit = *truth;

		for (int j = 0; j < COUNTS; j++)
			speed[j] = par_usl_at(truth, counts[j]) * random_time(&rng, noise);
		assert_int_equal(par_usl_fit(&fit, counts, speed, COUNTS), 0);
		left = par_usl_refit(&refit, counts, speed, COUNTS);
		assert_true(left <= squares(&fit, speed) * (1.0 + 1e-6));
		assert_true(fabs(squares(&refit, speed) / left - 1.0) < 1e-6);
		assert_true(refit.sigma >= 0.0 && refit.sigma <= 1.0 && refit.kappa >= 0.0);
	}
}

/* It finds what the fit by Levenberg and Marquardt from three starts finds, or better. */
static void test_refit(void **state)
{
	(void)state;
	refit_each(&bent, 0.02);
	refit_each(&bent, 0.2);
	refit_each(&amdahl, 0.05);
	refit_each(&linear, 0.02);
	refit_each(&uncontended, 0.05);
}

/* Data on the curve, from a start that is far off. */
static void test_refit_exact(void **state)
{
	double speed[COUNTS];
	struct par_usl found = { .sigma = 1.0, .kappa = 0.5 };

	(void)state;
	for (int i = 0; i < COUNTS; i++)
		speed[i] = par_usl_at(&bent, counts[i]);
	par_usl_refit(&found, counts, speed, COUNTS);
	assert_true(fabs(found.gamma - 100.0) < 1e-4);
	assert_true(fabs(found.sigma - 0.04) < 1e-6);
	assert_true(fabs(found.kappa - 0.003) < 1e-8);
}

static void test_without_noise(void **state)
{
	struct sweep sweep;
	struct par_usl_intervals found;
	struct par_rng rng;
	double peak = sqrt(0.96 / 0.003);

	(void)state;
	par_rng_init(&rng, 1);
	measure(&sweep, &bent, 0.0, 6, &rng);
	assert_int_equal(par_usl_intervals(&found, sweep.points, COUNTS, 1), 0);
	assert_true(fabs(found.sigma[0] - 0.04) < 1e-6 && fabs(found.sigma[1] - 0.04) < 1e-6);
	assert_true(fabs(found.kappa[0] - 0.003) < 1e-7 && fabs(found.kappa[1] - 0.003) < 1e-7);
	assert_true(fabs(found.peak[0] / peak - 1.0) < 1e-4);
	assert_true(fabs(found.peak[1] / peak - 1.0) < 1e-4);
}

/* The same visits and seed give the same intervals; another seed nearly the same. */
static void test_seed(void **state)
{
	struct sweep sweep;
	struct par_usl_intervals first, again, other;
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 2);
	measure(&sweep, &bent, 0.02, 10, &rng);
	assert_int_equal(par_usl_intervals(&first, sweep.points, COUNTS, 7), 0);
	assert_int_equal(par_usl_intervals(&again, sweep.points, COUNTS, 7), 0);
	assert_int_equal(par_usl_intervals(&other, sweep.points, COUNTS, 8), 0);
	assert_memory_equal(&first, &again, sizeof first);
	assert_true(memcmp(&first, &other, sizeof first) != 0);
	assert_true(fabs(first.kappa[1] / other.kappa[1] - 1.0) < 0.1);
	assert_true(first.sigma[0] < 0.04 && first.sigma[1] > 0.04);
}

/* Without a peak in reach the interval says so, and does not make one up. */
static void test_no_peak(void **state)
{
	struct sweep sweep;
	struct par_usl_intervals found;
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 3);
	measure(&sweep, &amdahl, 0.001, 10, &rng);
	assert_int_equal(par_usl_intervals(&found, sweep.points, COUNTS, 1), 0);
	assert_true(found.kappa[0] == 0.0);
	assert_true(isinf(found.peak[0]) && isinf(found.peak[1]));
}

/* With the peak near the end of what is in reach, half of the intervals or more are open. */
static void test_open_peak(void **state)
{
	const struct par_usl distant = { .gamma = 5.0, .sigma = 0.04, .kappa = 0.96 / (90 * 90) };
	struct par_rng rng;
	int open = 0;

	(void)state;
	par_rng_init(&rng, 3);
	for (int i = 0; i < 40; i++) {
		struct sweep sweep;
		struct par_usl_intervals found;

		measure(&sweep, &distant, 0.03, 6, &rng);
		assert_int_equal(par_usl_intervals(&found, sweep.points, COUNTS, 1), 0);
		open += isfinite(found.peak[0]) && isinf(found.peak[1]);
		assert_true(isinf(found.peak[1]) || found.peak[1] <= PAR_USL_PEAK_REACH * 32.0);
	}
	assert_true(open >= 20);
}

static void test_refuses(void **state)
{
	struct sweep sweep;
	struct par_usl_intervals found;
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 4);
	measure(&sweep, &bent, 0.02, PAR_USL_VISITS_LEAST, &rng);
	assert_int_equal(
		par_usl_intervals(&found, sweep.points, PAR_USL_COUNTS_LEAST - 1, 1), -ENODATA);
	assert_true(isnan(found.sigma[0]) && isnan(found.peak[1]));
	assert_int_equal(par_usl_intervals(&found, NULL, 0, 1), -ENODATA);
	sweep.points[3].visits--;
	assert_int_equal(par_usl_intervals(&found, sweep.points, COUNTS, 1), -ENODATA);
	sweep.points[3].visits++;
	sweep.throughput[2][1] = 0.0;
	assert_int_equal(par_usl_intervals(&found, sweep.points, COUNTS, 1), -EINVAL);
}

struct cover {
	double sigma, kappa, peak;
};

enum { TIMES = SIMULATED(200) };

static bool holds(const double interval[2], double truth)
{
	return interval[0] <= truth && truth <= interval[1];
}

static struct cover cover(const struct par_usl *truth, double noise, size_t visits)
{
	double peak = sqrt((1.0 - truth->sigma) / truth->kappa);
	struct cover held = { 0 };
	struct par_rng rng;

	if (peak > PAR_USL_PEAK_REACH * counts[COUNTS - 1])
		peak = INFINITY;
	par_rng_init(&rng, visits);
	for (int i = 0; i < TIMES; i++) {
		struct sweep sweep;
		struct par_usl_intervals found;

		measure(&sweep, truth, noise, visits, &rng);
		assert_int_equal(par_usl_intervals(&found, sweep.points, COUNTS, (uint64_t)i), 0);
		held.sigma += holds(found.sigma, truth->sigma);
		held.kappa += holds(found.kappa, truth->kappa);
		held.peak += holds(found.peak, peak);
	}
	held = (struct cover){ held.sigma / TIMES, held.kappa / TIMES, held.peak / TIMES };
	printf("  sigma %.2f, kappa %.3f, noise %.2f, %2zu visits: %.3f %.3f %.3f\n", truth->sigma,
		truth->kappa, noise, visits, held.sigma, held.kappa, held.peak);
	return held;
}

static double lowest(double truth)
{
	return truth - 4.0 * sqrt(truth * (1.0 - truth) / TIMES);
}

static void test_coverage(void **state)
{
	static const size_t sizes[] = { 6, 10, 20 };

	(void)state;
	printf("95 %% of sigma, kappa and the peak\n");
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct cover held = cover(&bent, 0.02, sizes[i]);

		assert_true(held.sigma >= lowest(0.95));
		assert_true(held.kappa >= lowest(0.95));
		assert_true(held.peak >= lowest(0.95));
	}
}

/* Beside a parameter that is on its bound the other's interval is a little too narrow. */
static void test_coverage_on_bound(void **state)
{
	struct cover held = cover(&amdahl, 0.02, 10);

	(void)state;
	assert_true(held.sigma >= lowest(0.88));
	assert_true(held.kappa >= lowest(0.95));
	assert_true(held.peak >= lowest(0.95));
	held = cover(&uncontended, 0.02, 10);
	assert_true(held.sigma >= lowest(0.95));
	assert_true(held.kappa >= lowest(0.9));
	assert_true(held.peak >= lowest(0.9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refit),
		cmocka_unit_test(test_refit_exact),
		cmocka_unit_test(test_without_noise),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_no_peak),
		cmocka_unit_test(test_open_peak),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_coverage_on_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
