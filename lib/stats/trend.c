#include "trend.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "distribution.h"

/*
 * Turns the distribution of the inversions among n - 1 values, up to `most` of them, into that
 * among n: the last value adds 0 to n - 1 inversions, all as likely.
 */
static void add_value(double *share, size_t most, size_t n)
{
	for (size_t i = 1; i <= most; i++)
		share[i] += share[i - 1];
	for (size_t i = most + 1; i-- > 0;)
		share[i] = (share[i] - (i >= n ? share[i - n] : 0.0)) / (double)n;
}

double par_kendall_exact(long score, size_t n)
{
	size_t pairs = n * (n - 1) / 2;
	size_t most = (pairs - (size_t)labs(score)) / 2; /* inversions with such a score, or more */
	double *share = calloc(most + 1, sizeof *share);
	double below = 0.0;

	if (share == NULL)
		return NAN;
	share[0] = 1.0;
	for (size_t i = 2; i <= n; i++)
		add_value(share, most, i);
	for (size_t i = 0; i <= most; i++)
		below += share[i];
	free(share);
	return fmin(1.0, 2.0 * fmax(0.0, below));
}

static long find_score(const double *logs, size_t n)
{
	long score = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = i + 1; j < n; j++)
			score += (logs[j] > logs[i]) - (logs[j] < logs[i]);
	}
	return score;
}

static double weight(double count)
{
	return count * (count - 1.0) * (2.0 * count + 5.0);
}

/* The sum of t (t - 1) (2 t + 5) over the groups of t equal values. */
static double find_ties(const double *sorted, size_t n)
{
	double ties = 0.0;

	for (size_t i = 0, next; i < n; i = next) {
		for (next = i + 1; next < n && sorted[next] == sorted[i];)
			next++;
		ties += weight((double)(next - i));
	}
	return ties;
}

static double approximate(long score, size_t n, double ties)
{
	double variance = (weight((double)n) - ties) / 18.0;

	if (score == 0 || !(variance > 0.0))
		return 1.0;
	return 2.0 * par_normal_cdf(-((double)labs(score) - 1.0) / sqrt(variance));
}

static double test_order(const double *logs, double *scratch, size_t n)
{
	long score = find_score(logs, n);
	double ties;

	memcpy(scratch, logs, n * sizeof *scratch);
	par_sort(scratch, n);
	ties = find_ties(scratch, n);
	if (ties > 0.0 || n > PAR_TREND_EXACT_MAX)
		return approximate(score, n, ties);
	return par_kendall_exact(score, n);
}

static double median_slope(const double *logs, const uint32_t *rounds, double *scratch, size_t n)
{
	size_t slopes = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = i + 1; j < n; j++)
			scratch[slopes++] =
				(logs[j] - logs[i]) / ((double)rounds[j] - (double)rounds[i]);
	}
	return par_median_of(scratch, slopes);
}

static int take_logs(double *logs, const double *times, const uint32_t *rounds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(times[i]) || !(times[i] > 0.0) ||
			(i > 0 && rounds[i] <= rounds[i - 1]))
			return -EINVAL;
		logs[i] = log(times[i]);
	}
	return 0;
}

int par_trend_find(struct par_trend *out, const double *times, const uint32_t *rounds, size_t n)
{
	double *logs = calloc(n + n * n / 2 + 1, sizeof *logs);
	double *scratch = logs + n;
	int status = logs == NULL ? -ENOMEM : take_logs(logs, times, rounds, n);

	*out = (struct par_trend){ .n = n, .p = NAN, .change = NAN };
	if (status < 0 || n < PAR_TREND_LEAST)
		goto done;
	out->p = test_order(logs, scratch, n);
	out->change = expm1(median_slope(logs, rounds, scratch, n) *
			    ((double)rounds[n - 1] - (double)rounds[0]));
	out->drifts = out->p < PAR_TREND_P && fabs(out->change) > PAR_TREND_CHANGE;
	if (isnan(out->p))
		status = -ENOMEM;
done:
	free(logs);
	return status;
}
