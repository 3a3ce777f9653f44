#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>

#include "describe.h"

#define assert_near(a, b) assert_true(fabs((a) - (b)) <= 1e-12 * fmax(1.0, fabs(b)))

/* R: x <- c(3, 1, 4, 1, 5, 9, 2, 6, 5, 35); quantile(x), sd(x), mad(x, constant = 1). */
static const double values[] = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 35 };

static void test_known_sample(void **state)
{
	struct par_description d;

	(void)state;
	assert_int_equal(par_describe(&d, values, 10), 0);
	assert_int_equal(d.n, 10);
	assert_near(d.min, 1.0);
	assert_near(d.q1, 2.25);
	assert_near(d.median, 4.5);
	assert_near(d.q3, 5.75);
	assert_near(d.max, 35.0);
	assert_near(d.mean, 7.1);
	assert_near(d.stdev, sqrt(918.9 / 9.0)); /* 1423 less 10 times 7.1 squared */
	assert_near(d.mad, 2.0);
	assert_near(d.fence_low, -3.0);
	assert_near(d.fence_high, 11.0);
	assert_int_equal(d.outlying, 1);
	assert_int_equal(d.far, 1);
}

static void test_does_not_change_its_input(void **state)
{
	struct par_description d;

	(void)state;
	par_describe(&d, values, 10);
	assert_near(values[0], 3.0);
	assert_near(values[9], 35.0);
}

static void test_few_values(void **state)
{
	struct par_description d;
	const double one = 7.0;

	(void)state;
	assert_int_equal(par_describe(&d, NULL, 0), -ENODATA);
	assert_int_equal(par_describe(&d, &one, 1), 0);
	assert_near(d.median, 7.0);
	assert_near(d.q1, 7.0);
	assert_true(isnan(d.stdev));
	assert_true(isnan(par_median(NULL, 0)));
	assert_true(isnan(par_mean(NULL, 0)));
}

static void test_quantile_ends(void **state)
{
	const double sorted[] = { 1, 2, 10 };

	(void)state;
	assert_near(par_quantile(sorted, 3, 0.0), 1.0);
	assert_near(par_quantile(sorted, 3, 1.0), 10.0);
	assert_near(par_quantile(sorted, 3, 0.75), 6.0);
	assert_near(par_median(sorted, 2), 1.5);
}

static void test_median_sorts(void **state)
{
	double some[] = { 9, 1, 5 };

	(void)state;
	assert_near(par_median_of(some, 3), 5.0);
	assert_near(some[0], 1.0);
	assert_near(some[2], 9.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_sample),
		cmocka_unit_test(test_does_not_change_its_input),
		cmocka_unit_test(test_few_values),
		cmocka_unit_test(test_quantile_ends),
		cmocka_unit_test(test_median_sorts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
