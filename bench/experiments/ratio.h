/*
 * ratio: how one cell's metric compares with another's, for the sentences of lessons.
 */
#ifndef PAR_RATIO_H
#define PAR_RATIO_H

#include "lesson.h"

/* Plain data. */
struct par_ratio {
	double value;     /* other / base; NaN: not told */
	double low, high; /* 95 %; NaN: no interval */
	enum par_comparison verdict;
};

/* Either may be NULL: then nothing is told. Corrected for `comparisons`. */
struct par_ratio par_ratio_of(const struct par_cell_stats *base, const struct par_cell_stats *other,
	const char *metric, unsigned comparisons);

/* Adds "1.23× (1.20 to 1.26)", or "1.23×" without interval. */
void par_ratio_word(struct par_text *out, const struct par_ratio *ratio);

/* Adds a cell's metric as par_metric_word() does. */
void par_ratio_metric(struct par_text *out, const struct par_cell_stats *stats, const char *metric);

/* Puts `stats` with its metric's place among the first *count, least first; NULL is left out. */
void par_ratio_insert(const struct par_cell_stats **list, size_t *count,
	const struct par_cell_stats *stats, const char *metric);

#endif
