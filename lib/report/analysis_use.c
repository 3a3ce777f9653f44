/* What the visits of a cell used: the scheduler's account of their time, memory, energy. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analysis_parts.h"
#include "describe.h"

void par_cell_use_init(struct par_cell_use *use)
{
	*use = (struct par_cell_use){ NAN, NAN, NAN, NAN, NAN, NAN, NAN };
}

static double workers_ns(const struct par_record *record)
{
	return record->running_ns + record->runnable_ns + record->blocked_ns;
}

static double running(const struct par_record *record)
{
	return record->running_ns / workers_ns(record);
}

static double runnable(const struct par_record *record)
{
	return record->runnable_ns / workers_ns(record);
}

static double blocked(const struct par_record *record)
{
	return record->blocked_ns / workers_ns(record);
}

static double pss(const struct par_record *record)
{
	return record->pss_bytes;
}

static double worker_pss(const struct par_record *record)
{
	return record->worker_pss_bytes;
}

static double peak(const struct par_record *record)
{
	return record->peak_bytes;
}

/* A sample may be the mean of several runs of the job. */
static double energy(const struct par_record *record)
{
	double samples_ns = 0.0;

	for (uint32_t i = 0; i < record->sample_count; i++)
		samples_ns += (double)record->samples_ns[i];
	return record->energy_j * samples_ns / (double)record->run_ns / record->sample_count;
}

/* Over the visits that count and tell it; NaN: none does. */
static double median_of(double *scratch, const struct par_record *const *records, size_t count,
	double (*value)(const struct par_record *record))
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (records[i]->status != PAR_STATUS_OK || isnan(value(records[i])))
			continue;
		scratch[n++] = value(records[i]);
	}
	return par_median_of(scratch, n);
}

int par_cell_use_describe(
	struct par_cell_use *use, const struct par_record *const *records, size_t count)
{
	double *scratch = calloc(count + 1, sizeof *scratch);

	if (scratch == NULL)
		return -ENOMEM;
	use->running = median_of(scratch, records, count, running);
	use->runnable = median_of(scratch, records, count, runnable);
	use->blocked = median_of(scratch, records, count, blocked);
	use->pss_bytes = median_of(scratch, records, count, pss);
	use->worker_pss_bytes = median_of(scratch, records, count, worker_pss);
	use->peak_bytes = median_of(scratch, records, count, peak);
	use->energy_j = median_of(scratch, records, count, energy);
	free(scratch);
	return 0;
}
