/*
 * serving_parts: what the kinds of servers are made of. Only serving*.c include it.
 */
#ifndef PAR_SERVING_PARTS_H
#define PAR_SERVING_PARTS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "io.h"
#include "serving.h"
#include "shared.h"
#include "wait.h"

/* The values of the ready gate. */
#define PAR_SERVING_STARTING 0
#define PAR_SERVING_READY    1
#define PAR_SERVING_FAILED   2

/*
 * What the owner, the master and all workers share. Counters are statistics: relaxed throughout,
 * nothing is published through them.
 */
struct par_serving_board {
	struct par_gate ready;
	_Atomic int failure;      /* why it could not start, before the gate says so */
	_Atomic uint32_t arrived; /* workers that are ready */
	_Atomic uint32_t stopping;
	_Atomic uint32_t cut;   /* connections were still open when the time to drain was over */
	_Atomic uint32_t ended; /* the master has come to its end by itself */
	_Atomic uint64_t accepted, late, malformed, unread, replaced;
	_Atomic uint64_t reaped_ns; /* CPU time of the master's children that are gone */
	size_t size;                /* of the board in bytes */
	unsigned slots;
	/* The master's children, 0 for none. */
	_Alignas(PAR_CACHE_LINE) _Atomic int32_t pids[];
};

/* A server in one of its processes. */
struct par_serving_state {
	struct par_serving_spec spec;
	struct par_serving_board *board;
	int *listeners; /* one, or of `loops` one for each; only that of `prefork` blocks */
	unsigned listener_count;
	int signals; /* of the master, and of a loop: a signalfd of SIGTERM and SIGCHLD */
};

/* One connection as a server sees it. */
struct par_serving_session {
	int fd;
	unsigned have; /* bytes in the buffer */
	unsigned char buffer[PAR_SERVING_BUFFER];
};

/* The kinds: run in the master until par_serving_stopping(). 0 or -errno before ready. */
int par_serving_run_fork(struct par_serving_state *state);
int par_serving_run_prefork(struct par_serving_state *state);
int par_serving_run_thread(struct par_serving_state *state);
int par_serving_run_thread_pool(struct par_serving_state *state);
int par_serving_run_loop(struct par_serving_state *state);
int par_serving_run_loops(struct par_serving_state *state);

/* A worker could not start: the owner is told. */
void par_serving_fail(struct par_serving_state *state, int code);

/* A worker is ready; the last of `needed` lets the owner go on. */
void par_serving_arrive(struct par_serving_state *state, unsigned needed);

static inline void par_serving_count(_Atomic uint64_t *counter)
{
	atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* Acquire, release: only a flag, which signals and shutdown() make everybody look at. */
static inline bool par_serving_stopping(const struct par_serving_state *state)
{
	return atomic_load_explicit(&state->board->stopping, memory_order_acquire) != 0;
}

/* The master has come to its end. */
_Noreturn void par_serving_end(struct par_serving_state *state);

/* In the master: no more connections are accepted, by anybody; all
 * who block in accept() return. */
void par_serving_stop(struct par_serving_state *state);

/*
 * After accept() failed with `code`: whether to try again. Where descriptors or memory are short it
 * naps for a moment first.
 */
bool par_serving_accept_again(int code, struct par_io *io);

/*
 * Answers all requests that lie whole in the session's buffer: waits through `io`, computes, sends.
 * Returns how many, or -errno when the connection is to be dropped, which is counted.
 */
int par_serving_feed(
	struct par_serving_state *state, struct par_serving_session *session, struct par_io *io);

/*
 * Serves a connection to its end, blocking; the caller closes it. It ends early when the server
 * stops: a signal or shutdown(SHUT_RD) wakes it.
 */
void par_serving_attend(struct par_serving_state *state, int fd);

/*
 * When to look for connections whose deadline is over: each is dropped at most a quarter late.
 * Between 1 and 250 ms.
 */
uint64_t par_serving_tick_ns(const struct par_serving_spec *spec);

/*
 * In the master: sleeps until a signal came, `fd` is readable (-1: not looked at) or the time is
 * over. SIGTERM makes the server stop; SIGCHLD only wakes. True when `fd` is readable.
 */
bool par_serving_await(struct par_serving_state *state, int fd, uint64_t ns);

/*
 * The children of a master, in the slots of the board. start() forks one that runs
 * main(state, slot, argument) and ends; -EAGAIN without a free slot. reap() takes those that have
 * ended and returns how many; end() asks all others to end (SIGTERM, again and again), kills them
 * when the time is over, and reaps them.
 */
int par_serving_child_start(struct par_serving_state *state, unsigned slot,
	void (*child)(struct par_serving_state *state, unsigned slot, int argument), int argument);
unsigned par_serving_children_reap(struct par_serving_state *state);
void par_serving_children_end(struct par_serving_state *state);

/* In the master of a pool of processes: makes them, replaces those that die, ends them. */
int par_serving_supervise(struct par_serving_state *state,
	void (*child)(struct par_serving_state *state, unsigned slot, int argument));

/*
 * The event loop of `loop` and `loops`: serves until told to end and ends the process. Returns
 * -errno when it cannot start.
 */
int par_serving_loop(struct par_serving_state *state, int listener, unsigned needed);

#endif
