#include "metric.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_parts.h"
#include "describe.h"
#include "interval.h"
#include "series.h"

/* The metrics that every cell has. */
struct kind {
	const char *name;
	enum par_unit unit;
	/* From the statistics; sets the interval where they keep one. */
	double (*of_cell)(const struct par_cell_stats *stats, double ci[2]);
	/* From one visit, NaN: not told. NULL: a visit alone has none. */
	double (*of_visit)(const struct par_record *record, const struct par_cell *cell);
};

static void set(double ci[2], const double from[2])
{
	ci[0] = from[0];
	ci[1] = from[1];
}

static double cell_time(const struct par_cell_stats *stats, double ci[2])
{
	set(ci, stats->ci_ns);
	return stats->median_ns;
}

static double cell_task_time(const struct par_cell_stats *stats, double ci[2])
{
	double tasks = (double)stats->cell.tasks;

	ci[0] = stats->ci_ns[0] / tasks;
	ci[1] = stats->ci_ns[1] / tasks;
	return stats->median_ns / tasks;
}

static double cell_rate(const struct par_cell_stats *stats, double ci[2])
{
	double tasks = 1e9 * (double)stats->cell.tasks;

	ci[0] = tasks / stats->ci_ns[1];
	ci[1] = tasks / stats->ci_ns[0];
	return tasks / stats->median_ns;
}

static double cell_cpu(const struct par_cell_stats *stats, double ci[2])
{
	(void)ci;
	return stats->cpu_ns;
}

static double cell_open(const struct par_cell_stats *stats, double ci[2])
{
	(void)ci;
	return stats->open_ns;
}

static double cell_speedup(const struct par_cell_stats *stats, double ci[2])
{
	set(ci, stats->speedup_ci);
	return stats->speedup;
}

static double cell_pss(const struct par_cell_stats *stats, double ci[2])
{
	(void)ci;
	return stats->use.pss_bytes;
}

static double cell_worker_pss(const struct par_cell_stats *stats, double ci[2])
{
	(void)ci;
	return stats->use.worker_pss_bytes;
}

static double cell_peak(const struct par_cell_stats *stats, double ci[2])
{
	(void)ci;
	return stats->use.peak_bytes;
}

static double cell_latency(const struct par_cell_stats *stats, double ci[2], size_t rank)
{
	if (stats->latency.visits == 0)
		return NAN;
	set(ci, stats->latency.ci_ns[rank]);
	return stats->latency.ns[rank];
}

static double cell_p50(const struct par_cell_stats *stats, double ci[2])
{
	return cell_latency(stats, ci, PAR_LATENCY_P50);
}

static double cell_p90(const struct par_cell_stats *stats, double ci[2])
{
	return cell_latency(stats, ci, PAR_LATENCY_P90);
}

static double cell_p99(const struct par_cell_stats *stats, double ci[2])
{
	return cell_latency(stats, ci, PAR_LATENCY_P99);
}

static double cell_p999(const struct par_cell_stats *stats, double ci[2])
{
	return cell_latency(stats, ci, PAR_LATENCY_P999);
}

static double visit_time(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return par_record_time(record);
}

static double visit_task_time(const struct par_record *record, const struct par_cell *cell)
{
	return par_record_time(record) / (double)cell->tasks;
}

static double visit_rate(const struct par_record *record, const struct par_cell *cell)
{
	return 1e9 * (double)cell->tasks / par_record_time(record);
}

static double visit_cpu(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return (double)record->cpu_ns;
}

static double visit_open(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return (double)record->open_ns;
}

static double visit_close(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return (double)record->close_ns;
}

static double visit_pss(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return record->pss_bytes;
}

static double visit_worker_pss(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return record->worker_pss_bytes;
}

static double visit_peak(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return record->peak_bytes;
}

static double visit_latency(const struct par_record *record, size_t rank)
{
	return record->latency_ns[rank] == 0 ? NAN : (double)record->latency_ns[rank];
}

static double visit_p50(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return visit_latency(record, PAR_LATENCY_P50);
}

static double visit_p90(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return visit_latency(record, PAR_LATENCY_P90);
}

static double visit_p99(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return visit_latency(record, PAR_LATENCY_P99);
}

static double visit_p999(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return visit_latency(record, PAR_LATENCY_P999);
}

static const struct kind kinds[] = {
	{ "time", PAR_UNIT_NS, cell_time, visit_time },
	{ "task_time", PAR_UNIT_NS, cell_task_time, visit_task_time },
	{ "tasks_per_second", PAR_UNIT_PER_SECOND, cell_rate, visit_rate },
	{ "cpu", PAR_UNIT_NS, cell_cpu, visit_cpu },
	{ "open", PAR_UNIT_NS, cell_open, visit_open },
	{ "close", PAR_UNIT_NS, NULL, visit_close },
	{ "speedup", PAR_UNIT_COUNT, cell_speedup, NULL },
	{ "pss", PAR_UNIT_BYTES, cell_pss, visit_pss },
	{ "worker_pss", PAR_UNIT_BYTES, cell_worker_pss, visit_worker_pss },
	{ "peak", PAR_UNIT_BYTES, cell_peak, visit_peak },
	{ "p50", PAR_UNIT_NS, cell_p50, visit_p50 },
	{ "p90", PAR_UNIT_NS, cell_p90, visit_p90 },
	{ "p99", PAR_UNIT_NS, cell_p99, visit_p99 },
	{ "p999", PAR_UNIT_NS, cell_p999, visit_p999 },
};

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static const struct par_cell_measure *find_measure(
	const struct par_cell_stats *stats, const char *name)
{
	for (size_t i = 0; i < stats->measure_count; i++)
		if (strcmp(stats->measures[i].name, name) == 0)
			return &stats->measures[i];
	return NULL;
}

