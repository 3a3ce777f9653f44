#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "distance_json.h"
#include "file.h"
#include "precision.h"
#include "session_folder.h"

/* The least timed region of a visit. Longer ones spend less of a run on starting processes. */
static const uint64_t timed_ns[PAR_SCALES] = {
	[PAR_SCALE_QUICK] = 20 * PAR_NS_PER_MS,
	[PAR_SCALE_DEFAULT] = 40 * PAR_NS_PER_MS,
	[PAR_SCALE_FULL] = 200 * PAR_NS_PER_MS,
};

static int no_memory(struct par_error *error)
{
	return par_fail(error, -ENOMEM, "no memory");
}

/*
 * A stream that the caller closed would lend its number to a file of ours, and what we print would
 * go into that. Opened for reading only, printing fails as it did.
 */
static int hold_streams(struct par_error *error)
{
	for (int fd = 0; fd < 3; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
			return par_fail(error, -errno, "/dev/null: %s", par_error_text(-errno));
	}
	return 0;
}

/* A file that may not grow (RLIMIT_FSIZE) gives an error to tell, not a silent end. */
static int get_ready(struct par_error *error)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (sigaction(SIGXFSZ, &ignore, NULL) < 0)
		return par_fail(error, -errno, "signals: %s", par_error_text(-errno));
	return hold_streams(error);
}

static int read_program(char **out, struct par_error *error)
{
	char path[4096];
	ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);

	if (size < 0)
		return par_fail(error, -errno, "/proc/self/exe: %s", par_error_text(-errno));
	path[size] = '\0';
	*out = strdup(path);
	return *out == NULL ? no_memory(error) : 0;
}

static int set_paths(struct par_session *session, struct par_error *error)
{
	session->info_path = par_path_join(session->folder, "run.json");
	session->scratch = par_path_join(session->folder, "scratch");
	if (session->info_path == NULL || session->scratch == NULL)
		return no_memory(error);
	return read_program(&session->program, error);
}

static int write_topology(const struct par_session *session, struct par_error *error)
{
	char *path = par_path_join(session->folder, "topology.xml");
	int status = path == NULL ? no_memory(error) : par_machine_export_xml(path, error);

	free(path);
	return status;
}

/* `results/latest`, when the run was given no folder of its own. */
static int link_latest(const struct par_session *session, const struct par_run_options *options,
	struct par_error *error)
{
	char *link;
	int status;

	if (options->output != NULL)
		return 0;
	link = par_path_join(options->results, "latest");
	status = link == NULL ? no_memory(error)
			      : par_link_replace(par_session_folder_name(session), link, error);
	free(link);
	return status;
}

static void set_up_executor(struct par_session *session, enum par_scale scale)
{
	session->executor = (struct par_executor){
		.program = session->program,
		.scratch = session->scratch,
		.machine = session->machine,
		.journal = &session->journal,
		.timed_ns = timed_ns[scale],
		.expected = json_object(),
	};
}

int par_session_begin(struct par_session *session, const struct par_run_options *options,
	const char *const *command, const struct par_machine *machine, struct par_plan *plan,
	struct par_error *error)
{
	struct par_run_spec spec = { .command = command,
		.seed = options->seed,
		.budget_ns = options->budget_ns,
		.target = PAR_PRECISION_TARGET,
		.scale = options->scale,
		.machine = machine };
	int status;

	session->machine = machine;
	session->plan = *plan;
	*plan = (struct par_plan)PAR_PLAN_INIT;
	session->seed = options->seed;
	session->budget_ns = options->budget_ns;
	status = get_ready(error);
	if (status == 0)
		status = par_session_folder_make(session, options, error);
	if (status == 0)
		status = set_paths(session, error);
	if (status < 0)
		return status;
	status = par_session_folder_check(session, error);
	if (status == 0)
		status = par_session_folder_take(session, error);
	if (status < 0)
		return status;
	spec.run_id = par_session_folder_name(session);
	spec.plan = &session->plan;
	session->info = par_run_info_new(&spec);
	set_up_executor(session, options->scale);
	if (session->info == NULL || session->executor.expected == NULL ||
		json_object_set_new(session->info, "distance", par_distance_json_here(machine)) < 0)
		return no_memory(error);
	status = write_topology(session, error);
	if (status == 0)
		status = par_run_info_save(session->info, session->info_path, error);
	return status < 0 ? status : link_latest(session, options, error);
}

