#include <math.h>

#include "chart_layout.h"

/*
 * Places minus i * gap must not decrease: isotonic regression, by merging blocks that violate it
 * (Barlow et al. 1972, "Statistical Inference under Order Restrictions"). Quadratic, for a few
 * labels.
 */
static void spread_sorted(double *places, size_t count, double gap)
{
	for (size_t i = 0; i < count; i++)
		places[i] -= (double)i * gap;
	for (size_t end = 1; end < count; end++) {
		size_t start = end;
		double sum = places[end], mean = sum;

		while (start > 0 && places[start - 1] > mean) {
			double value = places[start - 1];

			/* the whole block that shares the value joins */
			while (start > 0 && places[start - 1] == value)
				sum += places[--start];
			mean = sum / (double)(end - start + 1);
		}
		for (size_t i = start; i <= end; i++)
			places[i] = mean;
	}
	for (size_t i = 0; i < count; i++)
		places[i] += (double)i * gap;
}

void par_layout_spread(double *places, size_t count, double gap, double low, double high)
{
	if (count == 0)
		return;
	spread_sorted(places, count, gap);
	for (size_t i = count; i-- > 0;)
		places[i] = fmin(places[i], high - (double)(count - 1 - i) * gap);
	for (size_t i = 0; i < count; i++)
		places[i] = fmax(places[i], low + (double)i * gap);
}
