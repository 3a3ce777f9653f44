/*
 * independent: has a cell changed between two runs?
 *
 * The visits of two runs were made on other days: they are not paired, so compare.h does not apply.
 * Each run gives a sample of visits' times; the difference of two such samples is taken on the log
 * scale, where it is a ratio.
 *
 * - The ratio is that of Hodges and Lehmann (1963): the median of all ratios other / base.
 * - Its own 95 % interval lies between two order statistics of these ratios, whose ranks come from
 *   the distribution of Mann and Whitney's U (1947) under no difference: exact whatever the
 *   distribution of times (Moses; see Hollander, Wolfe and Chicken 2014, "Nonparametric Statistical
 *   Methods", 4.3). The ranks are exact up to 2500 ratios, normal beyond: U has lighter tails than
 *   the normal distribution, so that errs to the wide side.
 * - Its sure interval is corrected for the number of cells compared at once (Bonferroni): the same
 *   with the ranks of that level where the samples are large enough for them (a complete separation
 *   of the samples is PAR_INDEPENDENT_SLACK times rarer than the level). Smaller samples cannot
 *   reach the level with ranks; there it is Student's interval for the mean of the logarithms, with
 *   Welch's (1947) standard error and freedom, or the pooled standard error where that is larger: a
 *   small sample whose spread is small by chance then does not pass for precise.
 * - There is no sure interval where two behaviours of equal weight would come apart by chance too
 *   often: comparisons * 2^-(n + n) above the level. At 350 cells that takes seven visits a run.
 *
 * A change is sure when the sure interval lies beyond 1 %; it is a regression when, besides, the
 * cell's own interval lies beyond the tolerance. That no cell became slower than the tolerance
 * needs no correction: it is said when each cell's own interval says so, and the chance to say it
 * wrongly is that of the one cell that did (an intersection-union test; Berger 1982).
 *
 * Chosen by simulation (test_independent.c repeats it in small): two runs alike, 350 cells, 6 to 40
 * visits. The chance that any regression is reported is at most 3 % for times that are normal
 * (10 %), log-normal (50 %), Student's t2, Pareto (1.5) or 80/20 two-humped, and 4 % when all 350
 * cells have two humps of equal weight. (That any change at all is called sure: at most 7 % and
 * 8 %.) A cell slower by 10 % at 2 % noise is a regression with 8 visits a run in 98 % of cases,
 * one slower by 5 % is surely slower with 20 visits in 95 %. One visit in ten being an outlier
 * costs power, not truth: of the 10 %, 30 % are found with 8 visits, half with 12, 87 % with 16.
 *
 * Where only the spread has changed, threefold, and the run that spreads more has a fifth of the
 * other's visits, "sure" is too bold (one run of 350 such cells in two names one), though hardly
 * ever a regression (5 %). Runs give the noisier cell more visits, which is the safe side.
 */
#ifndef PAR_INDEPENDENT_H
#define PAR_INDEPENDENT_H

#include <stdbool.h>
#include <stddef.h>

#define PAR_INDEPENDENT_MOST  256   /* of more visits, evenly spaced ones are used */
#define PAR_INDEPENDENT_SLACK 100.0 /* see above */

/* How sure, and for how many cells at once. */
struct par_independent_rule {
	double confidence;  /* of all of them together: PAR_CONFIDENCE */
	size_t comparisons; /* >= 1 */
};

/* What was found. Ratios are other / base; NaN where there is nothing to say. */
struct par_independent {
	size_t base_n, other_n;
	double ratio;
	double low, high;           /* the cell's own interval; NaN below PAR_ROUNDS_LEAST visits */
	double sure_low, sure_high; /* of all cells together; NaN with too few visits */
	double least;               /* visits a run without which there is no sure interval */
};

enum par_change {
	PAR_CHANGE_NOT_SURE,
	PAR_CHANGE_TIE,        /* no change beyond the tolerance, either way */
	PAR_CHANGE_FASTER,     /* surely faster, by more than 1 % */
	PAR_CHANGE_SLOWER,     /* surely slower, by more than 1 %, perhaps within the tolerance */
	PAR_CHANGE_REGRESSION, /* surely slower, and by more than the tolerance */
};
#define PAR_CHANGES 5

/* "not sure", "tie", "faster", "slower", "regression". */
const char *par_change_name(enum par_change change);

/*
 * Compares two samples of times, all > 0, in any order; counts may be 0. Returns 0, -EINVAL for a
 * time that is not a positive number, or -ENOMEM.
 */
int par_independent_compare(struct par_independent *out, const double *base, size_t base_n,
	const double *other, size_t other_n, const struct par_independent_rule *rule);

/* What the intervals say; `tolerance` is the slowdown that may pass, such as 0.05. */
enum par_change par_independent_judge(const struct par_independent *found, double tolerance);

/* True when the cell may be slower by more than the tolerance, though it is no regression. */
bool par_independent_may_hide(const struct par_independent *found, double tolerance);

/*
 * How many visits in each run lead to a verdict at the present ratio and noise, if bounds close in
 * on the ratio like 1 / sqrt(visits). An estimate; INFINITY when no number would (the ratio stands
 * where two verdicts meet), NaN when it is not known. Where there is a verdict, 0.
 */
double par_independent_needed(const struct par_independent *found, double tolerance);

#endif
