#include "outcome.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "json_text.h"
#include "limit.h"

/* A record of a visit that could not tell its own story. */
static json_t *failure(const struct par_cell *cell, enum par_status status, const char *reason)
{
	return json_pack("{s:i, s:s, s:s, s:o, s:[], s:i, s:i, s:i, s:i, s:i, s:I, s:n, s:n}",
		"schema", PAR_SCHEMA_VERSION, "cell", cell->id, "status", par_status_name(status),
		"reason", par_json_text(reason), "samples_ns", "open_ns", 0, "warmup_ns", 0,
		"run_ns", 0, "close_ns", 0, "cpu_ns", 0, "tasks", (json_int_t)cell->tasks, "digest",
		"condition");
}

/* What is behind a signal: a limit, or want of memory. */
static void explain_signal(struct par_error *cause, const struct par_outcome *outcome)
{
	uint64_t most = outcome->machine->memory_limit_bytes;

	par_limit_of_signal(cause, outcome->result->signal);
	if (outcome->result->signal != SIGKILL || par_limit_oom_kills() == outcome->oom_kills)
		return;
	if (!par_limit_oom_kills_are_ours())
		par_fail(cause, 0, "the machine killed something for want of memory meanwhile");
	else if (most > 0)
		par_fail(cause, 0,
			"the kernel killed it for want of memory; limit of memory, "
			"memory.max = %" PRIu64,
			most);
	else
		par_fail(cause, 0, "the kernel killed it for want of memory");
}

/* Why the child gave no usable line; the status that follows from it. */
static enum par_status explain(char *reason, size_t size, const struct par_outcome *outcome)
{
	const struct par_child_result *result = outcome->result;
	const char *complaint = result->complaint;
	const char *colon = complaint[0] != '\0' ? ": " : "";
	struct par_error cause = PAR_ERROR_INIT;

	if (result->spawn_error != 0)
		snprintf(reason, size, "could not be started: %s",
			par_limit_explain_start(&cause, result->spawn_error));
	else if (result->timed_out)
		snprintf(reason, size, "ran past its deadline of %.3g s%s",
			(double)outcome->deadline_ns / 1e9,
			result->halted ? ", for some of which it was stopped by a signal" : "");
	else if (result->overflow)
		snprintf(reason, size, "printed more than %u bytes", PAR_OUTCOME_BYTES);
	else if (result->signal != 0) {
		explain_signal(&cause, outcome);
		snprintf(reason, size, "ended by signal %d (%s%s%.120s)%s%.100s", result->signal,
			strsignal(result->signal), cause.text[0] != '\0' ? "; " : "", cause.text,
			colon, complaint);
	} else if (result->exit_code != 0)
		snprintf(reason, size, "exit status %d%s%.160s", result->exit_code, colon,
			complaint);
	else
		snprintf(reason, size, "printed no valid record%s%.100s%s%.120s",
			outcome->fault.text[0] != '\0' ? ": " : "", outcome->fault.text, colon,
			complaint);
	return result->timed_out ? PAR_STATUS_TIMEOUT : PAR_STATUS_FAILED;
}

static bool speaks_of(const json_t *json, const struct par_cell *cell)
{
	const char *id = json_string_value(json_object_get(json, "cell"));

	return id != NULL && strcmp(id, cell->id) == 0;
}

static json_t *argv_json(const char *const *argv)
{
	json_t *list = json_array();

	for (size_t i = 0; argv[i] != NULL; i++)
		json_array_append_new(list, par_json_text(argv[i]));
	return list;
}

/* How long the visit stood still with us. A gap that is longer than all of it was ours alone. */
static uint64_t shared_gap_ns(const struct par_child_result *result)
{
	uint64_t shared = result->gap_ns - result->own_gap_ns;

	return shared <= result->wall_ns ? shared : 0;
}

/* Why a visit cannot be trusted whatever it says, or "". */
static void find_unrest(char *reason, size_t size, const struct par_child_result *result)
{
	reason[0] = '\0';
	if (result->halted)
		snprintf(reason, size, "a signal stopped it for %.1f s while it ran",
			(double)result->halted_ns / 1e9);
	else if (result->suspended_ns > 0)
		snprintf(reason, size, "the machine was suspended for %.1f s while it ran",
			(double)result->suspended_ns / 1e9);
	else if (shared_gap_ns(result) > 0)
		snprintf(reason, size,
			"parbench and perhaps the whole machine stood still for %.1f s while it "
			"ran",
			(double)shared_gap_ns(result) / 1e9);
}

static int judge_unrest(json_t *json, const struct par_child_result *result)
{
	const char *name = json_string_value(json_object_get(json, "status"));
	enum par_status status;
	char reason[160];
	int failed;

	find_unrest(reason, sizeof reason, result);
	if (reason[0] == '\0' || name == NULL || par_status_parse(&status, name) < 0 ||
		(status != PAR_STATUS_OK && status != PAR_STATUS_UNTRUSTWORTHY))
		return 0;
	failed = json_object_set_new(
		json, "status", json_string(par_status_name(PAR_STATUS_UNTRUSTWORTHY)));
	failed |= json_object_set_new(json, "reason", json_string(reason));
	return failed != 0 ? -ENOMEM : 0;
}

/* Adds what only the harness knows, and checks that the whole reads as a record. */
static int complete(json_t *json, struct par_records *records, struct par_outcome *outcome)
{
	const struct par_child_result *result = outcome->result;
	uint64_t wall_ns = result->wall_ns - shared_gap_ns(result);
	int failed = json_object_set_new(json, "round", json_integer(outcome->round));

	failed |= json_object_set_new(json, "visit", json_integer((json_int_t)outcome->visit));
	failed |= json_object_set_new(json, "wall_ns", json_integer((json_int_t)wall_ns));
	failed |= json_object_set_new(json, "argv", argv_json(outcome->argv));
	if (failed != 0 || judge_unrest(json, result) < 0)
		return -ENOMEM;
	return par_records_read(records, json, &outcome->fault);
}

/* What the child printed, if that is a record of the cell. */
static json_t *own_story(struct par_outcome *outcome, struct par_records *records)
{
	const struct par_child_result *result = outcome->result;
	json_error_t fault;
	json_t *json;

	if (result->spawn_error != 0 || result->signal != 0 || result->exit_code != 0 ||
		result->timed_out || result->overflow)
		return NULL;
	json = json_loadb(result->output, result->output_size, JSON_REJECT_DUPLICATES, &fault);
	if (json == NULL)
		par_fail(&outcome->fault, 0, "%s",
			result->output_size == 0 ? "nothing at all" : fault.text);
	else if (!speaks_of(json, outcome->cell))
		par_fail(&outcome->fault, 0, "it is not of this cell");
	else if (json_integer_value(json_object_get(json, "schema")) != PAR_SCHEMA_VERSION)
		par_fail(&outcome->fault, 0, "member 'schema' is not %d", PAR_SCHEMA_VERSION);
	else if (complete(json, records, outcome) == 0)
		return json;
	json_decref(json);
	return NULL;
}

json_t *par_outcome_tell(struct par_outcome *outcome, struct par_records *records)
{
	enum par_status status;
	char reason[512];
	json_t *json = own_story(outcome, records);

	if (json != NULL)
		return json;
	status = explain(reason, sizeof reason, outcome);
	json = failure(outcome->cell, status, reason);
	if (json != NULL && complete(json, records, outcome) == 0)
		return json;
	json_decref(json);
	return NULL;
}
