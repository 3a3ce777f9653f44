/*
 * child: run a program under a deadline, keep what it prints, leave nothing behind.
 *
 * The child leads its own process group; when it ends, or its time is out, the whole group is
 * killed and reaped. Before the first child, par_child_adopt() makes the caller the reaper of
 * orphaned grandchildren (PR_SET_CHILD_SUBREAPER), so that those which left the group are found
 * too. The child dies with its parent (PR_SET_PDEATHSIG). No shell is involved.
 */
#ifndef PAR_CHILD_H
#define PAR_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include "errors.h"

/* What to run. All pointers are borrowed for the call. */
struct par_child_spec {
	const char *const
		*argv;        /* NULL-terminated; argv[0] is a path, or a name looked up in PATH */
	uint64_t deadline_ns; /* from the start; 0: none */
	size_t output_limit;  /* bytes of standard output kept; more ends the child (`overflow`) */
	const char *folder;   /* working folder, or NULL for the caller's */
	/*
	 * Asked several times a second while the child runs; true ends it (`stopped`). May be NULL.
	 */
	bool (*stop)(void *context);
	void *stop_context;
};

/* How it ended. Inert when zeroed; par_child_result_fini() frees it. */
struct par_child_result {
	char *output;        /* standard output, NUL-terminated, owned; never NULL on success */
	size_t output_size;  /* bytes of it */
	char complaint[512]; /* the end of standard error: one line of UTF-8 */
	int exit_code;       /* 0..255, or -1 (a signal ended it, or spawn_error) */
	int signal;          /* the signal that ended it, else 0 */
	int spawn_error;     /* negative errno when it could not be started, else 0 */
	bool timed_out;
	bool overflow;
	bool stopped;
	uint64_t wall_ns; /* from fork to reaped */
	struct rusage usage;
};

#define PAR_CHILD_RESULT_INIT                                                                      \
	{                                                                                          \
		0                                                                                  \
	}

/* Makes this process the reaper of its orphaned descendants. Call once. Returns 0 or -errno. */
int par_child_adopt(void);

/*
 * Runs it to its end. Returns 0 when `result` tells the story (also when the program could not be
 * started: spawn_error), or a negative errno when this process itself ran out of something
 * (pipes, memory, processes), when it ignores SIGCHLD (-ECHILD), or when the program is still there
 * ten seconds after SIGKILL, in uninterruptible IO (-ETIMEDOUT). Standard input is /dev/null, all
 * other descriptors are closed. SIGINT at the terminal reaches only the caller, since the child has
 * its own group.
 *
 * Children that the caller had before are left alone; those that another of its threads starts
 * meanwhile are taken for orphans and killed.
 */
int par_child_run(struct par_child_result *result, const struct par_child_spec *spec);

void par_child_result_fini(struct par_child_result *result);

#endif
