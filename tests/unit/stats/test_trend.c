#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>

#include "noise_family.h"
#include "trend.h"

#define assert_near(a, b, by) assert_true(fabs((a) - (b)) <= (by))

enum {
	TIMES = SIMULATED(1500),
	MOST = 100,
};

static struct par_trend look(const double *times, size_t n)
{
	struct par_trend found;
	uint32_t rounds[MOST];

	for (size_t i = 0; i < n; i++)
		rounds[i] = (uint32_t)i + 1;
	assert_int_equal(par_trend_find(&found, times, rounds, n), 0);
	return found;
}

/* Counted over all 8! orders, and by the numbers of permutations with so many inversions. */
static void test_exact(void **state)
{
	(void)state;
	assert_near(par_kendall_exact(28, 8), 2.0 / 40320.0, 1e-15);
	assert_near(par_kendall_exact(-28, 8), 2.0 / 40320.0, 1e-15);
	assert_near(par_kendall_exact(20, 8), 0.014136904761904762, 1e-14);
	assert_near(par_kendall_exact(16, 8), 0.06101190476190476, 1e-14);
	assert_near(par_kendall_exact(0, 8), 1.0, 0.0);
	assert_near(par_kendall_exact(21, 10), 0.07255015432098766, 1e-14);
	assert_near(par_kendall_exact(45, 10), 5.511463844797178e-07, 1e-15);
	assert_near(par_kendall_exact(245, 50), 0.04080867425071895, 1e-13);
}

/* S = 38, variance (2250 - 2 * 18 - 66) / 18 with two pairs and three equal times. */
static void test_ties(void **state)
{
	static const double times[] = { 100, 100, 101, 102, 102, 103, 103, 103, 105, 104 };

	(void)state;
	assert_near(look(times, 10).p, 0.0007065005675843478, 1e-12);
}

static void test_known_slope(void **state)
{
	static const uint32_t rounds[] = { 1, 3, 4, 5, 8, 9, 10, 11 };
	double times[8];
	struct par_trend found;

	(void)state;
	for (int i = 0; i < 8; i++)
		times[i] = 5.0 * exp(0.01 * rounds[i]);
	times[3] *= 10.0; /* one visit does not bend the median of the slopes */
	assert_int_equal(par_trend_find(&found, times, rounds, 8), 0);
	assert_int_equal(found.n, 8);
	assert_near(found.change, expm1(0.1), 1e-9);
	assert_true(found.p > PAR_TREND_P && !found.drifts);
	times[3] /= 10.0;
	assert_int_equal(par_trend_find(&found, times, rounds, 8), 0);
	assert_near(found.p, 2.0 / 40320.0, 1e-15);
	assert_true(found.drifts);
}

/* Certain, but too small to matter; and equal times. */
static void test_small_change(void **state)
{
	double times[20];
	struct par_trend found;

	(void)state;
	for (int i = 0; i < 20; i++)
		times[i] = 1000.0 - 0.9 * i;
	found = look(times, 20);
	assert_true(found.p < 1e-9);
	assert_near(found.change, -0.0171, 1e-4);
	assert_false(found.drifts);
	for (int i = 0; i < 20; i++)
		times[i] = 1000.0;
	found = look(times, 20);
	assert_true(found.p == 1.0 && found.change == 0.0 && !found.drifts);
}

static void test_refuses(void **state)
{
	static const double times[] = { 1, 2, 3, 4, 5, 6, 7, 8 }, zero[] = { 1, 0 };
	static const uint32_t rounds[] = { 1, 2 }, same[] = { 2, 2 };
	struct par_trend found = look(times, 7);

	(void)state;
	assert_true(isnan(found.p) && isnan(found.change) && !found.drifts);
	assert_true(isnan(look(times, 0).p));
	assert_int_equal(par_trend_find(&found, zero, rounds, 2), -EINVAL);
	assert_int_equal(par_trend_find(&found, times, same, 2), -EINVAL);
}

struct flags {
	double p;      /* share with p < PAR_TREND_P */
	double drifts; /* share that is flagged */
};

/* `drift`: by how much the last visit is slower; `step` rounds times so that some are equal. */
static struct flags simulate(enum noise_family family, double drift, double step, size_t n)
{
	struct flags flags = { 0 };
	struct par_rng rng;

	par_rng_init(&rng, 10 * n + (uint64_t)family);
	for (int i = 0; i < TIMES; i++) {
		double times[MOST];
		struct par_trend found;

		for (size_t j = 0; j < n; j++) {
			times[j] = random_of_family(&rng, family);
			times[j] *= 1.0 + drift * (double)j / (double)(n - 1);
			if (step > 0.0)
				times[j] = step * (1.0 + floor(times[j] / step));
		}
		found = look(times, n);
		flags.p += found.p < PAR_TREND_P;
		flags.drifts += found.drifts;
	}
	flags.p /= TIMES;
	flags.drifts /= TIMES;
	return flags;
}

/* Steady cells of any noise are flagged in at most 1 % of cases (plus four standard errors). */
static void test_false_flags(void **state)
{
	static const size_t sizes[] = { 8, 12, 25, 60 };
	double most = PAR_TREND_P + 4.0 * sqrt(PAR_TREND_P / TIMES);

	(void)state;
	for (int family = 0; family < FAMILIES; family++) {
		for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
			struct flags plain =
				simulate((enum noise_family)family, 0.0, 0.0, sizes[i]);
			struct flags tied =
				simulate((enum noise_family)family, 0.0, 0.05, sizes[i]);

			assert_true(plain.p <= most && plain.drifts <= plain.p);
			assert_true(tied.p <= most && tied.drifts <= tied.p);
		}
	}
}

static void test_drift_is_found(void **state)
{
	(void)state;
	assert_true(simulate(FAMILY_NORMAL, 0.5, 0.0, 20).drifts > 0.8);
	assert_true(simulate(FAMILY_STUDENT, 0.5, 0.0, 20).drifts > 0.8);
	assert_true(simulate(FAMILY_NORMAL, 0.5, 0.0, 60).drifts > 0.99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_known_slope),
		cmocka_unit_test(test_small_change),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_false_flags),
		cmocka_unit_test(test_drift_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
