/*
 * child_parts: what par_child_run() is made of. Only child*.c and their tests include it.
 *
 *   caller  --control-->  keeper  --starts-->  program  ->  whatever it starts
 *      ^-----report----------'
 *
 * The keeper is a fork of the caller that does nothing but wait: for the program's end, or for the
 * end of `control`, whose other end only the caller holds. So the same path serves a deadline, a
 * wish to stop, and a caller that was killed. The keeper is the reaper of all that the program
 * leaves behind (PR_SET_CHILD_SUBREAPER), kills it, and only then reports. It runs on no clock
 * while the program runs.
 */
#ifndef PAR_CHILD_PARTS_H
#define PAR_CHILD_PARTS_H

#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

#include "child.h"
#include "text.h"

/* What the keeper tells when the program and all its descendants are gone. */
struct par_keeper_report {
	int status; /* of the program, as wait4() gives it */
	int error;  /* negative errno when it could not be started, else 0 */
	bool halted;
	uint64_t wall_ns, halted_ns;
	struct rusage usage;
};

/* The caller's side of a keeper; a descriptor is -1 once closed. */
struct par_keeper {
	pid_t pid;
	int control;   /* closing it ends the program */
	int report;    /* readable when the keeper has ended; holds the report, if it wrote one */
	int output;    /* the program's standard output, not blocking */
	int complaint; /* its standard error, not blocking */
};

#define PAR_KEEPER_INIT                                                                            \
	{                                                                                          \
		.pid = 0, .control = -1, .report = -1, .output = -1, .complaint = -1               \
	}

/* Where the keeper has its ends of the pipes, and nothing else is open but 0 to 2. */
enum par_keeper_fd {
	PAR_KEEPER_CONTROL = 3,
	PAR_KEEPER_REPORT,
	PAR_KEEPER_OUTPUT,
	PAR_KEEPER_COMPLAINT,
	PAR_KEEPER_ENDS, /* one more than the last */
};

/*
 * Forks a keeper that starts the program. Returns 0, or a negative errno. In both cases
 * par_keeper_close() is due, and after 0 waiting for `pid`.
 */
int par_keeper_open(struct par_keeper *keeper, const struct par_child_spec *spec);

/* Tells the keeper to end the program. */
void par_keeper_stop(struct par_keeper *keeper);

/* Closes the descriptors, which ends the program too. */
void par_keeper_close(struct par_keeper *keeper);

/* What the keeper does in its process, with all signals blocked and the pipes in their places. */
_Noreturn void par_keeper_run(const struct par_child_spec *spec);

/*
 * In the keeper: starts the program in a group of its own. *pid is set when there is a process to
 * be waited for; returns 0, or what fork, chdir or exec said as a negative errno.
 */
int par_program_start(pid_t *pid, const struct par_child_spec *spec);

/*
 * Adds the numbers of this process's children, each with a space behind it. `list` asks the kernel
 * for them (-ENOENT where it was built without CONFIG_PROC_CHILDREN); `scan` looks through the
 * parents of all processes, which always works and costs more. Returns 0 or -errno.
 */
int par_children_list(struct par_text *text);
int par_children_scan(struct par_text *text);

/*
 * Kills and reaps the children of this process that are not in `keep`, and theirs, until none is
 * left. Returns 0, or -ETIMEDOUT when some are still there after two seconds (a process in
 * uninterruptible IO cannot be killed).
 */
int par_strays_end(const struct par_text *keep);

/* Notes the children that there are, for `keep` above. Costs one system call when there are none.
 */
int par_strays_note(struct par_text *keep);

/* How long the machine has slept since it was started: CLOCK_BOOTTIME alone goes on then. */
uint64_t par_still_suspended_ns(void);

/*
 * Makes SIGCONT wait for par_still_continued(), which it does blocked, though its default is to be
 * ignored; *before is the mask to give back. Returns 0 or -errno.
 */
int par_still_hold(sigset_t *before);
void par_still_release(const sigset_t *before);

/*
 * Whether SIGCONT came since the last call: this process was stopped by a signal. Whoever freezes a
 * group (freezer) or the machine sends none.
 */
bool par_still_continued(void);

/* The last bytes of a stream. Inert when zeroed. */
struct par_tail {
	char bytes[1024];
	size_t size;
};

void par_tail_add(struct par_tail *tail, const char *bytes, size_t size);

/*
 * Writes the end of it into `line` as one line of valid UTF-8: every run of white space and control
 * bytes becomes one space, every invalid byte a "?". size > 0.
 */
void par_tail_line(const struct par_tail *tail, char *line, size_t size);

#endif
