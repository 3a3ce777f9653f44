#include "session_folder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "file.h"

static int fail_folder(const struct par_session *session, int code, struct par_error *error)
{
	return par_fail(error, code, "%s: %s", session->folder, par_error_text(code));
}

/* "20261120-204512-quick": sorts by time; a suffix keeps two runs of one second apart. */
static int make_dated(
	struct par_session *session, const struct par_run_options *options, struct par_error *error)
{
	char stamp[32], name[64];
	time_t now = time(NULL);
	struct tm utc;

	if (gmtime_r(&now, &utc) == NULL ||
		strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &utc) == 0)
		return par_fail(error, -EINVAL, "the clock shows no date");
	for (unsigned i = 1; i < 100; i++) {
		snprintf(name, sizeof name, i == 1 ? "%s-%s" : "%s-%s-%u", stamp,
			par_scale_name(options->scale), i);
		free(session->folder);
		session->folder = par_path_join(options->results, name);
		if (session->folder == NULL)
			return par_fail(error, -ENOMEM, "no memory");
		if (mkdir(session->folder, 0777) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	return fail_folder(session, -errno, error);
}

int par_session_folder_make(
	struct par_session *session, const struct par_run_options *options, struct par_error *error)
{
	int status;

	if (options->output == NULL) {
		status = par_dir_make(options->results, error);
		return status < 0 ? status : make_dated(session, options, error);
	}
	session->folder = strdup(options->output);
	if (session->folder == NULL)
		return par_fail(error, -ENOMEM, "no memory");
	return par_dir_make(session->folder, error);
}

int par_session_folder_check(const struct par_session *session, struct par_error *error)
{
	DIR *folder = opendir(session->folder);
	const struct dirent *entry;
	bool empty = true;

	if (folder == NULL)
		return fail_folder(session, -errno, error);
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

/* NAME.tmp.PID, as par_file_write() names what it has not finished. */
static bool is_unfinished(const char *name)
{
	const char *tail = strstr(name, ".tmp.");

	if (tail == NULL || !isdigit((unsigned char)tail[5]))
		return false;
	return tail[5 + strspn(tail + 5, "0123456789")] == '\0';
}

/* The lock says that no other run is writing them. */
static int clear_unfinished(const struct par_session *session, struct par_error *error)
{
	DIR *folder = opendir(session->folder);
	const struct dirent *entry;
	int status = 0;

	if (folder == NULL)
		return fail_folder(session, -errno, error);
	while (status == 0 && (entry = readdir(folder)) != NULL) {
		if (is_unfinished(entry->d_name) && unlinkat(dirfd(folder), entry->d_name, 0) < 0 &&
			errno != ENOENT)
			status = par_fail(error, -errno, "%s/%s: %s", session->folder,
				entry->d_name, par_error_text(-errno));
	}
	closedir(folder);
	return status;
}

int par_session_folder_take(struct par_session *session, struct par_error *error)
{
	char *path = par_path_join(session->folder, "cells.jsonl");
	int status = path == NULL ? par_fail(error, -ENOMEM, "no memory")
				  : par_journal_open(&session->journal, path, error);

	free(path);
	if (status == 0)
		status = clear_unfinished(session, error);
	if (status < 0)
		return status;
	status = par_dir_remove(session->scratch);
	if (status < 0)
		return par_fail(error, status, "%s: %s", session->scratch, par_error_text(status));
	return par_dir_make(session->scratch, error);
}

const char *par_session_folder_name(const struct par_session *session)
{
	const char *slash = strrchr(session->folder, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : session->folder;
}
