#include "record.h"

#include <errno.h>
#include <stdio.h>
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

/* Reads members one after the other; after the first failure the others do nothing. */
struct member_reader {
	const json_t *json;
	struct par_error *error;
	int status;
};

static const json_t *member(struct member_reader *reader, const char *name, bool right_type,
	const json_t *value, const char *expected)
{
	if (reader->status == 0 && !right_type)
		reader->status = par_fail(reader->error, -EINVAL, "member '%s' %s", name,
			value == NULL ? "is missing" : expected);
	return reader->status == 0 ? value : NULL;
}

static void read_text(
	struct member_reader *reader, const char *name, char *out, size_t size, bool may_be_null)
{
	const json_t *value = json_object_get(reader->json, name);
	bool fits = json_is_string(value) && json_string_length(value) < size;

	out[0] = '\0';
	if (may_be_null && (value == NULL || json_is_null(value)))
		return;
	if (member(reader, name, fits, value, "is not a string of a fitting length") != NULL)
		memcpy(out, json_string_value(value), json_string_length(value) + 1);
}

static uint64_t read_count(struct member_reader *reader, const char *name)
{
	const json_t *value = json_object_get(reader->json, name);
	bool right = json_is_integer(value) && json_integer_value(value) >= 0;

	if (member(reader, name, right, value, "is not a whole number >= 0") == NULL)
		return 0;
	return (uint64_t)json_integer_value(value);
}

static void read_status(struct member_reader *reader, enum par_status *out)
{
	char name[32];

	read_text(reader, "status", name, sizeof name, false);
	if (reader->status == 0 && par_status_parse(out, name) < 0)
		reader->status = par_fail(reader->error, -EINVAL, "member 'status' is '%s'", name);
}

static void read_samples(struct member_reader *reader, struct par_record *record)
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
		record->samples_ns[i] = (uint64_t)json_integer_value(value);
	}
	record->sample_count = (uint32_t)count;
}

static void read_digest(struct member_reader *reader, struct par_record *record)
{
	char text[32];

	read_text(reader, "digest", text, sizeof text, true);
	record->digest = strtoull(text, NULL, 16);
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

int par_record_read(struct par_record *record, const json_t *json, struct par_error *error)
{
	struct member_reader reader = { .json = json, .error = error };
	uint64_t round;

	*record = (struct par_record)PAR_RECORD_INIT;
	if (!json_is_object(json))
		return par_fail(error, -EINVAL, "a record is a JSON object");
	read_text(&reader, "cell", record->cell, sizeof record->cell, false);
	round = read_count(&reader, "round");
	record->round = (uint32_t)round;
	read_status(&reader, &record->status);
	read_text(&reader, "reason", record->reason, sizeof record->reason, true);
	read_text(&reader, "condition", record->condition, sizeof record->condition, true);
	read_samples(&reader, record);
	read_times(&reader, record);
	read_digest(&reader, record);
	if (reader.status == 0 && (round == 0 || round > UINT32_MAX))
		return par_fail(error, -EINVAL, "member 'round' is not in 1 .. 4294967295");
	if (reader.status == 0 && record->status == PAR_STATUS_OK && record->sample_count == 0)
		return par_fail(error, -EINVAL, "status 'ok' without samples");
	return reader.status;
}

double par_record_time(const struct par_record *record)
{
	double times[PAR_SAMPLES_MAX];

	for (uint32_t i = 0; i < record->sample_count; i++)
		times[i] = (double)record->samples_ns[i];
	return par_median_of(times, record->sample_count);
}

int par_records_add(struct par_records *records, const struct par_record *record)
{
	if (records->count == records->capacity) {
		size_t capacity = records->capacity == 0 ? 256 : 2 * records->capacity;
		struct par_record *items = reallocarray(records->items, capacity, sizeof *items);

		if (items == NULL)
			return -ENOMEM;
		records->items = items;
		records->capacity = capacity;
	}
	records->items[records->count++] = *record;
	return 0;
}

void par_records_fini(struct par_records *records)
{
	free(records->items);
	*records = (struct par_records)PAR_RECORDS_INIT;
}
