/*
 * subprocess: runs a real program to its end: feeds its standard input, keeps what it prints, tells
 * how it ended. What Python calls subprocess.run(), without a shell.
 *
 * One thread serves the three pipes with poll(2) and descriptors that do not block, so it cannot
 * deadlock: not when the program prints more than a pipe holds before it reads, nor when it never
 * reads. The end is seen by a pidfd (Linux 5.3) in the same poll: what the program itself has
 * printed is then in the pipes and is taken, and nobody waits for a grandchild that has inherited
 * them; the program's group is killed. Where there is no pidfd, by the end of both streams.
 *
 * When its time is out the group is asked (SIGTERM) and, if it is still there after `grace_ns`,
 * killed (SIGKILL), which no program can refuse. The child is always reaped.
 *
 * It does not die with a caller that is killed; its input ends then. lib/sys/child.h is for
 * programs that must never outlive us.
 */
#ifndef PAR_SUBPROCESS_H
#define PAR_SUBPROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What to run. Borrowed for the call. */
struct par_subprocess_spec {
	const char *const *argv;   /* as in launch.h */
	const char *const *env;    /* as in launch.h */
	const void *input;         /* for its standard input; NULL: /dev/null */
	size_t input_size;         /* bytes */
	size_t output_limit;       /* bytes kept of each stream; more ends it (`overflow`) */
	uint64_t deadline_ns;      /* from the start; 0: none */
	uint64_t grace_ns;         /* between SIGTERM and SIGKILL; 0: killed at once */
	uint64_t *first_output_ns; /* when its first output came, by par_now_ns(); may be NULL */
};

/* How it went. Inert when zeroed; par_subprocess_result_fini() frees it. */
struct par_subprocess_result {
	char *output, *complaint; /* both streams, NUL-terminated, owned; NULL where nothing came */
	size_t output_size, complaint_size; /* bytes */
	size_t input_taken; /* bytes that the pipe took before the program ended or closed it */
	int exit_code;      /* 0..255, or -1: a signal ended it */
	int signal;         /* that ended it; 0: none */
	bool timed_out, overflow;
};

#define PAR_SUBPROCESS_RESULT_INIT                                                                 \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Runs it. Returns 0 when `result` tells the story, or -errno: the program could not be started
 * (launch.h), no pipes (-EMFILE), no memory (-ENOMEM); then `result` is inert, and there is no
 * child. -ECHILD when somebody else reaps our children. A program that stops reading its input is
 * no error. SIGPIPE is never raised by it.
 */
int par_subprocess_run(
	struct par_subprocess_result *result, const struct par_subprocess_spec *spec);

void par_subprocess_result_fini(struct par_subprocess_result *result);

#endif
