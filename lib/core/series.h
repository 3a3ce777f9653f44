/*
 * series: what the visits of one cell measured, round by round, and how two cells compare.
 *
 * The scheduler asks while it measures and the analysis afterwards: by one rule, so that a run does
 * not stop on a verdict which its report then takes back.
 */
#ifndef PAR_SERIES_H
#define PAR_SERIES_H

#include <stddef.h>
#include <stdint.h>

#include "compare.h"

/* The visits that count, in the order of rounds. Borrowed. */
struct par_series {
	const double *times_ns;
	const uint32_t *rounds;
	size_t n;
};

/*
 * Compares two cells: other / base, paired within the rounds that both have. With too few of these,
 * the bounds are the worst that the 95 % intervals of both medians allow, and NaN where one has
 * none. The interval holds the quotient of the medians, which is what is printed and need not be
 * the median of the quotients; the verdict is that of the interval. It is not sure where the pairs
 * say that the base is slower and the medians do not. Returns 0, -EINVAL for a time that is not
 * positive, or -ENOMEM.
 */
int par_series_compare(struct par_compared *out, const struct par_series *base,
	const struct par_series *other, unsigned comparisons);

/*
 * How many comparisons to correct for when the fastest of `models` is compared with each other one:
 * models (models - 1) / 2. It was chosen by the same times, as if all pairs had been compared; for
 * models - 1 alone, one of eight equal models would be called slower in 10 % of cases. At least 1.
 */
unsigned par_series_comparisons(size_t models);

#endif
