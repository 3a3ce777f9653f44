/*
 * How often the intervals hold the truth, for noise of many shapes. The shares depend on the seeds
 * alone; bounds are four standard errors of the simulation from what they stand for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "compare.h"
#include "describe.h"
#include "interval.h"
#include "noise_family.h"

enum {
	TIMES = SIMULATED(2000),
	MOST = 50,
};

static const size_t sizes[] = { 6, 7, 8, 10, 11, 20, 50 };
enum { SIZES = sizeof sizes / sizeof sizes[0] };

/* What a share of `truth` may at least, or at most, be found to be. */
static double lowest(double truth)
{
	return truth - 4.0 * sqrt(truth * (1.0 - truth) / TIMES);
}

static double highest(double truth)
{
	return truth + 4.0 * sqrt(truth * (1.0 - truth) / TIMES);
}

typedef double share_fn(enum noise_family family, size_t n);

static double cover_median(enum noise_family family, size_t n)
{
	double truth = median_of_family(family);
	struct par_rng rng;
	int held = 0;

	par_rng_init(&rng, 1000 * n + (uint64_t)family);
	for (int i = 0; i < TIMES; i++) {
		double values[MOST];
		struct par_interval interval;

		for (size_t j = 0; j < n; j++)
			values[j] = random_of_family(&rng, family);
		par_sort(values, n);
		assert_int_equal(par_interval_median(&interval, values, n, PAR_CONFIDENCE), 0);
		held += interval.low <= truth && truth <= interval.high;
	}
	return (double)held / TIMES;
}

/* Two models alike but for a factor, in rounds that are all of another speed. */
static double cover_ratio(enum noise_family family, size_t n, unsigned comparisons)
{
	const struct par_compare_rule rule = { PAR_CONFIDENCE, comparisons, PAR_EFFECT_FLOOR };
	const double truth = 1.2;
	struct par_rng rng;
	int held = 0;

	par_rng_init(&rng, 2000 * n + (uint64_t)family);
	for (int i = 0; i < TIMES; i++) {
		double base[MOST], other[MOST];
		struct par_compared found;

		for (size_t j = 0; j < n; j++) {
			double drift = 1.0 + 0.5 * par_rng_unit(&rng);

			base[j] = drift * random_of_family(&rng, family);
			other[j] = truth * drift * random_of_family(&rng, family);
		}
		assert_int_equal(par_compare_paired(&found, base, other, n, &rule), 0);
		held += found.low <= truth && truth <= found.high;
	}
	return (double)held / TIMES;
}

static double cover_ratio_alone(enum noise_family family, size_t n)
{
	return cover_ratio(family, n, 1);
}

static double cover_ratio_of_seven(enum noise_family family, size_t n)
{
	return cover_ratio(family, n, 7);
}

static void tabulate(double shares[FAMILIES][SIZES], const char *title, share_fn *find)
{
	printf("%-24s", title);
	for (size_t i = 0; i < SIZES; i++)
		printf("  n = %2zu", sizes[i]);
	printf("\n");
	for (int family = 0; family < FAMILIES; family++) {
		printf("  %-22s", family_names[family]);
		for (size_t i = 0; i < SIZES; i++) {
			shares[family][i] = find((enum noise_family)family, sizes[i]);
			printf("  %6.4f", shares[family][i]);
		}
		printf("\n");
	}
}

/*
 * The order statistics' interval has its coverage whatever the shape: exactly what it states, which
 * is at least 95 %.
 */
static void test_median(void **state)
{
	double shares[FAMILIES][SIZES];

	(void)state;
	tabulate(shares, "95 % of the median", cover_median);
	for (size_t i = 0; i < SIZES; i++) {
		double sorted[MOST] = { 0 };
		struct par_interval interval;

		par_interval_median(&interval, sorted, sizes[i], PAR_CONFIDENCE);
		for (int family = 0; family < FAMILIES; family++) {
			assert_true(shares[family][i] >= lowest(interval.coverage));
			assert_true(shares[family][i] <= highest(interval.coverage));
		}
	}
}

static void test_ratio(void **state)
{
	double shares[FAMILIES][SIZES];

	(void)state;
	tabulate(shares, "95 % of the ratio", cover_ratio_alone);
	for (int family = 0; family < FAMILIES; family++) {
		for (size_t i = 0; i < SIZES; i++)
			assert_true(shares[family][i] >= lowest(PAR_CONFIDENCE));
	}
}

/*
 * Of seven comparisons each may be wrong in 0.71 % of cases. With 6 or 7 pairs not even all of them
 * reach that, the interval is stretched beyond them by Student's quantiles, and what lies beyond is
 * a guess at the tails: 60,000 simulations held the truth in 98.9 to 99.1 % of cases with normal
 * and log-normal noise. From 8 pairs on it is true.
 */
static void test_ratio_of_seven(void **state)
{
	double shares[FAMILIES][SIZES];

	(void)state;
	tabulate(shares, "99.29 % of the ratio", cover_ratio_of_seven);
	for (int family = 0; family < FAMILIES; family++) {
		for (size_t i = 0; i < SIZES; i++) {
			double truth = sizes[i] < 8 ? 0.989 : 1.0 - 0.05 / 7;

			assert_true(shares[family][i] >= lowest(truth));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_ratio),
		cmocka_unit_test(test_ratio_of_seven),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
