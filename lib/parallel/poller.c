#include "poller.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/time_types.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

/* What an event is about: a descriptor, or one of the two of our own. */
#define EVENT_WAKE  UINT64_MAX
#define EVENT_TIMER (UINT64_MAX - 1)

/* A coroutine that waits; on its own stack while it does. */
struct par_waiter {
	struct par_coroutine *coroutine;
	struct par_waiter *next;
	enum par_direction direction;
};

uint64_t par_poller_now(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts); /* cannot fail for this clock */
	return (uint64_t)ts.tv_sec * PAR_NS_PER_S + (uint64_t)ts.tv_nsec;
}

/* --- open and close --- */

static int add_own(struct par_poller *poller, int *out, int fd, uint64_t event_data)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u64 = event_data };

	*out = fd;
	if (fd < 0 || epoll_ctl(poller->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		return -errno;
	return 0;
}

int par_poller_open(struct par_poller *poller, bool timerfd_only)
{
	int code;

	memset(poller, 0, sizeof(*poller));
	poller->open = true;
	poller->timer = poller->wake = -1;
	poller->timerfd_only = timerfd_only;
	poller->generation = 1;
	poller->armed = PAR_POLL_FOREVER;
	poller->epoll = epoll_create1(EPOLL_CLOEXEC);
	code = poller->epoll < 0 ? -errno : 0;
	if (!code)
		code = add_own(
			poller, &poller->wake, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), EVENT_WAKE);
	if (!code)
		code = add_own(poller, &poller->timer,
			timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), EVENT_TIMER);
	if (code)
		par_poller_close(poller);
	return code;
}

static void close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

void par_poller_close(struct par_poller *poller)
{
	if (!poller->open)
		return;
	close_if_open(poller->wake);
	close_if_open(poller->timer);
	close_if_open(poller->epoll);
	free(poller->table);
	memset(poller, 0, sizeof(*poller));
}

/* --- what is known of descriptors --- */

/* The entry of `fd` (>= 0); NULL without memory. */
static struct par_descriptor *entry(struct par_poller *poller, int fd)
{
	size_t index = (size_t)fd;
	size_t size = poller->size ? poller->size : 64;
	struct par_descriptor *table;

	if (index >= poller->size) {
		while (size <= index)
			size *= 2;
		table = realloc(poller->table, size * sizeof(*table));
		if (!table)
			return NULL;
		memset(table + poller->size, 0, (size - poller->size) * sizeof(*table));
		poller->table = table;
		poller->size = size;
	}
	return &poller->table[index];
}

void par_poller_distrust(struct par_poller *poller)
{
	poller->generation++;
}

int par_poller_prepare(struct par_poller *poller, int fd)
{
	struct par_descriptor *descriptor;
	int flags;

	if (fd < 0)
		return -EBADF;
	descriptor = entry(poller, fd);
	if (!descriptor)
		return -ENOMEM;
	if (descriptor->checked == poller->generation && descriptor->nonblocking)
		return 0;
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || (!(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0))
		return -errno;
	/* An older registration may be another file's: await() looks. */
	descriptor->registered = false;
	descriptor->nonblocking = true;
	descriptor->checked = poller->generation;
	return 0;
}

int par_poller_adopt(struct par_poller *poller, int fd)
{
	struct par_descriptor *descriptor = entry(poller, fd);

	if (!descriptor)
		return -ENOMEM;
	*descriptor = (struct par_descriptor){ .checked = poller->generation, .nonblocking = true };
	return 0;
}

void par_poller_forget(struct par_poller *poller, int fd, struct par_ready *ready)
{
	struct par_descriptor *descriptor;

	if (fd < 0 || (size_t)fd >= poller->size)
		return;
	descriptor = &poller->table[fd];
	/* Closing takes it out of the epoll set, unless a duplicate lives: so take it out here. */
	if (descriptor->registered)
		(void)epoll_ctl(poller->epoll, EPOLL_CTL_DEL, fd, NULL);
	for (struct par_waiter *waiter = descriptor->waiters; waiter; waiter = waiter->next) {
		poller->waiting--;
		par_ready_push(ready, waiter->coroutine);
	}
	*descriptor = (struct par_descriptor){ 0 };
}

/* Registers; one that is registered from an earlier run, or by a duplicate, is armed anew. */
static int enrol(struct par_poller *poller, int fd)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
		.data.u64 = (uint64_t)fd,
	};

	if (epoll_ctl(poller->epoll, EPOLL_CTL_ADD, fd, &event) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	return epoll_ctl(poller->epoll, EPOLL_CTL_MOD, fd, &event) ? -errno : 0;
}

