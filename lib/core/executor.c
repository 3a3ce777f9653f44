#include "executor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "clock.h"
#include "json_text.h"

#define OUTPUT_LIMIT  (1U << 20) /* bytes of a visit's one line */
#define DEADLINE_NS   (30 * PAR_NS_PER_S)
#define DEADLINE_JOBS 20 /* and this many times the estimated job */
#define ARGS_MAX      16

/* The command line of a visit. The texts behind argv are owned. */
struct visit_command {
	const char *argv[ARGS_MAX];
	struct par_text pus;
	char llc[24], timed[32];
};

static int format_pus(
	struct par_text *out, const struct par_executor *executor, const struct par_cell *cell)
{
	int *pus = calloc(cell->workers, sizeof *pus);
	int status = pus == NULL ? -ENOMEM : 0;

	if (status == 0)
		status = par_placement_assign(
			pus, cell->workers, cell->cores, executor->machine, cell->placement);
	for (unsigned i = 0; status == 0 && i < cell->workers; i++)
		par_text_format(out, "%s%d", i == 0 ? "" : ",", pus[i]);
	free(pus);
	return status < 0 ? status : par_text_status(out);
}

static int command_init(struct visit_command *command, const struct par_executor *executor,
	const struct par_cell *cell)
{
	char work[PAR_CELL_ID_MAX];
	const char *expected;
	size_t n = 0;
	int status;

	*command = (struct visit_command){ .pus = PAR_TEXT_INIT };
	status = format_pus(&command->pus, executor, cell);
	if (status == 0)
		status = par_cell_work_id(work, cell);
	if (status < 0)
		return status;
	snprintf(command->llc, sizeof command->llc, "%" PRIu64, executor->machine->llc_bytes);
	snprintf(command->timed, sizeof command->timed, "%" PRIu64 "ns", executor->timed_ns);
	command->argv[n++] = executor->program;
	command->argv[n++] = "cell";
	command->argv[n++] = cell->id;
	command->argv[n++] = "--pus";
	command->argv[n++] = par_text_get(&command->pus);
	command->argv[n++] = "--llc";
	command->argv[n++] = command->llc;
	command->argv[n++] = "--timed";
	command->argv[n++] = command->timed;
	command->argv[n++] = "--scratch";
	command->argv[n++] = executor->scratch;
	expected = json_string_value(json_object_get(executor->expected, work));
	if (expected != NULL) {
		command->argv[n++] = "--expect";
		command->argv[n++] = expected;
	}
	return 0;
}

/* A record of a visit that could not tell its own story. */
static json_t *failure(const struct par_cell *cell, enum par_status status, const char *reason)
{
	return json_pack("{s:i, s:s, s:s, s:o, s:[], s:i, s:i, s:i, s:i, s:i, s:I, s:n, s:n}",
		"schema", PAR_SCHEMA_VERSION, "cell", cell->id, "status", par_status_name(status),
		"reason", par_json_text(reason), "samples_ns", "open_ns", 0, "warmup_ns", 0,
		"run_ns", 0, "close_ns", 0, "cpu_ns", 0, "tasks", (json_int_t)cell->tasks, "digest",
		"condition");
}

/* Why the child gave no usable line; the status that follows from it. */
static enum par_status explain(
	char *reason, size_t size, const struct par_child_result *result, uint64_t deadline_ns)
{
	const char *complaint = result->complaint;
	const char *colon = complaint[0] != '\0' ? ": " : "";

	if (result->spawn_error != 0)
		snprintf(reason, size, "could not be started: %s",
			par_error_text(result->spawn_error));
	else if (result->timed_out)
		snprintf(
			reason, size, "ran past its deadline of %.0f s", (double)deadline_ns / 1e9);
	else if (result->overflow)
		snprintf(reason, size, "printed more than %u bytes", OUTPUT_LIMIT);
	else if (result->signal != 0)
		snprintf(reason, size, "ended by signal %d (%s)%s%.100s", result->signal,
			strsignal(result->signal), colon, complaint);
	else if (result->exit_code != 0)
		snprintf(reason, size, "exit status %d%s%.160s", result->exit_code, colon,
			complaint);
	else
		snprintf(reason, size, "printed no valid record%s%.160s", colon, complaint);
	return result->timed_out ? PAR_STATUS_TIMEOUT : PAR_STATUS_FAILED;
}

