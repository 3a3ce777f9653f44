/* The kinds whose connections are served by processes that block: fork, prefork. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "serving_parts.h"

/* Only a child's end makes room; its SIGCHLD wakes the master. */
#define FOREVER_NS PAR_NS_PER_S

static unsigned free_slot(const struct par_serving_board *board, unsigned from)
{
	for (unsigned i = 0; i < board->slots; i++) {
		unsigned slot = (from + i) % board->slots;

		if (atomic_load_explicit(&board->pids[slot], memory_order_relaxed) == 0)
			return slot;
	}
	return board->slots;
}

static void serve_one(struct par_serving_state *state, unsigned slot, int fd)
{
	(void)slot;
	for (unsigned i = 0; i < state->listener_count; i++)
		(void)close(state->listeners[i]);
	par_serving_attend(state, fd);
	(void)close(fd);
}

int par_serving_run_fork(struct par_serving_state *state)
{
	struct par_serving_board *board = state->board;
	unsigned slot = 0;
	struct par_io io;
	int code = 0;

	par_io_init_blocking(&io);
	par_serving_arrive(state, 1);
	while (!par_serving_stopping(state)) {
		int fd;

		slot = free_slot(board, slot);
		if (!par_serving_await(
			    state, slot < board->slots ? state->listeners[0] : -1, FOREVER_NS)) {
			(void)par_serving_children_reap(state);
			continue;
		}
		fd = accept4(state->listeners[0], NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0 && !par_serving_accept_again(-errno, &io))
			break;
		if (fd < 0)
			continue;
		par_serving_count(&board->accepted);
		code = par_serving_child_start(state, slot, serve_one, fd);
		(void)close(fd); /* without a process the client sees its connection end */
		if (code < 0)
			(void)par_serving_accept_again(code, &io);
		(void)par_serving_children_reap(state);
	}
	par_serving_stop(state);
	par_serving_children_end(state);
	return 0;
}

/* One connection after the other. */
static void serve_all(struct par_serving_state *state, unsigned slot, int argument)
{
	struct par_io io;

	(void)slot, (void)argument;
	par_io_init_blocking(&io);
	par_serving_arrive(state, state->spec.workers);
	while (!par_serving_stopping(state)) {
		int fd = accept4(state->listeners[0], NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0 && !par_serving_accept_again(-errno, &io))
			break;
		if (fd < 0)
			continue;
		par_serving_count(&state->board->accepted);
		par_serving_attend(state, fd);
		(void)close(fd);
	}
}

int par_serving_run_prefork(struct par_serving_state *state)
{
	return par_serving_supervise(state, serve_all);
}
