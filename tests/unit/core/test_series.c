/*
 * The one rule by which two cells are compared, while measuring and afterwards.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "series.h"

#define VISITS 40

/* A cell whose visits took `ms` in the first `paired` rounds and `later` in those after. */
struct visits {
	double times[VISITS];
	uint32_t rounds[VISITS];
	struct par_series series;
};

static void visit(struct visits *visits, size_t n, size_t paired, double ms, double later)
{
	for (size_t i = 0; i < n; i++) {
		visits->times[i] = (i < paired ? ms : later) * (1e6 + (double)i);
		visits->rounds[i] = (uint32_t)i + 1;
	}
	visits->series = (struct par_series){ visits->times, visits->rounds, n };
}

static struct par_compared compare(const struct visits *base, const struct visits *other)
{
	struct par_compared out;

	assert_int_equal(par_series_compare(&out, &base->series, &other->series, 1), 0);
	return out;
}

static void pairs_decide(void **state)
{
	struct visits base, other;
	struct par_compared out;

	(void)state;
	visit(&base, 8, 8, 100, 0);
	visit(&other, 8, 8, 103, 0);
	out = compare(&base, &other);
	assert_int_equal(out.pairs, 8);
	assert_int_equal(out.verdict, PAR_COMPARISON_FASTER);
	assert_int_equal(compare(&other, &base).verdict, PAR_COMPARISON_SLOWER);
	assert_int_equal(compare(&base, &base).verdict, PAR_COMPARISON_TIE);
}

/* Visits without a partner move the median: what is printed must lie in the interval. */
static void the_interval_holds_the_ratio_of_the_medians(void **state)
{
	struct visits base, other;
	struct par_compared out;

	(void)state;
	visit(&base, 8, 8, 100, 0);
	visit(&other, 30, 8, 103, 100);
	out = compare(&base, &other);
	assert_int_equal(out.pairs, 8);
	assert_true(out.low <= 1.001 && out.high >= 1.02);
	assert_int_equal(out.verdict, PAR_COMPARISON_TIE);
}

static void pairs_against_medians_are_not_sure(void **state)
{
	struct visits base, other;

	(void)state;
	visit(&base, 8, 8, 100, 0);
	visit(&other, 30, 8, 95, 102);
	assert_int_equal(compare(&base, &other).verdict, PAR_COMPARISON_NOT_SURE);
}

static void without_pairs_the_intervals_decide(void **state)
{
	struct visits base, other;
	struct par_compared out;

	(void)state;
	visit(&base, 8, 8, 100, 0);
	visit(&other, 8, 8, 150, 0);
	for (size_t i = 0; i < 8; i++)
		other.rounds[i] += 100;
	out = compare(&base, &other);
	assert_int_equal(out.pairs, 0);
	assert_int_equal(out.verdict, PAR_COMPARISON_FASTER);
}

static void too_few_visits_say_nothing_and_how_many_are_not_known(void **state)
{
	struct visits base, other;
	struct par_compared out;

	(void)state;
	visit(&base, 5, 5, 100, 0);
	visit(&other, 5, 5, 150, 0);
	out = compare(&base, &other);
	assert_true(isnan(out.low) && isnan(out.high));
	assert_int_equal(out.verdict, PAR_COMPARISON_NOT_SURE);
	visit(&other, 0, 0, 0, 0);
	assert_int_equal(compare(&base, &other).verdict, PAR_COMPARISON_NOT_SURE);
}

static void a_time_that_is_none_is_refused(void **state)
{
	struct visits base, other;
	struct par_compared out;

	(void)state;
	visit(&base, 8, 8, 100, 0);
	visit(&other, 8, 8, 0, 0);
	assert_true(par_series_compare(&out, &base.series, &other.series, 1) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_decide),
		cmocka_unit_test(the_interval_holds_the_ratio_of_the_medians),
		cmocka_unit_test(pairs_against_medians_are_not_sure),
		cmocka_unit_test(without_pairs_the_intervals_decide),
		cmocka_unit_test(too_few_visits_say_nothing_and_how_many_are_not_known),
		cmocka_unit_test(a_time_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
