/*
 * loop: one thread that holds many tasks, each a coroutine, and waits for all of them at once.
 */
#ifndef PAR_LOOP_H
#define PAR_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "io.h"

/* Where a loop gets its tasks from. */
struct par_loop_source {
	/* Hands out at most `limit` (>= 1) tasks from *first on; returns how many, 0: no more. */
	uint64_t (*claim)(void *context, uint64_t limit, uint64_t *first);
	/* One task, on a coroutine; waits through `io`. */
	void (*task)(void *context, uint64_t index, struct par_io *io);
	void *context;
};

struct par_loop_spec {
	bool timerfd_only; /* what kernels before 5.11 make do with; for tests */
	bool ring;         /* waits through an io_uring instead of epoll; see uring.h */
};

struct par_loop;

/* NULL, or why no loop can have a ring here: a constant string. */
const char *par_loop_uring_unavailable(void);

/* A loop of the calling thread, owned by the caller. 0 or -errno. `spec` NULL: all zero. */
int par_loop_open(struct par_loop **out, const struct par_loop_spec *spec);

/*
 * Runs tasks, at most `in_flight` (>= 1) at once, until the source has no more and all have ended.
 * A task that never waits runs to its end when it is claimed, with no queue in between.
 *
 * Where the kernel refuses the stack for a task while others are under way, fewer run at once. 0,
 * or -errno when the loop cannot go on: no stack at all, or a failing poll.
 */
int par_loop_run(struct par_loop *loop, const struct par_loop_source *source, uint64_t in_flight);

/* The handle its tasks wait with; owned by the loop. */
struct par_io *par_loop_io(struct par_loop *loop);

/* Keeps its stacks until then. No task may be under way. NULL is allowed. */
void par_loop_close(struct par_loop *loop);

#endif
