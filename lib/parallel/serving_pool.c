/*
 * thread_pool: threads that share one epoll instance. Its ready list is the pool's queue, and
 * EPOLLONESHOT gives a connection to one thread at a time, so no lock is taken for a request.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "serving_parts.h"

#define STACK_BYTES (64 * 1024)
#define NEVER       UINT64_MAX
#define LOOK_NS     PAR_NS_PER_MS

/* A connection. Belongs to the thread that epoll gave it to; only `due_ns` is looked at by others.
 */
struct link {
	struct par_serving_session session;
	_Atomic uint64_t due_ns; /* dropped then; NEVER while it is served */
	uint64_t begun_due_ns;   /* of the request that has begun; 0: none has */
	struct link *next, **back;
};

struct pool {
	struct par_serving_state *state;
	int epoll, leave; /* an eventfd: readable for ever once all are to leave */
	pthread_mutex_t lock;
	struct link *links; /* behind the lock, as what follows */
	unsigned open;
	bool full; /* the listener is not watched until a connection ends */
};

static int watch(const struct pool *pool, int operation, int fd, uint32_t events, void *what)
{
	struct epoll_event event = { .events = events, .data = { .ptr = what } };

	return epoll_ctl(pool->epoll, operation, fd, &event) < 0 ? -errno : 0;
}

/* The listener's events have the pool itself for a mark. */
static void watch_listener(struct pool *pool)
{
	(void)watch(pool, EPOLL_CTL_MOD, pool->state->listeners[0], EPOLLIN | EPOLLONESHOT, pool);
}

/* Out of the list before the descriptor is closed: the master shuts down only what is in it. */
static void drop(struct pool *pool, struct link *link)
{
	bool room;

	pthread_mutex_lock(&pool->lock);
	*link->back = link->next;
	if (link->next != NULL)
		link->next->back = link->back;
	pool->open--;
	room = pool->full;
	pool->full = false;
	pthread_mutex_unlock(&pool->lock);
	(void)close(link->session.fd);
	free(link);
	if (room)
		watch_listener(pool);
}

/* True when there is room for one more afterwards. */
static bool enlist(struct pool *pool, struct link *link)
{
	bool room;

	pthread_mutex_lock(&pool->lock);
	link->next = pool->links;
	link->back = &pool->links;
	if (link->next != NULL)
		link->next->back = &link->next;
	pool->links = link;
	room = ++pool->open < pool->state->spec.connections;
	pool->full = !room;
	pthread_mutex_unlock(&pool->lock);
	return room;
}

/* Release: what was done to the link is seen by the thread that takes it next. epoll orders that
 * too, but the language does not know. */
static void hand_on(struct link *link, uint64_t due_ns)
{
	atomic_store_explicit(&link->due_ns, due_ns, memory_order_release);
}

/* Acquire: pairs with hand_on(), also across the master's exchange in shut_late(). */
static void take_over(struct link *link)
{
	(void)atomic_exchange_explicit(&link->due_ns, NEVER, memory_order_acq_rel);
}

/*
 * From here on it may be another thread's at once, which may even close it before this call is
 * back. ThreadSanitizer takes that for a race on the descriptor, so it is not told of the call.
 */
static int rearm(const struct pool *pool, int fd, struct link *link)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT,
		.data = { .ptr = link },
	};

	return syscall(SYS_epoll_ctl, pool->epoll, EPOLL_CTL_MOD, fd, &event) < 0 ? -errno : 0;
}

/* True when there is room for one more afterwards. Without memory the client sees its connection
 * end. */
static bool welcome(struct pool *pool, int fd)
{
	struct link *link = calloc(1, sizeof *link);
	bool room;

	par_serving_count(&pool->state->board->accepted);
	if (link == NULL) {
		(void)close(fd);
		return true;
	}
	link->session.fd = fd;
	hand_on(link, par_now_ns() + pool->state->spec.idle_ns);
	room = enlist(pool, link);
	if (watch(pool, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, link) < 0)
		drop(pool, link);
	return room;
}

static void accept_some(struct pool *pool)
{
	int listener = pool->state->listeners[0];
	struct par_io io;
	bool room = true;

	par_io_init_blocking(&io);
	while (room) {
		int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0)
			room = welcome(pool, fd);
		else if (errno == EAGAIN)
			break;
		else if (!par_serving_accept_again(-errno, &io))
			return; /* shut down */
	}
	if (room)
		watch_listener(pool);
}

/* 0 when the connection goes on. */
static int take_and_feed(struct pool *pool, struct link *link)
{
	struct par_serving_session *session = &link->session;
	struct par_io io;
	ssize_t got = recv(session->fd, session->buffer + session->have,
		sizeof session->buffer - session->have, MSG_DONTWAIT);
	int code;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0)
		return -EPIPE;
	session->have += (unsigned)got;
	par_io_init_blocking(&io);
	code = par_serving_feed(pool->state, session, &io);
	if (session->have == 0)
		link->begun_due_ns = 0;
	else if (code > 0 || link->begun_due_ns == 0)
		link->begun_due_ns = par_now_ns() + pool->state->spec.request_ns;
	return code < 0 ? code : 0;
}

