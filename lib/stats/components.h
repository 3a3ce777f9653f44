/*
 * components: where the noise of a cell comes from, and how many samples a visit is worth.
 *
 * Two levels: samples within a visit, visits within a cell (Kalibera and Jones 2013, "Rigorous
 * Benchmarking in Reasonable Time", with the revised T_i^2; libkalibera):
 *
 *   T1^2 = S1^2             S1^2: the mean variance of the samples within a visit
 *   T2^2 = S2^2 - S1^2 / r  S2^2: the variance of the visits' means; r: samples a visit
 *
 * Of logarithms of times: their standard deviations are relative ones (0.02 is 2 % of the time),
 * two cells of different speed can be compared, a slow visit does not count more than a fast one,
 * and a visit can be summed up before the others are known, which deviations relative to the
 * cell's mean do not allow. Up to 20 % the two differ by less than a fiftieth.
 *
 * An approximation where a visit contributes the median of its samples and not their mean. Of r
 * samples with normal noise the median has the variance pi / 2 T1^2 / r where r is large, and T1^2
 * / r at r <= 2: the visits' medians then scatter by T2^2 + (1 to 1.57) T1^2 / r, and the best r is
 * up to 1.25 times what is recommended here, near which the cost hardly changes. With rare slow
 * samples it is the other way round: T1 counts them, and the median does not.
 */
#ifndef PAR_COMPONENTS_H
#define PAR_COMPONENTS_H

#include <stddef.h>

/* What is kept of a visit: of the natural logarithms of its samples. */
struct par_visit_summary {
	double mean;
	double variance; /* n - 1 in the denominator; NaN for n = 1 */
	size_t n;        /* 0: the visit does not count */
};

/* Standard deviations as shares of the time; NaN where they are not known. */
struct par_components {
	size_t visits;  /* that count */
	double samples; /* the harmonic mean of the samples a visit; NaN without visits */
	double within;  /* T1: of the samples of a visit; needs a visit of two samples */
	double between; /* T2: of visits, without what their samples scatter; 0 where that explains
			   all; needs two visits, and T1 */
};

/*
 * Sums up the samples of a visit, `times` > 0 in any unit. Returns 0, -ENODATA for n = 0 or -EINVAL
 * for a time that is not a positive number; *out is then a visit that does not count.
 */
int par_visit_summarize(struct par_visit_summary *out, const double *times, size_t n);

/*
 * Finds the components from the summaries of a cell's visits, also of unequal size: S1^2 weighs
 * visits by n - 1, S2^2 is of the visits' plain means, and r the harmonic mean, for which E(S2^2) =
 * T2^2 + T1^2 / r holds still.
 */
void par_components_find(
	struct par_components *out, const struct par_visit_summary *visits, size_t count);

/*
 * How many samples a visit should take for the narrowest interval in a given time: ceil(sqrt(c2 /
 * c1 * T1^2 / T2^2)), where a sample costs sample_ns = c1 > 0 and a visit without its samples
 * visit_ns = c2 >= 0. Between 1 and `most` >= 1: `most` where T2 is 0, 1 where T1 is. 0 where a
 * component or a cost is not known.
 */
unsigned par_components_samples(
	const struct par_components *components, double sample_ns, double visit_ns, unsigned most);

#endif
