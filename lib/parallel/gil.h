/*
 * gil: one lock that a thread must hold to compute, as CPython's threads do.
 *
 * The protocol is that of CPython 3.2 to 3.12 (Antoine Pitrou's "new GIL", 2009;
 * Python/ceval_gil.c):
 *
 *  - A thread that wants the lock sleeps for the switch interval (5 ms). If nobody has released it
 *    meanwhile, it sets a request to drop it and sleeps again. If somebody has, its interval begins
 *    anew: the request is about who holds the lock too long, not about who waits too long.
 *  - The holder looks at the request where it is safe to stop (CPython: at jumps backward and at
 *    calls; here: par_gil_check(), between tasks and at par_io_yield()). When it is set it drops
 * the lock and waits until another thread has taken it ("forced switching"): else it would take the
 *    lock back before the other has woken.
 *  - Around everything that blocks the lock is released (Py_BEGIN_ALLOW_THREADS): see
 *    par_gil_io_init().
 *
 * So computing gains nothing from more threads, and waiting does. A thread that waits a lot also
 * waits up to an interval for each time it wants to go on beside one that computes ("convoy
 * effect", D. Beazley, "Understanding the Python GIL", 2010).
 *
 * Memory order: all but the request is guarded by the mutex, so what a holder wrote is seen by the
 * next. The request is a hint: it is read relaxed, and its effect is checked under the mutex.
 * Progress: blocking. Fair only in that a holder that is asked steps back for one other; whom the
 * kernel wakes takes it.
 */
#ifndef PAR_GIL_H
#define PAR_GIL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "io.h"
#include "shared.h"

#define PAR_GIL_INTERVAL_NS 5000000ULL

/* Threads of one process share it. */
struct par_gil {
	/* The holder looks at it all the time, the others hardly ever: a line of its own. */
	_Alignas(PAR_CACHE_LINE) _Atomic bool drop_request;
	_Alignas(PAR_CACHE_LINE) pthread_mutex_t mutex; /* guards what follows */
	pthread_cond_t released, taken;
	uint64_t interval_ns;
	uint64_t switches; /* how often it went to another thread than before */
	unsigned last;     /* who holds it, or held it last; 0: nobody yet */
	bool held;
};

/* 0 or -errno. */
int par_gil_init(struct par_gil *gil, uint64_t interval_ns);

/* Nobody may hold it or wait for it. */
void par_gil_fini(struct par_gil *gil);

/* Waits until this thread, which goes by the number `self` >= 1, holds it. */
void par_gil_take(struct par_gil *gil, unsigned self);

/* Releases it: the caller is about to block, or has ended. */
void par_gil_drop(struct par_gil *gil);

/* Where the holder may stop: lets another thread go on if one has asked. */
void par_gil_check(struct par_gil *gil, unsigned self);

/* How often it has changed hands. Only while nobody runs. */
uint64_t par_gil_switches(const struct par_gil *gil);

/* A blocking handle for one thread that releases the lock around each operation. */
struct par_gil_io {
	struct par_io io; /* first: what tasks are given */
	struct par_io blocking;
	struct par_gil *gil; /* borrowed */
	unsigned self;
};

/* The thread must hold the lock whenever it uses the handle. par_io_yield() is a check. */
void par_gil_io_init(struct par_gil_io *io, struct par_gil *gil, unsigned self);

#endif
