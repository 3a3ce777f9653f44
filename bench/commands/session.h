/*
 * session: a run in its folder: new or resumed, measured, written.
 */
#ifndef PAR_SESSION_H
#define PAR_SESSION_H

#include "executor.h"
#include "progress.h"
#include "run_info.h"
#include "run_options.h"
#include "signals.h"

/* Inert from PAR_SESSION_INIT; par_session_close() is then safe at any point. */
struct par_session {
	char *folder;                        /* of the run; owned */
	char *info_path, *scratch, *program; /* owned */
	json_t *info;                        /* run.json */
	struct par_plan plan;
	struct par_records done; /* of earlier parts of the run */
	struct par_journal journal;
	struct par_executor executor;
	struct par_signals signals;
	struct par_meter meter;
	const struct par_machine *machine; /* borrowed */
	struct par_run_cost before;        /* of earlier parts */
	uint64_t seed, budget_ns, start;
	uint64_t still_ns;       /* that visits stood still: stopped, frozen; not charged */
	struct par_error *error; /* borrowed while it measures */
	bool stopping;           /* the person has been told */
};

#define PAR_SESSION_INIT                                                                           \
	{                                                                                          \
		.journal = PAR_JOURNAL_INIT, .signals = PAR_SIGNALS_INIT                           \
	}

/*
 * Begins a new run: makes the folder, writes run.json and topology.xml, opens the journal. `plan`
 * is taken over. `command` is the argv that run.json shows. Refuses a folder that holds a run
 * already. Returns 0 or -errno with `error` set.
 */
int par_session_begin(struct par_session *session, const struct par_run_options *options,
	const char *const *command, const struct par_machine *machine, struct par_plan *plan,
	struct par_error *error);

/* Takes an unfinished run up again, with its plan and seed, by the same program on the same
 * machine. */
int par_session_resume(struct par_session *session, const struct par_run_options *options,
	const char *const *command, const struct par_machine *machine, struct par_error *error);

/*
 * Runs rounds to their end, keeps run.json current, and points `latest` to the folder when it lies
 * in `results`. Returns 0, -ECANCELED when stopped at once, or -errno; `error` is set.
 */
int par_session_measure(struct par_session *session, struct par_error *error);

void par_session_close(struct par_session *session);

#endif
