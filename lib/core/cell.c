#include "cell.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"

/* Of a visit besides its job, warm and timed: a process, probes, a counted run, workers. */
#define VISIT_EXTRA_NS 30000000
/* And of one that another program runs: an interpreter starts. */
#define OUTSIDE_EXTRA_NS 150000000

/* Parsing cuts a copy of the spec at its slashes; this is the copy and where it came from. */
struct spec_reader {
	char buffer[PAR_CELL_ID_MAX];
	char *rest;
	const char *spec;
	const struct par_registry *registry;
	struct par_error *error;
};

static const char *model_name(const void *context, size_t index)
{
	const struct par_registry *registry = context;

	return registry->models[index]->name;
}

static const char *workload_name(const void *context, size_t index)
{
	const struct par_registry *registry = context;

	return registry->workloads[index]->name;
}

static int unknown(struct par_error *error, const char *what, const char *name, const char *nearest)
{
	if (nearest != NULL)
		return par_fail(
			error, -EINVAL, "unknown %s '%s': did you mean '%s'?", what, name, nearest);
	return par_fail(error, -EINVAL, "unknown %s '%s': 'parbench list' shows them", what, name);
}

int par_cell_find_model(const struct par_model **out, const struct par_registry *registry,
	const char *name, struct par_error *error)
{
	*out = par_registry_model(registry, name);
	if (*out != NULL)
		return 0;
	return unknown(error, "model", name,
		par_parse_nearest(name, par_registry_model_count(registry), model_name, registry));
}

int par_cell_find_workload(const struct par_workload **out, const struct par_registry *registry,
	const char *name, struct par_error *error)
{
	*out = par_registry_workload(registry, name);
	if (*out != NULL)
		return 0;
	return unknown(error, "workload", name,
		par_parse_nearest(
			name, par_registry_workload_count(registry), workload_name, registry));
}

/* A name may stand in ids, file names and gnuplot strings: nothing that needs quoting. */
static int copy_name(
	char out[PAR_NAME_MAX], const char *name, const char *what, struct par_error *error)
{
	size_t size = strlen(name);

	if (size == 0 || size >= PAR_NAME_MAX ||
		strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != size)
		return par_fail(error, -EINVAL,
			"%s '%s': expected 1 to %d of a-z, 0-9, '_' and '-'", what, name,
			PAR_NAME_MAX - 1);
	memcpy(out, name, size + 1);
	return 0;
}

static int read_placement(struct par_cell *cell, const char *value, struct par_error *error)
{
	if (par_placement_parse(&cell->placement, value) == 0)
		return 0;
	return par_fail(error, -EINVAL, "place=%s: expected close, spread or none", value);
}

static int read_count(unsigned *out, const char *value, const char *key, struct par_error *error)
{
	uint64_t number;
	int status = par_parse_u64(&number, value, 1, PAR_WORKERS_MAX, key, error);

	if (status == 0)
		*out = (unsigned)number;
	return status;
}

static int read_param(
	struct par_cell *cell, const char *key, const char *value, struct par_error *error)
{
	const struct par_param *params = cell->workload->params;

	for (size_t i = 0; i < par_workload_param_count(cell->workload); i++) {
		if (strcmp(params[i].name, key) == 0)
			return par_parse_u64(
				&cell->params[i], value, params[i].low, params[i].high, key, error);
	}
	return par_fail(error, -EINVAL,
		"unknown key '%s': expected variant, cores, workers, place, tasks or a parameter "
		"of "
		"%s ('parbench list')",
		key, cell->workload->name);
}

/* Whether "/key=" stands in the spec more than once. */
static bool is_twice(const char *spec, const char *key)
{
	size_t size = strlen(key);
	unsigned count = 0;

	for (const char *at = spec; (at = strchr(at, '/')) != NULL;) {
		at++;
		count += strncmp(at, key, size) == 0 && at[size] == '=';
	}
	return count > 1;
}

static int read_key(struct par_cell *cell, char *part, const struct spec_reader *reader)
{
	struct par_error *error = reader->error;
	char *value = strchr(part, '=');

	if (part[0] == '\0')
		return par_fail(error, -EINVAL, "spec '%s': expected key=value after each '/'",
			reader->spec);
	if (value == NULL)
		return par_fail(error, -EINVAL, "'%s': expected key=value", part);
	*value++ = '\0';
	if (is_twice(reader->spec, part))
		return par_fail(error, -EINVAL, "%s= stands twice in the spec: leave one", part);
	if (strcmp(part, "variant") == 0)
		return copy_name(cell->variant, value, "variant", error);
	if (strcmp(part, "cores") == 0)
		return read_count(&cell->cores, value, part, error);
	if (strcmp(part, "workers") == 0)
		return read_count(&cell->workers, value, part, error);
	if (strcmp(part, "place") == 0)
		return read_placement(cell, value, error);
	if (strcmp(part, "tasks") == 0)
		return par_parse_u64(&cell->tasks, value, 1, PAR_TASKS_MAX, part, error);
	return read_param(cell, part, value, error);
}

