#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "metg.h"

static const double lengths[] = { 1e2, 1e3, 1e4, 1e5, 1e6 };
#define POINTS (sizeof lengths / sizeof *lengths)

static struct par_metg find(const double *efficiency, size_t points)
{
	struct par_metg metg;

	assert_int_equal(par_metg_find(&metg, lengths, efficiency, points), 0);
	return metg;
}

static void assert_near(double value, double expected)
{
	if (!(fabs(value - expected) <= 1e-9 * expected))
		fail_msg("%.17g instead of %.17g", value, expected);
}

/* Half way up between two decades is the square root of ten. */
static void test_known_answers(void **state)
{
	static const struct {
		double efficiency[POINTS], length, low, high;
	} known[] = {
		{ { 0.1, 0.25, 0.75, 0.9, 1.0 }, 3162.2776601683795, 1e3, 1e4 },
		{ { 0.4, 0.9, 0.95, 1.0, 1.0 }, 158.48931924611135, 1e2, 1e3 },
		{ { 0.0, 0.0, 0.0, 0.0, 2.0 }, 177827.94100389228, 1e5, 1e6 },
		{ { 0.1, 0.2, 0.3, 0.5, 0.9 }, 1e5, 1e4, 1e5 }, /* on a point */
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct par_metg metg = find(known[i].efficiency, POINTS);

		assert_int_equal(metg.verdict, PAR_METG_FOUND);
		assert_near(metg.length, known[i].length);
		assert_true(metg.low == known[i].low && metg.high == known[i].high);
		assert_int_equal(metg.crossings, 1);
	}
}

/* A model that pays `cost` for each task has efficiency 1/2 where the task is as long. */
static void test_finds_the_overhead_of_a_task(void **state)
{
	double cost = 2e3, efficiency[POINTS];
	struct par_metg metg;

	(void)state;
	for (size_t i = 0; i < POINTS; i++)
		efficiency[i] = lengths[i] / (lengths[i] + cost);
	metg = find(efficiency, POINTS);
	assert_int_equal(metg.verdict, PAR_METG_FOUND);
	assert_true(metg.length > 0.8 * cost && metg.length < 1.25 * cost);
}

static void assert_refused(const double *efficiency, size_t points, enum par_metg_verdict verdict)
{
	struct par_metg metg = find(efficiency, points);

	assert_int_equal(metg.verdict, verdict);
	assert_true(isnan(metg.length) && isnan(metg.low) && isnan(metg.high));
}

static void test_refuses_where_nothing_crosses(void **state)
{
	static const double low[POINTS] = { 0.1, 0.2, 0.3, 0.4, 0.499 };
	static const double high[POINTS] = { 0.5, 0.6, 0.9, 1.0, 1.0 };
	static const double lost[POINTS] = { 0.1, 0.6, 0.9, 0.9, 0.4 };

	(void)state;
	assert_refused(low, POINTS, PAR_METG_NEVER);
	assert_refused(high, POINTS, PAR_METG_ALWAYS);
	assert_refused(lost, POINTS, PAR_METG_LOST);
	assert_refused(low, 0, PAR_METG_TOO_FEW);
	assert_refused(high, 1, PAR_METG_TOO_FEW);
	assert_non_null(strstr(par_metg_reason(PAR_METG_NEVER), "never"));
	assert_string_not_equal(
		par_metg_reason(PAR_METG_ALWAYS), par_metg_reason(PAR_METG_TOO_FEW));
}

static void test_of_several_crossings_the_largest(void **state)
{
	static const double twice[POINTS] = { 0.2, 0.6, 0.4, 0.6, 0.9 };
	static const double from_above[POINTS] = { 0.7, 0.25, 0.75, 0.9, 0.9 };
	struct par_metg metg = find(twice, POINTS);

	(void)state;
	assert_int_equal(metg.verdict, PAR_METG_FOUND);
	assert_near(metg.length, 31622.776601683792);
	assert_int_equal(metg.crossings, 3);
	metg = find(from_above, POINTS);
	assert_int_equal(metg.verdict, PAR_METG_FOUND);
	assert_near(metg.length, 3162.2776601683795);
}

static void test_rejects_what_is_no_curve(void **state)
{
	static const double fine[] = { 0.1, 0.6, 0.9 }, holes[] = { 0.1, NAN, 0.9 };
	static const double twice[] = { 1, 10, 10 }, zero[] = { 0, 1, 2 };
	struct par_metg metg;

	(void)state;
	assert_int_equal(par_metg_find(&metg, lengths, holes, 3), -EINVAL);
	assert_int_equal(par_metg_find(&metg, twice, fine, 3), -EINVAL);
	assert_int_equal(par_metg_find(&metg, zero, fine, 3), -EINVAL);
	assert_true(isnan(metg.length));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_answers),
		cmocka_unit_test(test_finds_the_overhead_of_a_task),
		cmocka_unit_test(test_refuses_where_nothing_crosses),
		cmocka_unit_test(test_of_several_crossings_the_largest),
		cmocka_unit_test(test_rejects_what_is_no_curve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
