/*
 * rank_sum: the distribution of Mann and Whitney's U for two samples without a difference.
 *
 * U counts the pairs, one value of each sample, in which the second is the smaller. Of all ways to
 * mix the samples, each is equally likely; the numbers of ways for each U are the coefficients of
 * the Gaussian binomial, prod (1 - q^(n + i)) / (1 - q^i) for i = 1 .. m (Mann and Whitney 1947).
 */
#ifndef PAR_RANK_SUM_H
#define PAR_RANK_SUM_H

#include <stddef.h>

#define PAR_RANK_SUM_EXACT 2500 /* pairs up to which it is exact; normal beyond */

/* P(U = 0), the least that a one-sided probability can be: 1 / C(m + n, m). */
double par_rank_sum_least(size_t m, size_t n);

/*
 * The largest rank r with P(U <= r - 1) <= tail: the r-th smallest and the r-th largest difference
 * of pairs bound the shift with probability 1 - 2 tail. 0: not even U = 0 is so rare. Needs m, n >=
 * 1 and tail <= 0.5. Returns 0 or -ENOMEM.
 */
int par_rank_sum_rank(size_t *rank, size_t m, size_t n, double tail);

#endif
