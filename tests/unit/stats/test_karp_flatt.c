#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "karp_flatt.h"

#define assert_near(a, b, by) assert_true(fabs((a) - (b)) <= (by))

/* Amdahl's law gives its serial part back. */
static void test_amdahl(void **state)
{
	static const double parts[] = { 0.0, 0.01, 0.25, 1.0 };

	(void)state;
	for (int i = 0; i < 4; i++) {
		for (double p = 2.0; p <= 64.0; p *= 2.0) {
			double speedup = 1.0 / (parts[i] + (1.0 - parts[i]) / p);

			assert_near(par_karp_flatt(speedup, p), parts[i], 1e-12);
		}
	}
}

/* By hand: (1 / 4 - 1 / 8) / (1 - 1 / 8). */
static void test_known(void **state)
{
	(void)state;
	assert_near(par_karp_flatt(4.0, 8.0), 1.0 / 7.0, 1e-12);
	assert_near(par_karp_flatt(1.0, 2.0), 1.0, 1e-12);
}

/* Faster than linear is negative, slower than serial above 1: told as they are. */
static void test_beyond(void **state)
{
	(void)state;
	assert_near(par_karp_flatt(2.5, 2.0), -0.2, 1e-12);
	assert_near(par_karp_flatt(0.5, 2.0), 3.0, 1e-12);
}

static void test_not_known(void **state)
{
	(void)state;
	assert_true(isnan(par_karp_flatt(1.0, 1.0)));
	assert_true(isnan(par_karp_flatt(0.0, 4.0)));
	assert_true(isnan(par_karp_flatt(NAN, 4.0)));
	assert_true(isnan(par_karp_flatt(2.0, NAN)));
}

static void test_interval(void **state)
{
	const double speedup[] = { 3.0, 3.5 }, half[] = { NAN, 3.5 };
	double found[2];

	(void)state;
	par_karp_flatt_interval(found, speedup, 4.0);
	assert_near(found[0], (1.0 / 3.5 - 0.25) / 0.75, 1e-12);
	assert_near(found[1], (1.0 / 3.0 - 0.25) / 0.75, 1e-12);
	assert_true(found[0] < par_karp_flatt(3.2, 4.0) && par_karp_flatt(3.2, 4.0) < found[1]);
	par_karp_flatt_interval(found, half, 4.0);
	assert_true(!isnan(found[0]) && isnan(found[1]));
	par_karp_flatt_interval(found, speedup, 1.0);
	assert_true(isnan(found[0]) && isnan(found[1]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_amdahl),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_beyond),
		cmocka_unit_test(test_not_known),
		cmocka_unit_test(test_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
