#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>

#include "components.h"
#include "noise_family.h"

#define assert_near(a, b, by) assert_true(fabs((a) - (b)) <= (by))

enum { MOST = 64 };

/* Visits whose samples have these logarithms. */
static struct par_visit_summary summarize(const double *logs, size_t n)
{
	struct par_visit_summary out;
	double times[MOST];

	for (size_t i = 0; i < n; i++)
		times[i] = exp(logs[i]);
	assert_int_equal(par_visit_summarize(&out, times, n), 0);
	return out;
}

static void test_summary(void **state)
{
	const double logs[] = { 9, 5, 8, 3 }, zero[] = { 1, 0 };
	struct par_visit_summary visit = summarize(logs, 4);

	(void)state;
	assert_near(visit.mean, 6.25, 1e-12);
	assert_near(visit.variance, 22.75 / 3.0, 1e-12);
	assert_int_equal(visit.n, 4);
	visit = summarize(logs, 1);
	assert_near(visit.mean, 9.0, 1e-12);
	assert_true(isnan(visit.variance));
	assert_int_equal(par_visit_summarize(&visit, NULL, 0), -ENODATA);
	assert_int_equal(visit.n, 0);
	assert_int_equal(par_visit_summarize(&visit, zero, 2), -EINVAL);
	assert_int_equal(visit.n, 0);
}

/*
 * The worked example of Kalibera and Jones (2013) as two levels, by libkalibera's tests: S1^2 =
 * 12.7, S2^2 = 3.6, T2^2 = 0.4.
 */
static void test_worked_example(void **state)
{
	static const double visits[3][4] = { { 9, 5, 8, 3 }, { 10, 6, 7, 11 }, { 1, 12, 2, 4 } };
	struct par_visit_summary summaries[3];
	struct par_components found;

	(void)state;
	for (int i = 0; i < 3; i++)
		summaries[i] = summarize(visits[i], 4);
	par_components_find(&found, summaries, 3);
	assert_int_equal(found.visits, 3);
	assert_near(found.samples, 4.0, 1e-12);
	assert_near(found.within * found.within, 12.7, 0.05);
	assert_near(found.between * found.between, 0.4, 0.05);
}

/* Without noise between visits, theirs is that of the samples' and is clipped. */
static void test_clipped(void **state)
{
	static const double visits[2][2] = { { 1, 3 }, { 3, 1 } };
	struct par_visit_summary summaries[2];
	struct par_components found;

	(void)state;
	for (int i = 0; i < 2; i++)
		summaries[i] = summarize(visits[i], 2);
	par_components_find(&found, summaries, 2);
	assert_near(found.within, M_SQRT2, 1e-12);
	assert_true(found.between == 0.0);
	assert_int_equal(par_components_samples(&found, 1.0, 1.0, 32), 32);
}

static void test_unequal(void **state)
{
	static const double first[] = { 0.0, 2.0 }, second[] = { 5.0, 6.0, 7.0, 8.0 };
	struct par_visit_summary summaries[4] = { summarize(first, 2), { .n = 0 },
		summarize(second, 4), summarize(first, 1) };
	struct par_components found;
	double within = (2.0 + 5.0) / (1.0 + 3.0);
	/* Means 1, 6.5 and 0; r = 3 / (1/2 + 1/4 + 1). */
	double means = (1.5 * 1.5 + 4.0 * 4.0 + 2.5 * 2.5) / 2.0;

	(void)state;
	par_components_find(&found, summaries, 4);
	assert_int_equal(found.visits, 3);
	assert_near(found.samples, 3.0 / 1.75, 1e-12);
	assert_near(found.within, sqrt(within), 1e-12);
	assert_near(found.between, sqrt(means - within * 1.75 / 3.0), 1e-12);
}

static void test_not_known(void **state)
{
	static const double logs[] = { 1.0, 2.0 };
	struct par_visit_summary pair = summarize(logs, 2), single = summarize(logs, 1);
	struct par_visit_summary singles[] = { single, single }, one[] = { pair };
	struct par_components found;

	(void)state;
	par_components_find(&found, NULL, 0);
	assert_int_equal(found.visits, 0);
	assert_true(isnan(found.samples) && isnan(found.within) && isnan(found.between));
	assert_int_equal(par_components_samples(&found, 1.0, 1.0, 32), 0);
	par_components_find(&found, singles, 2);
	assert_true(isnan(found.within) && isnan(found.between));
	par_components_find(&found, one, 1);
	assert_near(found.within, M_SQRT1_2, 1e-12);
	assert_true(isnan(found.between));
	assert_int_equal(par_components_samples(&found, 1.0, 1.0, 32), 0);
}

