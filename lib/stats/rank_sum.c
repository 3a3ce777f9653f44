#include "rank_sum.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "distribution.h"

static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

double par_rank_sum_least(size_t m, size_t n)
{
	return exp(log_gamma((double)m + 1.0) + log_gamma((double)n + 1.0) -
		   log_gamma((double)(m + n) + 1.0));
}

/* ways[u] for u < count: the low half is enough, and needs nothing of the other. */
static void count_ways(double *ways, size_t count, size_t m, size_t n)
{
	ways[0] = 1.0;
	for (size_t u = 1; u < count; u++)
		ways[u] = 0.0;
	for (size_t i = 1; i <= m; i++) {
		for (size_t u = count; u-- > n + i;)
			ways[u] -= ways[u - n - i];
		for (size_t u = i; u < count; u++)
			ways[u] += ways[u - i];
	}
}

static int exact_rank(size_t *rank, size_t m, size_t n, double tail)
{
	size_t count = m * n / 2 + 1;
	double *ways = malloc(count * sizeof *ways);
	double sum = 0.0, limit = tail / par_rank_sum_least(m, n);

	if (ways == NULL)
		return -ENOMEM;
	count_ways(ways, count, m, n);
	for (*rank = 0; *rank < count && sum + ways[*rank] <= limit; ++*rank)
		sum += ways[*rank];
	free(ways);
	return 0;
}

int par_rank_sum_rank(size_t *rank, size_t m, size_t n, double tail)
{
	double pairs = (double)m * (double)n, bound;

	if (m * n <= PAR_RANK_SUM_EXACT)
		return exact_rank(rank, m, n, tail);
	bound = 0.5 * pairs + 0.5 +
		par_normal_quantile(tail) * sqrt(pairs * (double)(m + n + 1) / 12.0);
	*rank = bound > 0.0 ? (size_t)bound : 0;
	return 0;
}
