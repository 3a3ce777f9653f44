#include "independent.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "compare.h"
#include "describe.h"
#include "distribution.h"
#include "interval.h"
#include "rank_sum.h"

/* The logarithms of a sample, and what of them is needed. */
struct sample {
	double *logs; /* ascending; owned */
	size_t n;
	double mean, variance; /* of the logs; NaN below two */
};

const char *par_change_name(enum par_change change)
{
	static const char *const names[PAR_CHANGES] = { "not sure", "tie", "faster", "slower",
		"regression" };

	return names[change];
}

/* Keeps evenly spaced values of a sorted sample that is too large. */
static size_t thin(double *sorted, size_t n)
{
	if (n <= PAR_INDEPENDENT_MOST)
		return n;
	for (size_t i = 0; i < PAR_INDEPENDENT_MOST; i++)
		sorted[i] = sorted[(2 * i + 1) * n / (2 * PAR_INDEPENDENT_MOST)];
	return PAR_INDEPENDENT_MOST;
}

static int sample_init(struct sample *sample, const double *times, size_t n)
{
	double stdev;

	sample->logs = malloc((n + 1) * sizeof *sample->logs);
	if (sample->logs == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(times[i]) || !(times[i] > 0.0))
			return -EINVAL;
		sample->logs[i] = log(times[i]);
	}
	par_sort(sample->logs, n);
	sample->n = thin(sample->logs, n);
	sample->mean = 0.0;
	for (size_t i = 0; i < sample->n; i++)
		sample->mean += sample->logs[i] / (double)sample->n;
	stdev = sample->n < 2 ? NAN : par_stdev(sample->logs, sample->n);
	sample->variance = stdev * stdev;
	return 0;
}

/* All other - base, ascending; owned by the caller. NULL without memory. */
static double *differences(const struct sample *base, const struct sample *other)
{
	double *all = malloc((base->n * other->n + 1) * sizeof *all);
	size_t count = 0;

	if (all == NULL)
		return NULL;
	for (size_t i = 0; i < base->n; i++)
		for (size_t j = 0; j < other->n; j++)
			all[count++] = other->logs[j] - base->logs[i];
	par_sort(all, count);
	return all;
}

/* The interval between order statistics of the differences; NaN where ranks do not reach `tail`. */
static int rank_interval(double bounds[2], const double *all, const struct sample *base,
	const struct sample *other, double tail)
{
	size_t rank;
	int status = par_rank_sum_rank(&rank, base->n, other->n, tail);

	bounds[0] = bounds[1] = NAN;
	if (status < 0 || rank == 0)
		return status;
	bounds[0] = all[rank - 1];
	bounds[1] = all[base->n * other->n - rank];
	return 0;
}

static void student_interval(
	double bounds[2], const struct sample *base, const struct sample *other, double tail)
{
	double a = base->variance / (double)base->n, b = other->variance / (double)other->n;
	double base_freedom = (double)base->n - 1.0, other_freedom = (double)other->n - 1.0;
	double freedom = base_freedom + other_freedom;
	double pooled = (base->variance * base_freedom + other->variance * other_freedom) /
			freedom * (1.0 / (double)base->n + 1.0 / (double)other->n);
	double middle = other->mean - base->mean;

	if (a + b > 0.0)
		freedom = (a + b) * (a + b) / (a * a / base_freedom + b * b / other_freedom);
	double half = -par_student_quantile(tail, freedom) * sqrt(fmax(a + b, pooled));

	bounds[0] = middle - half;
	bounds[1] = middle + half;
}

/* The least sum of visits for which comparisons * 2^-sum does not exceed the level. */
static double least_sum(const struct par_independent_rule *rule)
{
	return log2((double)rule->comparisons / (1.0 - rule->confidence));
}

static int sure_interval(double bounds[2], const double *all, const struct sample *base,
	const struct sample *other, const struct par_independent_rule *rule)
{
	double tail = 0.5 * (1.0 - rule->confidence) / (double)rule->comparisons;

	bounds[0] = bounds[1] = NAN;
	if ((double)(base->n + other->n) < least_sum(rule))
		return 0;
	if (par_rank_sum_least(base->n, other->n) <= tail / PAR_INDEPENDENT_SLACK)
		return rank_interval(bounds, all, base, other, tail);
	student_interval(bounds, base, other, tail);
	return 0;
}

