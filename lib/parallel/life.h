/*
 * life: one worker, from its start to its end, as a process, a program or a thread.
 *
 * The calls are those that every library of workers has: start, is alive, join with a timeout, ask
 * to end, end without asking, how it ended. What they come down to:
 *
 *               process, program                   thread
 *   is alive    waitid(WNOWAIT): does not reap     a flag that its last instruction sets
 *   join        waitid, with a pidfd and poll      that flag as a futex, then pthread_join
 *               where there is a timeout
 *   ask         SIGTERM, which it may catch,       a flag that it must look at, as a futex, so
 *               ignore or put off                  that it may also wait for it
 *   kill        SIGKILL, which it cannot           -ENOTSUP: nothing ends a thread unasked and
 *                                                  leaves the locks that it holds usable
 *   no zombie   join or par_life_fini() reaps      join or par_life_fini() frees its stack
 *
 * kill(pid, 0) is no answer to "is alive": a zombie still has its number. pthread_cancel() with
 * asynchronous cancellability is no answer to "kill": POSIX lets hardly any function be called
 * then.
 *
 * A life belongs to one thread, which starts, asks and joins it. Processes die with that thread if
 * it ends first (PR_SET_PDEATHSIG counts threads). Do not copy it once started.
 */
#ifndef PAR_LIFE_H
#define PAR_LIFE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "launch.h"
#include "wait.h"

enum par_life_kind {
	PAR_LIFE_NONE, /* not started, or joined */
	PAR_LIFE_PROCESS,
	PAR_LIFE_THREAD,
};

/* How a worker ended. */
struct par_ending {
	int code;   /* what it returned or exited with, 0..255; -1: a signal ended it */
	int signal; /* that ended it, else 0 */
	bool core;  /* it left a memory image */
};

struct par_life;

/* What a worker does; its result (0..255) is its exit code. Not called for a program. */
typedef int (*par_life_function)(void *context, struct par_life *self);

/* Inert when zeroed. */
struct par_life {
	enum par_life_kind kind;
	pid_t pid; /* of a process */
	pthread_t thread;
	par_life_function function;
	void *context;
	int code;              /* of a thread; before `ended` */
	struct par_gate asked; /* 1: it shall end; of a thread */
	struct par_gate ended; /* 1: a thread has run its last instruction of ours */
};

#define PAR_LIFE_FOREVER UINT64_MAX

/*
 * Each starts a worker, of a life that is inert. 0, or -errno and the life stays inert: -EAGAIN and
 * -ENOMEM where the system gives no more. A forked process has SIGTERM as by default, and dies with
 * its starter. `stack_bytes` 0: the default (8 MiB of addresses, most often); -EINVAL when it is
 * below PTHREAD_STACK_MIN.
 */
int par_life_fork(struct par_life *life, par_life_function function, void *context);
int par_life_thread(
	struct par_life *life, par_life_function function, void *context, size_t stack_bytes);
int par_life_program(struct par_life *life, const struct par_launch_spec *spec);

/* Whether it has not ended. Does not wait, does not join. False for an inert one. */
bool par_life_alive(const struct par_life *life);

/*
 * Waits at most timeout_ns (0: looks; PAR_LIFE_FOREVER) until it has ended, without joining it. 0,
 * -ETIMEDOUT; -ECHILD when somebody else reaped it, -ESRCH for an inert one.
 */
int par_life_await(struct par_life *life, uint64_t timeout_ns);

/*
 * The same, and joins it: what the system kept of it is gone, the life is inert and *ending (may be
 * NULL) tells how it ended. After -ETIMEDOUT it goes on as before; after -ECHILD it is inert and
 * *ending unknown (-1, 0).
 */
int par_life_join(struct par_life *life, uint64_t timeout_ns, struct par_ending *ending);

/* Asks it to end. 0, also when it has ended already; -ESRCH for an inert one. */
int par_life_terminate(struct par_life *life);

/* Ends it without asking. As above; -ENOTSUP for a thread, which goes on. */
int par_life_kill(struct par_life *life);

/* In a worker that is a thread: whether it was asked to end. In a process always false. */
bool par_life_asked(struct par_life *self);

/*
 * In a worker: waits at most timeout_ns to be asked. True when it was. A process is not told so: it
 * gets SIGTERM, and sleeps here until then.
 */
bool par_life_wait_asked(struct par_life *self, uint64_t timeout_ns);

/*
 * Joins what is still there: a process is killed first, a thread is asked and waited for, so it
 * must look. An inert one is fine.
 */
void par_life_fini(struct par_life *life);

#endif
