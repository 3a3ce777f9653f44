#include "server_loop.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "bytes.h"
#include "clock.h"

#define EVENTS 256
#define NOBODY (-1)

/* How long a request waits for those that are to be answered with it. */
#define GATHER_PATIENCE_NS PAR_NS_PER_S

/*
 * A connection is read until its request is whole, then waits its turn, then is sent its reply and
 * closed. While it waits, what happens on it is not looked at: if the client has gone, the send
 * says so.
 */
enum phase {
	READING,
	WAITING,
	SENDING,
};

struct connection {
	enum phase phase;
	int next;      /* of the waiting */
	size_t done;   /* bytes read of the request, then sent of the reply */
	uint64_t seed; /* of the bytes read */
	uint64_t due_ns;
};

struct loop {
	struct par_server_spec spec;
	int listener, epoll, timer;
	bool full; /* out of descriptors: the listener is not watched until one is closed */
	int first,
		last; /* of the waiting; all wait equally long, so the first to come is first due */
	uint64_t gathered;              /* of the waiting: those that wait for others */
	uint64_t armed_ns;              /* the due time that the timer is set to */
	struct connection *connections; /* by descriptor */
	int capacity;
	unsigned char buffer[PAR_SERVER_MESSAGE_MAX];
};

/* Not par_now_ns(): the timer knows this clock. */
static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * PAR_NS_PER_S + (uint64_t)now.tv_nsec;
}

static int watch(struct loop *loop, int operation, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data = { .fd = fd } };

	return epoll_ctl(loop->epoll, operation, fd, &event) < 0 ? -errno : 0;
}

static int watch_listener(struct loop *loop, bool on)
{
	loop->full = !on;
	return watch(loop, EPOLL_CTL_MOD, loop->listener, on ? EPOLLIN : 0);
}

static int drop(struct loop *loop, int fd)
{
	(void)close(fd);
	return loop->full ? watch_listener(loop, true) : 0;
}

static int make_room(struct loop *loop, int fd)
{
	int capacity = fd < 512 ? 1024 : 2 * fd;
	struct connection *connections;

	if (fd < loop->capacity)
		return 0;
	connections = realloc(loop->connections, (size_t)capacity * sizeof *connections);
	if (connections == NULL)
		return -ENOMEM;
	loop->connections = connections;
	loop->capacity = capacity;
	return 0;
}

