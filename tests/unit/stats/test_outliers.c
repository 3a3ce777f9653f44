#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>

#include "noise_family.h"
#include "outliers.h"

enum { MOST = 50 };

static size_t mark(bool *out, const double *times, size_t n)
{
	size_t count = 99, marked = 0;

	assert_int_equal(par_outliers_mark(out, &count, times, n), 0);
	for (size_t i = 0; i < n; i++)
		marked += out[i];
	assert_int_equal(count, marked);
	return count;
}

/* Powers of two: logs 0 to 6 in any order, fences at 1.5 - 4.5 and 4.5 + 4.5, by hand. */
static void test_fences(void **state)
{
	double times[] = { 16, 1, 8, 2, 32, 4, 64 };
	bool out[7];

	(void)state;
	assert_int_equal(mark(out, times, 7), 0);
	times[6] = ldexp(1.0, 10);
	assert_int_equal(mark(out, times, 7), 1);
	assert_true(out[6]);
	times[6] = ldexp(1.0, 9) * 0.999;
	assert_int_equal(mark(out, times, 7), 0);
}

/* A visit as much faster is as far out as one that is slower. */
static void test_both_sides(void **state)
{
	static const double times[] = { 100, 101, 99, 50, 100, 200, 100.5, 99.5 };
	bool out[8];

	(void)state;
	assert_int_equal(mark(out, times, 8), 2);
	assert_true(out[3] && out[5]);
}

/* Where most are equal, what differs by a tick is no outlier, and what differs much is. */
static void test_equal_times(void **state)
{
	double times[] = { 1000, 1000, 1000, 1001, 1000, 1000, 1000, 1000 };
	bool out[8];

	(void)state;
	assert_int_equal(mark(out, times, 8), 0);
	times[3] = 1011.0;
	assert_int_equal(mark(out, times, 8), 1);
	assert_true(out[3]);
}

static void test_refuses(void **state)
{
	static const double few[] = { 1, 1, 1, 1, 100 }, zero[] = { 1, 1, 1, 1, 1, 100, 0 };
	bool out[7] = { true, true, true, true, true, true, true };
	size_t count = 9;

	(void)state;
	assert_int_equal(mark(out, few, 5), 0);
	assert_int_equal(mark(out, few, 0), 0);
	assert_int_equal(par_outliers_mark(out, &count, zero, 7), -EINVAL);
	assert_int_equal(count, 0);
	assert_false(out[5]);
}

/* The share of log-normal visits that are marked: 0.7 % in the limit, more of a few. */
static double simulate(size_t n)
{
	enum { TIMES = SIMULATED(4000) };
	struct par_rng rng;
	size_t count = 0;

	par_rng_init(&rng, n);
	for (int i = 0; i < TIMES; i++) {
		double times[MOST];
		bool out[MOST];

		for (size_t j = 0; j < n; j++)
			times[j] = random_time(&rng, 0.1);
		count += mark(out, times, n);
	}
	return (double)count / (double)(n * TIMES);
}

static void test_how_often(void **state)
{
	(void)state;
	assert_true(simulate(6) < 0.06);
	assert_true(simulate(10) < 0.04);
	assert_true(simulate(50) < 0.015);
	assert_true(simulate(50) > 0.004);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fences),
		cmocka_unit_test(test_both_sides),
		cmocka_unit_test(test_equal_times),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_how_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
