#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_parts.h"
#include "describe.h"
#include "interval.h"

static void add_kinds(struct par_cell_stats *stats, const struct par_measure_kind *kinds)
{
	size_t count = par_measure_count(kinds);

	for (size_t i = 0; i < count && stats->measure_count < PAR_MEASURES_MAX; i++)
		stats->measures[stats->measure_count++] =
			(struct par_cell_measure){ .name = kinds[i].name,
				.unit = kinds[i].unit,
				.median = NAN,
				.ci = { NAN, NAN } };
}

void par_cell_measures_init(struct par_cell_stats *stats)
{
	stats->measure_count = 0;
	add_kinds(stats, stats->cell.workload->measures);
	add_kinds(stats, stats->cell.model->measures);
}

/* What a visit says of it; NaN: nothing. */
static double told(const struct par_record *record, const char *name)
{
	if (record->status != PAR_STATUS_OK)
		return NAN;
	for (uint32_t i = 0; i < record->measure_count; i++)
		if (strcmp(record->measures[i].name, name) == 0)
			return record->measures[i].value;
	return NAN;
}

static void describe(struct par_cell_measure *measure, double *scratch,
	const struct par_record *const *records, size_t count)
{
	struct par_interval interval;

	measure->n = 0;
	for (size_t i = 0; i < count; i++) {
		double value = told(records[i], measure->name);

		if (isfinite(value))
			scratch[measure->n++] = value;
	}
	par_sort(scratch, measure->n);
	par_interval_median(&interval, scratch, measure->n, PAR_CONFIDENCE);
	measure->median = par_median(scratch, measure->n);
	measure->ci[0] = interval.low;
	measure->ci[1] = interval.high;
}

/* That of the visit nearest to the median: one run as it was, not a mean of several. */
static void choose_trace(
	struct par_cell_stats *stats, const struct par_record *const *records, size_t count)
{
	double nearest = INFINITY;

	for (size_t i = 0; i < count; i++) {
		double apart = fabs(par_record_time(records[i]) - stats->median_ns);

		if (records[i]->status != PAR_STATUS_OK || records[i]->trace_count == 0 ||
			!(apart < nearest))
			continue;
		nearest = apart;
		stats->trace = records[i]->trace;
		stats->trace_count = records[i]->trace_count;
	}
}

int par_cell_measures_describe(
	struct par_cell_stats *stats, const struct par_record *const *records, size_t count)
{
	double *scratch = calloc(count + 1, sizeof *scratch);

	if (scratch == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < stats->measure_count; i++)
		describe(&stats->measures[i], scratch, records, count);
	choose_trace(stats, records, count);
	free(scratch);
	return 0;
}
