/* The reading half of run_info: for a report, and to go on with a run. */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build_info.h"
#include "file.h"
#include "record.h"
#include "run_info.h"
#include "text.h"

#define RUN_INFO_LIMIT (256U << 20) /* bytes */
#define WAY_OUT        "the file was changed or damaged; restore it, or measure again"

/* What the rest of the program relies on, so that it need not ask again. */
enum shape { LIST, OBJECT, COUNT, AMOUNT };

static const struct {
	const char *group, *name; /* group NULL: a member of the file itself */
	enum shape shape;
	bool optional; /* may be missing or null */
} members[] = {
	{ NULL, "command", LIST, false },
	{ NULL, "seed", COUNT, false },
	{ NULL, "budget_ns", COUNT, false },
	{ NULL, "plan", LIST, false },
	{ NULL, "order", LIST, false },
	{ NULL, "resumed", LIST, true },
	{ NULL, "timing", OBJECT, false },
	{ NULL, "machine", OBJECT, false },
	{ NULL, "environment", OBJECT, false },
	{ "timing", "wall_ns", COUNT, true },
	{ "machine", "quota_cpus", AMOUNT, true },
	{ "machine", "memory_limit_bytes", COUNT, true },
	{ "environment", "memory_bytes", COUNT, true },
};

static bool has_shape(const json_t *value, enum shape shape)
{
	switch (shape) {
	case LIST: return json_is_array(value);
	case OBJECT: return json_is_object(value);
	case COUNT: return json_is_integer(value) && json_integer_value(value) >= 0;
	case AMOUNT:
		return json_is_number(value) && json_number_value(value) >= 0 &&
		       json_number_value(value) < 1e9;
	default: return false;
	}
}

static int check_members(const json_t *info, const char *path, struct par_error *error)
{
	static const char *const shapes[] = { "a list", "an object", "a whole number >= 0",
		"a number >= 0" };

	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		const char *group = members[i].group;
		const json_t *home = group != NULL ? json_object_get(info, group) : info;
		const json_t *value = json_object_get(home, members[i].name);

		if (has_shape(value, members[i].shape) ||
			(members[i].optional && (value == NULL || json_is_null(value))))
			continue;
		return par_fail(error, -EBADMSG, "%s: member '%s%s%s' is not %s: " WAY_OUT, path,
			group != NULL ? group : "", group != NULL ? "." : "", members[i].name,
			shapes[members[i].shape]);
	}
	return 0;
}

static int check_schema(const json_t *info, const char *path, struct par_error *error)
{
	const json_t *schema = json_object_get(info, "schema");

	if (!json_is_integer(schema))
		return par_fail(error, -EBADMSG,
			"%s: member 'schema' is not a whole number: " WAY_OUT, path);
	if (json_integer_value(schema) == PAR_SCHEMA_VERSION)
		return check_members(info, path, error);
	return par_fail(error, -EPROTO,
		"%s: not of schema version %d, which this parbench reads; use the parbench that "
		"wrote it",
		path, PAR_SCHEMA_VERSION);
}

int par_run_info_load(json_t **info, const char *path, struct par_error *error)
{
	char *text = NULL;
	size_t size;
	json_error_t detail;
	int status = par_file_read(&text, &size, path, RUN_INFO_LIMIT);

	*info = NULL;
	if (status < 0)
		return par_fail(error, status, "%s: %s", path, par_error_text(status));
	*info = json_loadb(text, size, JSON_REJECT_DUPLICATES, &detail);
	free(text);
	if (*info == NULL)
		return par_fail(error, -EBADMSG, "%s: line %d: %s: " WAY_OUT, path, detail.line,
			detail.text);
	status = check_schema(*info, path, error);
	if (status < 0) {
		json_decref(*info);
		*info = NULL;
	}
	return status;
}

