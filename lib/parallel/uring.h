/*
 * uring: one io_uring for one event loop: requests go to the kernel in batches, and what is done
 * comes back through memory both share (Axboe, "Efficient IO with io_uring", 2019; io_uring(7)).
 *
 * A coroutine fills in a request and is suspended; when the loop has nothing else to do it hands
 * all new requests over with one system call, which also fetches what is done. So a system call is
 * shared by all that became ready meanwhile, where epoll needs one for each read after the one that
 * told of them. Private to the loop. Where liburing was not there when this was built, every ring
 * is refused.
 *
 * Needs Linux 5.19 (requests are cancelled by their descriptor). All calls come from the thread
 * that opened the ring.
 */
#ifndef PAR_URING_H
#define PAR_URING_H

#include <stddef.h>
#include <stdint.h>

#include "ready.h"

struct io_uring_sqe;
struct par_uring;

/* One operation; on the stack of the coroutine that waits for it. */
struct par_uring_request {
	struct par_coroutine *coroutine;
	int result; /* >= 0 or -errno */
};

/* NULL, or why there can be no ring here: a constant string. Opens one to know. */
const char *par_uring_unavailable(void);

/* 0; -ENOSYS without liburing or io_uring, -EPERM where it is forbidden, -EINVAL before Linux 5.19,
 * or another -errno. */
int par_uring_open(struct par_uring **out);

/* No request may be under way. NULL is allowed. */
void par_uring_close(struct par_uring *ring);

/* How many requests wait for their end. */
size_t par_uring_under_way(const struct par_uring *ring);

/*
 * A request to be filled in, handed over with the next batch; -errno when the kernel takes no more.
 * Coroutines whose requests turn out to be done meanwhile join `ready`.
 */
int par_uring_take(struct io_uring_sqe **out, struct par_uring *ring, struct par_ready *ready);

/* Suspends the running coroutine until its request is done; returns its result. */
int par_uring_await(
	struct par_uring *ring, struct io_uring_sqe *entry, struct par_coroutines *coroutines);

/*
 * Hands over what is new and waits until a request is done or the deadline (CLOCK_MONOTONIC; 0:
 * does not wait; PAR_POLL_FOREVER) has come; coroutines whose requests are done join `ready`. 0 or
 * -errno.
 */
int par_uring_poll(struct par_uring *ring, uint64_t deadline, struct par_ready *ready);

/*
 * The requests on a descriptor, counted so that close() knows whether any must be cancelled. NULL
 * without memory; `fd` >= 0.
 */
uint32_t *par_uring_users(struct par_uring *ring, int fd);

#endif
