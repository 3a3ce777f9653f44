#include "describe.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *left, const void *right)
{
	double a = *(const double *)left;
	double b = *(const double *)right;

	return (a > b) - (a < b);
}

void par_sort(double *values, size_t n)
{
	if (n > 1)
		qsort(values, n, sizeof *values, ascending);
}

double par_quantile(const double *sorted, size_t n, double p)
{
	double place, part;
	size_t below;

	if (n == 0)
		return NAN;
	place = p * (double)(n - 1);
	below = (size_t)place;
	if (below >= n - 1)
		return sorted[n - 1];
	part = place - (double)below;
	return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

double par_median(const double *sorted, size_t n)
{
	return par_quantile(sorted, n, 0.5);
}

/*
 * Moves the values so that the one of rank k is at k, with none above it before and none below it
 * behind: Find of Hoare (1961), which takes n steps on average where sorting takes n log n.
 */
static void find_rank(double *values, size_t n, size_t k)
{
	ptrdiff_t low = 0, high = (ptrdiff_t)n - 1, rank = (ptrdiff_t)k;

	while (low < high) {
		double pivot = values[rank];
		ptrdiff_t i = low, j = high;

		while (i <= j) {
			while (values[i] < pivot)
				i++;
			while (values[j] > pivot)
				j--;
			if (i <= j) {
				double value = values[i];

				values[i++] = values[j];
				values[j--] = value;
			}
		}
		if (j < rank)
			low = i;
		if (rank < i)
			high = j;
	}
}

double par_median_of(double *values, size_t n)
{
	size_t middle = (n - 1) / 2;
	double above = INFINITY;

	if (n == 0)
		return NAN;
	find_rank(values, n, middle);
	if (n % 2 == 1)
		return values[middle];
	for (size_t i = middle + 1; i < n; i++)
		above = values[i] < above ? values[i] : above;
	return values[middle] + 0.5 * (above - values[middle]);
}

double par_mean(const double *values, size_t n)
{
	double sum = 0.0;

	for (size_t i = 0; i < n; i++)
		sum += values[i];
	return n == 0 ? NAN : sum / (double)n;
}

double par_stdev(const double *values, size_t n)
{
	double mean = par_mean(values, n);
	double sum = 0.0;

	if (n < 2)
		return NAN;
	for (size_t i = 0; i < n; i++)
		sum += (values[i] - mean) * (values[i] - mean);
	return sqrt(sum / (double)(n - 1));
}

static size_t outside(const double *sorted, size_t n, double low, double high)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += sorted[i] < low || sorted[i] > high;
	return count;
}

static void describe_spread(struct par_description *out, const double *sorted)
{
	double range = out->q3 - out->q1;

	out->fence_low = out->q1 - 1.5 * range;
	out->fence_high = out->q3 + 1.5 * range;
	out->outlying = outside(sorted, out->n, out->fence_low, out->fence_high);
	out->far = outside(sorted, out->n, out->q1 - 3.0 * range, out->q3 + 3.0 * range);
}

int par_describe(struct par_description *out, const double *values, size_t n)
{
	double *sorted;

	*out = (struct par_description){ .n = n };
	if (n == 0)
		return -ENODATA;
	sorted = malloc(n * sizeof *sorted);
	if (sorted == NULL)
		return -ENOMEM;
	memcpy(sorted, values, n * sizeof *sorted);
	par_sort(sorted, n);
	out->min = sorted[0];
	out->q1 = par_quantile(sorted, n, 0.25);
	out->median = par_median(sorted, n);
	out->q3 = par_quantile(sorted, n, 0.75);
	out->max = sorted[n - 1];
	out->mean = par_mean(sorted, n);
	out->stdev = par_stdev(sorted, n);
	describe_spread(out, sorted);
	for (size_t i = 0; i < n; i++)
		sorted[i] = fabs(sorted[i] - out->median);
	out->mad = par_median_of(sorted, n);
	free(sorted);
	return 0;
}
