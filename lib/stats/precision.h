/*
 * precision: has a cell been visited often enough?
 *
 * A cell is finished when its median is known well enough, or when more visits no longer help: its
 * noise has plateaued (the idea of NVIDIA's nvbench, stdrel_criterion). For steady noise the
 * interval narrows like 1 / sqrt(n), to 0.71 of its width while n doubles; where it has narrowed to
 * no less than 0.90, the machine drifts or has several behaviours, and the time is better spent
 * elsewhere. Both widths are means over a few successive n, since a single one jumps with its
 * ranks.
 *
 * To look after each visit and stop at the first narrow interval would favour intervals that are
 * narrow by luck: 95 % would be 91 to 92 % for noisy cells. Past the first look, an interval must
 * be narrow twice in succession; then the intervals of cells that stopped hold the median in 94 %
 * of cases or more, whatever the noise (test_stopping.c).
 */
#ifndef PAR_PRECISION_H
#define PAR_PRECISION_H

#include <stddef.h>

#define PAR_PRECISION_TARGET        0.02 /* half width over median */
#define PAR_PRECISION_PLATEAU_LEAST 24   /* fewest visits before a plateau may be seen */
#define PAR_PRECISION_WINDOW        6    /* successive n whose widths are averaged */
#define PAR_PRECISION_NARROWING     0.90 /* relative half width against that of half as many visits */

enum par_stop {
	PAR_STOP_GO_ON,
	PAR_STOP_PRECISE, /* the interval is narrow enough, and was before the last visit */
	PAR_STOP_PLATEAU, /* the noise no longer falls */
};

struct par_precision {
	enum par_stop stop;
	size_t n;
	double median;    /* NaN for n = 0 */
	double low, high; /* 95 % interval; NaN below n = 6 */
	double relative;  /* half width over median; NaN below n = 6 */
	double needed;    /* visits in all until precise at this noise, >= 6; NaN where not known */
};

/*
 * Judges the times of a cell's visits, in the order in which they were made. `target` is the wanted
 * relative half width, PAR_PRECISION_TARGET. Returns 0, or -ENOMEM (then the judgement is GO_ON).
 */
int par_precision_judge(const double *times, size_t n, double target, struct par_precision *out);

#endif
