#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analysis_parts.h"
#include "describe.h"
#include "interval.h"

static bool tells(const struct par_record *record)
{
	return record->status == PAR_STATUS_OK && record->latency_n > 0;
}

void par_cell_latency_init(struct par_cell_latency *latency)
{
	*latency = (struct par_cell_latency){ .visits = 0 };
	for (size_t i = 0; i < PAR_LATENCIES; i++)
		latency->ns[i] = latency->ci_ns[i][0] = latency->ci_ns[i][1] = NAN;
}

/* One percentile over the visits. Where one of them cannot tell it, none is told. */
static void describe(struct par_cell_latency *latency, size_t rank, double *scratch,
	const struct par_record *const *records, size_t count)
{
	struct par_interval interval;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (!tells(records[i]))
			continue;
		if (records[i]->latency_ns[rank] == 0)
			return;
		scratch[n++] = (double)records[i]->latency_ns[rank];
	}
	par_sort(scratch, n);
	par_interval_median(&interval, scratch, n, PAR_CONFIDENCE);
	latency->ns[rank] = par_median(scratch, n);
	latency->ci_ns[rank][0] = interval.low;
	latency->ci_ns[rank][1] = interval.high;
}

int par_cell_latency_describe(
	struct par_cell_latency *latency, const struct par_record *const *records, size_t count)
{
	double *scratch = calloc(count + 1, sizeof *scratch);

	par_cell_latency_init(latency);
	if (scratch == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (!tells(records[i]))
			continue;
		if (latency->visits == 0 || records[i]->latency_n < latency->n)
			latency->n = records[i]->latency_n;
		latency->visits++;
	}
	for (size_t i = 0; i < PAR_LATENCIES && latency->visits > 0; i++)
		describe(latency, i, scratch, records, count);
	free(scratch);
	return 0;
}
