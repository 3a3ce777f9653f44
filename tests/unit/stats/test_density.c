#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "density.h"
#include "describe.h"
#include "random.h"

enum { GRID = 401, N = 500 };

static void fill_normal(double *values, size_t n)
{
	struct par_rng rng;

	par_rng_init(&rng, 9);
	for (size_t i = 0; i < n; i++)
		values[i] = random_normal(&rng);
	par_sort(values, n);
}

static void test_one_value(void **state)
{
	const double value = 2.0;
	double density[3];

	(void)state;
	par_density_grid(density, 3, 1.0, 3.0, &value, 1, 0.5);
	assert_true(fabs(density[1] - 0.7978845608) < 1e-9); /* R: dnorm(0, sd = 0.5) */
	assert_true(fabs(density[0] - 0.1079819330) < 1e-9); /* R: dnorm(1, sd = 0.5) */
	assert_true(fabs(density[2] - density[0]) < 1e-15);
}

static void test_area_and_shape(void **state)
{
	double values[N], density[GRID], area = 0.0;

	(void)state;
	fill_normal(values, N);
	par_density_grid(density, GRID, -6.0, 6.0, values, N, par_density_bandwidth(values, N));
	for (int i = 0; i < GRID; i++)
		area += density[i] * 12.0 / (GRID - 1);
	assert_true(fabs(area - 1.0) < 1e-6);
	assert_true(fabs(density[GRID / 2] - 0.3989) < 0.06);
}

/* For one normal hump it is Silverman's, for two that of a hump. */
static void test_bandwidth(void **state)
{
	double values[N], one;

	(void)state;
	fill_normal(values, N);
	one = par_density_bandwidth(values, N);
	assert_true(fabs(one / (0.9 * pow(N, -0.2)) - 1.0) < 0.1);
	for (int i = N / 2; i < N; i++)
		values[i] = values[i - N / 2] + 1000.0;
	par_sort(values, N);
	assert_true(par_density_bandwidth(values, N) < 1.7 * one);
}

static void test_bandwidth_of_little(void **state)
{
	const double same[] = { 3, 3, 3, 3 }, two[] = { 1, 2 };

	(void)state;
	assert_true(par_density_bandwidth(same, 4) == 0.0);
	assert_true(par_density_bandwidth(two, 1) == 0.0);
	assert_true(par_density_bandwidth(two, 2) > 0.0);
}

/* Groups {0, 1} and {10, 11, 12}: squares 0.5 and 2, five values less two means. */
static void test_within(void **state)
{
	const double sorted[] = { 0, 1, 10, 11, 12 };

	(void)state;
	assert_true(fabs(par_density_within(sorted, 5, 1) - sqrt(2.5 / 3.0)) < 1e-12);
	assert_true(par_density_within(sorted, 5, 3) == 0.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_value),
		cmocka_unit_test(test_area_and_shape),
		cmocka_unit_test(test_bandwidth),
		cmocka_unit_test(test_bandwidth_of_little),
		cmocka_unit_test(test_within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
