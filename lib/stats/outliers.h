/*
 * outliers: which visits of a cell lie apart from the others.
 *
 * Outside Tukey's inner fences of the logarithms of the times, 1.5 interquartile ranges beyond the
 * quartiles (Tukey 1977, "Exploratory Data Analysis"): fast visits are found as slow ones are, and
 * a long right tail is not taken for outliers as soon. They are for showing, and are never left
 * out of a figure. A visit within PAR_OUTLIERS_FLOOR of the median is none, however narrow the
 * rest: where most times are equal to the tick, all others would be.
 */
#ifndef PAR_OUTLIERS_H
#define PAR_OUTLIERS_H

#include <stdbool.h>
#include <stddef.h>

#define PAR_OUTLIERS_LEAST 6    /* fewest visits of which any is outlying */
#define PAR_OUTLIERS_FLOOR 0.01 /* of the median, on either side */

/*
 * Sets out[i] where times[i] is outlying; times > 0, in any order. With fewer than
 * PAR_OUTLIERS_LEAST none is. *count: how many are. Returns 0, -EINVAL for a time that is not a
 * positive number (none is marked then), or -ENOMEM.
 */
int par_outliers_mark(bool *out, size_t *count, const double *times, size_t n);

#endif