static const char *next_part(struct spec_reader *reader)
{
	return strsep(&reader->rest, "/");
}

static int read_names(struct par_cell *cell, struct spec_reader *reader)
{
	const char *experiment = next_part(reader);
	const char *workload = next_part(reader);
	const char *model = next_part(reader);
	int status;

	if (model == NULL)
		return par_fail(reader->error, -EINVAL,
			"spec '%s': expected experiment/workload/model, then key=value parts",
			reader->spec);
	status = copy_name(cell->experiment, experiment, "experiment", reader->error);
	if (status == 0)
		status = par_cell_find_workload(
			&cell->workload, reader->registry, workload, reader->error);
	if (status == 0)
		status = par_cell_find_model(&cell->model, reader->registry, model, reader->error);
	return status;
}

void par_cell_init(struct par_cell *cell, const char *experiment,
	const struct par_workload *workload, const struct par_model *model, enum par_scale scale)
{
	*cell = (struct par_cell){ .workload = workload, .model = model };
	snprintf(cell->experiment, sizeof cell->experiment, "%s", experiment);
	snprintf(cell->variant, sizeof cell->variant, "-");
	cell->cores = cell->workers = 1;
	cell->placement = PAR_PLACE_CLOSE;
	cell->tasks = workload->tasks[scale];
	for (size_t i = 0; i < par_workload_param_count(workload); i++)
		cell->params[i] = workload->params[i].value;
}

const struct par_variant *par_cell_variant(const struct par_cell *cell)
{
	const struct par_variant *variant =
		par_variant_find(cell->workload->variants, cell->variant);

	return variant != NULL ? variant : par_variant_find(cell->model->variants, cell->variant);
}

const struct par_variant *par_cell_form(const struct par_cell *cell)
{
	static const struct par_variant plain = { .name = "-", .label = "plain", .summary = "-" };
	const struct par_variant *variant = par_cell_variant(cell);

	return variant != NULL ? variant : &plain;
}

static const char *why_not_variant(const struct par_cell *cell)
{
	const struct par_variant *variant = par_cell_variant(cell);
	unsigned traits = variant != NULL ? variant->traits : 0;
	bool loop = (cell->model->traits & PAR_TRAIT_LOOP) != 0;

	if (loop && (traits & PAR_VARIANT_BLOCKS) != 0)
		return "this variant blocks its worker: the other tasks of an event loop would "
		       "wait for "
		       "ever";
	if ((cell->model->traits & PAR_TRAIT_PROCESS) != 0 && (traits & PAR_VARIANT_THREADS) != 0)
		return "this variant needs one address space, and processes have one each";
	if ((traits & PAR_VARIANT_LOOP) != 0 && (!loop || cell->workers > 1))
		return "this variant is for the coroutines of one event loop";
	if ((traits & PAR_VARIANT_SERIAL) != 0 && (cell->model->traits & PAR_TRAIT_SERIAL) == 0)
		return "this variant makes its workers itself: it is for the serial model";
	return NULL;
}

/* Whether the model has the workload: one that runs outside of this program has few. */
static bool has_workload(const struct par_cell *cell)
{
	const struct par_outside *outside = cell->model->outside;

	if (outside == NULL)
		return true;
	for (size_t i = 0; outside->workloads[i] != NULL; i++)
		if (strcmp(outside->workloads[i], cell->workload->name) == 0)
			return true;
	return false;
}

const char *par_cell_refusal(const struct par_cell *cell)
{
	if (!has_workload(cell))
		return "this model runs in a program of its own, which has no such workload";
	if (cell->model->outside != NULL && strcmp(cell->variant, "-") != 0)
		return "this model runs in a program of its own, which has no variants";
	if (cell->workload->variant_needed && strcmp(cell->variant, "-") == 0)
		return "this workload has no plain form: it needs a variant";
	if (cell->workload->together && cell->tasks > par_cell_in_flight(cell))
		return "the tasks of this workload need each other: there must be a worker for "
		       "each";
	if (cell->workload->together && (cell->model->traits & PAR_TRAIT_TURNS) != 0)
		return "the tasks of this workload need each other, and only one worker computes "
		       "at a time: who spins for another would do so for ever";
	return why_not_variant(cell);
}

/* What no model can do, and what would not be what its name says. */
static int check(const struct par_cell *cell, struct par_error *error)
{
	const char *refusal = par_cell_refusal(cell);

	if (strcmp(cell->variant, "-") != 0 && par_cell_variant(cell) == NULL)
		return par_fail(error, -EINVAL,
			"variant=%s: neither the workload %s nor the model %s has such a variant "
			"('parbench list')",
			cell->variant, cell->workload->name, cell->model->name);
	if (cell->cores > cell->workers)
		return par_fail(error, -EINVAL,
			"cores=%u is more than workers=%u: a core without a worker is idle",
			cell->cores, cell->workers);
	if ((cell->model->traits & PAR_TRAIT_ONE_CORE) != 0 && cell->workers > 1)
		return par_fail(error, -EINVAL, "workers=%u: the model %s has one worker",
			cell->workers, cell->model->name);
	if (refusal != NULL)
		return par_fail(error, -EINVAL,
			"%s/%s, variant=%s, workers=%u, tasks=%" PRIu64 ": %s",
			cell->workload->name, cell->model->name, cell->variant, cell->workers,
			cell->tasks, refusal);
	return 0;
}