static int welcome(struct loop *loop, int fd)
{
	int status = make_room(loop, fd);

	if (status < 0)
		return status;
	loop->connections[fd] = (struct connection){ .next = NOBODY, .seed = PAR_SERVER_SEED };
	return watch(loop, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

static int accept_all(struct loop *loop)
{
	for (;;) {
		int fd = accept4(loop->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		int status;

		if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd < 0 && (errno == EMFILE || errno == ENFILE))
			return watch_listener(loop, false);
		if (fd < 0)
			return errno == EAGAIN ? 0 : -errno;
		status = welcome(loop, fd);
		if (status < 0)
			return status;
	}
}

/* As much of the reply as the socket takes; the rest when it says it can take more. */
static int send_reply(struct loop *loop, int fd)
{
	struct connection *connection = &loop->connections[fd];
	size_t size = loop->spec.reply;

	connection->phase = SENDING;
	par_bytes_fill(loop->buffer, size, connection->seed);
	while (connection->done < size) {
		ssize_t sent = send(
			fd, loop->buffer + connection->done, size - connection->done, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN)
			return 0;
		if (sent < 0)
			break;
		connection->done += (size_t)sent;
	}
	return drop(loop, fd);
}

/* All that are waiting have gathered: they are due together. */
static void end_gathering(struct loop *loop, uint64_t due_ns)
{
	loop->gathered = 0;
	for (int fd = loop->first; fd != NOBODY; fd = loop->connections[fd].next)
		loop->connections[fd].due_ns = due_ns;
}

static int queue_up(struct loop *loop, int fd)
{
	struct connection *connection = &loop->connections[fd];
	bool gather = loop->spec.gather > 0;

	connection->done = 0;
	if (loop->spec.think_ns == 0 && loop->spec.gather == 0)
		return send_reply(loop, fd);
	connection->phase = WAITING;
	connection->due_ns = now_ns() + (gather ? GATHER_PATIENCE_NS : loop->spec.think_ns);
	if (loop->first == NOBODY)
		loop->first = fd;
	else
		loop->connections[loop->last].next = fd;
	loop->last = fd;
	if (gather && ++loop->gathered == loop->spec.gather)
		end_gathering(loop, now_ns() + loop->spec.think_ns);
	return 0;
}

/* A client that ends before its request is whole is dropped; after that, it may shut its side down.
 */
static int read_request(struct loop *loop, int fd)
{
	struct connection *connection = &loop->connections[fd];

	while (connection->done < loop->spec.request) {
		ssize_t got = recv(fd, loop->buffer, loop->spec.request - connection->done, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return 0;
		if (got <= 0)
			return drop(loop, fd);
		connection->seed = par_server_fold(connection->seed, loop->buffer, (size_t)got);
		connection->done += (size_t)got;
	}
	return queue_up(loop, fd);
}

static int go_on(struct loop *loop, int fd)
{
	switch (loop->connections[fd].phase) {
	case READING: return read_request(loop, fd);
	case SENDING: return send_reply(loop, fd);
	case WAITING: break;
	}
	return 0;
}

static int answer_due(struct loop *loop)
{
	uint64_t now = loop->first != NOBODY ? now_ns() : 0;
	int status = 0;

	while (status == 0 && loop->first != NOBODY &&
		loop->connections[loop->first].due_ns <= now) {
		int fd = loop->first;

		loop->first = loop->connections[fd].next;
		if (loop->gathered > 0)
			loop->gathered--; /* it has lost patience */
		status = send_reply(loop, fd);
	}
	return status;
}

/* Watched by edges: setting it anew makes the next one, nothing has to be read. */
static int set_timer(struct loop *loop)
{
	struct itimerspec at = { 0 };
	uint64_t due_ns;

	if (loop->first == NOBODY)
		return 0;
	due_ns = loop->connections[loop->first].due_ns;
	if (due_ns == loop->armed_ns)
		return 0;
	at.it_value.tv_sec = (time_t)(due_ns / PAR_NS_PER_S);
	at.it_value.tv_nsec = (long)(due_ns % PAR_NS_PER_S);
	if (timerfd_settime(loop->timer, TFD_TIMER_ABSTIME, &at, NULL) < 0)
		return -errno;
	loop->armed_ns = due_ns;
	return 0;
}

static int handle(struct loop *loop, int fd)
{
	if (fd == loop->listener)
		return accept_all(loop);
	return fd == loop->timer ? 0 : go_on(loop, fd);
}

static int run(struct loop *loop)
{
	struct epoll_event events[EVENTS];
	int status = 0;

	while (status == 0) {
		int count = epoll_wait(loop->epoll, events, EVENTS, -1);

		if (count < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; status == 0 && i < count; i++)
			status = handle(loop, events[i].data.fd);
		if (status == 0)
			status = answer_due(loop);
		if (status == 0)
			status = set_timer(loop);
	}
	return status;
}

/* As many connections as this process may ever hold. */
static int raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? -errno : 0;
}

static int prepare(struct loop *loop)
{
	int status = raise_limit();

	if (status < 0)
		return status;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (loop->epoll < 0 || loop->timer < 0)
		return -errno;
	status = watch(loop, EPOLL_CTL_ADD, loop->listener, EPOLLIN);
	if (status == 0)
		status = watch(loop, EPOLL_CTL_ADD, loop->timer, EPOLLIN | EPOLLET);
	return status;
}

/* What it opens goes with the process. */
int par_server_loop(void *context, int ready)
{
	const struct par_server_start *start = context;
	struct loop loop = {
		.spec = start->spec,
		.listener = start->listener,
		.first = NOBODY,
		.last = NOBODY,
	};
	int status = prepare(&loop);

	if (status < 0)
		return status;
	par_service_ready(ready);
	status = run(&loop);
	free(loop.connections);
	return status;
}
