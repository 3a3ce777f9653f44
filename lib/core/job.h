/*
 * job: the timed loop, which stands once.
 *
 * Models create, feed and join workers; what a worker does with a range of tasks is here, so no two
 * models are timed around different loops.
 */
#ifndef PAR_JOB_H
#define PAR_JOB_H

#include <stdint.h>

#include "shared.h"
#include "workload.h"

/*
 * What a worker has done; one cache line each, in shared memory, so that processes can report.
 * The sum of digests is commutative: it tells that every task ran exactly once with the right
 * answer, in whatever order.
 */
struct par_tally {
	_Alignas(PAR_CACHE_LINE) uint64_t digest; /* sum of par_task_digest() */
	uint64_t tasks;                           /* how many were run */
	uint64_t busy_ns; /* in which the worker had a task under way, computing or waiting; a loop
			     counts its overlapping tasks once */
	int64_t error;    /* first negative errno of a task, 0: none */
};
_Static_assert(sizeof(struct par_tally) == PAR_CACHE_LINE, "a tally is one line");

/* A workload with its state: what the workers of a team run. Borrowed by teams. */
struct par_work {
	const struct par_workload *workload;
	void *state;
};

/* What a task adds to its tally: its digest bound to its index. */
uint64_t par_task_digest(uint64_t index, uint64_t digest);

/*
 * Runs the tasks [first, last) one after the other in this worker and adds them to `tally`. The
 * only caller of a workload's task(). `io` is this worker's.
 */
void par_job_work(const struct par_work *work, uint64_t first, uint64_t last, struct par_io *io,
	struct par_tally *tally);

#endif
