/*
 * Do the intervals keep their promise for cells that were visited until their interval was narrow?
 * Such a rule picks narrow intervals, and what is narrow by luck lies beside the median more often.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "precision.h"
#include "random.h"

#define CELLS      3000
#define VISITS_MAX 60
#define TARGET     0.02

/* Noise of relative size `s` whose median is known. */
struct noise {
	const char *name;
	double (*draw)(struct par_rng *rng, double s);
	double (*median)(double s);
};

static double one(double s)
{
	(void)s;
	return 1.0;
}

static double draw_normal(struct par_rng *rng, double s)
{
	return 1.0 + s * random_normal(rng);
}

static double draw_lognormal(struct par_rng *rng, double s)
{
	return exp(s * random_normal(rng));
}

/* Student's t with 2 degrees of freedom: no variance. */
static double draw_heavy(struct par_rng *rng, double s)
{
	double a = random_normal(rng), b = random_normal(rng);

	return 1.0 + s * random_normal(rng) / sqrt(0.5 * (a * a + b * b));
}

/* Four in five visits in the lower hump: the median is its 0.625 quantile. */
static double draw_humps(struct par_rng *rng, double s)
{
	double centre = par_rng_unit(rng) < 0.8 ? 1.0 : 1.0 + 3.0 * s;

	return centre + 0.2 * s * random_normal(rng);
}

static double median_humps(double s)
{
	return 1.0 + 0.2 * s * 0.31864;
}

/* Pareto with exponent 2: long to the right only. */
static double draw_tail(struct par_rng *rng, double s)
{
	return 1.0 + s * (1.0 / sqrt(1.0 - par_rng_unit(rng)) - 1.5);
}

static double median_tail(double s)
{
	return 1.0 + s * (sqrt(2.0) - 1.5);
}

static const struct noise noises[] = {
	{ "normal", draw_normal, one },
	{ "log-normal", draw_lognormal, one },
	{ "t of 2", draw_heavy, one },
	{ "two humps", draw_humps, median_humps },
	{ "Pareto", draw_tail, median_tail },
};

/* Visits one cell until it stops; how it stood then. */
static struct par_precision visit(struct par_rng *rng, const struct noise *noise, double s)
{
	double times[VISITS_MAX];
	struct par_precision precision = { .stop = PAR_STOP_GO_ON };

	for (size_t n = 0; n < VISITS_MAX && precision.stop == PAR_STOP_GO_ON;) {
		times[n++] = noise->draw(rng, s);
		assert_int_equal(par_precision_judge(times, n, TARGET, &precision), 0);
	}
	return precision;
}

static void intervals_hold_where_the_rule_stopped(void **state)
{
	static const double sizes[] = { 0.005, 0.01, 0.02, 0.04 };
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 20);
	for (size_t i = 0; i < sizeof noises / sizeof noises[0]; i++) {
		for (size_t j = 0; j < sizeof sizes / sizeof sizes[0]; j++) {
			double median = noises[i].median(sizes[j]), visits = 0.0;
			unsigned hits = 0;

			for (unsigned cell = 0; cell < CELLS; cell++) {
				struct par_precision end = visit(&rng, &noises[i], sizes[j]);

				hits += end.low <= median && median <= end.high;
				visits += (double)end.n / CELLS;
			}
			printf("%-10s %4.1f %%: %.1f visits, held in %.1f %%\n", noises[i].name,
				100 * sizes[j], visits, 100.0 * hits / CELLS);
			/* Three standard errors of the simulation below 94 %. */
			assert_true(hits >= CELLS * (0.94 - 3 * sqrt(0.94 * 0.06 / CELLS)));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_hold_where_the_rule_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
