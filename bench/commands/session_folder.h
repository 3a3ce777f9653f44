/*
 * session_folder: the folder of a run: made, found empty, locked, cleared of what a kill left.
 */
#ifndef PAR_SESSION_FOLDER_H
#define PAR_SESSION_FOLDER_H

#include "session.h"

/* Makes the folder of a new run and sets session->folder. Returns 0 or -errno with `error` set. */
int par_session_folder_make(struct par_session *session, const struct par_run_options *options,
	struct par_error *error);

/* Refuses (-EEXIST) a folder that is not empty: what lies there is not ours to replace. */
int par_session_folder_check(const struct par_session *session, struct par_error *error);

/*
 * Locks the folder through its journal (-EBUSY), then clears scratch and the unfinished
 * `*.tmp.PID` files of runs that were killed. Returns 0 or -errno.
 */
int par_session_folder_take(struct par_session *session, struct par_error *error);

/* The last part of its path: the run's id. */
const char *par_session_folder_name(const struct par_session *session);

#endif
