/* One record: what is read is in its ranges, and its time is a number if it has samples. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "record.h"

static void check_record(const struct par_record *record)
{
	FUZZ_CHECK((unsigned)record->status < PAR_STATUSES, "status %d", (int)record->status);
	FUZZ_CHECK(record->round >= 1, "round 0");
	FUZZ_CHECK(record->sample_count <= PAR_SAMPLES_MAX, "%u samples", record->sample_count);
	FUZZ_CHECK(record->status != PAR_STATUS_OK || record->sample_count > 0, "ok, no samples");
	FUZZ_CHECK(strlen(record->reason) < PAR_REASON_MAX &&
			   strlen(record->condition) < PAR_CONDITION_MAX &&
			   fuzz_is_utf8(record->reason, strlen(record->reason)),
		"reason %s", record->reason);
	FUZZ_CHECK(record->run_ns <= INT64_MAX && record->warmup_ns <= INT64_MAX &&
			   record->open_ns <= INT64_MAX && record->wall_ns <= INT64_MAX &&
			   record->cpu_ns <= INT64_MAX && record->latency_n <= INT64_MAX,
		"a negative time");
	FUZZ_CHECK(!(record->running_ns < 0) && !(record->pss_bytes < 0) && !(record->energy_j < 0),
		"a negative number");
	if (record->sample_count > 0)
		FUZZ_CHECK(par_record_time(record) > 0, "time %g", par_record_time(record));
	else
		FUZZ_CHECK(isnan(par_record_time(record)), "a time without samples");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json = json_loadb(
		(const char *)data, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	struct par_records records = PAR_RECORDS_INIT;
	struct par_error error = PAR_ERROR_INIT;
	int status;

	if (json == NULL)
		return 0;
	status = par_records_read(&records, json, &error);
	json_decref(json); /* the list has copies */
	FUZZ_CHECK(records.count == (status < 0 ? 0 : 1), "%zu records", records.count);
	if (status < 0)
		fuzz_check_error(&error, status, true);
	else
		check_record(&records.items[0]);
	par_records_fini(&records);
	return 0;
}
