/*
 * crew: workers that stand ready, as threads or as processes.
 *
 * Both kinds share one control block in shared memory and one code path: a worker sets itself up,
 * stands at the gate, and then runs a region for each run() until it is told to leave. So a pool of
 * threads and a pool of processes differ only in what is measured: threads against processes.
 */
#ifndef PAR_CREW_H
#define PAR_CREW_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "claims.h"

/* What run() and open() return when a worker process has died: "Owner died". */
#define PAR_WORKER_DIED (-EOWNERDEAD)

/* Who works, where, and what. Copied by open; what the pointers name must outlive the crew. */
struct par_crew_spec {
	unsigned workers; /* >= 1 */
	bool processes;   /* forked processes, else threads */
	bool spin;        /* a PU for each worker: waiting may spin briefly */
	const int *pus;   /* OS index per worker, or -1: not pinned; NULL: none is */

	/*
	 * In the worker, pinned, before the gate: makes what it alone needs. 0 or -errno, which
	 * open() then returns. May be NULL.
	 */
	int (*enter)(void *context, unsigned worker);

	/* In the worker, once a run: claims tasks until none are left. */
	void (*body)(void *context, unsigned worker, struct par_claims *claims);

	/* In the worker, on its way out, if enter() succeeded. May be NULL. */
	void (*leave)(void *context, unsigned worker);

	/* Processes have a copy of all that is not shared memory, made in open(). */
	void *context;
};

struct par_crew;

/*
 * Makes the workers and returns when all stand at the gate. A worker that cannot be made, fails in
 * enter() or dies there ends them all: -errno, and nothing is left. Owned by the caller.
 */
int par_crew_open(struct par_crew **out, const struct par_crew_spec *spec);

/*
 * Every worker runs the body; together they claim [first, first + count). Returns when all are back
 * at the gate: 0, or PAR_WORKER_DIED, after which the crew can only be closed.
 */
int par_crew_run(struct par_crew *crew, uint64_t first, uint64_t count);

/*
 * Sends every worker away and reaps it. A process that does not go within two seconds, or belongs
 * to a crew with a dead worker, is killed. NULL is allowed.
 */
void par_crew_close(struct par_crew *crew);

/* The worker's process, for tests; 0 for a thread. */
int par_crew_pid(const struct par_crew *crew, unsigned worker);

#endif
