/*
 * compare: is one faster than the other, and is it real?
 *
 * Two cells are compared by the ratios of their times within the same rounds, so that drift of the
 * machine, which hits both, cancels. The interval is that of the median ratio:
 *
 * - the bootstrap percentile interval of the median of the log ratios, from the exact ("ideal")
 *   bootstrap distribution of an order statistic, P(X*(m) <= x(i)) = P(Binomial(n, i/n) >= m)
 *   (Efron 1979, "Bootstrap methods", remark B; Maritz and Jarrett 1978), so no resampling noise;
 * - widened for small n (Hesterberg 2015, "What Teachers Should Know About the Bootstrap", 4.2:
 *   expanded percentiles);
 * - never narrower than the exact interval of order statistics (interval.h), than which it is one
 *   rank narrower at some odd n: 93.5 % at n = 11;
 * - corrected for the number of comparisons made (Bonferroni);
 * - and, where so few pairs cannot reach that confidence even with their extremes (2^(1-n) >
 * alpha), stretched beyond the extremes by the ratio of Student's quantiles.
 *
 * A verdict needs an effect and an interval: the whole interval must lie beyond +-1 %.
 */
#ifndef PAR_COMPARE_H
#define PAR_COMPARE_H

#include <stddef.h>

#define PAR_EFFECT_FLOOR     0.01 /* differences below it do not matter, however certain */
#define PAR_TIE_WIDTH_MAX    0.10 /* a tie is only declared when larger differences are excluded */
#define PAR_PAIRS_LEAST      6
#define PAR_PAIRS_NEEDED_MAX 10000.0 /* more are not promised to lead anywhere */

enum par_comparison {
	PAR_COMPARISON_NOT_SURE, /* too few pairs, or too wide an interval to call it a tie */
	PAR_COMPARISON_TIE,      /* no difference that matters */
	PAR_COMPARISON_FASTER,   /* the base is faster: ratios above 1 */
	PAR_COMPARISON_SLOWER,   /* the base is slower: ratios below 1 */
};

/* "faster", "slower", "tie", "not sure": of the base. */
const char *par_comparison_name(enum par_comparison verdict);

/* What was found; ratios are other / base. */
struct par_compared {
	size_t pairs;
	double ratio;     /* exp of the median log ratio; NaN without pairs */
	double low, high; /* NaN with fewer than PAR_PAIRS_LEAST pairs */
	enum par_comparison verdict;
	double needed; /* par_compare_needed() */
};

/* How sure, and how much. */
struct par_compare_rule {
	double confidence;    /* of all the comparisons together: PAR_CONFIDENCE */
	unsigned comparisons; /* how many are made with this data, >= 1 */
	double floor;         /* PAR_EFFECT_FLOOR */
};

/*
 * Compares base[i] with other[i], times of the same round, all > 0. Returns 0 (also with too few
 * pairs: NOT_SURE), -EINVAL for a time that is not a positive number, or -ENOMEM.
 */
int par_compare_paired(struct par_compared *out, const double *base, const double *other,
	size_t pairs, const struct par_compare_rule *rule);

/*
 * How many pairs in all lead to a verdict at the present ratio and noise, if the bounds close in on
 * the ratio like 1 / sqrt(pairs): whichever comes first of an interval beyond `floor` and one
 * within PAR_TIE_WIDTH_MAX. An estimate, nearly as often too low as too high, since the ratio and
 * the noise are not known any better. Where there is a verdict, the pairs it took.
 * PAR_PAIRS_NEEDED_MAX stands for that many and more. NaN where it is not known: fewer than
 * PAR_PAIRS_LEAST pairs, no bounds, or bounds that say more than the verdict does.
 * par_compare_paired() has set `needed` to it; who changes the bounds asks again.
 */
double par_compare_needed(const struct par_compared *compared, double floor);

/* What an interval of the ratio other / base says; NaN bounds: NOT_SURE. */
enum par_comparison par_compare_judge(double low, double high, double floor);

/*
 * The same bootstrap interval of the median of any sorted sample, n >= PAR_PAIRS_LEAST, for `alpha`
 * (two-sided). Returns 0 or -ENODATA.
 */
int par_bootstrap_median(double interval[2], const double *sorted, size_t n, double alpha);

#endif
