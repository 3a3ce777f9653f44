#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "density.h"
#include "describe.h"

#define GRID        256
#define DEPTH_LEAST 0.5  /* the valley is at most half as high as the lower hump, */
#define DEPTH_SMALL 4.0  /* and lower, by this over n, in small samples, where chance digs */
#define SHARE_LEAST 0.15 /* of the values, in each hump */
#define COUNT_LEAST 3    /* of them, in each hump */
#define VALUES_MOST 512  /* that are looked at: a density costs GRID times as many steps */
#define GAP_LEAST   0.05 /* of the time, between the humps */

struct curve {
	double density[GRID];
	size_t left_peak[GRID];  /* where the highest density at or below each place is */
	size_t right_peak[GRID]; /* likewise, at or above */
	double low, step;
};

static double place(const struct curve *curve, size_t i)
{
	return curve->low + curve->step * (double)i;
}

static void draw(struct curve *curve, const double *sorted, size_t n, double bandwidth)
{
	double high = sorted[n - 1] + 3.0 * bandwidth;
	const double *density = curve->density;

	curve->low = sorted[0] - 3.0 * bandwidth;
	curve->step = (high - curve->low) / (GRID - 1);
	par_density_grid(curve->density, GRID, curve->low, high, sorted, n, bandwidth);
	curve->left_peak[0] = 0;
	curve->right_peak[GRID - 1] = GRID - 1;
	for (size_t i = 1; i < GRID; i++) {
		size_t last = curve->left_peak[i - 1];
		size_t next = curve->right_peak[GRID - i];

		curve->left_peak[i] = density[i] > density[last] ? i : last;
		curve->right_peak[GRID - 1 - i] =
			density[GRID - 1 - i] > density[next] ? GRID - 1 - i : next;
	}
}

static double share_least(size_t n)
{
	return fmax(SHARE_LEAST, ((double)COUNT_LEAST - 0.5) / (double)n);
}

static double find_bandwidth(const double *sorted, size_t n)
{
	size_t least = (size_t)ceil(share_least(n) * (double)n);
	double within = par_density_within(sorted, n, least) / PAR_DENSITY_WITHIN_NORMAL;

	return 0.9 * fmin(within, par_stdev(sorted, n)) * pow((double)n, -0.2);
}

static double share_above(const double *sorted, size_t n, double value)
{
	size_t above = 0;

	while (above < n && sorted[n - 1 - above] > value)
		above++;
	return (double)above / (double)n;
}

/* What the curve looks like with its valley at i. */
static struct par_humps look(const struct curve *curve, size_t i, const double *sorted, size_t n)
{
	const double *density = curve->density;
	size_t left = curve->left_peak[i], right = curve->right_peak[i];
	struct par_humps humps = {
		.low = place(curve, left), .high = place(curve, right), .valley = place(curve, i)
	};
	double lower = fmin(density[left], density[right]);

	humps.depth = 1.0 - density[i] / lower;
	if (humps.depth < DEPTH_LEAST + DEPTH_SMALL / (double)n ||
		humps.high - humps.low < log1p(GAP_LEAST))
		return humps;
	humps.high_share = share_above(sorted, n, humps.valley);
	humps.two = fmin(humps.high_share, 1.0 - humps.high_share) >= share_least(n);
	return humps;
}

static void find(struct par_humps *out, struct curve *curve, const double *sorted, size_t n)
{
	double range = sorted[n - 1] - sorted[0];
	/* Humps may be narrow beside their distance, but the grid must still see them. */
	double bandwidth = fmax(find_bandwidth(sorted, n), 0.01 * range);

	if (!(range > 0.0))
		return;
	draw(curve, sorted, n, bandwidth);
	for (size_t i = 1; i + 1 < GRID; i++) {
		struct par_humps humps;

		if (curve->density[i] >= curve->density[i - 1] ||
			curve->density[i] > curve->density[i + 1])
			continue;
		humps = look(curve, i, sorted, n);
		if (humps.two && humps.depth > out->depth)
			*out = humps;
	}
}

/* Keeps evenly spaced quantiles of a large sample; returns how many there are now. */
static size_t thin(double *sorted, size_t n)
{
	if (n <= VALUES_MOST)
		return n;
	for (size_t i = 0; i < VALUES_MOST; i++)
		sorted[i] = sorted[(2 * i + 1) * n / (2 * VALUES_MOST)];
	return VALUES_MOST;
}

int par_humps_find(struct par_humps *out, const double *log_times, size_t n)
{
	struct curve *curve;
	double *sorted;
	int status = 0;

	*out = (struct par_humps){ .low = NAN, .high = NAN, .valley = NAN, .high_share = NAN };
	if (n < PAR_HUMPS_LEAST)
		return 0;
	curve = malloc(sizeof *curve);
	sorted = malloc(n * sizeof *sorted);
	if (curve == NULL || sorted == NULL) {
		status = -ENOMEM;
		goto done;
	}
	memcpy(sorted, log_times, n * sizeof *sorted);
	par_sort(sorted, n);
	find(out, curve, sorted, thin(sorted, n));
done:
	free(sorted);
	free(curve);
	return status;
}
