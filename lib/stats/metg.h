/*
 * metg: the minimum effective task granularity: how short tasks may be before the cost of handing
 * them out eats half of the machine.
 *
 * The shortest task at which the efficiency, serial time / (cores x time), is at least one half
 * (Slaughter et al. 2020, "Task Bench: A Parameterized Benchmark for Evaluating Parallel Runtime
 * Performance"). There the length of a task is cores x time / tasks, overhead included; here it is
 * what the task takes alone, which no model can change: at one half that is half of theirs.
 */
#ifndef PAR_METG_H
#define PAR_METG_H

#include <stddef.h>

#define PAR_METG_SHARE        0.5
#define PAR_METG_POINTS_LEAST 2 /* a crossing lies between two */

enum par_metg_verdict {
	PAR_METG_FOUND,
	PAR_METG_TOO_FEW, /* fewer than PAR_METG_POINTS_LEAST lengths */
	PAR_METG_NEVER,   /* the share is not reached at any length */
	PAR_METG_ALWAYS,  /* it is reached at every length: the answer is below the shortest */
	PAR_METG_LOST,    /* it is reached, but not at the longest: no length is long enough */
};

/* "found", "too few points", "never reaches 50 %", ...: constant texts. */
const char *par_metg_reason(enum par_metg_verdict verdict);

struct par_metg {
	enum par_metg_verdict verdict;
	double length;    /* NaN unless found */
	double low, high; /* the measured lengths it lies between; NaN unless found */
	size_t crossings; /* of the curve through the share, upward and downward */
};

/*
 * Finds where efficiency[i] at length[i], ascending, crosses one half for good: at every longer
 * length it stays at or above it, so of several crossings the largest counts. Between two lengths
 * the efficiency is taken as linear in the logarithm of the length. What cannot be found is said by
 * the verdict and is no error. Returns 0, or -EINVAL for lengths that are not positive and strictly
 * ascending, or an efficiency that is not finite.
 */
int par_metg_find(
	struct par_metg *out, const double *length, const double *efficiency, size_t points);

#endif
