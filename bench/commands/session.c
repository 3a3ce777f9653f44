#include "session.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "precision.h"

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

/* "20261120-204512-quick": sorts by time; a suffix keeps two runs of one second apart. */
static int make_folder(
	struct par_session *session, const struct par_run_options *options, struct par_error *error)
{
	char stamp[32], name[64];
	time_t now = time(NULL);
	struct tm utc;
	int status;

	if (options->output != NULL) {
		session->folder = strdup(options->output);
		return session->folder == NULL ? no_memory(error)
					       : par_dir_make(session->folder, error);
	}
	status = par_dir_make(options->results, error);
	if (status < 0)
		return status;
	if (gmtime_r(&now, &utc) == NULL ||
		strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &utc) == 0)
		return par_fail(error, -EINVAL, "the clock shows no date");
	for (unsigned i = 1; i < 100; i++) {
		snprintf(name, sizeof name, i == 1 ? "%s-%s" : "%s-%s-%u", stamp,
			par_scale_name(options->scale), i);
		free(session->folder);
		session->folder = par_path_join(options->results, name);
		if (session->folder == NULL)
			return no_memory(error);
		if (mkdir(session->folder, 0777) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	return par_fail(error, -errno, "%s: %s", session->folder, par_error_text(-errno));
}

static int set_paths(struct par_session *session, struct par_error *error)
{
	session->info_path = par_path_join(session->folder, "run.json");
	session->scratch = par_path_join(session->folder, "scratch");
	if (session->info_path == NULL || session->scratch == NULL)
		return no_memory(error);
	return read_program(&session->program, error);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* A new run writes only where nothing is: what lies there is not ours to replace or remove. */
static int check_new(const struct par_session *session, struct par_error *error)
{
	DIR *folder = opendir(session->folder);
	const struct dirent *entry;
	bool empty = true;

	if (folder == NULL)
		return par_fail(error, -errno, "%s: %s", session->folder, par_error_text(-errno));
	while (empty && (entry = readdir(folder)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(folder);
	if (empty)
		return 0;
	if (access(session->info_path, F_OK) == 0)
		return par_fail(error, -EEXIST,
			"%s holds a run already; --resume goes on with it, or choose another "
			"--output",
			session->folder);
	return par_fail(error, -EEXIST,
		"%s is not empty: give --output a folder that is new or empty", session->folder);
}

/* Locks the folder through its journal and clears what a killed run left in scratch. */
static int take_folder(struct par_session *session, struct par_error *error)
{
	char *path = par_path_join(session->folder, "cells.jsonl");
	int status =
		path == NULL ? no_memory(error) : par_journal_open(&session->journal, path, error);

	free(path);
	if (status < 0)
		return status;
	status = par_dir_remove(session->scratch);
	if (status < 0)
		return par_fail(error, status, "%s: %s", session->scratch, par_error_text(status));
	return par_dir_make(session->scratch, error);
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
			      : par_link_replace(base_name(session->folder), link, error);
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
	status = make_folder(session, options, error);
	if (status == 0)
		status = set_paths(session, error);
	if (status < 0)
		return status;
	status = check_new(session, error);
	if (status == 0)
		status = take_folder(session, error);
	if (status < 0)
		return status;
	spec.run_id = base_name(session->folder);
	spec.plan = &session->plan;
	session->info = par_run_info_new(&spec);
	set_up_executor(session, options->scale);
	if (session->info == NULL || session->executor.expected == NULL)
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
		session->before.measured_ns += record->run_ns + record->warmup_ns;
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
	int status;

	session->machine = machine;
	session->folder = options->output != NULL ? strdup(options->output)
						  : par_path_join(options->results, "latest");
	status = session->folder == NULL ? no_memory(error) : set_paths(session, error);
	/* Looked at before the folder is touched, and read again under the lock. */
	if (status == 0)
		status = par_run_info_load(&session->info, session->info_path, error);
	if (status == 0)
		status = take_folder(session, error);
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
	par_plan_fini(&session->plan);
	json_decref(session->executor.expected);
	json_decref(session->info);
	free(session->folder);
	free(session->info_path);
	free(session->scratch);
	free(session->program);
	*session = (struct par_session)PAR_SESSION_INIT;
}
