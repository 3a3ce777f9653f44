#include <stdio.h>

#include "clock.h"
#include "json_text.h"
#include "visit_state.h"

static uint64_t time_ns(struct timeval time)
{
	return (uint64_t)time.tv_sec * PAR_NS_PER_S + (uint64_t)time.tv_usec * PAR_NS_PER_US;
}

static uint64_t user_ns(const struct par_visit *visit)
{
	return time_ns(visit->usage_self.ru_utime) + time_ns(visit->usage_children.ru_utime);
}

static uint64_t system_ns(const struct par_visit *visit)
{
	return time_ns(visit->usage_self.ru_stime) + time_ns(visit->usage_children.ru_stime);
}

static json_t *usage_json(const struct par_visit *visit)
{
	const struct rusage *self = &visit->usage_self, *children = &visit->usage_children;

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "user_ns",
		(json_int_t)user_ns(visit), "system_ns", (json_int_t)system_ns(visit),
		"minor_faults", (json_int_t)(self->ru_minflt + children->ru_minflt), "major_faults",
		(json_int_t)(self->ru_majflt + children->ru_majflt), "context_switches",
		(json_int_t)(self->ru_nvcsw + children->ru_nvcsw), "preemptions",
		(json_int_t)(self->ru_nivcsw + children->ru_nivcsw), "peak_bytes",
		(json_int_t)self->ru_maxrss * 1024);
}

static json_t *probe_json(const struct par_noise *noise)
{
	return json_pack("{s:I, s:I, s:I, s:I}", "loop_ns", (json_int_t)noise->loop_ns,
		"handoff_ns", (json_int_t)noise->handoff_ns, "steal_ticks",
		(json_int_t)noise->steal_ticks, "busy_ticks", (json_int_t)noise->busy_ticks);
}

static json_t *workers_json(const struct par_visit *visit)
{
	json_t *list = json_array();

	for (unsigned i = 0; list != NULL && visit->tallies != NULL && i < visit->cell->workers;
		i++) {
		const struct par_tally *tally = &visit->tallies[i];
		json_t *entry = json_pack("{s:I, s:I}", "tasks", (json_int_t)tally->tasks,
			"busy_ns", (json_int_t)tally->busy_ns);

		if (json_array_append_new(list, entry) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *samples_json(const struct par_visit *visit)
{
	json_t *list = json_array();
	/* A wrong or failed visit has no time. */
	bool timed = visit->status == PAR_STATUS_OK || visit->status == PAR_STATUS_UNTRUSTWORTHY;

	for (size_t i = 0; timed && i < visit->sample_count; i++)
		json_array_append_new(list, json_integer((json_int_t)visit->samples_ns[i]));
	return list;
}

static json_t *pus_json(const struct par_visit *visit)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < visit->cell->workers; i++)
		json_array_append_new(list, json_integer(visit->spec->pus[i]));
	return list;
}

static json_t *digest_json(uint64_t digest)
{
	char text[32];

	snprintf(text, sizeof text, "0x%016llx", (unsigned long long)digest);
	return json_string(text);
}

json_t *par_visit_record(const struct par_visit *visit, const char *condition)
{
	bool counted = visit->status == PAR_STATUS_OK || visit->status == PAR_STATUS_UNTRUSTWORTHY;
	json_t *record;

	record = json_pack(
		"{s:i, s:s, s:s, s:o?, s:o, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o?, "
		"s:o, s:s?, s:o, s:o, s:{s:o, s:o}, s:o*, s:o*, s:o*}",
		"schema", PAR_SCHEMA_VERSION, "cell", visit->cell->id, "status",
		par_status_name(visit->status), "reason",
		visit->reason.text[0] != '\0' ? par_json_text(visit->reason.text) : NULL,
		"samples_ns", samples_json(visit), "repeat", (int)visit->repeat, "open_ns",
		(json_int_t)visit->open_ns, "warmup_ns", (json_int_t)visit->warmup_ns, "run_ns",
		(json_int_t)visit->run_ns, "close_ns", (json_int_t)visit->close_ns, "cpu_ns",
		(json_int_t)(user_ns(visit) + system_ns(visit)), "tasks",
		(json_int_t)visit->cell->tasks, "digest",
		digest_json(counted ? visit->serial : visit->digest), "expected",
		visit->has_serial ? digest_json(visit->serial) : NULL, "pus", pus_json(visit),
		"condition", condition, "usage", usage_json(visit), "workers", workers_json(visit),
		"noise", "before", probe_json(&visit->before), "after", probe_json(&visit->after),
		"latency",
		counted && visit->latency.n > 0 ? par_latency_json(&visit->latency) : NULL,
		"measures",
		counted ? par_visit_measures_json(&visit->measures, visit->cell->workload,
				  visit->cell->model, visit->sample_count)
			: NULL,
		"trace", counted ? par_visit_trace_json(&visit->measures) : NULL);
	if (record != NULL && par_visit_meter_record(record, visit) < 0) {
		json_decref(record);
		record = NULL;
	}
	return record;
}
