/*
 * taskpool: workers, threads or forked processes, that are handed tasks and hand results back.
 *
 * The calls are those that Python's multiprocessing.Pool taught: apply, apply_async with get, with
 * a timeout and with a callback, map, imap, imap_unordered, close (here: shut), join, terminate. A
 * task is a few bytes in and as many out; what is larger lies in memory that caller and workers
 * share. Threads and processes run the same code over the same shared memory.
 *
 * Algorithm. Tasks go through one bounded ring of slots with sequence numbers (Vyukov's bounded
 * MPMC queue, 2010, with a single producer): the caller writes a slot and then its stamp; an idle
 * worker that sees the stamp of the next task claims it with a compare-and-swap on `head`, so no
 * task waits behind a longer one while a worker is idle. Each worker writes what it has finished,
 * stamped too, into a ring of its own, which the caller drains in all its calls. So a task and its
 * result cross between caches once each, and each line has one writer, but for head. Nothing is
 * allocated once the pool is open.
 *
 * Who has nothing to do spins for a moment where it has a PU to itself, then parks on a futex.
 * Sleepers are bits in a word: only they are woken, one at a time, and who wakes and sees more to
 * do wakes the next. Where the PUs are all the workers', the caller shares that of worker 0, which
 * then never spins.
 *
 * Deaths. A worker that is killed holds no lock, and may be killed between any two instructions.
 * What it had claimed is found by elimination: claimed, not finished, and no living worker's.
 * Before its compare-and-swap a worker marks its claim word `claiming`; the caller, who acquires
 * head, sees at least that mark of every claim below head, and waits for the word to say which. The
 * lost tasks fail with PAR_WORKER_DIED, and a new worker takes the dead one's place.
 *
 * Memory orders. A slot's stamp is released by the caller and acquired by workers (the task); an
 * entry's mark is released by a worker and acquired by the caller (the result). To park, each side
 * writes "I sleep" and then looks again, and the other publishes and then looks for sleepers, all
 * sequentially consistent (Dekker): at least one sees the other.
 *
 * Progress. Submitting and taking results is wait-free while the ring has room; claiming is
 * lock-free among the workers. A call that waits looks for dead workers every 20 ms, so that it
 * ends even when a worker died with a wake on its hands. A worker that is stopped holds up its
 * task, and if it was stopped while it claimed one also the news of tasks that others lost, until
 * it goes on or is killed: use a timeout.
 *
 * One thread at a time may use a pool. Callbacks run on that thread, inside any call that waits or
 * drains; in one, only par_taskpool_try_put(), try_submit(), flush() and is_done() may be called,
 * the others return -EDEADLK.
 */
#ifndef PAR_TASKPOOL_H
#define PAR_TASKPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crew.h"  /* PAR_WORKER_DIED */
#include "futex.h" /* PAR_FUTEX_FOREVER */

#define PAR_TASK_BYTES_MAX 56

/* Copied by open; what the pointers name must outlive the pool. Members that are 0 take a default.
 */
struct par_taskpool_spec {
	unsigned workers;  /* 0: as many as PUs that the caller may run on */
	bool processes;    /* forked processes, else threads */
	bool spin;         /* a PU for each worker: waiting may spin briefly */
	const int *pus;    /* OS index per worker, or -1: not pinned; NULL: none is */
	unsigned bytes;    /* of an argument, and of a result; 0: 8 */
	unsigned capacity; /* tasks handed over and not finished; a power of two; 0: 1024 */
	unsigned claim;    /* most tasks that a worker takes at once; 0: one. More cost less each,
			      but then a task may wait behind a longer one. */
	uint64_t map_results; /* places of 64 bits for the results of a map; 0: none */

	/*
	 * In a worker: one task. `data` holds its argument and takes its result. 0 or -errno, which
	 * its caller gets. It may kill its worker; a thread's, with pthread_exit().
	 */
	int (*task)(void *context, unsigned worker, void *data);

	/*
	 * In a worker: the items [first, first + count) of a map, whose results go to results[0 ..
	 * count - 1]; `results` is NULL where the pool keeps none. 0 or -errno. NULL: no maps.
	 */
	int (*chunk)(
		void *context, unsigned worker, uint64_t first, uint64_t count, uint64_t *results);

	/* Processes have a copy of all that is not shared memory, as it was when they were forked.
	 */
	void *context;
};

/*
 * What a task that was handed over will come to. The caller's; it stays where it is until the task
 * has ended, is forgotten, or the pool is closed. Zeroed, it is no task's.
 */
