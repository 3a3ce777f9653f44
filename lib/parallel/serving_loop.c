/* loop, loops: a coroutine for each connection, on one event loop or on one in each process. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "loop_spawn.h"
#include "serving_parts.h"

#define NEVER   UINT64_MAX
#define LOOK_NS PAR_NS_PER_MS

/* On the stack of its coroutine. */
struct link {
	struct par_serving_session session;
	uint64_t due_ns; /* dropped then; NEVER while it is served */
	struct link *next, **back;
};

struct server {
	struct par_serving_state *state;
	struct par_loop *loop;
	struct par_io *io;
	int listener;
	unsigned needed; /* workers that must be ready, of which this loop is one */
	bool claimed;
	struct link *links;
	unsigned open;
};

static void enlist(struct server *server, struct link *link)
{
	link->next = server->links;
	link->back = &server->links;
	if (link->next != NULL)
		link->next->back = &link->next;
	server->links = link;
	server->open++;
}

static void unlist(struct server *server, struct link *link)
{
	*link->back = link->next;
	if (link->next != NULL)
		link->next->back = link->back;
	server->open--;
}

static int take(struct server *server, struct par_serving_session *session)
{
	ssize_t got = par_io_read(server->io, session->fd, session->buffer + session->have,
		sizeof session->buffer - session->have);

	if (got <= 0)
		return got < 0 ? (int)got : -EPIPE;
	session->have += (unsigned)got;
	return 0;
}

/* It waits for as long as it likes: the watch shuts down what is late. */
static void converse(struct server *server, struct link *link)
{
	const struct par_serving_spec *spec = &server->state->spec;
	uint64_t begun_due_ns = 0; /* of the request that has begun; 0: none has */
	int code = 0;

	while (code >= 0) {
		link->due_ns = begun_due_ns != 0 ? begun_due_ns : par_now_ns() + spec->idle_ns;
		code = take(server, &link->session);
		link->due_ns = NEVER;
		if (code == 0)
			code = par_serving_feed(server->state, &link->session, server->io);
		if (link->session.have == 0)
			begun_due_ns = 0;
		else if (code > 0 || begun_due_ns == 0)
			begun_due_ns = par_now_ns() + spec->request_ns;
	}
}

static void serve(void *context, uint64_t fd)
{
	struct server *server = context;
	struct link link = { .session = { .fd = (int)fd } };

	enlist(server, &link);
	converse(server, &link);
	unlist(server, &link);
	(void)par_io_close(server->io, link.session.fd);
}

static void accept_all(struct server *server)
{
	while (!par_serving_stopping(server->state)) {
		int fd;

		if (server->open >= server->state->spec.connections) {
			(void)par_io_sleep(server->io, LOOK_NS);
			continue;
		}
		fd = par_loop_accept(server->loop, server->listener);
		if (fd < 0 && !par_serving_accept_again(fd, server->io))
			return;
		if (fd < 0)
			continue;
		par_serving_count(&server->state->board->accepted);
		/* Without a stack the client sees its connection end. */
		if (par_loop_spawn(server->loop, serve, server, (uint64_t)fd) < 0)
			(void)par_io_close(server->io, fd);
	}
}

static void shut_all(const struct server *server, int how)
{
	for (const struct link *link = server->links; link != NULL; link = link->next)
		(void)shutdown(link->session.fd, how);
}

/* Whose time is over is shut down; its coroutine then sees the end of its stream. */
static void shut_late(const struct server *server)
{
	uint64_t now = par_now_ns();

	for (struct link *link = server->links; link != NULL; link = link->next) {
		if (link->due_ns > now)
			continue;
		link->due_ns = NEVER;
		par_serving_count(&server->state->board->late);
		(void)shutdown(link->session.fd, SHUT_RDWR);
	}
}

static void watch(void *context, uint64_t index)
{
	struct server *server = context;
	uint64_t tick = par_serving_tick_ns(&server->state->spec);

	(void)index;
	while (par_io_sleep(server->io, tick) == 0)
		shut_late(server);
}

static void drain(struct server *server)
{
	uint64_t until = par_now_ns() + server->state->spec.drain_ns;

	do {
		shut_all(server, SHUT_RD);
		par_io_yield(server->io);
	} while (
		server->open > 0 && par_now_ns() < until && par_io_sleep(server->io, LOOK_NS) == 0);
	if (server->open == 0)
		return;
	atomic_store_explicit(&server->state->board->cut, 1, memory_order_relaxed);
	shut_all(server, SHUT_RDWR);
}

/*
 * The end of the process, which is all that there is around this loop. A loop of several that is
 * told to end by somebody else than the master leaves at once, and is replaced.
 */
static void await_end(void *context, uint64_t index)
{
	struct server *server = context;
	struct signalfd_siginfo info;

	(void)index;
	while (!par_serving_stopping(server->state)) {
		ssize_t got = par_io_read(server->io, server->state->signals, &info, sizeof info);

		if (got == sizeof info && info.ssi_signo == SIGTERM)
			break;
	}
	if (server->state->spec.kind == PAR_SERVING_LOOP || par_serving_stopping(server->state)) {
		par_serving_stop(server->state);
		drain(server);
	}
	par_serving_end(server->state);
}

static uint64_t claim_first(void *context, uint64_t limit, uint64_t *first)
{
	struct server *server = context;
	uint64_t count = server->claimed ? 0 : 1;

	(void)limit;
	server->claimed = true;
	*first = 0;
	return count;
}

static void begin(void *context, uint64_t index, struct par_io *io)
{
	struct server *server = context;
	int code = par_loop_spawn(server->loop, await_end, server, 0);

	(void)index, (void)io;
	if (code == 0)
		code = par_loop_spawn(server->loop, watch, server, 0);
	if (code < 0) {
		par_serving_fail(server->state, code);
		_exit(EXIT_FAILURE);
	}
	par_serving_arrive(server->state, server->needed);
	accept_all(server);
}

int par_serving_loop(struct par_serving_state *state, int listener, unsigned needed)
{
	struct server server = { .state = state, .listener = listener, .needed = needed };
	struct par_loop_source source = {
		.claim = claim_first,
		.task = begin,
		.context = &server,
	};
	int code = par_loop_open(&server.loop, NULL);

	if (code < 0)
		return code;
	server.io = par_loop_io(server.loop);
	/* More at once than there will ever be: the bound is the number of connections. */
	return par_loop_run(server.loop, &source, 1);
}

int par_serving_run_loop(struct par_serving_state *state)
{
	return par_serving_loop(state, state->listeners[0], 1);
}

static void run_one(struct par_serving_state *state, unsigned slot, int argument)
{
	sigset_t set;
	int code;

	(void)argument;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	state->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	code = state->signals < 0
		       ? -errno
		       : par_serving_loop(state, state->listeners[slot], state->spec.workers);
	if (code < 0)
		par_serving_fail(state, code);
}

int par_serving_run_loops(struct par_serving_state *state)
{
	return par_serving_supervise(state, run_one);
}
