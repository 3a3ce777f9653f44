/*
 * child: run a program under a deadline, keep what it prints, leave nothing behind.
 *
 * A small process, the keeper, stands between the caller and the program. It sleeps until the
 * program has ended, or until the caller wants it to end or is gone, however that came (SIGKILL,
 * too). Then it kills the program's group and every descendant, also those which left the group or
 * the session and those whose parents ended before (PR_SET_CHILD_SUBREAPER), and reports. If the
 * keeper itself is killed, the program dies with it (PR_SET_PDEATHSIG) and the caller does the
 * rest, for which par_child_adopt() makes it a reaper. No shell is involved.
 *
 * Out of reach: a process that somebody else started at the program's request (a service), and one
 * in uninterruptible IO, which the kernel does not let die before the IO ends.
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
	int spawn_error;     /* negative errno when it could not be started, else 0; -EIO when
			      * nothing is known of it */
	bool timed_out;
	bool overflow;
	bool stopped;
	bool halted;           /* something stopped the program for a while (SIGSTOP, SIGTSTP) */
	uint64_t halted_ns;    /* for how long; 0 when it went on at once */
	uint64_t gap_ns;       /* this process itself woke up so much too late: it was stopped or
				* frozen, or the whole machine was; 0 below two seconds */
	uint64_t own_gap_ns;   /* of gap_ns: a signal had stopped this process, and SIGCONT came */
	uint64_t suspended_ns; /* the machine was suspended so long meanwhile */
	uint64_t wall_ns;      /* from fork to reaped, without halted_ns and suspended_ns */
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
 * (pipes, memory), when it ignores SIGCHLD (-ECHILD), or when something of the program is still
 * there seconds after SIGKILL, in uninterruptible IO (-ETIMEDOUT). Standard input is /dev/null, all
 * other descriptors are closed. SIGINT at the terminal reaches only the caller, since the child has
 * its own group.
 *
 * The deadline counts the time that the program is stopped, and not gap_ns or suspended_ns. `stop`
 * may take its time: what it takes is no gap and does not count either, and a program that has
 * ended meanwhile is not late. SIGCONT is held back from the calling thread until this returns.
 *
 * Children that the caller had before are left alone; those that another of its threads starts
 * meanwhile are taken for orphans and killed.
 */
int par_child_run(struct par_child_result *result, const struct par_child_spec *spec);

void par_child_result_fini(struct par_child_result *result);

#endif