static bool speaks_of(const json_t *json, const struct par_cell *cell)
{
	const char *id = json_string_value(json_object_get(json, "cell"));

	return id != NULL && strcmp(id, cell->id) == 0;
}

static json_t *command_json(const struct visit_command *command)
{
	json_t *list = json_array();

	for (size_t i = 0; command->argv[i] != NULL; i++)
		json_array_append_new(list, par_json_text(command->argv[i]));
	return list;
}

/* Adds what only the harness knows, and checks that the whole reads as a record. */
static int complete(json_t *json, struct par_record *record, const struct par_executor *executor,
	uint32_t round, const struct visit_command *command, uint64_t wall_ns)
{
	int status = json_object_set_new(json, "round", json_integer(round));

	status |=
		json_object_set_new(json, "visit", json_integer((json_int_t)executor->visits + 1));
	status |= json_object_set_new(json, "wall_ns", json_integer((json_int_t)wall_ns));
	status |= json_object_set_new(json, "argv", command_json(command));
	return status != 0 ? -ENOMEM : par_record_read(record, json, NULL);
}

/* The record of a child that has ended; a new reference, or NULL without memory. */
static json_t *tell(const struct par_executor *executor, const struct par_cell *cell,
	uint32_t round, const struct visit_command *command, const struct par_child_result *result,
	uint64_t deadline_ns, struct par_record *record)
{
	char reason[256];
	bool ended_well = result->spawn_error == 0 && result->signal == 0 &&
			  result->exit_code == 0 && !result->timed_out && !result->overflow;
	json_t *json = ended_well ? json_loadb(result->output, result->output_size,
					    JSON_REJECT_DUPLICATES, NULL)
				  : NULL;

	if (json != NULL && speaks_of(json, cell) &&
		complete(json, record, executor, round, command, result->wall_ns) == 0)
		return json;
	json_decref(json);
	json = failure(cell, explain(reason, sizeof reason, result, deadline_ns), reason);
	if (json != NULL && complete(json, record, executor, round, command, result->wall_ns) == 0)
		return json;
	json_decref(json);
	return NULL;
}

int par_executor_learn(
	struct par_executor *executor, const struct par_cell *cell, const struct par_record *record)
{
	char work[PAR_CELL_ID_MAX], digest[32];
	int status;

	if (record->status != PAR_STATUS_OK)
		return 0;
	status = par_cell_work_id(work, cell);
	if (status < 0 || json_object_get(executor->expected, work) != NULL)
		return status;
	snprintf(digest, sizeof digest, "0x%016" PRIx64, record->digest);
	return json_object_set_new(executor->expected, work, json_string(digest)) < 0 ? -ENOMEM : 0;
}

int par_executor_visit(struct par_executor *executor, const struct par_cell *cell, uint32_t round,
	struct par_record *record, struct par_error *error)
{
	struct par_child_result result = PAR_CHILD_RESULT_INIT;
	struct visit_command command;
	uint64_t deadline_ns = DEADLINE_NS + DEADLINE_JOBS * par_cell_estimate_ns(cell);
	json_t *json = NULL;
	int status = command_init(&command, executor, cell);

	if (status == 0) {
		struct par_child_spec spec = {
			.argv = command.argv,
			.deadline_ns = deadline_ns,
			.output_limit = OUTPUT_LIMIT,
			.stop = executor->stop,
			.stop_context = executor->stop_context,
		};

		status = par_child_run(&result, &spec);
	}
	if (status == 0 && result.stopped)
		status = par_fail(error, -ECANCELED, "stopped during a visit of %s", cell->id);
	if (status == 0) {
		json = tell(executor, cell, round, &command, &result, deadline_ns, record);
		status =
			json == NULL ? -ENOMEM : par_journal_append(executor->journal, json, error);
	}
	if (status == 0) {
		executor->visits++;
		executor->measured_ns += record->run_ns + record->warmup_ns;
		status = par_executor_learn(executor, cell, record);
	}
	if (status < 0 && error->text[0] == '\0')
		par_fail(error, status, "visit of %s: %s", cell->id, par_error_text(status));
	json_decref(json);
	par_child_result_fini(&result);
	par_text_fini(&command.pus);
	return status;
}
