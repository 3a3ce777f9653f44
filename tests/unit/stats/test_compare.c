#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "compare.h"
#include "describe.h"
#include "interval.h"
#include "random.h"

enum { MOST = 64 };

static const struct par_compare_rule alone = { PAR_CONFIDENCE, 1, PAR_EFFECT_FLOOR };
static const struct par_compare_rule of_seven = { PAR_CONFIDENCE, 7, PAR_EFFECT_FLOOR };

static struct par_compared compare(
	const double *base, const double *other, size_t n, const struct par_compare_rule *rule)
{
	struct par_compared found;

	assert_int_equal(par_compare_paired(&found, base, other, n, rule), 0);
	return found;
}

static void test_exact_ratio(void **state)
{
	double base[10], other[10];
	struct par_compared found;

	(void)state;
	/* Each round twice as slow as the one before: only pairs show the constant ratio. */
	for (int i = 0; i < 10; i++) {
		base[i] = ldexp(1.0, i);
		other[i] = 1.5 * base[i];
	}
	found = compare(base, other, 10, &of_seven);
	assert_true(fabs(found.ratio - 1.5) < 1e-12);
	assert_true(fabs(found.low - 1.5) < 1e-12);
	assert_true(fabs(found.high - 1.5) < 1e-12);
	assert_int_equal(found.verdict, PAR_COMPARISON_FASTER);
	assert_int_equal(compare(other, base, 10, &of_seven).verdict, PAR_COMPARISON_SLOWER);
	assert_int_equal(compare(base, base, 10, &of_seven).verdict, PAR_COMPARISON_TIE);
}

/* A certain difference that does not matter is no difference. */
static void test_floor(void **state)
{
	double base[10], other[10];

	(void)state;
	for (int i = 0; i < 10; i++) {
		base[i] = 100.0;
		other[i] = 100.9;
	}
	assert_int_equal(compare(base, other, 10, &alone).verdict, PAR_COMPARISON_TIE);
	for (int i = 0; i < 10; i++)
		other[i] = 101.1;
	assert_int_equal(compare(base, other, 10, &alone).verdict, PAR_COMPARISON_FASTER);
}

static void test_too_few_pairs(void **state)
{
	const double base[] = { 1, 1, 1, 1, 1 }, other[] = { 3, 3, 3, 3, 3 };
	struct par_compared found = compare(base, other, 5, &alone);

	(void)state;
	assert_int_equal(found.verdict, PAR_COMPARISON_NOT_SURE);
	assert_true(fabs(found.ratio - 3.0) < 1e-12);
	assert_true(isnan(found.low) && isnan(found.high));
	assert_true(isnan(compare(base, other, 0, &alone).ratio));
}

static void test_bad_times(void **state)
{
	const double good[] = { 1, 1, 1 }, zero[] = { 1, 0, 1 }, unknown[] = { 1, NAN, 1 };
	struct par_compared found;

	(void)state;
	assert_int_equal(par_compare_paired(&found, good, zero, 3, &alone), -EINVAL);
	assert_int_equal(par_compare_paired(&found, unknown, good, 3, &alone), -EINVAL);
}

/* Wide intervals are no tie: a difference of 30 % is not excluded. */
static void test_noise_is_no_tie(void **state)
{
	const double base[] = { 1, 1, 1, 1, 1, 1 }, other[] = { 0.7, 0.8, 0.9, 1.1, 1.2, 1.3 };

	(void)state;
	assert_int_equal(compare(base, other, 6, &alone).verdict, PAR_COMPARISON_NOT_SURE);
}

/*
 * With 6 pairs the extremes alone reach 1 - 2^-5; for a seventh of 5 % the interval must go
 * further, about the median, by t(0.9964) / t(0.9844) with 5 degrees of freedom: R: 4.381753
 * / 2.959694.
 */
