#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"

static const char *const status_names[PAR_STATUSES] = { "ok", "skipped", "failed", "timeout",
	"wrong", "untrustworthy" };

const char *par_status_name(enum par_status status)
{
	return (unsigned)status < PAR_STATUSES ? status_names[status] : "?";
}

int par_status_parse(enum par_status *out, const char *name)
{
	for (unsigned i = 0; i < PAR_STATUSES; i++) {
		if (strcmp(status_names[i], name) == 0) {
			*out = (enum par_status)i;
			return 0;
		}
	}
	return -EINVAL;
}

bool par_record_counts(const struct par_record *record)
{
	return record->status == PAR_STATUS_OK && record->sample_count > 0;
}

int par_record_summarize(struct par_visit_summary *out, const struct par_record *record)
{
	double samples[PAR_SAMPLES_MAX];

	for (uint32_t i = 0; i < record->sample_count; i++)
		samples[i] = (double)record->samples_ns[i];
	return par_visit_summarize(out, samples, record->sample_count);
}

double par_record_time(const struct par_record *record)
{
	double times[PAR_SAMPLES_MAX];

	for (uint32_t i = 0; i < record->sample_count; i++)
		times[i] = (double)record->samples_ns[i];
	return par_median_of(times, record->sample_count);
}

static int make_room(struct par_records *records)
{
	size_t capacity = records->capacity == 0 ? 256 : records->capacity + records->capacity / 2;
	struct par_record *items;

	if (records->count < records->capacity)
		return 0;
	items = reallocarray(records->items, capacity, sizeof *items);
	if (items == NULL)
		return -ENOMEM;
	records->items = items;
	records->capacity = capacity;
	return 0;
}

static const char *keep(struct par_records *records, const char *text)
{
	return par_record_store_text(&records->store, text != NULL ? text : "");
}

double par_record_figure(const struct par_record *record)
{
	for (size_t i = PAR_LATENCY_P99 + 1; i-- > 0 && record->latency_n > 0;) {
		if (record->latency_ns[i] != 0)
			return (double)record->latency_ns[i];
	}
	return par_record_time(record);
}

/* Copies the measures and the trace. Those of most records are none. */
static int keep_measures(struct par_records *records, struct par_record *copy)
{
	size_t measures_size = copy->measure_count * sizeof *copy->measures;
	size_t trace_size = copy->trace_count * sizeof *copy->trace;
	struct par_measured *measures = par_record_store_bytes(&records->store, measures_size);
	double *trace = par_record_store_bytes(&records->store, trace_size);

	if (measures == NULL || trace == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < copy->measure_count; i++) {
		measures[i].name = keep(records, copy->measures[i].name);
		measures[i].value = copy->measures[i].value;
		if (measures[i].name == NULL)
			return -ENOMEM;
	}
	if (trace_size > 0)
		memcpy(trace, copy->trace, trace_size);
	copy->measures = measures;
	copy->trace = trace;
	return 0;
}

int par_records_add(struct par_records *records, const struct par_record *record)
{
	struct par_record copy = *record;
	uint64_t *samples = par_record_store_times(&records->store, record->sample_count);

	copy.cell = keep(records, record->cell);
	copy.reason = keep(records, record->reason);
	copy.condition = keep(records, record->condition);
	copy.samples_ns = samples;
	if (copy.cell == NULL || copy.reason == NULL || copy.condition == NULL || samples == NULL ||
		keep_measures(records, &copy) < 0 || make_room(records) < 0)
		return -ENOMEM;
	if (record->sample_count > 0)
		memcpy(samples, record->samples_ns, record->sample_count * sizeof *samples);
	records->items[records->count++] = copy;
	return 0;
}

void par_records_fini(struct par_records *records)
{
	free(records->items);
	par_record_store_fini(&records->store);
	*records = (struct par_records)PAR_RECORDS_INIT;
}