/* What the earlier parts measured: serial digests, cost, and the rounds they reached. */
static int take_up(struct par_session *session, struct par_error *error)
{
	const json_t *timing = json_object_get(session->info, "timing");
	uint64_t visits_ns = 0;
	for (size_t i = 0; i < session->done.count; i++) {
		const struct par_record *record = &session->done.items[i];
		size_t cell = par_plan_find(&session->plan, record->cell);

		if (cell == SIZE_MAX)
			return par_fail(error, -EBADMSG,
				"cells.jsonl: line %zu: '%s' is not in the plan of run.json", i + 1,
				record->cell);
		if (par_executor_learn(
			    &session->executor, &session->plan.cells[cell].cell, record) < 0)
			return no_memory(error);
		session->before.measured_ns += par_executor_measured_ns(record);
		visits_ns += record->wall_ns;
	}
	/* A killed run could not note its last visits' time: it took at least as long as they. */
	session->before.wall_ns = (uint64_t)json_integer_value(json_object_get(timing, "wall_ns"));
	if (session->before.wall_ns < visits_ns)
		session->before.wall_ns = visits_ns;
	session->before.visits = session->done.count;
	session->executor.visits = session->done.count;
	return 0;
}

static int read_earlier(struct par_session *session, struct par_error *error)
{
	char *path = par_path_join(session->folder, "cells.jsonl");
	int status =
		path == NULL ? no_memory(error) : par_journal_read(&session->done, path, error);

	free(path);
	if (status == 0)
		status = par_run_info_plan(
			&session->plan, session->info, par_catalogue_registry(), error);
	if (status == 0)
		status = par_run_info_check_same(session->info, session->machine, error);
	return status;
}

static enum par_scale scale_of(const json_t *info)
{
	const char *name = json_string_value(json_object_get(info, "scale"));

	for (unsigned scale = 0; name != NULL && scale < PAR_SCALES; scale++) {
		if (strcmp(name, par_scale_name((enum par_scale)scale)) == 0)
			return (enum par_scale)scale;
	}
	return PAR_SCALE_DEFAULT;
}

int par_session_resume(struct par_session *session, const struct par_run_options *options,
	const char *const *command, const struct par_machine *machine, struct par_error *error)
{
	int status = get_ready(error);

	if (status < 0)
		return status;
	session->machine = machine;
	session->folder = options->output != NULL ? strdup(options->output)
						  : par_path_join(options->results, "latest");
	status = session->folder == NULL ? no_memory(error) : set_paths(session, error);
	/* Looked at before the folder is touched, and read again under the lock. */
	if (status == 0)
		status = par_run_info_load(&session->info, session->info_path, error);
	if (status == 0)
		status = par_session_folder_take(session, error);
	if (status < 0)
		return status;
	json_decref(session->info);
	status = par_run_info_load(&session->info, session->info_path, error);
	if (status < 0)
		return status;
	session->seed = (uint64_t)json_integer_value(json_object_get(session->info, "seed"));
	session->budget_ns =
		options->has_budget
			? options->budget_ns
			: (uint64_t)json_integer_value(json_object_get(session->info, "budget_ns"));
	set_up_executor(session, scale_of(session->info));
	if (session->executor.expected == NULL)
		return no_memory(error);
	status = read_earlier(session, error);
	if (status == 0 && session->journal.torn > 0)
		fprintf(stderr,
			"Dropping the end of cells.jsonl, %lld bytes of a record that was cut "
			"short.\n",
			(long long)session->journal.torn);
	if (status == 0 && par_run_info_resume(session->info, command, session->budget_ns) < 0)
		status = no_memory(error);
	return status < 0 ? status : take_up(session, error);
}

void par_session_close(struct par_session *session)
{
	if (session->journal.fd >= 0 && session->scratch != NULL)
		par_dir_remove(session->scratch);
	par_journal_close(&session->journal);
	par_signals_close(&session->signals);
	par_records_fini(&session->done);
	par_records_fini(&session->executor.last);
	par_plan_fini(&session->plan);
	json_decref(session->executor.expected);
	json_decref(session->info);
	free(session->folder);
	free(session->info_path);
	free(session->scratch);
	free(session->program);
	*session = (struct par_session)PAR_SESSION_INIT;
}