struct par_future {
	unsigned char data[PAR_TASK_BYTES_MAX]; /* the result of a task that ended with code 0 */
	int code;      /* of a task that has ended: 0, its -errno, PAR_WORKER_DIED or -ECANCELED */
	bool pending;  /* handed over and not ended */
	uint64_t turn; /* its place in the order of handing over, from 0 */
	void (*done)(struct par_future *future); /* the completion callback; NULL: none */
	void *context;                           /* the callback's */
};

struct par_taskpool;

/*
 * Makes the workers and returns when all are ready. 0; -EINVAL for a spec that cannot be; -errno of
 * a worker that could not be made. Owned by the caller.
 *
 * With `spin`, and until the pool is closed, the calling thread moves to the PUs that no worker
 * has, or, where there are none, to that of worker 0.
 */
int par_taskpool_open(struct par_taskpool **out, const struct par_taskpool_spec *spec);

/* Terminates what was not joined, and frees everything. NULL is allowed. */
void par_taskpool_close(struct par_taskpool *pool);

/* --- handing over ---
 *
 * `data` is the argument; `future` may be NULL: nobody asks for the result. put() hands over
 * without telling the workers, at the latest every 32 tasks and in every call that waits; flush()
 * tells them. submit() is both: Python's apply_async().
 *
 * All return 0; -ESHUTDOWN after shut(); PAR_WORKER_DIED when there are no workers and none can be
 * made. While `capacity` tasks are under way put() and submit() wait, and run callbacks;
 * try_put() and try_submit() return -EAGAIN.
 */
int par_taskpool_put(struct par_taskpool *pool, struct par_future *future, const void *data);
int par_taskpool_try_put(struct par_taskpool *pool, struct par_future *future, const void *data);
int par_taskpool_submit(struct par_taskpool *pool, struct par_future *future, const void *data);
int par_taskpool_try_submit(struct par_taskpool *pool, struct par_future *future, const void *data);
void par_taskpool_flush(struct par_taskpool *pool);

/* One task and its result, in `data`. 0, the task's -errno, or as submit(). */
int par_taskpool_apply(struct par_taskpool *pool, void *data);

/* --- taking results --- */

/*
 * Waits at most timeout_ns (PAR_FUTEX_FOREVER: for ever) for the end of a task. Returns its code;
 * or -ETIMEDOUT with future->pending still set: it can be waited for again. At once for a future of
 * no task.
 */
int par_taskpool_get(struct par_taskpool *pool, struct par_future *future, uint64_t timeout_ns);

/* Whether its task has ended. Does not wait. */
bool par_taskpool_is_done(struct par_taskpool *pool, const struct par_future *future);

/* Nobody waits for it any more: the task will run, its result and its callback will be dropped. */
void par_taskpool_forget(struct par_taskpool *pool, struct par_future *future);

/*
 * Waits at most timeout_ns until a task ends; 0 only looks. Takes all that have ended, and runs
 * their callbacks. Returns how many; 0 after the time, and when no task is under way.
 */
unsigned par_taskpool_poll(struct par_taskpool *pool, uint64_t timeout_ns);

/* --- map ---
 *
 * The items [first, first + count), in chunks of `chunk`, or 0: by guided self-scheduling (see
 * claims.h), where Python cuts 4 equal chunks a worker. Returns when all have ended: 0, else the
 * -errno of one that failed; the others run. After PAR_WORKER_DIED some may not have run.
 */
int par_taskpool_map(struct par_taskpool *pool, uint64_t first, uint64_t count, uint64_t chunk);

/* The results of the last map, in the order of its items: spec.map_results places. NULL: none. */
const uint64_t *par_taskpool_results(const struct par_taskpool *pool);

/* --- the end --- */

/* No more work: Python's close(). Tasks under way go on. */
void par_taskpool_shut(struct par_taskpool *pool);

/*
 * Shuts, waits for all tasks, and for the end of the workers. 0, or PAR_WORKER_DIED when tasks were
 * lost since there were no workers left to run them.
 */
int par_taskpool_join(struct par_taskpool *pool);

/*
 * Ends at once: tasks that have not ended fail with -ECANCELED, and their callbacks run. Processes
 * are killed in the middle of a task; a thread first ends the task that it has begun.
 */
void par_taskpool_terminate(struct par_taskpool *pool);

/* --- what it is --- */

unsigned par_taskpool_workers(const struct par_taskpool *pool);
/* Tasks handed over and not ended. */
unsigned par_taskpool_under_way(const struct par_taskpool *pool);
/* The worker's process, for tests; 0 for a thread, and for a process that is gone. */
int par_taskpool_pid(const struct par_taskpool *pool, unsigned worker);
/* How many workers have died and been replaced. */
unsigned par_taskpool_replaced(const struct par_taskpool *pool);
/* Bytes that it holds: shared memory and its own; not the workers' stacks. */
size_t par_taskpool_bytes(const struct par_taskpool *pool);

#endif