/* What one visit says of the metric, be it a measure or of every cell; NaN: nothing. */
static double of_visit(
	const struct par_record *record, const struct par_cell_stats *stats, const char *name)
{
	const struct kind *kind = find_kind(name);

	if (find_measure(stats, name) == NULL)
		return kind == NULL || kind->of_visit == NULL
			       ? NAN
			       : kind->of_visit(record, &stats->cell);
	for (uint32_t i = 0; i < record->measure_count; i++)
		if (strcmp(record->measures[i].name, name) == 0)
			return record->measures[i].value;
	return NAN;
}

/* The visits that count and tell the metric: `values` and `rounds` have room for all. */
static size_t collect(
	double *values, uint32_t *rounds, const struct par_cell_stats *stats, const char *name)
{
	size_t n = 0;

	for (unsigned i = 0; i < stats->visits && stats->records != NULL; i++) {
		const struct par_record *record = stats->records[i];
		double value = NAN;

		if (record->status == PAR_STATUS_OK && record->sample_count > 0)
			value = of_visit(record, stats, name);
		if (!isfinite(value))
			continue;
		rounds[n] = record->round;
		values[n++] = value;
	}
	return n;
}

/* For what the statistics keep without an interval, or not at all. */
static void describe_visits(
	struct par_metric *metric, const struct par_cell_stats *stats, const char *name)
{
	double *values = calloc(stats->visits + 1, sizeof *values);
	uint32_t *rounds = calloc(stats->visits + 1, sizeof *rounds);
	struct par_interval interval;
	size_t n;

	if (values != NULL && rounds != NULL) {
		n = collect(values, rounds, stats, name);
		par_sort(values, n);
		par_interval_median(&interval, values, n, PAR_CONFIDENCE);
		if (!isfinite(metric->value))
			metric->value = par_median(values, n);
		metric->ci[0] = interval.low;
		metric->ci[1] = interval.high;
	}
	free(values);
	free(rounds);
}

struct par_metric par_metric_of(const struct par_cell_stats *stats, const char *name)
{
	struct par_metric metric = { .value = NAN, .ci = { NAN, NAN }, .unit = PAR_UNIT_COUNT };
	const struct par_cell_measure *measure = find_measure(stats, name);
	const struct kind *kind = find_kind(name);

	if (measure != NULL)
		metric.unit = measure->unit;
	else if (kind != NULL)
		metric.unit = kind->unit;
	if (!par_cell_stats_counts(stats) || (measure == NULL && kind == NULL))
		return metric;
	if (measure != NULL) {
		metric.value = measure->median;
		set(metric.ci, measure->ci);
		return metric;
	}
	if (kind->of_cell != NULL)
		metric.value = kind->of_cell(stats, metric.ci);
	if (kind->of_visit != NULL && !isfinite(metric.ci[0]))
		describe_visits(&metric, stats, name);
	return metric;
}

static bool all_positive(const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(values[i] > 0))
			return false;
	return n > 0;
}

int par_metric_compare(struct par_compared *out, const struct par_cell_stats *base,
	const struct par_cell_stats *other, const char *name, unsigned comparisons)
{
	size_t room = (size_t)base->visits + other->visits + 2;
	double *values = calloc(room, sizeof *values);
	uint32_t *rounds = calloc(room, sizeof *rounds);
	struct par_series a = { .times_ns = values, .rounds = rounds }, b;
	int status = values == NULL || rounds == NULL ? -ENOMEM : 0;

	*out = (struct par_compared){ .ratio = NAN,
		.low = NAN,
		.high = NAN,
		.needed = NAN,
		.verdict = PAR_COMPARISON_NOT_SURE };
	if (status == 0 && strcmp(name, "time") == 0 && find_measure(base, name) == NULL) {
		status = base->n == 0 || other->n == 0
				 ? 0
				 : par_analysis_compare(out, base, other, comparisons);
	} else if (status == 0) {
		a.n = collect(values, rounds, base, name);
		b = (struct par_series){ values + a.n, rounds + a.n, 0 };
		b.n = collect(values + a.n, rounds + a.n, other, name);
		if (all_positive(values, a.n) && all_positive(values + a.n, b.n))
			status = par_series_compare(out, &a, &b, comparisons);
	}
	free(values);
	free(rounds);
	return status;
}
