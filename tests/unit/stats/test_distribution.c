#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "distribution.h"

#define assert_within(a, b, share) assert_true(fabs((a) - (b)) <= (share)*fabs(b))

/* R: qnorm(). */
static void test_normal_quantile(void **state)
{
	(void)state;
	assert_within(par_normal_quantile(0.975), 1.959963984540054, 1e-14);
	assert_within(par_normal_quantile(0.9), 1.281551565544600, 1e-14);
	assert_within(par_normal_quantile(1e-10), -6.361340902404056, 1e-13);
	assert_within(par_normal_quantile(1e-20), -9.262340089798408, 1e-13);
	assert_true(fabs(par_normal_quantile(0.5)) < 1e-15);
}

static void test_normal_round_trip(void **state)
{
	(void)state;
	for (double p = 0.001; p < 1.0; p += 0.001)
		assert_within(par_normal_cdf(par_normal_quantile(p)), p, 1e-13);
}

/* R: qt(); one degree of freedom is Cauchy's distribution, tan(pi (p - 1/2)). */
static void test_student_quantile(void **state)
{
	(void)state;
	assert_within(par_student_quantile(0.975, 5), 2.570581835636314, 1e-10);
	assert_within(par_student_quantile(0.995, 10), 3.169272672616951, 1e-10);
	assert_within(par_student_quantile(0.025, 9), -2.262157162798205, 1e-10);
	assert_within(par_student_quantile(0.99, 1), tan(0.49 * M_PI), 1e-10);
	assert_within(par_student_quantile(0.975, 1e6), 1.959966, 1e-5);
}

static void test_binomial(void **state)
{
	(void)state;
	assert_within(par_binomial_cdf(0, 6, 0.5), 1.0 / 64.0, 1e-14);
	assert_within(par_binomial_cdf(1, 9, 0.5), 10.0 / 512.0, 1e-13);
	assert_within(par_binomial_cdf(2, 4, 0.25), 243.0 / 256.0, 1e-13);
	assert_true(par_binomial_cdf(-1, 5, 0.5) == 0.0);
	assert_true(par_binomial_cdf(5, 5, 0.5) == 1.0);
	assert_true(par_binomial_cdf(3, 5, 0.0) == 1.0);
	assert_true(par_binomial_cdf(3, 5, 1.0) == 0.0);
	/* 2^-5000 underflows; half of an odd count of fair coins is exactly one half. */
	assert_within(par_binomial_cdf(2500, 5001, 0.5), 0.5, 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normal_quantile),
		cmocka_unit_test(test_normal_round_trip),
		cmocka_unit_test(test_student_quantile),
		cmocka_unit_test(test_binomial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
