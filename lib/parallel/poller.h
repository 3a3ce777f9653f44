/*
 * poller: which descriptors are ready, and when to wake for the next timer.
 *
 * A descriptor is registered once, edge-triggered for both directions, and stays so: a wait then
 * costs no system call of its own. That is safe because everybody tries first and waits only after
 * EAGAIN, and every waiter tries again when woken. Waits are precise to the nanosecond
 * (epoll_pwait2, or a timerfd before Linux 5.11): epoll_wait() would round a sleep up to whole
 * milliseconds.
 */
#ifndef PAR_POLLER_H
#define PAR_POLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "ready.h"

#define PAR_POLL_EVENTS  256
#define PAR_POLL_FOREVER UINT64_MAX

enum par_direction { PAR_READABLE, PAR_WRITABLE };

struct par_waiter;

/* What is known of a descriptor. */
struct par_descriptor {
	uint64_t checked; /* the poller's generation in which the facts below were checked */
	bool registered;
	bool nonblocking;
	struct par_waiter *waiters;
};

/* Inert when zeroed. */
struct par_poller {
	bool open;
	bool timerfd_only; /* no epoll_pwait2 */
	bool woken;        /* par_poller_wake() was called since last asked */
	int epoll, timer, wake;
	size_t waiting;               /* coroutines that wait for a descriptor */
	uint64_t generation;          /* of what is known of descriptors */
	uint64_t armed;               /* the deadline the timerfd is set to */
	struct par_descriptor *table; /* by descriptor; owned */
	size_t size;
	struct epoll_event events[PAR_POLL_EVENTS];
};

/* CLOCK_MONOTONIC, which is what the kernel's timeouts count. */
uint64_t par_poller_now(void);

/* `timerfd_only`: do without epoll_pwait2 although the kernel may have it. 0 or -errno. */
int par_poller_open(struct par_poller *poller, bool timerfd_only);
void par_poller_close(struct par_poller *poller);

/*
 * Forgets what is known of descriptors, so that each is checked again at its next wait: between two
 * runs others may have closed one and opened a new one under its number.
 */
void par_poller_distrust(struct par_poller *poller);

/* Sets O_NONBLOCK unless it is known to be set. 0 or -errno. */
int par_poller_prepare(struct par_poller *poller, int fd);

/* `fd` was made with O_NONBLOCK by this loop. 0 or -ENOMEM. */
int par_poller_adopt(struct par_poller *poller, int fd);

/* `fd` is about to be closed: who still waits for it joins `ready`, to see EBADF. */
void par_poller_forget(struct par_poller *poller, int fd, struct par_ready *ready);

/* Suspends the running coroutine until `fd` may be ready. 0 or -errno. */
int par_poller_await(struct par_poller *poller, int fd, enum par_direction direction,
	struct par_coroutines *coroutines);

/*
 * Sleeps until a descriptor is ready, par_poller_wake() is called or the deadline has come (0: does
 * not sleep); the coroutines that can go on join `ready`. 0 or -errno.
 */
int par_poller_poll(struct par_poller *poller, uint64_t deadline, struct par_ready *ready);

/* From any thread: makes par_poller_poll() return with `woken` set. */
void par_poller_wake(const struct par_poller *poller);

#endif