static int find(struct par_independent *out, const struct sample *base, const struct sample *other,
	const struct par_independent_rule *rule)
{
	double *all = differences(base, other);
	double own[2], sure[2] = { NAN, NAN };
	int status = all == NULL ? -ENOMEM : 0;

	if (status == 0)
		out->ratio = exp(par_median(all, base->n * other->n));
	if (status == 0 && base->n >= PAR_ROUNDS_LEAST && other->n >= PAR_ROUNDS_LEAST) {
		status = rank_interval(own, all, base, other, 0.5 * (1.0 - PAR_CONFIDENCE));
		out->low = exp(own[0]);
		out->high = exp(own[1]);
		if (status == 0)
			status = sure_interval(sure, all, base, other, rule);
		out->sure_low = exp(sure[0]);
		out->sure_high = exp(sure[1]);
	}
	free(all);
	return status;
}

int par_independent_compare(struct par_independent *out, const double *base, size_t base_n,
	const double *other, size_t other_n, const struct par_independent_rule *rule)
{
	struct sample samples[2] = { { NULL, 0, NAN, NAN }, { NULL, 0, NAN, NAN } };
	int status = sample_init(&samples[0], base, base_n);

	*out = (struct par_independent){ .base_n = base_n,
		.other_n = other_n,
		.ratio = NAN,
		.low = NAN,
		.high = NAN,
		.sure_low = NAN,
		.sure_high = NAN,
		.least = fmax(PAR_ROUNDS_LEAST, ceil(0.5 * least_sum(rule))) };
	if (status == 0)
		status = sample_init(&samples[1], other, other_n);
	if (status == 0 && base_n > 0 && other_n > 0)
		status = find(out, &samples[0], &samples[1], rule);
	free(samples[0].logs);
	free(samples[1].logs);
	return status;
}

/* A tolerance below it is the user's wish to see smaller effects. */
static double effect_floor(double tolerance)
{
	return fmin(PAR_EFFECT_FLOOR, tolerance);
}

enum par_change par_independent_judge(const struct par_independent *found, double tolerance)
{
	double floor = effect_floor(tolerance);

	if (found->sure_low > 1.0 + floor)
		return found->low > 1.0 + tolerance ? PAR_CHANGE_REGRESSION : PAR_CHANGE_SLOWER;
	if (found->sure_high < 1.0 / (1.0 + floor))
		return PAR_CHANGE_FASTER;
	if (found->low >= 1.0 / (1.0 + tolerance) && found->high <= 1.0 + tolerance)
		return PAR_CHANGE_TIE;
	return PAR_CHANGE_NOT_SURE;
}

bool par_independent_may_hide(const struct par_independent *found, double tolerance)
{
	enum par_change change = par_independent_judge(found, tolerance);

	return (change == PAR_CHANGE_NOT_SURE || change == PAR_CHANGE_SLOWER) &&
	       !(found->high <= 1.0 + tolerance);
}

/*
 * The widest share of the present intervals that leads to a verdict: bounds at `place` from the
 * middle must come within `room` of it. All on the log scale.
 */
static double share(double room, double place)
{
	return place > 0.0 ? room / place : INFINITY;
}

double par_independent_needed(const struct par_independent *found, double tolerance)
{
	double middle = log(found->ratio), floor = log1p(effect_floor(tolerance));
	double room = log1p(tolerance), most = fmax((double)found->base_n, (double)found->other_n);
	double slower, faster, tie, best;

	if (isnan(found->ratio) || par_independent_judge(found, tolerance) != PAR_CHANGE_NOT_SURE)
		return isnan(found->ratio) ? NAN : 0.0;
	if (isnan(found->sure_low))
		return found->least;
	slower = share(middle - floor, middle - log(found->sure_low));
	faster = share(-floor - middle, log(found->sure_high) - middle);
	tie = fmin(share(room - middle, log(found->high) - middle),
		share(room + middle, middle - log(found->low)));
	best = fmin(1.0, fmax(tie, fmax(slower, faster)));
	return best > 0.0 ? fmax(most + 1.0, ceil(most / (best * best))) : INFINITY;
}