static void test_stretch(void **state)
{
	const double sorted[] = { -3, -2, -1, 1, 2, 3 };
	double plain[2], corrected[2];

	(void)state;
	assert_int_equal(par_bootstrap_median(plain, sorted, 6, 0.05), 0);
	assert_true(plain[0] == -3.0 && plain[1] == 3.0);
	assert_int_equal(par_bootstrap_median(corrected, sorted, 6, 0.05 / 7), 0);
	assert_true(corrected[1] > 4.3 && corrected[1] < 4.6);
	assert_true(fabs(corrected[0] + corrected[1]) < 1e-12);
	assert_int_equal(par_bootstrap_median(plain, sorted, 5, 0.05), -ENODATA);
}

/* The closed form agrees with resampling: quantiles of 20,000 medians of 21 values. */
static void test_agrees_with_resampling(void **state)
{
	enum { N = 21, DRAWS = 20000 };
	static double medians[DRAWS];
	double sorted[N], sample[N], interval[2];
	struct par_rng rng;
	size_t below = 0, above = 0;

	(void)state;
	par_rng_init(&rng, 5);
	for (int i = 0; i < N; i++)
		sorted[i] = random_normal(&rng);
	par_sort(sorted, N);
	for (int i = 0; i < DRAWS; i++) {
		for (int j = 0; j < N; j++)
			sample[j] = sorted[par_rng_below(&rng, N)];
		medians[i] = par_median_of(sample, N);
	}
	par_bootstrap_median(interval, sorted, N, 0.05);
	for (int i = 0; i < DRAWS; i++) {
		below += medians[i] < interval[0];
		above += medians[i] > interval[1];
	}
	/* Each tail is left out, and not much more than that. */
	assert_in_range(below, DRAWS / 1000, DRAWS / 40);
	assert_in_range(above, DRAWS / 1000, DRAWS / 40);
}

struct rates {
	double faster, slower, tie;
};

static struct rates simulate(
	double effect, double noise, size_t n, uint64_t seed, const struct par_compare_rule *rule)
{
	enum { TIMES = 1500 };
	struct par_rng rng;
	struct rates rates = { 0 };

	par_rng_init(&rng, seed);
	for (int i = 0; i < TIMES; i++) {
		double base[MOST], other[MOST];
		enum par_comparison verdict;

		for (size_t j = 0; j < n; j++) {
			double drift = 1.0 + 0.5 * par_rng_unit(&rng); /* hits both */

			base[j] = drift * random_time(&rng, noise);
			other[j] = effect * drift * random_time(&rng, noise);
		}
		verdict = compare(base, other, n, rule).verdict;
		rates.faster += verdict == PAR_COMPARISON_FASTER;
		rates.slower += verdict == PAR_COMPARISON_SLOWER;
		rates.tie += verdict == PAR_COMPARISON_TIE;
	}
	rates.faster /= TIMES;
	rates.slower /= TIMES;
	rates.tie /= TIMES;
	return rates;
}

/* A against A: false verdicts stay below what was asked for, also with much noise. */
static void test_no_difference(void **state)
{
	static const size_t sizes[] = { 6, 7, 8, 10, 20 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct rates quiet = simulate(1.0, 0.02, sizes[i], 11 + i, &alone);
		struct rates noisy = simulate(1.0, 0.2, sizes[i], 31 + i, &alone);
		struct rates family = simulate(1.0, 0.2, sizes[i], 51 + i, &of_seven);

		assert_true(quiet.faster + quiet.slower < 0.05);
		assert_true(noisy.faster + noisy.slower < 0.06);
		assert_true(family.faster + family.slower < 0.02);
	}
}

/* A against B: what is there is found, and never the wrong way round. */
static void test_difference(void **state)
{
	struct rates small = simulate(1.05, 0.01, 10, 71, &of_seven);
	struct rates large = simulate(1.3, 0.05, 8, 72, &of_seven);

	(void)state;
	assert_true(small.faster > 0.9 && small.slower == 0.0);
	assert_true(large.faster > 0.9 && large.slower == 0.0);
	assert_true(simulate(1.0, 0.01, 10, 73, &of_seven).tie > 0.95);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(par_comparison_name(PAR_COMPARISON_FASTER), "faster");
	assert_string_equal(par_comparison_name(PAR_COMPARISON_SLOWER), "slower");
	assert_string_equal(par_comparison_name(PAR_COMPARISON_TIE), "tie");
	assert_string_equal(par_comparison_name(PAR_COMPARISON_NOT_SURE), "not sure");
}