static void serve(struct pool *pool, struct link *link)
{
	const struct par_serving_spec *spec = &pool->state->spec;
	int fd;

	take_over(link);
	fd = link->session.fd;
	if (take_and_feed(pool, link) < 0) {
		drop(pool, link);
		return;
	}
	hand_on(link, link->begun_due_ns != 0 ? link->begun_due_ns : par_now_ns() + spec->idle_ns);
	if (rearm(pool, fd, link) < 0)
		drop(pool, link);
}

static void *work(void *argument)
{
	struct pool *pool = argument;

	par_serving_arrive(pool->state, pool->state->spec.workers);
	for (;;) {
		struct epoll_event event;
		int count = epoll_wait(pool->epoll, &event, 1, -1);

		if (count < 1)
			continue; /* EINTR */
		if (event.data.ptr == &pool->leave)
			return NULL;
		if (event.data.ptr == pool)
			accept_some(pool);
		else
			serve(pool, event.data.ptr);
	}
}

/* --- the master --- */

/* Whose time is over by `now` is shut down: a thread then sees the end of its stream. */
static unsigned shut_late(struct pool *pool, uint64_t now)
{
	unsigned open;

	pthread_mutex_lock(&pool->lock);
	for (struct link *link = pool->links; link != NULL; link = link->next) {
		uint64_t due = atomic_load_explicit(&link->due_ns, memory_order_relaxed);

		/* A thread that has just begun to serve it has set another. */
		if (due > now || !atomic_compare_exchange_strong_explicit(&link->due_ns, &due,
					 NEVER, memory_order_relaxed, memory_order_relaxed))
			continue;
		par_serving_count(&pool->state->board->late);
		(void)shutdown(link->session.fd, SHUT_RDWR);
	}
	open = pool->open;
	pthread_mutex_unlock(&pool->lock);
	return open;
}

static unsigned shut_all(struct pool *pool, int how)
{
	unsigned open;

	pthread_mutex_lock(&pool->lock);
	for (struct link *link = pool->links; link != NULL; link = link->next)
		(void)shutdown(link->session.fd, how);
	open = pool->open;
	pthread_mutex_unlock(&pool->lock);
	return open;
}

/* Who is accepted at the last moment is shut down with the others, in the next look. */
static void drain(struct pool *pool)
{
	struct par_serving_state *state = pool->state;
	uint64_t until = par_now_ns() + state->spec.drain_ns;

	while (shut_all(pool, SHUT_RD) > 0 && par_now_ns() < until)
		(void)par_serving_await(state, -1, LOOK_NS);
	if (shut_all(pool, SHUT_RDWR) > 0)
		atomic_store_explicit(&state->board->cut, 1, memory_order_relaxed);
}

static int prepare(struct pool *pool)
{
	int code = -pthread_mutex_init(&pool->lock, NULL);

	pool->epoll = epoll_create1(EPOLL_CLOEXEC);
	pool->leave = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (code == 0 && (pool->epoll < 0 || pool->leave < 0))
		code = -errno;
	if (code == 0)
		code = watch(pool, EPOLL_CTL_ADD, pool->leave, EPOLLIN, &pool->leave);
	if (code == 0)
		code = watch(pool, EPOLL_CTL_ADD, pool->state->listeners[0], EPOLLIN | EPOLLONESHOT,
			pool);
	return code;
}

static int start_threads(struct pool *pool, pthread_t *threads)
{
	pthread_attr_t attr;
	int code = -pthread_attr_init(&attr);

	if (code == 0)
		code = -pthread_attr_setstacksize(&attr, STACK_BYTES);
	for (unsigned i = 0; code == 0 && i < pool->state->spec.workers; i++)
		code = -pthread_create(&threads[i], &attr, work, pool);
	return code;
}

/* What it has made goes with the process, which ends when it returns. */
int par_serving_run_thread_pool(struct par_serving_state *state)
{
	struct pool pool = { .state = state };
	pthread_t *threads = calloc(state->spec.workers, sizeof *threads);
	int code = threads == NULL ? -ENOMEM : prepare(&pool);

	if (code == 0)
		code = start_threads(&pool, threads);
	if (code < 0)
		return code;
	while (!par_serving_stopping(state)) {
		(void)par_serving_await(state, -1, par_serving_tick_ns(&state->spec));
		(void)shut_late(&pool, par_now_ns());
	}
	par_serving_stop(state);
	drain(&pool);
	if (atomic_load_explicit(&state->board->cut, memory_order_relaxed) == 0) {
		(void)eventfd_write(pool.leave, 1);
		for (unsigned i = 0; i < state->spec.workers; i++)
			(void)pthread_join(threads[i], NULL);
	}
	par_serving_end(state); /* here: threads that were cut still use `pool` */
}
