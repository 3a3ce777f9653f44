#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>

#include "independent.h"
#include "interval.h"
#include "noise_family.h"
#include "rank_sum.h"

#define MOST 40

static void assert_near(double value, double wanted, double within)
{
	assert_true(fabs(value - wanted) <= within);
}

static struct par_independent compare(
	const double *base, size_t base_n, const double *other, size_t other_n, size_t comparisons)
{
	struct par_independent_rule rule = { PAR_CONFIDENCE, comparisons };
	struct par_independent found;

	assert_int_equal(par_independent_compare(&found, base, base_n, other, other_n, &rule), 0);
	return found;
}

/* The critical values of U at two-sided 5 %, plus one, as every table of the test has them. */
static void test_ranks_are_those_of_the_tables(void **state)
{
	static const struct {
		size_t m, n, rank;
	} known[] = { { 6, 6, 6 }, { 7, 7, 9 }, { 8, 8, 14 }, { 10, 10, 24 }, { 12, 12, 38 },
		{ 20, 20, 128 }, { 6, 10, 12 }, { 10, 6, 12 }, { 5, 5, 3 }, { 3, 3, 0 } };
	size_t rank;

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		assert_int_equal(par_rank_sum_rank(&rank, known[i].m, known[i].n, 0.025), 0);
		assert_int_equal(rank, known[i].rank);
	}
	assert_near(par_rank_sum_least(6, 6), 1.0 / 924.0, 1e-12);
	assert_near(par_rank_sum_least(8, 8), 1.0 / 12870.0, 1e-12);
}

static void test_far_in_the_tail_the_normal_ranks_are_the_wider(void **state)
{
	size_t exact, normal;

	(void)state;
	assert_int_equal(par_rank_sum_rank(&exact, 50, 50, 7e-5), 0);
	assert_int_equal(par_rank_sum_rank(&normal, 51, 50, 7e-5), 0);
	assert_int_equal(exact, 707); /* counted with whole numbers of any size */
	assert_true(normal > exact - 10 && normal < exact + 25);
	assert_int_equal(par_rank_sum_rank(&normal, 2, 2000, 1e-9), 0);
	assert_int_equal(normal, 0);
}

static void test_interval_is_between_ratios_of_pairs(void **state)
{
	double base[6], other[6];
	struct par_independent found;

	(void)state;
	for (int i = 0; i < 6; i++) { /* the ratios are all 2^(6 j - i): each once, 36 of them */
		base[i] = exp2(5 - i);
		other[i] = exp2(6 * i);
	}
	found = compare(base, 6, other, 6, 1);
	assert_near(log2(found.ratio), 12.5, 1e-9); /* middle of -5 .. 30 */
	assert_near(log2(found.low), 0.0, 1e-9);    /* the sixth from below */
	assert_near(log2(found.high), 25.0, 1e-9);  /* and from above */
}

static void test_order_does_not_matter_and_sides_mirror(void **state)
{
	double up[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, down[9] = { 9, 8, 7, 6, 5, 4, 3, 2, 1 };
	double far[7] = { 11, 12, 15, 13, 14, 17, 16 };
	struct par_independent one = compare(up, 9, far, 7, 40), two = compare(down, 9, far, 7, 40);
	struct par_independent back = compare(far, 7, up, 9, 40);

	(void)state;
	assert_near(one.ratio, two.ratio, 1e-12);
	assert_near(one.sure_low, two.sure_low, 1e-12);
	assert_near(back.ratio, 1.0 / one.ratio, 1e-12);
	assert_near(back.low, 1.0 / one.high, 1e-12);
	assert_near(back.sure_high, 1.0 / one.sure_low, 1e-12);
	assert_true(one.sure_low <= one.low && one.high <= one.sure_high);
}

static void fill(struct par_rng *rng, double *times, size_t n, double middle, double noise)
{
	for (size_t i = 0; i < n; i++)
		times[i] = middle * random_time(rng, noise);
}

static void test_too_few_visits_are_never_sure(void **state)
{
	double base[7] = { 100, 101, 102, 103, 104, 105, 106 };
	double other[7] = { 200, 201, 202, 203, 204, 205, 206 };
	struct par_independent found = compare(base, 5, other, 7, 1);

	(void)state;
	assert_true(isnan(found.low) && isnan(found.sure_low));
	assert_int_equal(par_independent_judge(&found, 0.05), PAR_CHANGE_NOT_SURE);
	assert_true(par_independent_may_hide(&found, 0.05));
	assert_near(par_independent_needed(&found, 0.05), 6.0, 0);
	found = compare(base, 6, other, 6, 204); /* 204 / 4096 < 0.05 */
	assert_int_equal(par_independent_judge(&found, 0.05), PAR_CHANGE_REGRESSION);
	found = compare(base, 6, other, 6, 206);
	assert_int_equal(par_independent_judge(&found, 0.05), PAR_CHANGE_NOT_SURE);
	assert_near(par_independent_needed(&found, 0.05), 7.0, 0);
	found = compare(base, 7, other, 7, 206);
	assert_int_equal(par_independent_judge(&found, 0.05), PAR_CHANGE_REGRESSION);
	found = compare(base, 0, other, 7, 206);
	assert_true(isnan(found.ratio));
}

static void test_same_times_are_a_tie(void **state)
{
	double times[8] = { 100, 100, 100, 100, 100, 100, 100, 100 };
	struct par_independent found = compare(times, 8, times, 8, 350);

	(void)state;
	assert_near(found.ratio, 1.0, 1e-12);
	assert_near(found.sure_low, 1.0, 1e-12);
	assert_int_equal(par_independent_judge(&found, 0.05), PAR_CHANGE_TIE);
	assert_false(par_independent_may_hide(&found, 0.05));
	assert_near(par_independent_needed(&found, 0.05), 0.0, 0);
}

static void test_bad_times_are_refused(void **state)
{
	struct par_independent_rule rule = { PAR_CONFIDENCE, 1 };
	double good[6] = { 1, 2, 3, 4, 5, 6 }, bad[6] = { 1, 2, 3, 0, 5, 6 };
	struct par_independent found;

	(void)state;
	assert_int_equal(par_independent_compare(&found, good, 6, bad, 6, &rule), -EINVAL);
	bad[3] = NAN;
	assert_int_equal(par_independent_compare(&found, bad, 6, good, 6, &rule), -EINVAL);
	assert_true(isnan(found.ratio));
}

/* More visits than are used, and more pairs than are counted exactly. */
static void test_many_visits(void **state)
{
	static double base[1000], other[1000];
	struct par_independent found;
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 3);
	fill(&rng, base, 1000, 1.0, 0.05);
	fill(&rng, other, 1000, 1.1, 0.05);
	found = compare(base, 1000, other, 1000, 350);
	assert_int_equal(found.base_n, 1000);
	assert_near(found.ratio, 1.1, 0.01);
	assert_true(found.sure_low > 1.07 && found.sure_low < found.low);
	assert_int_equal(par_independent_judge(&found, 0.05), PAR_CHANGE_REGRESSION);
	found = compare(base, 1000, other, 8, 350);
	assert_near(found.ratio, 1.1, 0.06);
	assert_true(found.low < 1.1 && found.high > 1.1);
}

