/*
 * waits: how long requests wait: the cells of an experiment that tell latencies, rate by rate.
 *
 * Cells that do the same work, the same requests at the same rate, are compared with each other.
 */
#ifndef PAR_WAITS_H
#define PAR_WAITS_H

#include "analysis.h"
#include "chart_format.h"

#define PAR_WAITS_RATES_MAX 8
#define PAR_WAITS_CELLS_MAX 24

struct par_waits_rate {
	double per_second;                                       /* requests that arrive */
	const struct par_cell_stats *cells[PAR_WAITS_CELLS_MAX]; /* the shortest tail first */
	size_t count;
};

/* Plain data that points into the analysis. */
struct par_waits {
	struct par_waits_rate rates[PAR_WAITS_RATES_MAX]; /* ascending */
	size_t count;
	uint64_t requests; /* of a visit, the fewest; 0 without cells */
};

/* The latency by which cells are ordered: the 99th percentile, the median where that is not told.
 */
double par_waits_tail(const struct par_cell_stats *stats);

/* Gathers the cells of an experiment. Never fails; what is beyond the limits is left out. */
void par_waits_gather(
	struct par_waits *waits, const struct par_analysis *analysis, const char *experiment);

/* "thread pool, 8": the model, and its workers where it is not a loop; `brief` for narrow charts.
 */
struct par_label par_waits_name(const struct par_cell_stats *stats, bool brief);

/*
 * Adds a sentence about a rate: who has the shortest tail and who the longest, by name only where
 * their intervals do not meet.
 */
void par_waits_word(struct par_text *out, const struct par_waits_rate *rate);

#endif