int par_cell_parse(struct par_cell *cell, const char *spec, const struct par_registry *registry,
	struct par_error *error)
{
	struct spec_reader reader = { .spec = spec, .registry = registry, .error = error };
	struct par_cell names = { 0 };
	char *part;
	int status;

	if (strlen(spec) >= sizeof reader.buffer)
		return par_fail(error, -EINVAL, "spec '%s' is longer than %d characters", spec,
			PAR_CELL_ID_MAX - 1);
	memcpy(reader.buffer, spec, strlen(spec) + 1);
	reader.rest = reader.buffer;
	status = read_names(&names, &reader);
	if (status < 0)
		return status;
	par_cell_init(cell, names.experiment, names.workload, names.model, PAR_SCALE_DEFAULT);
	cell->cores = cell->workers = 0;
	while (status == 0 && (part = strsep(&reader.rest, "/")) != NULL)
		status = read_key(cell, part, &reader);
	if (status < 0)
		return status;
	if (cell->cores == 0)
		cell->cores = 1;
	if (cell->workers == 0)
		cell->workers = cell->cores;
	status = check(cell, error);
	if (status == 0)
		status = par_cell_seal(cell);
	if (status == -ENAMETOOLONG)
		return par_fail(error, -EINVAL,
			"spec '%s' is longer than %d characters with all its parameters: take a "
			"shorter name of the experiment",
			spec, PAR_CELL_ID_MAX - 1);
	if (status == -ENOMEM)
		return par_fail(error, status, "no memory for a cell");
	return status;
}

static void add_work(struct par_text *text, const struct par_cell *cell)
{
	par_text_format(text, "/tasks=%" PRIu64, cell->tasks);
	for (size_t i = 0; i < par_workload_param_count(cell->workload); i++)
		par_text_format(
			text, "/%s=%" PRIu64, cell->workload->params[i].name, cell->params[i]);
}

/* Copies what was built and frees it. */
static int take(char out[PAR_CELL_ID_MAX], struct par_text *text)
{
	int status = par_text_status(text);

	if (status == 0 && text->size >= PAR_CELL_ID_MAX)
		status = -ENAMETOOLONG;
	if (status == 0)
		memcpy(out, par_text_get(text), text->size + 1);
	par_text_fini(text);
	return status;
}

int par_cell_seal(struct par_cell *cell)
{
	struct par_text id = PAR_TEXT_INIT;

	par_text_format(&id, "%s/%s/%s", cell->experiment, cell->workload->name, cell->model->name);
	if (strcmp(cell->variant, "-") != 0)
		par_text_format(&id, "/variant=%s", cell->variant);
	par_text_format(&id, "/cores=%u/workers=%u/place=%s", cell->cores, cell->workers,
		par_placement_name(cell->placement));
	add_work(&id, cell);
	return take(cell->id, &id);
}

int par_cell_work_id(char out[PAR_CELL_ID_MAX], const struct par_cell *cell)
{
	struct par_text id = PAR_TEXT_INIT;

	par_text_add(&id, cell->workload->name);
	add_work(&id, cell);
	return take(out, &id);
}

unsigned par_cell_in_flight(const struct par_cell *cell)
{
	unsigned most = PAR_IN_FLIGHT_MAX;

	if ((cell->model->traits & PAR_TRAIT_LOOP) == 0)
		most = cell->workers;
	if (cell->workload->in_flight_max != 0 && most > cell->workload->in_flight_max)
		most = cell->workload->in_flight_max;
	if (most > cell->tasks)
		most = (unsigned)cell->tasks;
	return most < cell->workers ? cell->workers : most;
}

uint64_t par_cell_estimate_ns(const struct par_cell *cell)
{
	uint64_t side_by_side = par_cell_in_flight(cell);
	uint64_t compute = cell->tasks * cell->workload->cpu_ns / cell->cores;
	uint64_t wait = (cell->tasks + side_by_side - 1) / side_by_side * cell->workload->wait_ns;
	uint64_t per_task = (cell->model->traits & PAR_TRAIT_PER_TASK) != 0 ? 100000 : 0;

	return compute + wait + cell->tasks * per_task / cell->cores;
}

uint64_t par_cell_visit_estimate_ns(const struct par_cell *cell)
{
	uint64_t extra = cell->model->outside != NULL ? OUTSIDE_EXTRA_NS : 0;

	return 2 * par_cell_estimate_ns(cell) + VISIT_EXTRA_NS + extra;
}
