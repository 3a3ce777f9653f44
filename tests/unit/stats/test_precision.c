#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "interval.h"
#include "precision.h"
#include "random.h"

enum { MOST = 200 };

static struct par_precision judge(const double *times, size_t n)
{
	struct par_precision out;

	assert_int_equal(par_precision_judge(times, n, PAR_PRECISION_TARGET, &out), 0);
	return out;
}

static void test_too_few(void **state)
{
	const double times[] = { 5, 5, 5, 5, 5 };
	struct par_precision out = judge(times, 5);

	(void)state;
	assert_int_equal(out.stop, PAR_STOP_GO_ON);
	assert_true(out.median == 5.0);
	assert_true(isnan(out.relative) && isnan(out.needed));
	out = judge(times, 0);
	assert_int_equal(out.stop, PAR_STOP_GO_ON);
	assert_true(isnan(out.median));
}

static void test_known_width(void **state)
{
	const double times[] = { 110, 90, 100, 100, 95, 105 };
	struct par_precision out = judge(times, 6);

	(void)state;
	assert_true(out.low == 90.0 && out.high == 110.0 && out.median == 100.0);
	assert_true(fabs(out.relative - 0.1) < 1e-15);
	assert_true(out.needed == 150.0); /* 6 (0.1 / 0.02)^2 */
	assert_int_equal(out.stop, PAR_STOP_GO_ON);
}

static void test_precise(void **state)
{
	const double times[] = { 101, 99, 100, 100, 99.5, 100.5 };

	(void)state;
	assert_int_equal(judge(times, 6).stop, PAR_STOP_PRECISE);
	assert_true(judge(times, 6).needed == PAR_ROUNDS_LEAST);
}

struct ends {
	int precise, plateau, none;
};

/* Visits until told to stop, many times over; drift is by that share of the time a visit. */
static struct ends simulate(double noise, double drift, int times)
{
	struct ends ends = { 0 };
	struct par_rng rng;

	par_rng_init(&rng, 77);
	for (int i = 0; i < times; i++) {
		double visits[MOST];
		enum par_stop stop = PAR_STOP_GO_ON;

		for (size_t n = 0; n < MOST && stop == PAR_STOP_GO_ON; n++) {
			visits[n] = random_time(&rng, noise) * (1.0 + drift * (double)n);
			stop = judge(visits, n + 1).stop;
		}
		ends.precise += stop == PAR_STOP_PRECISE;
		ends.plateau += stop == PAR_STOP_PLATEAU;
		ends.none += stop == PAR_STOP_GO_ON;
	}
	return ends;
}

/* Steady noise: narrow in the end, hardly ever mistaken for a plateau. */
static void test_steady_noise(void **state)
{
	struct ends ends = simulate(0.03, 0.0, 100);

	(void)state;
	assert_true(ends.precise >= 95);
	assert_int_equal(ends.precise + ends.plateau, 100);
}

/* A machine that gets slower all the time: more visits do not help. */
static void test_drift(void **state)
{
	struct ends ends = simulate(0.01, 0.05, 50);

	(void)state;
	assert_true(ends.plateau >= 45);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_too_few),
		cmocka_unit_test(test_known_width),
		cmocka_unit_test(test_precise),
		cmocka_unit_test(test_steady_noise),
		cmocka_unit_test(test_drift),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
