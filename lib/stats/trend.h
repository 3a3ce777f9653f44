/*
 * trend: does a cell become slower or faster while it is measured?
 *
 * Whether: the test of Mann (1945) and Kendall, on the number of pairs of visits of which the later
 * one is slower, less those of which it is faster. Without equal times and up to
 * PAR_TREND_EXACT_MAX visits from the exact distribution over all orders (Kendall 1948, "Rank
 * Correlation Methods", the recurrence for inversions); else by the normal approximation with the
 * variance corrected for ties and a continuity correction.
 *
 * How much: the median of the slopes of all pairs (Theil 1950; Sen 1968), of log times over round
 * numbers, as the change from the first to the last round.
 */
#ifndef PAR_TREND_H
#define PAR_TREND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAR_TREND_LEAST     8    /* fewest visits that are looked at */
#define PAR_TREND_EXACT_MAX 50   /* most visits for the exact distribution */
#define PAR_TREND_P         0.01 /* a drift is one that chance shows less often, */
#define PAR_TREND_CHANGE    0.02 /* and that changes the time by more than this */

struct par_trend {
	size_t n;
	double p;      /* two-sided; NaN below PAR_TREND_LEAST visits */
	double change; /* 0.05: the last round takes 5 % longer than the first; NaN likewise */
	bool drifts;   /* p < PAR_TREND_P and |change| > PAR_TREND_CHANGE */
};

/*
 * Looks at the times > 0 of a cell's visits, and their round numbers, which must ascend. Costs n^2
 * log n. Returns 0, -EINVAL for a time that is not a positive number or rounds out of order, or
 * -ENOMEM.
 */
int par_trend_find(struct par_trend *out, const double *times, const uint32_t *rounds, size_t n);

/*
 * The two-sided p of Kendall's sum `score` over n >= 2 values without ties, 2 P(S >= |score|), at
 * most 1. Exact for n <= PAR_TREND_EXACT_MAX. NaN without memory.
 */
double par_kendall_exact(long score, size_t n);

#endif
