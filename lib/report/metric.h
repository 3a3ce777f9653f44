/*
 * metric: one number of a cell by its name, with its interval.
 *
 * Names: a measure of the cell's workload or model, which goes before, or one that every cell has:
 *
 *   time             a run of the job, ns             task_time    time / tasks, ns
 *   tasks_per_second tasks / time                     cpu          CPU time of a visit, ns
 *   open, close      making and ending workers, ns    speedup      over the best serial time
 *   pss              all processes, bytes             worker_pss   what a worker adds, bytes
 *   peak             resident, largest process, bytes
 *   p50 p90 p99 p999 latency of requests, ns
 */
#ifndef PAR_METRIC_H
#define PAR_METRIC_H

#include "analysis.h"
#include "chart_format.h"

/* Plain data. */
struct par_metric {
	double value; /* NaN: not told */
	double ci[2]; /* 95 %; NaN below six visits, and where none is kept */
	enum par_unit unit;
};

/* The metric of a cell; value NaN where the cell has no visit that counts, or no such metric. */
struct par_metric par_metric_of(const struct par_cell_stats *stats, const char *name);

/* As data files name it: "ns", "bytes", "count", "share" (of one), "1/s". */
const char *par_metric_unit(enum par_unit unit);

/* "12.3 µs", "4.3 KiB", "37 %", "1.2 M/s", "10 000": as its unit asks. "–" for NaN. */
struct par_label par_metric_label(double value, enum par_unit unit);

/* Adds "12.3 µs (11.9 to 12.8)", or without interval "12.3 µs". */
void par_metric_word(struct par_text *out, const struct par_metric *metric);

/* Whether both have intervals, and these meet: then nothing may be said of which is more. */
bool par_metric_meet(const struct par_metric *a, const struct par_metric *b);

/*
 * The ratio of two cells' metrics, other / base, paired within rounds, with its interval corrected
 * for `comparisons`. For "time" and everything that a visit measures anew. Returns 0 or -errno;
 * with too few pairs the verdict is PAR_COMPARISON_NOT_SURE.
 */
int par_metric_compare(struct par_compared *out, const struct par_cell_stats *base,
	const struct par_cell_stats *other, const char *name, unsigned comparisons);

#endif