/* libkalibera's test of optimalreps: costs 20 and 3, T1^2 0.7267, T2^2 0.2628 give 4.2937. */
static void test_samples(void **state)
{
	struct par_components some = { .within = sqrt(0.7266667), .between = sqrt(0.262777778) };
	struct par_components none = { .within = 0.0, .between = 0.1 };
	struct par_components still = { .within = 0.0, .between = 0.0 };

	(void)state;
	assert_int_equal(par_components_samples(&some, 3.0, 20.0, 32), 5);
	assert_int_equal(par_components_samples(&some, 3.0, 20.0, 4), 4);
	assert_int_equal(par_components_samples(&some, 3.0, 0.0, 32), 1);
	assert_int_equal(par_components_samples(&some, 3.0, 1e300, 32), 32);
	assert_int_equal(par_components_samples(&some, 0.0, 20.0, 32), 0);
	assert_int_equal(par_components_samples(&some, 3.0, NAN, 32), 0);
	assert_int_equal(par_components_samples(&none, 3.0, 20.0, 32), 1);
	assert_int_equal(par_components_samples(&still, 3.0, 20.0, 32), 1);
}

struct squares {
	double within, between; /* mean of T1^2 and T2^2 found, over the true ones */
};

/* Visits of 2 to 9 samples, log-normal at both levels. */
static struct squares simulate(double within, double between, size_t visits)
{
	enum { TIMES = SIMULATED(4000) };
	struct squares mean = { 0 };
	struct par_rng rng;

	par_rng_init(&rng, visits);
	for (int i = 0; i < TIMES; i++) {
		struct par_visit_summary summaries[MOST];
		struct par_components found;

		for (size_t j = 0; j < visits; j++) {
			double speed = 1e6 * random_time(&rng, between), times[16];
			size_t n = 2 + (size_t)par_rng_below(&rng, 8);

			for (size_t k = 0; k < n; k++)
				times[k] = speed * random_time(&rng, within);
			assert_int_equal(par_visit_summarize(&summaries[j], times, n), 0);
		}
		par_components_find(&found, summaries, visits);
		mean.within += found.within * found.within / (within * within) / TIMES;
		mean.between += found.between * found.between / (between * between) / TIMES;
	}
	return mean;
}

/*
 * Both estimates are right on average, also with visits of unequal size. Where samples hide the
 * visits, clipping at 0 makes the second too large.
 */
static void test_bias(void **state)
{
	struct squares equal = simulate(0.02, 0.02, 10), many = simulate(0.02, 0.03, 40);
	struct squares hidden = simulate(0.1, 0.02, 6);

	(void)state;
	assert_near(equal.within, 1.0, 0.03);
	assert_near(equal.between, 1.0, 0.05);
	assert_near(many.within, 1.0, 0.02);
	assert_near(many.between, 1.0, 0.03);
	assert_near(hidden.within, 1.0, 0.04);
	assert_true(hidden.between > 1.0 && hidden.between < 4.0);
}

/* The variance of a cell's mean in a given time is least near what is recommended. */
static void test_recommended_is_best(void **state)
{
	const double t1 = 0.05, t2 = 0.01, c1 = 2e6, c2 = 1e7;
	struct par_components found = { .within = t1, .between = t2 };
	unsigned best = par_components_samples(&found, c1, c2, 64);

	(void)state;
	assert_int_equal(best, 12); /* sqrt(5) * 5 = 11.2 */
	for (unsigned r = 1; r <= 64; r++) {
		double here = (t2 * t2 + t1 * t1 / best) * (c2 + best * c1);
		double there = (t2 * t2 + t1 * t1 / r) * (c2 + r * c1);

		assert_true(r + 1 == best || here <= there);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_worked_example),
		cmocka_unit_test(test_clipped),
		cmocka_unit_test(test_unequal),
		cmocka_unit_test(test_not_known),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_bias),
		cmocka_unit_test(test_recommended_is_best),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
