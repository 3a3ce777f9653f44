/*
 * process: a forked worker's start and end.
 */
#ifndef PAR_PROCESS_H
#define PAR_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/*
 * In a new child: dies with its parent, and moves to `pu` (-1: stays). `parent` is the pid of who
 * forked. Returns 0 or -errno; -ESRCH when the parent is gone already.
 */
int par_process_enter(pid_t parent, int pu);

/* For par_process_await() and par_process_join(). */
#define PAR_PROCESS_FOREVER UINT64_MAX

/*
 * Waits at most `limit_ns` until the child has ended, without reaping it: then nobody waits in
 * par_process_join(). By pidfd and poll (Linux 5.3), else by looking each millisecond. Returns 0
 * when it has ended, -ETIMEDOUT, -ECHILD (no child of ours: somebody has reaped it) or -errno.
 */
int par_process_await(pid_t pid, uint64_t limit_ns);

/*
 * Waits at most `limit_ns` for the child to end and reaps it, so that it is no zombie. *status is
 * as of waitpid(2); may be NULL. Returns 0, -ETIMEDOUT, -ECHILD or -errno.
 */
int par_process_join(pid_t pid, uint64_t limit_ns, int *status);

/*
 * Waits at most `grace_ns` for the child to end, then kills it; reaps it. 0 kills at once. A child
 * that someone else has reaped is fine.
 */
void par_process_reap(pid_t pid, uint64_t grace_ns);

#endif