static struct par_independent of_bounds(double low, double high, double sure_low, double sure_high)
{
	return (struct par_independent){ .base_n = 8,
		.other_n = 8,
		.ratio = sqrt(low * high),
		.low = low,
		.high = high,
		.sure_low = sure_low,
		.sure_high = sure_high,
		.least = 6 };
}

static void test_verdicts_of_intervals(void **state)
{
	static const struct {
		double low, high, sure_low, sure_high;
		enum par_change change;
		bool may_hide;
	} cases[] = { { 1.06, 1.10, 1.02, 1.15, PAR_CHANGE_REGRESSION, false },
		{ 1.06, 1.10, 1.00, 1.15, PAR_CHANGE_NOT_SURE, true },
		{ 1.04, 1.07, 1.02, 1.09, PAR_CHANGE_SLOWER, true },
		{ 1.02, 1.03, 1.015, 1.04, PAR_CHANGE_SLOWER, false },
		{ 0.99, 1.01, 0.97, 1.03, PAR_CHANGE_TIE, false },
		{ 0.90, 0.92, 0.88, 0.97, PAR_CHANGE_FASTER, false },
		{ 0.90, 1.02, 0.85, 1.07, PAR_CHANGE_NOT_SURE, false },
		{ 0.97, 1.08, 0.90, 1.15, PAR_CHANGE_NOT_SURE, true } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct par_independent found = of_bounds(
			cases[i].low, cases[i].high, cases[i].sure_low, cases[i].sure_high);

		assert_int_equal(par_independent_judge(&found, 0.05), cases[i].change);
		assert_int_equal(par_independent_may_hide(&found, 0.05), cases[i].may_hide);
	}
}

static void test_needed_visits_grow_with_the_noise(void **state)
{
	struct par_independent narrow = of_bounds(0.95, 1.06, 0.90, 1.10);
	struct par_independent wide = of_bounds(0.80, 1.25, 0.70, 1.40);
	struct par_independent never = of_bounds(1.0, 1.0, 0.9, 1.1);

	(void)state;
	assert_true(par_independent_needed(&narrow, 0.05) > 8.0);
	assert_true(par_independent_needed(&narrow, 0.05) < 20.0);
	assert_true(par_independent_needed(&wide, 0.05) > 100.0);
	never.low = 0.94;
	never.high = 1.12;
	never.ratio = 1.05;
	assert_true(par_independent_needed(&never, 0.05) > 8.0); /* slower, once it is surely so */
}

/* ---- simulations: the rates that the header claims, in small ------------------------------- */

struct trial {
	enum noise_family family;
	size_t base_n, other_n, comparisons;
};