int par_poller_await(struct par_poller *poller, int fd, enum par_direction direction,
	struct par_coroutines *coroutines)
{
	struct par_descriptor *descriptor = &poller->table[fd];
	struct par_waiter waiter = {
		.coroutine = coroutines->running,
		.next = descriptor->waiters,
		.direction = direction,
	};
	int code;

	if (!descriptor->registered) {
		code = enrol(poller, fd);
		if (code)
			return code;
		descriptor->registered = true;
	}
	descriptor->waiters = &waiter;
	poller->waiting++;
	par_coroutine_suspend(coroutines);
	return 0;
}

/* --- waiting --- */

/* Moves the waiters for whom the event may be good news to `ready`. */
static void deliver(
	struct par_poller *poller, const struct epoll_event *event, struct par_ready *ready)
{
	const uint32_t either = EPOLLERR | EPOLLHUP;
	bool readable = event->events & (EPOLLIN | EPOLLRDHUP | either);
	bool writable = event->events & (EPOLLOUT | either);
	struct par_waiter **link = &poller->table[event->data.u64].waiters;
	struct par_waiter *waiter;

	while ((waiter = *link)) {
		if (waiter->direction == PAR_READABLE ? readable : writable) {
			*link = waiter->next; /* before it runs: it lives on the waiter's stack */
			poller->waiting--;
			par_ready_push(ready, waiter->coroutine);
		} else {
			link = &waiter->next;
		}
	}
}

static int wait_precisely(struct par_poller *poller, uint64_t timeout_ns)
{
#ifdef SYS_epoll_pwait2
	struct __kernel_timespec timeout = {
		.tv_sec = (long long)(timeout_ns / PAR_NS_PER_S),
		.tv_nsec = (long long)(timeout_ns % PAR_NS_PER_S),
	};
	long count = syscall(SYS_epoll_pwait2, poller->epoll, poller->events, PAR_POLL_EVENTS,
		timeout_ns == PAR_POLL_FOREVER ? NULL : &timeout, NULL, (size_t)0);

	return count < 0 ? -errno : (int)count;
#else
	(void)poller, (void)timeout_ns;
	return -ENOSYS;
#endif
}

/* Sets the timerfd to the deadline, unless it is, and sleeps without a timeout. */
static int wait_with_timer(struct par_poller *poller, uint64_t deadline)
{
	struct itimerspec when = { { 0, 0 }, { 0, 0 } };
	int count;

	if (deadline != poller->armed) {
		if (deadline != PAR_POLL_FOREVER) {
			when.it_value.tv_sec = (time_t)(deadline / PAR_NS_PER_S);
			when.it_value.tv_nsec = (long)(deadline % PAR_NS_PER_S);
		}
		if (timerfd_settime(poller->timer, TFD_TIMER_ABSTIME, &when, NULL) != 0)
			return -errno;
		poller->armed = deadline;
	}
	count = epoll_wait(poller->epoll, poller->events, PAR_POLL_EVENTS, -1);
	return count < 0 ? -errno : count;
}

static int wait_for_events(struct par_poller *poller, uint64_t deadline)
{
	uint64_t now = deadline == 0 || deadline == PAR_POLL_FOREVER ? 0 : par_poller_now();
	int count;

	if (deadline <= now) {
		count = epoll_wait(poller->epoll, poller->events, PAR_POLL_EVENTS, 0);
		return count < 0 ? -errno : count;
	}
	if (!poller->timerfd_only) {
		count = wait_precisely(
			poller, deadline == PAR_POLL_FOREVER ? PAR_POLL_FOREVER : deadline - now);
		if (count != -ENOSYS)
			return count;
		poller->timerfd_only = true;
	}
	return wait_with_timer(poller, deadline);
}

int par_poller_poll(struct par_poller *poller, uint64_t deadline, struct par_ready *ready)
{
	int count = wait_for_events(poller, deadline);

	if (count == -EINTR)
		return 0; /* the caller looks at its timers and comes back */
	for (int i = 0; i < count; i++) {
		if (poller->events[i].data.u64 == EVENT_WAKE)
			poller->woken = true;
		else if (poller->events[i].data.u64 == EVENT_TIMER)
			poller->armed = PAR_POLL_FOREVER; /* it has rung, and rings once */
		else
			deliver(poller, &poller->events[i], ready);
	}
	return count < 0 ? count : 0;
}

void par_poller_wake(const struct par_poller *poller)
{
	/* Never read: with edge triggering each write is an event, and 2^64 of them fit. */
	(void)eventfd_write(poller->wake, 1);
}
