#include "metric.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_parts.h"
#include "describe.h"
#include "interval.h"
#include "metric_kind.h"
#include "series.h"

static const struct par_cell_measure *find_measure(
	const struct par_cell_stats *stats, const char *name)
{
	for (size_t i = 0; name != NULL && i < stats->measure_count; i++)
		if (strcmp(stats->measures[i].name, name) == 0)
			return &stats->measures[i];
	return NULL;
}

/* What one visit says of the metric, be it a measure or of every cell; NaN: nothing. */
static double of_visit(
	const struct par_record *record, const struct par_cell_stats *stats, const char *name)
{
	const struct par_metric_kind *kind = par_metric_kind(name);

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

		if (par_record_counts(record))
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
	const struct par_metric_kind *kind = par_metric_kind(name);

	if (measure != NULL)
		metric.unit = measure->unit;
	else if (kind != NULL)
		metric.unit = kind->unit;
	if (!par_cell_stats_counts(stats) || (measure == NULL && kind == NULL))
		return metric;
	if (measure != NULL) {
		metric.value = measure->median;
		metric.ci[0] = measure->ci[0];
		metric.ci[1] = measure->ci[1];
		return metric;
	}
	if (kind->of_cell != NULL)
		metric.value = kind->of_cell(stats, metric.ci);
	if (kind->of_visit != NULL && !isfinite(metric.ci[0]))
		describe_visits(&metric, stats, name);
	return metric;
}

bool par_metric_meet(const struct par_metric *a, const struct par_metric *b)
{
	/* False where one is NaN. */
	return a->ci[0] <= b->ci[1] && b->ci[0] <= a->ci[1];
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
