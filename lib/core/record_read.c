/*
 * A record from its JSON: each member is checked, and named when it is not what it should be.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

/* What only a person who reads the journal wants. Who reads one of them here takes it out. */
const char *const par_record_unread[] = { "visit", "repeat", "tasks", "expected", "pus", "usage",
	"workers", "noise", "argv", "at_ns", "disturbance", "counters", "absent", NULL };

/* Reads members one after the other; after the first failure the others do nothing. */
struct member_reader {
	const json_t *json;
	const char *within; /* "memory." for the members of "memory" */
	struct par_error *error;
	int status;
};

static const json_t *member(struct member_reader *reader, const char *name, bool right_type,
	const json_t *value, const char *expected)
{
	if (reader->status == 0 && !right_type)
		reader->status = par_fail(reader->error, -EINVAL, "member '%s%s' %s",
			reader->within, name, value == NULL ? "is missing" : expected);
	return reader->status == 0 ? value : NULL;
}

/* The text lies in the JSON; "" for null where that is allowed. */
static const char *read_text(
	struct member_reader *reader, const char *name, size_t size, bool may_be_null)
{
	const json_t *value = json_object_get(reader->json, name);
	bool fits = json_is_string(value) && json_string_length(value) < size;

	if (may_be_null && (value == NULL || json_is_null(value)))
		return "";
	if (member(reader, name, fits, value, "is not a string of a fitting length") == NULL)
		return "";
	return json_string_value(value);
}

static uint64_t read_count(struct member_reader *reader, const char *name)
{
	const json_t *value = json_object_get(reader->json, name);
	bool right = json_is_integer(value) && json_integer_value(value) >= 0;

	if (member(reader, name, right, value, "is not a whole number >= 0") == NULL)
		return 0;
	return (uint64_t)json_integer_value(value);
}

/* NaN where it is absent or null. */
static double read_number(struct member_reader *reader, const char *name)
{
	const json_t *value = json_object_get(reader->json, name);
	bool right = json_is_number(value) && json_number_value(value) >= 0;

	if (value == NULL || json_is_null(value))
		return NAN;
	if (member(reader, name, right, value, "is not a number >= 0") == NULL)
		return NAN;
	return json_number_value(value);
}

/* An object that may be absent or null; then false. */
static bool enter(struct member_reader *inner, struct member_reader *reader, const char *name,
	const char *within)
{
	const json_t *object = json_object_get(reader->json, name);

	*inner = (struct member_reader){ object, within, reader->error, 0 };
	if (object == NULL || json_is_null(object))
		return false;
	return member(reader, name, json_is_object(object), object, "is not an object") != NULL;
}

static void read_status(struct member_reader *reader, struct par_record *record)
{
	const char *name = read_text(reader, "status", 32, false);

	if (reader->status == 0 && par_status_parse(&record->status, name) < 0)
		reader->status = par_fail(reader->error, -EINVAL, "member 'status' is '%s'", name);
}

static void read_samples(
	struct member_reader *reader, struct par_record *record, uint64_t samples[PAR_SAMPLES_MAX])
{
	const json_t *list = json_object_get(reader->json, "samples_ns");
	size_t count = json_array_size(list);
	bool right = json_is_array(list) && count <= PAR_SAMPLES_MAX;

	if (member(reader, "samples_ns", right, list, "is not a list of at most 64 times") == NULL)
		return;
	for (size_t i = 0; i < count; i++) {
		const json_t *value = json_array_get(list, i);
		bool positive = json_is_integer(value) && json_integer_value(value) > 0;

		if (member(reader, "samples_ns", positive, value, "holds no positive time") == NULL)
			return;
		samples[i] = (uint64_t)json_integer_value(value);
	}
	record->samples_ns = samples;
	record->sample_count = (uint32_t)count;
}

/* Absent where a workload has no latencies; null where a percentile could not be told. */
static void read_latency(struct member_reader *reader, struct par_record *record)
{
	struct member_reader inner;

	if (!enter(&inner, reader, "latency", "latency."))
		return;
	record->latency_n = read_count(&inner, "n");
	for (unsigned i = 0; i < PAR_LATENCIES; i++) {
		const char *name = par_latency_name((enum par_latency_rank)i);

		if (!json_is_null(json_object_get(inner.json, name)))
			record->latency_ns[i] = read_count(&inner, name);
	}
	reader->status = inner.status;
}

static void read_scheduling(struct member_reader *reader, struct par_record *record)
{
	struct member_reader inner;

	if (!enter(&inner, reader, "scheduling", "scheduling."))
		return;
	record->running_ns = read_number(&inner, "running_ns");
	record->runnable_ns = read_number(&inner, "runnable_ns");
	record->blocked_ns = read_number(&inner, "blocked_ns");
	reader->status = inner.status;
}

