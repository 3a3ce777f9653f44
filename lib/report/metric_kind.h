/*
 * metric_kind: the metrics that every cell has, whatever its workload measures.
 */
#ifndef PAR_METRIC_KIND_H
#define PAR_METRIC_KIND_H

#include "analysis.h"

struct par_metric_kind {
	const char *name;
	enum par_unit unit;
	/* From the statistics; sets the interval where they keep one. */
	double (*of_cell)(const struct par_cell_stats *stats, double ci[2]);
	/* From one visit, NaN: not told. NULL: a visit alone has none. */
	double (*of_visit)(const struct par_record *record, const struct par_cell *cell);
};

/* By name; NULL: there is none. */
const struct par_metric_kind *par_metric_kind(const char *name);

#endif
