/*
 * taskpool_imap: the results of many tasks as they come: Python's imap() and imap_unordered().
 *
 * The tasks are handed over as their results are taken, a window of them at a time: so an endless
 * sequence needs no more memory than the window. In order, a result waits for those before it;
 * unordered, it is there when its task has ended. Nothing is allocated after open.
 */
#ifndef PAR_TASKPOOL_IMAP_H
#define PAR_TASKPOOL_IMAP_H

#include "taskpool.h"

struct par_imap_spec {
	uint64_t first, count; /* the items, by index */
	bool unordered;
	unsigned window; /* most tasks under way or waiting to be taken; 0: 64 or 4 a worker,
			    whichever is more, at most the pool's capacity */
	/* Writes the argument of an item; NULL: the index, in 8 bytes (the pool's `bytes` >= 8). */
	void (*make)(void *context, uint64_t index, void *data);
	void *context;
};

struct par_imap_result {
	uint64_t index;
	int code; /* of the task, see par_taskpool_get() */
	unsigned char data[PAR_TASK_BYTES_MAX];
};

struct par_imap;

/* Hands over the first tasks. 0 or -errno. Owned by the caller; the pool must outlive it. */
int par_imap_open(
	struct par_imap **out, struct par_taskpool *pool, const struct par_imap_spec *spec);

/*
 * Waits at most timeout_ns for the next result. Returns 1; 0 at the end; -ETIMEDOUT, after which it
 * can be asked again; -EDEADLK in a callback; or as par_taskpool_submit().
 */
int par_imap_next(struct par_imap *imap, struct par_imap_result *out, uint64_t timeout_ns);

/* Forgets what is under way. NULL is allowed. */
void par_imap_close(struct par_imap *imap);

/* Bytes that it holds. */
size_t par_imap_bytes(const struct par_imap *imap);

#endif
