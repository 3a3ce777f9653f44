#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "density.h"
#include "random.h"

enum { MOST = 1000 };

enum shape {
	NORMAL,
	EXPONENTIAL,
	TWO_EQUAL,   /* humps 20 % apart, 2 % wide */
	TWO_UNEQUAL, /* one in four 40 % apart */
};

static double draw(struct par_rng *rng, enum shape shape)
{
	switch (shape) {
	case NORMAL: return 0.1 * random_normal(rng);
	case EXPONENTIAL: return -0.1 * log(1.0 - par_rng_unit(rng));
	case TWO_EQUAL: return 0.2 * (double)par_rng_below(rng, 2) + 0.02 * random_normal(rng);
	case TWO_UNEQUAL:
		return 0.34 * (double)(par_rng_below(rng, 4) == 0) + 0.02 * random_normal(rng);
	}
	return NAN;
}

/* The share of samples that are called two-humped. */
static double simulate(enum shape shape, size_t n, int times)
{
	static double values[MOST];
	struct par_rng rng;
	int two = 0;

	par_rng_init(&rng, 7 * n + (uint64_t)shape);
	for (int i = 0; i < times; i++) {
		struct par_humps humps;

		for (size_t j = 0; j < n; j++)
			values[j] = draw(&rng, shape);
		assert_int_equal(par_humps_find(&humps, values, n), 0);
		two += humps.two;
	}
	return (double)two / times;
}

static void test_one_hump(void **state)
{
	static const size_t sizes[] = { 12, 15, 20, 30, 50 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		assert_true(simulate(NORMAL, sizes[i], 1000) < 0.02);
		assert_true(simulate(EXPONENTIAL, sizes[i], 500) < 0.06);
	}
	assert_true(simulate(NORMAL, 1000, 50) == 0.0);
}

static void test_two_humps(void **state)
{
	(void)state;
	assert_true(simulate(TWO_EQUAL, 12, 300) > 0.9);
	assert_true(simulate(TWO_EQUAL, 30, 200) > 0.98);
	assert_true(simulate(TWO_EQUAL, 1000, 20) == 1.0);
	assert_true(simulate(TWO_UNEQUAL, 30, 200) > 0.8);
}

static void test_where_they_are(void **state)
{
	double values[40];
	struct par_rng rng;
	struct par_humps humps;

	(void)state;
	par_rng_init(&rng, 3);
	for (int i = 0; i < 40; i++)
		values[i] = log(i % 4 == 0 ? 541.0 : 118.0) + 0.03 * random_normal(&rng);
	par_humps_find(&humps, values, 40);
	assert_true(humps.two);
	assert_true(fabs(exp(humps.low) / 118.0 - 1.0) < 0.05);
	assert_true(fabs(exp(humps.high) / 541.0 - 1.0) < 0.05);
	assert_true(humps.valley > humps.low && humps.valley < humps.high);
	assert_true(fabs(humps.high_share - 0.25) < 1e-12);
	assert_true(humps.depth > 0.9 && humps.depth <= 1.0);
}

static void test_what_is_none(void **state)
{
	double values[40];
	struct par_humps humps;

	(void)state;
	for (int i = 0; i < 40; i++)
		values[i] = i % 2 == 0 ? 0.0 : 1.0; /* two exact values */
	par_humps_find(&humps, values, 40);
	assert_true(humps.two);
	par_humps_find(&humps, values, PAR_HUMPS_LEAST - 1);
	assert_false(humps.two);
	for (int i = 0; i < 40; i++)
		values[i] = i % 2 == 0 ? 0.0 : 0.04; /* too near to matter */
	par_humps_find(&humps, values, 40);
	assert_false(humps.two);
	for (int i = 0; i < 40; i++)
		values[i] = i < 38 ? 0.001 * i : 2.0; /* two far values are outliers */
	par_humps_find(&humps, values, 40);
	assert_false(humps.two);
	for (int i = 0; i < 40; i++)
		values[i] = 5.0;
	par_humps_find(&humps, values, 40);
	assert_false(humps.two);
	assert_true(isnan(humps.low));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_hump),
		cmocka_unit_test(test_two_humps),
		cmocka_unit_test(test_where_they_are),
		cmocka_unit_test(test_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
