#include "run_info.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "build_info.h"
#include "doctor_json.h"
#include "file.h"
#include "json_text.h"
#include "record.h"

static json_t *now_json(void)
{
	char text[32];
	time_t now = time(NULL);
	struct tm utc;

	if (gmtime_r(&now, &utc) == NULL ||
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		return json_null();
	return json_string(text);
}

/* A fact that is not known is null. */
static json_t *count_or_null(int64_t value)
{
	return value >= 0 ? json_integer(value) : json_null();
}

static json_t *environment_json(const struct par_machine *machine)
{
	struct par_environment e;

	par_environment_read(&e);
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I,"
		" s:o, s:o, s:o, s:o, s:o}",
		"host", par_json_text(e.host), "kernel", par_json_text(e.kernel), "architecture",
		par_json_text(e.architecture), "distribution", par_json_text(e.distribution),
		"hypervisor", par_json_text(e.hypervisor), "cpu_model",
		par_json_text(machine->cpu_model), "governor", par_json_text(e.cpu_governor),
		"turbo", par_json_text(e.turbo), "smt", par_json_text(e.smt), "thp",
		par_json_text(e.thp), "clocksource", par_json_text(e.clocksource), "cgroup",
		par_json_text(e.cgroup), "cpuset", par_json_text(e.cpuset), "load_1m",
		par_json_real(e.load_1m), "memory_bytes", (json_int_t)machine->memory_bytes,
		"memory_available_bytes", count_or_null(e.memory_available_bytes),
		"swap_used_bytes", count_or_null(e.swap_used_bytes), "limit_descriptors",
		count_or_null(e.limit_descriptors), "limit_processes",
		count_or_null(e.limit_processes), "perf_event_paranoid",
		json_integer(e.perf_event_paranoid));
}

static json_t *machine_json(const struct par_machine *machine)
{
	json_t *quota = machine->quota_cpus > 0 ? json_real(machine->quota_cpus) : json_null();
	json_t *limit = machine->memory_limit_bytes > 0
				? json_integer((json_int_t)machine->memory_limit_bytes)
				: json_null();

	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:I, s:I, s:I, s:o, s:o, s:s}",
		"packages", (int)machine->packages, "numa_nodes", (int)machine->numa_nodes,
		"l3_caches", (int)machine->l3_caches, "cores", (int)machine->cores, "pus",
		(int)machine->pu_count, "allowed_pus", (int)machine->allowed_pus, "allowed_cores",
		(int)machine->allowed_cores, "kinds", (int)machine->kinds, "l1d_bytes",
		(json_int_t)machine->l1d_bytes, "l2_bytes", (json_int_t)machine->l2_bytes,
		"llc_bytes", (json_int_t)machine->llc_bytes, "quota_cpus", quota,
		"memory_limit_bytes", limit, "hwloc", par_machine_library());
}

static json_t *plan_json(const struct par_plan *plan)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < plan->count; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s?, s:n}", "cell", plan->cells[i].cell.id, "skip",
				      plan->cells[i].skip, "finish"));
	return list;
}

static json_t *command_json(const char *const *command)
{
	json_t *list = json_array();

	for (; list != NULL && *command != NULL; command++)
		json_array_append_new(list, par_json_text(*command));
	return list;
}

/* What disturbs measurement as the run begins. */
static json_t *doctor_json(const struct par_plan *plan)
{
	struct par_doctor doctor = PAR_DOCTOR_INIT;
	unsigned widest = 0;
	json_t *json;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->cells[i].skip == NULL && plan->cells[i].cell.workers > widest)
			widest = plan->cells[i].cell.workers;
	json = par_doctor_examine_here(&doctor, widest, NULL) == 0 ? par_doctor_json(&doctor)
								   : json_null();
	par_doctor_fini(&doctor);
	return json;
}

json_t *par_run_info_new(const struct par_run_spec *spec)
{
	const struct par_build_info *build = &par_build_info;

	return json_pack(
		"{s:i, s:o, s:o, s:I, s:s, s:I, s:f, s:o, s:n, s:n, s:s, s:s, s:s, s:s, s:s,"
		" s:o, s:o, s:o, s:o, s:[], s:i, s:i, s:{s:i, s:i, s:n}}",
		"schema", PAR_SCHEMA_VERSION, "command", command_json(spec->command), "run_id",
		par_json_text(spec->run_id), "seed", (json_int_t)spec->seed, "scale",
		par_scale_name(spec->scale), "budget_ns", (json_int_t)spec->budget_ns, "target",
		spec->target, "started", now_json(), "finished", "ended", "version", build->version,
		"git_revision", build->revision, "compiler", build->compiler, "flags", build->flags,
		"build_type", build->type, "environment", environment_json(spec->machine),
		"machine", machine_json(spec->machine), "doctor", doctor_json(spec->plan), "plan",
		plan_json(spec->plan), "order", "rounds", 0, "visits", 0, "timing", "wall_ns", 0,
		"measured_ns", 0, "measured_share");
}

int par_run_info_save(const json_t *info, const char *path, struct par_error *error)
{
	char *text = json_dumps(info, JSON_INDENT(2));
	int status;

	if (text == NULL)
		return par_fail(error, -ENOMEM, "%s: no memory", path);
	status = par_file_write(path, text, strlen(text), error);
	free(text);
	return status;
}

int par_run_info_add_round(json_t *info, uint32_t round, const uint32_t *order, size_t count)
{
	json_t *cells = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(cells, json_integer(order[i]));
	if (json_array_append_new(json_object_get(info, "order"),
		    json_pack("{s:i, s:o}", "round", (int)round, "cells", cells)) < 0 ||
		json_object_set_new(info, "rounds", json_integer(round)) < 0)
		return -ENOMEM;
	return 0;
}

int par_run_info_progress(json_t *info, const struct par_run_cost *cost, const char *ending)
{
	double share = cost->wall_ns == 0 ? NAN : (double)cost->measured_ns / (double)cost->wall_ns;
	json_t *timing =
		json_pack("{s:I, s:I, s:o}", "wall_ns", (json_int_t)cost->wall_ns, "measured_ns",
			(json_int_t)cost->measured_ns, "measured_share", par_json_real(share));
	int status = json_object_set_new(info, "timing", timing);

	status |= json_object_set_new(info, "visits", json_integer((json_int_t)cost->visits));
	status |= json_object_set_new(
		info, "ended", ending != NULL ? json_string(ending) : json_null());
	status |= json_object_set_new(info, "finished", ending != NULL ? now_json() : json_null());
	return status == 0 ? 0 : -ENOMEM;
}

int par_run_info_finish(json_t *info, size_t cell, const char *why)
{
	json_t *entry = json_array_get(json_object_get(info, "plan"), cell);

	return json_object_set_new(entry, "finish", json_string(why)) == 0 ? 0 : -ENOMEM;
}

int par_run_info_resume(json_t *info, const char *const *command, uint64_t budget_ns)
{
	json_t *list = json_object_get(info, "resumed"), *entry;
	int status = 0;
	size_t i;

	if (list == NULL) {
		list = json_array();
		status = json_object_set_new(info, "resumed", list);
	}
	json_array_foreach(json_object_get(info, "plan"), i, entry)
	{
		status |= json_object_set_new(entry, "finish", json_null());
	}
	status |= json_array_append_new(
		list, json_pack("{s:o, s:o, s:I}", "command", command_json(command), "started",
			      now_json(), "budget_ns", (json_int_t)budget_ns));
	return status == 0 ? 0 : -ENOMEM;
}