static int add_planned(struct par_plan *plan, const json_t *entry,
	const struct par_registry *registry, struct par_error *error)
{
	const char *id = json_string_value(json_object_get(entry, "cell"));
	const json_t *skip = json_object_get(entry, "skip");
	struct par_error detail = PAR_ERROR_INIT;
	struct par_cell cell;
	int status;

	if (id == NULL)
		return par_fail(error, -EBADMSG, "run.json: plan entry %zu names no cell: " WAY_OUT,
			plan->count);
	if (skip != NULL && !json_is_null(skip) && !json_is_string(skip))
		return par_fail(error, -EBADMSG, "run.json: 'skip' of %s is no text: " WAY_OUT, id);
	status = par_cell_parse(&cell, id, registry, &detail);
	if (status < 0)
		return par_fail(error, status, "run.json: %s", detail.text);
	status = par_plan_add_read(plan, &cell, json_string_value(skip));
	if (status == -EEXIST)
		return par_fail(error, status, "run.json: %s is planned twice: " WAY_OUT, cell.id);
	return status < 0 ? par_fail(error, status, "run.json: %s", par_error_text(status)) : 0;
}

int par_run_info_plan(struct par_plan *plan, const json_t *info,
	const struct par_registry *registry, struct par_error *error)
{
	const json_t *list = json_object_get(info, "plan");
	const json_t *entry;
	size_t i;
	int status = 0;

	if (!json_is_array(list))
		return par_fail(error, -EBADMSG, "run.json: member 'plan' is not a list: " WAY_OUT);
	json_array_foreach(list, i, entry)
	{
		status = add_planned(plan, entry, registry, error);
		if (status < 0)
			break;
	}
	return status;
}

void par_run_info_machine(struct par_machine *machine, const json_t *info)
{
	const json_t *facts = json_object_get(info, "machine");
	const json_t *environment = json_object_get(info, "environment");
	const char *model = json_string_value(json_object_get(environment, "cpu_model"));
	json_int_t memory = json_integer_value(json_object_get(environment, "memory_bytes"));

	if (memory > 0)
		machine->memory_bytes = (uint64_t)memory;
	machine->quota_cpus = json_number_value(json_object_get(facts, "quota_cpus"));
	machine->memory_limit_bytes =
		(uint64_t)json_integer_value(json_object_get(facts, "memory_limit_bytes"));
	if (model != NULL)
		par_text_copy_line(machine->cpu_model, sizeof machine->cpu_model, model);
}

static int differs(struct par_error *error, const char *what, const char *then, const char *now)
{
	return par_fail(error, -EXDEV,
		"the run was begun with another %s ('%s' then, '%s' now); start a new one", what,
		then, now);
}

static int same_text(const json_t *facts, const char *name, const char *what, const char *now,
	struct par_error *error)
{
	const char *then = json_string_value(json_object_get(facts, name));

	if (then == NULL)
		then = "";
	return strcmp(then, now) == 0 ? 0 : differs(error, what, then, now);
}

static int same_number(const json_t *facts, const char *name, const char *what, double now,
	struct par_error *error)
{
	double then = json_number_value(json_object_get(facts, name));
	char before[32], after[32];

	if (fabs(then - now) < 1e-6)
		return 0;
	snprintf(before, sizeof before, "%g", then);
	snprintf(after, sizeof after, "%g", now);
	return differs(error, what, before, after);
}

static int same_program(const json_t *info, struct par_error *error)
{
	const struct par_build_info *build = &par_build_info;
	int status = same_text(info, "version", "version of parbench", build->version, error);

	if (status == 0)
		status = same_text(
			info, "git_revision", "revision of parbench", build->revision, error);
	if (status == 0)
		status = same_text(info, "compiler", "compiler", build->compiler, error);
	if (status == 0)
		status = same_text(info, "flags", "set of compiler flags", build->flags, error);
	return status;
}

int par_run_info_check_same(
	const json_t *info, const struct par_machine *machine, struct par_error *error)
{
	const json_t *facts = json_object_get(info, "machine");
	const json_t *environment = json_object_get(info, "environment");
	struct par_environment now;
	int status = same_number(facts, "pus", "number of PUs", machine->pu_count, error);

	par_environment_read(&now);
	if (status == 0)
		status = same_number(facts, "allowed_pus", "number of PUs that may be used",
			machine->allowed_pus, error);
	if (status == 0)
		status = same_number(facts, "quota_cpus", "CPU quota", machine->quota_cpus, error);
	if (status == 0)
		status =
			same_text(environment, "cpu_model", "processor", machine->cpu_model, error);
	if (status == 0)
		status = same_text(environment, "kernel", "kernel", now.kernel, error);
	return status < 0 ? status : same_program(info, error);
}
