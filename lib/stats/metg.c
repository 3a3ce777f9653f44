#include "metg.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

const char *par_metg_reason(enum par_metg_verdict verdict)
{
	switch (verdict) {
	case PAR_METG_FOUND: return "found";
	case PAR_METG_TOO_FEW: return "too few points";
	case PAR_METG_NEVER: return "never reaches 50 %";
	case PAR_METG_ALWAYS: return "reaches 50 % already at the shortest task";
	case PAR_METG_LOST: return "loses 50 % again at the longest task";
	}
	return "?";
}

static bool is_valid(const double *length, const double *efficiency, size_t points)
{
	for (size_t i = 0; i < points; i++) {
		if (!isfinite(length[i]) || length[i] <= (i == 0 ? 0 : length[i - 1]) ||
			!isfinite(efficiency[i]))
			return false;
	}
	return true;
}

/* Where a line over the logarithm of the length passes through one half. */
static double interpolate(const double length[2], const double efficiency[2])
{
	double part = (PAR_METG_SHARE - efficiency[0]) / (efficiency[1] - efficiency[0]);

	return length[0] * pow(length[1] / length[0], part);
}

int par_metg_find(
	struct par_metg *out, const double *length, const double *efficiency, size_t points)
{
	size_t reached = 0, last = SIZE_MAX; /* last: the last length that is too short */

	*out = (struct par_metg){ PAR_METG_TOO_FEW, NAN, NAN, NAN, 0 };
	if (!is_valid(length, efficiency, points))
		return -EINVAL;
	for (size_t i = 0; i < points; i++) {
		bool enough = efficiency[i] >= PAR_METG_SHARE;

		reached += enough;
		last = enough ? last : i;
		out->crossings += i > 0 && enough != (efficiency[i - 1] >= PAR_METG_SHARE);
	}
	if (points < PAR_METG_POINTS_LEAST)
		return 0;
	out->verdict = reached == 0         ? PAR_METG_NEVER
		       : last == SIZE_MAX   ? PAR_METG_ALWAYS
		       : last + 1 == points ? PAR_METG_LOST
					    : PAR_METG_FOUND;
	if (out->verdict != PAR_METG_FOUND)
		return 0;
	out->low = length[last];
	out->high = length[last + 1];
	out->length = interpolate(&length[last], &efficiency[last]);
	return 0;
}
