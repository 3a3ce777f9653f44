/*
 * A visit whose cell another program runs: a command line out, one JSON line in. See model.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "child.h"
#include "clock.h"
#include "limit.h"
#include "parse.h"
#include "visit_state.h"

/* Less than the harness waits, so that the visit itself can tell. */
#define DEADLINE_NS  (25 * PAR_NS_PER_S)
#define OUTPUT_BYTES 65536
#define ARGS_MAX     16

struct command {
	const char *argv[ARGS_MAX];
	char timed[24], samples[24];
};

static int command_init(struct command *command, const struct par_visit *visit)
{
	const char *const *from = visit->cell->model->outside->command;
	size_t n = 0;

	for (; from[n] != NULL && n < ARGS_MAX - 6; n++)
		command->argv[n] = from[n];
	if (from[n] != NULL)
		return -E2BIG;
	snprintf(command->timed, sizeof command->timed, "%" PRIu64, visit->spec->timed_ns);
	snprintf(command->samples, sizeof command->samples, "%u", visit->spec->samples);
	command->argv[n++] = visit->cell->id;
	command->argv[n++] = "--timed";
	command->argv[n++] = command->timed;
	command->argv[n++] = "--samples";
	command->argv[n++] = command->samples;
	command->argv[n] = NULL;
	return 0;
}

static int fail(struct par_visit *visit, enum par_status status, int code, const char *text)
{
	visit->status = status;
	return par_fail(
		&visit->reason, code, "%s: %s", visit->cell->model->outside->command[0], text);
}

/* What the program's end says, if it did not end well. */
static int check_end(struct par_visit *visit, const struct par_child_result *result)
{
	const char *colon = result->complaint[0] != '\0' ? ": " : "";
	struct par_error cause = PAR_ERROR_INIT;
	char text[400];

	if (result->spawn_error != 0)
		return fail(visit, PAR_STATUS_FAILED, result->spawn_error,
			par_limit_explain_start(&cause, result->spawn_error));
	if (result->timed_out)
		return fail(visit, PAR_STATUS_TIMEOUT, -ETIMEDOUT, "ran past its deadline of 25 s");
	if (result->overflow)
		return fail(visit, PAR_STATUS_FAILED, -EMSGSIZE, "printed more than one line");
	if (result->signal != 0) {
		snprintf(text, sizeof text, "ended by signal %d (%s)%s%.200s", result->signal,
			strsignal(result->signal), colon, result->complaint);
		return fail(visit, PAR_STATUS_FAILED, -ECHILD, text);
	}
	if (result->exit_code != 0) {
		snprintf(text, sizeof text, "exit status %d%s%.300s", result->exit_code, colon,
			result->complaint);
		return fail(visit, PAR_STATUS_FAILED, -ECHILD, text);
	}
	return 0;
}

/* A time >= 0 that must be there. */
static int take_time(uint64_t *out, const json_t *json, const char *name)
{
	const json_t *value = json_object_get(json, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return -EBADMSG;
	*out = (uint64_t)json_integer_value(value);
	return 0;
}

static int take_samples(struct par_visit *visit, const json_t *json)
{
	const json_t *list = json_object_get(json, "samples_ns");
	size_t count = json_array_size(list);

	if (count == 0 || count > PAR_SAMPLES_MAX ||
		(visit->spec->samples != 0 && count != visit->spec->samples))
		return -EBADMSG;
	for (size_t i = 0; i < count; i++) {
		json_int_t ns = json_integer_value(json_array_get(list, i));

		if (ns <= 0)
			return -EBADMSG;
		visit->samples_ns[visit->sample_count++] = (uint64_t)ns;
		visit->run_ns += (uint64_t)ns;
	}
	return 0;
}

static int take_digest(struct par_visit *visit, const json_t *json)
{
	const char *text = json_string_value(json_object_get(json, "digest"));
	struct par_error error;
	uint64_t tasks;

	if (text == NULL || par_parse_u64(&visit->digest, text, 0, UINT64_MAX, "", &error) < 0 ||
		take_time(&tasks, json, "tasks") < 0)
		return -EBADMSG;
	return tasks == visit->cell->tasks ? 0 : -EBADMSG;
}

static int take_all(struct par_visit *visit, const json_t *json)
{
	int status = take_samples(visit, json);

	if (status == 0)
		status = take_digest(visit, json);
	if (status == 0)
		status = take_time(&visit->open_ns, json, "open_ns");
	if (status == 0)
		status = take_time(&visit->warmup_ns, json, "warmup_ns");
	if (status == 0)
		status = take_time(&visit->close_ns, json, "close_ns");
	return status;
}

/* The digest is compared with the serial one, or kept to be compared once that is known. */
static int take_line(struct par_visit *visit, const struct par_child_result *result)
{
	json_error_t fault;
	json_t *json =
		json_loadb(result->output, result->output_size, JSON_REJECT_DUPLICATES, &fault);
	int status = json == NULL ? -EBADMSG : take_all(visit, json);

	json_decref(json);
	if (status < 0) {
		visit->sample_count = 0;
		return fail(visit, PAR_STATUS_FAILED, status,
			result->output_size == 0 ? "printed nothing"
						 : "printed no line with times and a digest");
	}
	if (!visit->has_serial)
		visit->serial = visit->digest;
	visit->has_serial = true;
	return visit->digest == visit->serial ? 0 : par_visit_wrong_digest(visit, visit->digest);
}

int par_visit_run_outside(struct par_visit *visit)
{
	struct par_child_result result = PAR_CHILD_RESULT_INIT;
	struct command command;
	struct par_child_spec spec = {
		.argv = command.argv,
		.deadline_ns = DEADLINE_NS,
		.output_limit = OUTPUT_BYTES,
	};
	int status = command_init(&command, visit);

	par_visit_meter_stay_outside(&visit->meter);
	par_visit_meter_start(&visit->meter);
	if (status == 0)
		status = par_child_run(&result, &spec);
	par_visit_meter_stop(&visit->meter);
	if (status < 0)
		status = par_visit_fail(
			visit, PAR_STATUS_FAILED, status, "the program could not be run");
	else
		status = check_end(visit, &result);
	if (status == 0)
		status = take_line(visit, &result);
	par_child_result_fini(&result);
	return status;
}
