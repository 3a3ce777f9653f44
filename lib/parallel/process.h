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

/*
 * Waits at most `grace_ns` for the child to end, then kills it; reaps it. 0 kills at once. A child
 * that someone else has reaped is fine.
 */
void par_process_reap(pid_t pid, uint64_t grace_ns);

#endif
