#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>

#include "describe.h"
#include "interval.h"
#include "random.h"

enum { MOST = 200 };

static void fill(double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		values[i] = (double)i + 1.0;
}

/* The ranks that tables give (Conover 1999, "Practical Nonparametric Statistics", table A3). */
static void test_known_ranks(void **state)
{
	static const struct {
		size_t n, low;
		double coverage;
	} known[] = { { 6, 1, 0.96875 }, { 7, 1, 0.984375 }, { 8, 1, 0.9921875 },
		{ 9, 2, 0.9609375 }, { 10, 2, 0.978515625 }, { 15, 4, 0.96484375 },
		{ 20, 6, 0.958610534668 }, { 30, 10, 0.957226054743 },
		{ 100, 40, 0.964799799782 } };
	double values[MOST];

	(void)state;
	fill(values, MOST);
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		struct par_interval interval;
		size_t high = known[i].n + 1 - known[i].low;

		assert_int_equal(par_interval_median(&interval, values, known[i].n, 0.95), 0);
		assert_int_equal(interval.low_rank, known[i].low);
		assert_int_equal(interval.high_rank, high);
		assert_true(interval.low == (double)known[i].low);
		assert_true(interval.high == (double)high);
		assert_true(fabs(interval.coverage - known[i].coverage) < 1e-9);
	}
}

static void test_too_few(void **state)
{
	double values[MOST];
	struct par_interval interval;

	(void)state;
	fill(values, MOST);
	for (size_t n = 0; n < PAR_ROUNDS_LEAST; n++) {
		assert_int_equal(par_interval_median(&interval, values, n, 0.95), -ENODATA);
		assert_true(isnan(interval.low) && isnan(interval.high));
		assert_int_equal(interval.low_rank, 0);
	}
	assert_int_equal(par_interval_median(&interval, values, 7, 0.99), -ENODATA);
	assert_int_equal(par_interval_median(&interval, values, 8, 0.99), 0);
}

/* The share of intervals of n skewed values that hold the true median. */
static double simulate(size_t n, int times)
{
	struct par_rng rng;
	int held = 0;

	par_rng_init(&rng, 100 + n);
	for (int i = 0; i < times; i++) {
		double values[MOST];
		struct par_interval interval;

		for (size_t j = 0; j < n; j++)
			values[j] = random_time(&rng, 0.5);
		par_sort(values, n);
		par_interval_median(&interval, values, n, 0.95);
		held += interval.low <= 1.0 && interval.high >= 1.0;
	}
	return (double)held / times;
}

/* Never below what was asked for, and no wider than a step of the ranks makes it. */
static void test_coverage(void **state)
{
	static const size_t sizes[] = { 6, 9, 20, 75, 200 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		double share = simulate(sizes[i], 4000);

		assert_true(share > 0.94);
		assert_true(share < 0.985);
	}
}

static void test_relative(void **state)
{
	(void)state;
	assert_true(fabs(par_interval_relative(98.0, 102.0, 100.0) - 0.02) < 1e-15);
	assert_true(isnan(par_interval_relative(NAN, NAN, 100.0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_ranks),
		cmocka_unit_test(test_too_few),
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_relative),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
