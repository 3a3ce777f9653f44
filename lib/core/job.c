#include "job.h"

#include "clock.h"
#include "rng.h"

uint64_t par_task_digest(uint64_t index, uint64_t digest)
{
	/* For each index a bijection of the digest, another for each index: swapped answers show.
	 */
	return par_mix64(digest ^ (index * 0xd1342543de82ef95ULL + 1));
}

/*
 * The tally is read and written only here, after the last task has returned: where tasks of one
 * worker interleave, nothing that was read before a wait is written after it.
 *
 * busy_ns is the time in which the worker had a task under way. A worker that blocks has one
 * whenever it is here, and the clock is read twice a range. Where tasks interleave, the times of
 * single tasks overlap and say nothing: the model, which knows when its loop ran, adds that time
 * once.
 */
void par_job_work(const struct par_work *work, uint64_t first, uint64_t last, struct par_io *io,
	struct par_tally *tally)
{
	bool timed = !io->ops->interleaves;
	uint64_t start = timed ? par_now_ns() : 0;
	uint64_t digest = 0;

	for (uint64_t index = first; index < last; index++)
		digest += par_task_digest(index, work->workload->task(work->state, index, io));

	tally->digest += digest;
	tally->tasks += last - first;
	if (timed)
		tally->busy_ns += par_now_ns() - start;
	/* Moved, not copied: the handle outlives this job, and its next one starts without an
	 * error. */
	if (tally->error == 0)
		tally->error = io->error;
	io->error = 0;
}
