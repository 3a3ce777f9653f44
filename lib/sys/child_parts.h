/*
 * child_parts: what par_child_run() is made of. Only child*.c and their tests include it.
 */
#ifndef PAR_CHILD_PARTS_H
#define PAR_CHILD_PARTS_H

#include <stddef.h>
#include <sys/types.h>

#include "child.h"
#include "text.h"

/* A started program and this side of its pipes; a descriptor is -1 once closed. */
struct par_process {
	pid_t pid;
	int pidfd;      /* readable when it has ended; -1 before Linux 5.3 */
	int output;     /* its standard output, not blocking */
	int complaint;  /* its standard error, not blocking */
	int exec_error; /* holds an int errno once exec has failed, nothing when it succeeded */
};

#define PAR_PROCESS_INIT                                                                           \
	{                                                                                          \
		.pid = 0, .pidfd = -1, .output = -1, .complaint = -1, .exec_error = -1             \
	}

/*
 * Forks and executes. Returns 0 when there is a child (whose exec may fail yet: see exec_error), or
 * a negative errno. In both cases par_process_close() is due.
 */
int par_process_open(struct par_process *process, const struct par_child_spec *spec);

/* Kills the process and its group. Only before it is reaped: its number is free after that. */
void par_process_kill(const struct par_process *process);

/* Has it ended? It stays to be reaped. Needed only where there is no pidfd. */
bool par_process_ended(const struct par_process *process);

/* Closes the descriptors; kills or reaps nothing. */
void par_process_close(struct par_process *process);

/*
 * Adds the numbers of this process's children, each with a space behind it. `list` asks the kernel
 * for them (-ENOENT where it was built without CONFIG_PROC_CHILDREN); `scan` looks through the
 * parents of all processes, which always works and costs more. Returns 0 or -errno.
 */
int par_children_list(struct par_text *text);
int par_children_scan(struct par_text *text);

/*
 * Kills and reaps the children of this process that are not in `keep`, and theirs, until none is
 * left or two seconds are over (a process in uninterruptible IO cannot be killed).
 */
void par_strays_end(const struct par_text *keep);

/* Notes the children that there are, for `keep` above. Costs one system call when there are none.
 */
int par_strays_note(struct par_text *keep);

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
