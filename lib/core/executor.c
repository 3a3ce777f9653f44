#include "executor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "clock.h"
#include "limit.h"
#include "outcome.h"

#define PATIENCE_NS   (30 * PAR_NS_PER_S)
#define PATIENCE_JOBS 20 /* and this many times the estimated job */
#define ARGS_MAX      16

/* The command line of a visit. The texts behind argv are owned. */
struct visit_command {
	const char *argv[ARGS_MAX];
	struct par_text pus;
	char llc[24], timed[32], samples[16];
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
	if (executor->samples != 0) {
		snprintf(command->samples, sizeof command->samples, "%u", executor->samples);
		command->argv[n++] = "--samples";
		command->argv[n++] = command->samples;
	}
	expected = json_string_value(json_object_get(executor->expected, work));
	if (expected != NULL) {
		command->argv[n++] = "--expect";
		command->argv[n++] = expected;
	}
	return 0;
}

uint64_t par_executor_measured_ns(const struct par_record *record)
{
	uint64_t measured = record->run_ns + record->warmup_ns;

	return measured < record->wall_ns ? measured : record->wall_ns;
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

static uint64_t deadline_of(const struct par_executor *executor, const struct par_cell *cell)
{
	uint64_t least = executor->patience_ns != 0 ? executor->patience_ns : PATIENCE_NS;

	return least + PATIENCE_JOBS * par_cell_estimate_ns(cell);
}

/* Runs the child. -ECANCELED when it was stopped, or a signal meant for all of us ended it. */
static int run_child(struct par_child_result *result, struct par_executor *executor,
	const char *const *argv, uint64_t deadline_ns)
{
	struct par_child_spec spec = {
		.argv = argv,
		.deadline_ns = deadline_ns,
		.output_limit = PAR_OUTCOME_BYTES,
		.stop = executor->stop,
		.stop_context = executor->stop_context,
	};
	int status = par_child_run(result, &spec);

	if (status < 0)
		return status;
	executor->still_ns =
		result->halted_ns > result->gap_ns ? result->halted_ns : result->gap_ns;
	if (result->stopped)
		return -ECANCELED;
	if (result->signal != 0 && executor->stop != NULL && executor->stop(spec.stop_context))
		return -ECANCELED;
	return 0;
}

/* Keeps the record of a visit that came to its end, one way or the other. */
static int keep(struct par_executor *executor, struct par_record *record,
	const struct par_cell *cell, struct par_outcome *outcome, struct par_error *error)
{
	json_t *json;
	int status;

	par_records_fini(&executor->last);
	json = par_outcome_tell(outcome, &executor->last);
	status = json == NULL ? -ENOMEM : par_journal_append(executor->journal, json, error);
	json_decref(json);
	if (status < 0)
		return status;
	*record = executor->last.items[0];
	executor->visits++;
	executor->measured_ns += par_executor_measured_ns(record);
	return par_executor_learn(executor, cell, record);
}

int par_executor_visit(struct par_executor *executor, const struct par_cell *cell, uint32_t round,
	struct par_record *record, struct par_error *error)
{
	struct par_child_result result = PAR_CHILD_RESULT_INIT;
	struct visit_command command;
	struct par_error cause = PAR_ERROR_INIT;
	struct par_outcome outcome = {
		.cell = cell,
		.machine = executor->machine,
		.argv = command.argv,
		.result = &result,
		.deadline_ns = deadline_of(executor, cell),
		.round = round,
		.visit = executor->visits + 1,
		.oom_kills = par_limit_oom_kills(),
	};
	int status = command_init(&command, executor, cell);

	executor->still_ns = 0;
	if (status == 0)
		status = run_child(&result, executor, command.argv, outcome.deadline_ns);
	if (status == 0)
		status = keep(executor, record, cell, &outcome, error);
	if (status == -ECANCELED)
		par_fail(error, status, "stopped during a visit of %s", cell->id);
	else if (status < 0 && error->text[0] == '\0')
		par_fail(error, status, "visit of %s: %s", cell->id,
			par_limit_explain(&cause, status));
	par_child_result_fini(&result);
	par_text_fini(&command.pus);
	return status;
}