static void read_memory(struct member_reader *reader, struct par_record *record)
{
	struct member_reader inner;

	if (!enter(&inner, reader, "memory", "memory."))
		return;
	record->pss_bytes = read_number(&inner, "pss_bytes");
	record->worker_pss_bytes = read_number(&inner, "worker_pss_bytes");
	record->peak_bytes = read_number(&inner, "peak_bytes");
	reader->status = inner.status;
}

/* An object of numbers, null where one was not told. */
static void read_measures(struct member_reader *reader, struct par_record *record,
	struct par_measured measures[PAR_MEASURES_MAX])
{
	struct member_reader inner;
	const char *name;
	json_t *value;

	if (!enter(&inner, reader, "measures", "measures."))
		return;
	json_object_foreach((json_t *)(uintptr_t)inner.json, name, value)
	{
		bool right = json_is_number(value) || json_is_null(value);

		if (record->measure_count == PAR_MEASURES_MAX)
			break;
		if (member(&inner, name, right, value, "is not a number") == NULL)
			break;
		measures[record->measure_count++] = (struct par_measured){ name,
			json_is_null(value) ? NAN : json_number_value(value) };
	}
	record->measures = measures;
	reader->status = inner.status;
}

static void read_trace(
	struct member_reader *reader, struct par_record *record, double trace[PAR_TRACE_MAX])
{
	const json_t *list = json_object_get(reader->json, "trace");
	size_t count = json_array_size(list);
	bool right = json_is_array(list) && count <= PAR_TRACE_MAX;

	if (list == NULL || json_is_null(list) ||
		member(reader, "trace", right, list, "is not a list of at most 64 numbers") == NULL)
		return;
	for (size_t i = 0; i < count; i++) {
		const json_t *value = json_array_get(list, i);

		if (member(reader, "trace", json_is_number(value), value, "holds no number") ==
			NULL)
			return;
		trace[i] = json_number_value(value);
	}
	record->trace = trace;
	record->trace_count = (uint32_t)count;
}

static void read_times(struct member_reader *reader, struct par_record *record)
{
	record->open_ns = read_count(reader, "open_ns");
	record->run_ns = read_count(reader, "run_ns");
	record->warmup_ns = read_count(reader, "warmup_ns");
	record->close_ns = read_count(reader, "close_ns");
	record->wall_ns = read_count(reader, "wall_ns");
	record->cpu_ns = read_count(reader, "cpu_ns");
}

/* "0x" and hexadecimal digits, or null where nothing was computed. */
static void read_digest(struct member_reader *reader, struct par_record *record)
{
	const char *text = read_text(reader, "digest", 32, true);
	const char *digits = text + (strncmp(text, "0x", 2) == 0 ? 2 : 0);
	size_t size = strlen(digits);

	if (text[0] == '\0')
		return;
	if (size == 0 || size > 16 || strspn(digits, "0123456789abcdefABCDEF") != size)
		reader->status = par_fail(reader->error, -EINVAL,
			"member 'digest' is not a hexadecimal number of 64 bits");
	record->digest = strtoull(digits, NULL, 16);
}

static void read_round(struct member_reader *reader, struct par_record *record)
{
	uint64_t round = read_count(reader, "round");

	if (reader->status == 0 && (round == 0 || round > UINT32_MAX))
		reader->status = par_fail(
			reader->error, -EINVAL, "member 'round' is not in 1 .. 4294967295");
	record->round = (uint32_t)round;
}

int par_records_read(struct par_records *records, const json_t *json, struct par_error *error)
{
	struct member_reader reader = { json, "", error, 0 };
	struct par_record record = PAR_RECORD_INIT;
	struct par_measured measures[PAR_MEASURES_MAX];
	uint64_t samples[PAR_SAMPLES_MAX];
	double trace[PAR_TRACE_MAX];

	if (!json_is_object(json))
		return par_fail(error, -EINVAL, "a record is a JSON object");
	record.cell = read_text(&reader, "cell", PAR_CELL_ID_MAX, false);
	read_round(&reader, &record);
	read_status(&reader, &record);
	record.reason = read_text(&reader, "reason", PAR_REASON_MAX, true);
	record.condition = read_text(&reader, "condition", PAR_CONDITION_MAX, true);
	read_samples(&reader, &record, samples);
	read_times(&reader, &record);
	read_digest(&reader, &record);
	read_latency(&reader, &record);
	read_scheduling(&reader, &record);
	read_memory(&reader, &record);
	read_measures(&reader, &record, measures);
	read_trace(&reader, &record, trace);
	record.energy_j = read_number(&reader, "energy_j");
	if (reader.status == 0 && record.status == PAR_STATUS_OK && record.sample_count == 0)
		return par_fail(error, -EINVAL, "status 'ok' without samples");
	return reader.status < 0 ? reader.status : par_records_add(records, &record);
}