static double needed(size_t pairs, double low, double ratio, double high)
{
	struct par_compared some = { .pairs = pairs, .ratio = ratio, .low = low, .high = high };

	some.verdict = par_compare_judge(low, high, PAR_EFFECT_FLOOR);
	return par_compare_needed(&some, PAR_EFFECT_FLOOR);
}

/* Logs by hand: the bounds move to the ratio by the same share of their distances. */
static void test_needed(void **state)
{
	double f = log(1.01), t = log(1.1);

	(void)state;
	/* The lower bound has to come half the way to exclude the floor: four times as many. */
	assert_true(needed(10, exp(f - 0.2), exp(f + 0.2), exp(f + 0.5)) == 40.0);
	assert_true(needed(10, exp(-f - 0.5), exp(-f - 0.2), exp(-f + 0.2)) == 40.0);
	/* No effect: the upper bound, further off, has to come within the tie. */
	assert_true(fabs(needed(10, exp(-t), 1.0, exp(2.0 * t)) - 40.0) <= 1.0);
	assert_true(fabs(needed(8, exp(-3.0 * t), 1.0, exp(2.0 * t)) - 72.0) <= 1.0);
	/* Both are ways out: the nearer one counts. */
	assert_true(needed(10, exp(f - 0.001), exp(f + 0.003), exp(t + 0.2)) == 18.0);
}

static void test_needed_at_its_ends(void **state)
{
	struct par_compared odd = { .pairs = 8, .ratio = 0.95, .low = 0.94, .high = 0.96 };

	(void)state;
	assert_true(needed(9, 1.2, 1.3, 1.4) == 9.0);   /* faster already */
	assert_true(needed(9, 0.99, 1.0, 1.01) == 9.0); /* a tie already */
	assert_true(isnan(needed(5, 0.5, 1.0, 2.0)));   /* too few pairs */
	assert_true(isnan(needed(10, NAN, 1.0, NAN)));  /* no bounds */
	assert_true(needed(10, 1e-9, 1.0, 1e9) == PAR_PAIRS_NEEDED_MAX);
	assert_true(isnan(par_compare_needed(&odd, PAR_EFFECT_FLOOR))); /* not sure none the less */
}

/* What is promised comes about: with so many pairs most comparisons have their verdict. */
static void test_needed_is_kept(void **state)
{
	enum { TIMES = 200, FIRST = 16 };
	struct par_rng rng;
	int promised = 0, kept = 0;

	(void)state;
	par_rng_init(&rng, 91);
	for (int i = 0; i < TIMES; i++) {
		double base[4 * MOST], other[4 * MOST];
		struct par_compared found;

		for (size_t j = 0; j < 4 * MOST; j++) {
			base[j] = random_time(&rng, 0.1);
			other[j] = 1.1 * random_time(&rng, 0.1);
		}
		found = compare(base, other, FIRST, &of_seven);
		if (found.verdict != PAR_COMPARISON_NOT_SURE || found.needed > 4 * MOST)
			continue;
		promised++;
		found = compare(base, other, (size_t)found.needed, &of_seven);
		kept += found.verdict != PAR_COMPARISON_NOT_SURE;
	}
	printf("needed: %d kept of %d\n", kept, promised);
	assert_true(promised > 50);
	assert_true(2 * kept > promised);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact_ratio),
		cmocka_unit_test(test_floor),
		cmocka_unit_test(test_too_few_pairs),
		cmocka_unit_test(test_bad_times),
		cmocka_unit_test(test_noise_is_no_tie),
		cmocka_unit_test(test_stretch),
		cmocka_unit_test(test_agrees_with_resampling),
		cmocka_unit_test(test_no_difference),
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_needed),
		cmocka_unit_test(test_needed_at_its_ends),
		cmocka_unit_test(test_needed_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
