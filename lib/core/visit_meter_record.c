#include <errno.h>

#include "json_text.h"
#include "visit_state.h"

/* A number that is null below 0. */
static json_t *count_json(int64_t number)
{
	return number < 0 ? json_null() : json_integer(number);
}

static bool there(const struct par_error *reason)
{
	return reason->text[0] == '\0';
}

/* Adds a reason to `absent`, if there is one. */
static int add_reason(json_t *absent, const char *name, const struct par_error *reason)
{
	return there(reason) ? 0 : json_object_set_new(absent, name, par_json_text(reason->text));
}

static json_t *disturbance_json(const struct par_visit *visit)
{
	const struct par_disturbance *it = &visit->meter.disturbance;
	struct {
		const char *name;
		int64_t value;
	} members[] = { { "elapsed_ns", (int64_t)it->elapsed_ns }, { "others_ns", it->others_ns },
		{ "siblings_ns", it->siblings_ns }, { "everywhere_ns", it->everywhere_ns },
		{ "delayed_ns", par_visit_meter_delay(&visit->meter) },
		{ "stolen_ns", it->stolen_ns }, { "suspended_ns", it->suspended_ns },
		{ "preemptions", it->preemptions }, { "throttle_events", it->throttle_events },
		{ "throttle_ms", it->throttle_ms }, { "quota_periods", it->quota_periods },
		{ "quota_ns", it->quota_ns }, { "swapped_pages", it->swapped_pages },
		{ "pressure_cpu_us", it->pressure_cpu_us },
		{ "pressure_memory_us", it->pressure_memory_us },
		{ "pressure_io_us", it->pressure_io_us },
		{ "frequency_before_khz", it->frequency_before_khz },
		{ "frequency_after_khz", it->frequency_after_khz } };
	json_t *json = json_object();

	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		json_object_set_new(json, members[i].name, count_json(members[i].value));
	return json;
}

/* Blocked is the rest of the samples. A thread was seen some microseconds longer than they took. */
static json_t *times_json(struct par_schedstat_times times, uint64_t elapsed)
{
	uint64_t awake = times.running_ns + times.runnable_ns;

	return json_pack("{s:I, s:I, s:I}", "running_ns", (json_int_t)times.running_ns,
		"runnable_ns", (json_int_t)times.runnable_ns, "blocked_ns",
		(json_int_t)(elapsed > awake ? elapsed - awake : 0));
}

/* The sum goes into the record, each worker's part into its entry of `workers`. */
static int add_scheduling(json_t *record, const struct par_visit *visit)
{
	json_t *workers = json_object_get(record, "workers");
	struct par_schedstat_times sum = { 0, 0 };
	unsigned count = visit->meter.workers;
	json_t *part;
	int status = 0;

	if (!there(&visit->meter.no_scheduling) || visit->sample_count == 0)
		return json_object_set_new(record, "scheduling", json_null());
	for (unsigned i = 0; i < count; i++) {
		struct par_schedstat_times times = par_visit_meter_times(&visit->meter, i);

		sum.running_ns += times.running_ns;
		sum.runnable_ns += times.runnable_ns;
		part = times_json(times, visit->run_ns);
		status |= json_object_update(json_array_get(workers, i), part);
		json_decref(part);
	}
	return status |
	       json_object_set_new(record, "scheduling", times_json(sum, visit->run_ns * count));
}

static json_t *counter_json(const struct par_counter_value *value)
{
	json_t *json =
		json_pack("{s:I, s:f}", "value", (json_int_t)value->value, "scale", value->scale);

	if (json != NULL && value->user_only)
		json_object_set_new(json, "user_only", json_true());
	return json;
}

static int add_counter(
	json_t *counters, json_t *absent, const struct par_counter_value *value, const char *name)
{
	struct par_error reason = PAR_ERROR_INIT;

	if (value->error == 0)
		return json_object_set_new(counters, name, counter_json(value));
	par_counter_reason(&reason, value->error, par_counter_paranoid(""));
	return json_object_set_new(counters, name, json_null()) | add_reason(absent, name, &reason);
}

static int add_counters(json_t *record, json_t *absent, const struct par_visit *visit)
{
	const struct par_visit_meter *meter = &visit->meter;
	json_t *counters = json_pack("{s:I}", "tasks", (json_int_t)meter->counted_tasks);
	int status = 0;

	for (unsigned c = 0; c < PAR_COUNTERS; c++) {
		const char *name = par_counter_name(c);

		if (there(&meter->no_counters))
			status |= add_counter(counters, absent, &meter->values[c], name);
		else
			status |= json_object_set_new(counters, name, json_null()) |
				  add_reason(absent, name, &meter->no_counters);
	}
	return status | json_object_set_new(record, "counters", counters);
}

static json_t *worker_pss_json(const struct par_visit_meter *meter)
{
	int64_t grown = (int64_t)meter->pss - (int64_t)meter->pss_before;

	if (!there(&meter->no_worker_pss) || !there(&meter->no_pss) || meter->workers == 0)
		return json_null();
	return json_integer((grown > 0 ? grown : 0) / (int64_t)meter->workers);
}

static int add_memory(json_t *record, json_t *absent, const struct par_visit_meter *meter)
{
	json_t *memory = json_pack("{s:o, s:o, s:o}", "pss_bytes",
		there(&meter->no_pss) ? json_integer((json_int_t)meter->pss) : json_null(),
		"worker_pss_bytes", worker_pss_json(meter), "peak_bytes",
		there(&meter->no_peak) ? json_integer((json_int_t)meter->peak) : json_null());

	return json_object_set_new(record, "memory", memory) |
	       add_reason(absent, "pss_bytes", &meter->no_pss) |
	       add_reason(absent, "worker_pss_bytes", &meter->no_worker_pss) |
	       add_reason(absent, "peak_bytes", &meter->no_peak);
}

/* Before the samples were over, nothing was measured. */
static int add_measured(json_t *record, json_t *absent, const struct par_visit *visit)
{
	const struct par_visit_meter *meter = &visit->meter;
	json_t *energy = there(&meter->no_energy) ? json_real((double)meter->energy.used_uj / 1e6)
						  : json_null();

	return add_scheduling(record, visit) | add_counters(record, absent, visit) |
	       add_memory(record, absent, meter) | json_object_set_new(record, "energy_j", energy) |
	       add_reason(absent, "scheduling", &meter->no_scheduling) |
	       add_reason(absent, "energy_j", &meter->no_energy) |
	       add_reason(absent, "others_ns", &meter->no_others);
}

int par_visit_meter_record(json_t *record, const struct par_visit *visit)
{
	bool measured = visit->status == PAR_STATUS_OK || visit->status == PAR_STATUS_UNTRUSTWORTHY;
	json_t *absent = json_object();
	int status = json_object_set_new(record, "at_ns", json_integer((json_int_t)visit->at_ns));

	if (measured)
		status |= json_object_set_new(record, "disturbance", disturbance_json(visit)) |
			  add_measured(record, absent, visit);
	status |= json_object_set_new(record, "absent", absent);
	return status == 0 ? 0 : -ENOMEM;
}
