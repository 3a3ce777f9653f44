/*
 * measure: what a run tells besides its time: updates lost, messages a second, a queue's length.
 *
 * A workload or a model has a table of kinds and fills a value for each after every run. A visit
 * keeps the median over its samples, a cell the median over its visits with an interval.
 */
#ifndef PAR_MEASURE_H
#define PAR_MEASURE_H

#include <stddef.h>

enum par_unit {
	PAR_UNIT_NS,
	PAR_UNIT_BYTES,
	PAR_UNIT_COUNT,
	PAR_UNIT_SHARE,      /* 0 .. 1, written as % */
	PAR_UNIT_PER_SECOND, /* of whatever the measure counts */
};

#define PAR_MEASURES_MAX 16 /* kinds of a workload and its model together */
#define PAR_TRACE_MAX    64 /* values of a trace */

/* A table of them ends with name NULL. */
struct par_measure_kind {
	const char *name;    /* [a-z0-9_]+, as in records: "lost" */
	const char *summary; /* one line: "updates lost, of those made" */
	enum par_unit unit;
};

/* "ns", "bytes", "", "%", "/s". */
const char *par_unit_name(enum par_unit unit);

/* How many a table holds, at most PAR_MEASURES_MAX; 0 for NULL. */
size_t par_measure_count(const struct par_measure_kind *table);

#endif