static unsigned count_regressions(const struct trial *trial, unsigned times, double *sure)
{
	struct par_rng rng;
	unsigned regressions = 0, changes = 0;

	par_rng_init(&rng, 1000 * trial->family + 10 * trial->base_n + trial->other_n);
	for (unsigned i = 0; i < times; i++) {
		double base[MOST], other[MOST];
		struct par_independent found;
		enum par_change change;

		for (size_t j = 0; j < trial->base_n; j++)
			base[j] = random_of_family(&rng, trial->family);
		for (size_t j = 0; j < trial->other_n; j++)
			other[j] = random_of_family(&rng, trial->family);
		found = compare(base, trial->base_n, other, trial->other_n, trial->comparisons);
		change = par_independent_judge(&found, 0.05);
		regressions += change == PAR_CHANGE_REGRESSION;
		changes += change >= PAR_CHANGE_FASTER;
	}
	*sure += changes;
	return regressions;
}

/* Twenty cells, so that a few thousand trials show a rate of one in four hundred. */
static void test_two_runs_alike_show_no_regression(void **state)
{
	static const size_t sizes[][2] = { { 6, 6 }, { 8, 8 }, { 12, 12 }, { 7, 20 }, { 20, 20 } };
	const unsigned times = SIMULATED(2500), configurations = 5;
	const unsigned comparisons = 20;

	(void)state;
	for (int family = 0; family < FAMILIES; family++) {
		unsigned regressions = 0;
		double sure = 0, limit = 0.05 / comparisons * times * configurations;

		for (size_t i = 0; i < configurations; i++) {
			struct trial trial = { (enum noise_family)family, sizes[i][0], sizes[i][1],
				comparisons };

			regressions += count_regressions(&trial, times, &sure);
		}
		print_message("%-12s any regression in 20 cells: %.1f %%, any change: %.1f %%\n",
			family_names[family], 5.0 * regressions / limit, 5.0 * sure / limit);
		assert_true(regressions <= limit);
		assert_true(sure <= 2.0 * limit);
	}
}

/* 350 cells of all kinds at once, few visits: the far tail. */
static void test_a_large_run_compared_with_itself_is_quiet(void **state)
{
	const unsigned times = SIMULATED(3000);
	unsigned regressions = 0, trials = 0;
	double sure = 0;

	(void)state;
	for (int family = 0; family < FAMILIES; family++)
		for (size_t n = 7; n <= 11; n += 2) {
			struct trial trial = { (enum noise_family)family, n, n, 350 };

			regressions += count_regressions(&trial, times, &sure);
			trials += times;
		}
	print_message("any regression in 350 cells: %u of %.0f, any change: %.0f\n", regressions,
		trials / 350.0, sure);
	assert_true(regressions <= 0.05 * trials / 350.0 + 2.0 * sqrt(0.05 * trials / 350.0));
}

static double share_found(
	double ratio, double noise, size_t n, enum par_change least, double tolerance)
{
	const unsigned times = SIMULATED(1000);
	struct par_rng rng;
	unsigned found = 0;

	par_rng_init(&rng, 77 + n);
	for (unsigned i = 0; i < times; i++) {
		double base[MOST], other[MOST];
		struct par_independent compared;

		fill(&rng, base, n, 1.0, noise);
		fill(&rng, other, n, ratio, noise);
		compared = compare(base, n, other, n, 350);
		found += par_independent_judge(&compared, tolerance) >= least;
	}
	return (double)found / times;
}

static void test_real_regressions_are_found(void **state)
{
	double large = share_found(1.10, 0.02, 8, PAR_CHANGE_REGRESSION, 0.05);
	double small = share_found(1.05, 0.02, 20, PAR_CHANGE_SLOWER, 0.05);
	double past = share_found(1.05, 0.02, 20, PAR_CHANGE_REGRESSION, 0.02);

	(void)state;
	print_message("found: 10 %% with 8 visits %.3f, 5 %% with 20 visits %.3f (%.3f)\n", large,
		small, past);
	assert_true(large >= 0.95);
	assert_true(small >= 0.90);
	assert_true(past >= 0.90);
}

/* A drift of all cells alike stays within the tolerance. */
static void test_a_small_common_drift_is_no_regression(void **state)
{
	(void)state;
	assert_near(share_found(1.02, 0.02, 20, PAR_CHANGE_REGRESSION, 0.05), 0.0, 1e-12);
	assert_near(share_found(1.03, 0.02, 8, PAR_CHANGE_REGRESSION, 0.05), 0.0, 0.003);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranks_are_those_of_the_tables),
		cmocka_unit_test(test_far_in_the_tail_the_normal_ranks_are_the_wider),
		cmocka_unit_test(test_interval_is_between_ratios_of_pairs),
		cmocka_unit_test(test_order_does_not_matter_and_sides_mirror),
		cmocka_unit_test(test_too_few_visits_are_never_sure),
		cmocka_unit_test(test_same_times_are_a_tie),
		cmocka_unit_test(test_bad_times_are_refused),
		cmocka_unit_test(test_many_visits),
		cmocka_unit_test(test_verdicts_of_intervals),
		cmocka_unit_test(test_needed_visits_grow_with_the_noise),
		cmocka_unit_test(test_two_runs_alike_show_no_regression),
		cmocka_unit_test(test_a_large_run_compared_with_itself_is_quiet),
		cmocka_unit_test(test_real_regressions_are_found),
		cmocka_unit_test(test_a_small_common_drift_is_no_regression),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
