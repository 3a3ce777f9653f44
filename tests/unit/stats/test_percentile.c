#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>

#include "describe.h"
#include "percentile.h"
#include "random.h"

enum { MOST = 3000 };

static void fill(double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		values[i] = (double)i + 1.0;
}

/* p^n <= 0.05. */
static void test_least_sizes(void **state)
{
	(void)state;
	assert_int_equal(par_percentile_least(0.5), 5);
	assert_int_equal(par_percentile_least(0.9), 29);
	assert_int_equal(par_percentile_least(0.95), 59);
	assert_int_equal(par_percentile_least(0.99), 299);
	assert_int_equal(par_percentile_least(0.999), 2995);
}

static void test_a_sample_too_small_tells_nothing(void **state)
{
	static const double shares[] = { 0.5, 0.9, 0.99, 0.999 };
	double values[MOST];
	struct par_percentile found;

	(void)state;
	fill(values, MOST);
	for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
		size_t least = par_percentile_least(shares[i]);

		assert_int_equal(
			par_percentile_find(&found, values, least - 1, shares[i]), -ENODATA);
		assert_true(isnan(found.value) && isnan(found.low) && isnan(found.high));
		assert_int_equal(found.high_rank, 0);
		assert_int_equal(par_percentile_find(&found, values, least, shares[i]), 0);
		assert_int_equal(found.high_rank, least); /* only the largest bounds it */
	}
	assert_int_equal(par_percentile_find(&found, values, 0, 0.5), -ENODATA);
}

/* Ranks from sums of exact binomial coefficients. */
static void test_known_ranks(void **state)
{
	static const struct {
		size_t n;
		double p;
		size_t rank, low, high;
	} known[] = { { 5, 0.5, 3, 1, 5 }, { 20, 0.5, 10, 6, 15 }, { 59, 0.95, 57, 53, 59 },
		{ 100, 0.9, 90, 85, 96 }, { 299, 0.99, 297, 293, 299 },
		{ 500, 0.99, 495, 491, 499 } };
	double values[MOST];

	(void)state;
	fill(values, MOST);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct par_percentile found;

		assert_int_equal(par_percentile_find(&found, values, known[i].n, known[i].p), 0);
		assert_int_equal(found.rank, known[i].rank);
		assert_int_equal(found.low_rank, known[i].low);
		assert_int_equal(found.high_rank, known[i].high);
		assert_true(found.value == (double)known[i].rank);
		assert_true(found.low == (double)known[i].low);
		assert_true(found.high == (double)known[i].high);
	}
}

/* Of many samples of known quantile, each bound must hold in 95 % and not in all. */
static void test_bounds_cover_as_promised(void **state)
{
	enum { SAMPLES = 2000, SIZE = 400 };
	double values[SIZE], quantile = 0.99;
	unsigned below = 0, above = 0;
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 7);
	for (int i = 0; i < SAMPLES; i++) {
		struct par_percentile found;

		for (int j = 0; j < SIZE; j++)
			values[j] = par_rng_unit(&rng);
		par_sort(values, SIZE);
		assert_int_equal(par_percentile_find(&found, values, SIZE, 0.99), 0);
		below += found.low <= quantile;
		above += found.high >= quantile;
	}
	assert_in_range(below, 1880, 1990);
	assert_in_range(above, 1880, 1990);
}

/* 0.3^100000 is far below the smallest double. */
static void test_large_samples(void **state)
{
	enum { SIZE = 100000 };
	static double values[SIZE];
	struct par_percentile found;

	(void)state;
	fill(values, SIZE);
	assert_int_equal(par_percentile_find(&found, values, SIZE, 0.7), 0);
	assert_int_equal(found.rank, 70000);
	assert_in_range(found.low_rank, 69700, 69800); /* 1.64 times the deviation, 145 */
	assert_in_range(found.high_rank, 70200, 70300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_least_sizes),
		cmocka_unit_test(test_a_sample_too_small_tells_nothing),
		cmocka_unit_test(test_known_ranks),
		cmocka_unit_test(test_bounds_cover_as_promised),
		cmocka_unit_test(test_large_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
