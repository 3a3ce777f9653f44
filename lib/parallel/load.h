/*
 * load: an open-loop client for a server of serving.h, in a process of its own.
 *
 * Requests are due on a schedule that is fixed beforehand, random but always the same for a seed: a
 * Poisson process, in which requests that know nothing of each other come. No answer is waited for
 * before the next request is sent, and a latency counts from when its request was due, not from
 * when it could be sent: a client that waits with the server leaves out what users would have
 * waited (Tene, "How NOT to measure latency": coordinated omission; wrk2).
 *
 * One thread, one epoll instance. A request that is due takes the connection that has been free for
 * longest; when none is free it waits for one, and its latency counts on. A connection carries one
 * request at a time, is closed after `lives` of them, and is made anew before it is needed. It is
 * closed by a reset (SO_LINGER 0), once nothing is under way on it: neither side is then left in
 * TIME_WAIT, and ports are not used up.
 *
 * Where the client has PUs to itself it polls without sleeping: to be woken across CPUs costs tens
 * of microseconds, which would be taken for the server's. Where it shares the server's PUs it
 * sleeps, and its own work delays the server; whoever quotes the figures must say so.
 *
 * Every answer is checked. A request ends in exactly one way: answered right, or with an error.
 */
#ifndef PAR_LOAD_H
#define PAR_LOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pin.h"

#define PAR_LOAD_CONNECTIONS_MAX 10000

struct par_load_spec {
	uint64_t requests;        /* in all, >= 1 */
	double rate;              /* requests that become due in a second, > 0 */
	uint64_t seed;            /* of the schedule */
	unsigned connections;     /* kept open; 0: a connection for each request */
	unsigned lives;           /* requests that a connection lives for; 0: all */
	uint32_t think_us, steps; /* of each request: see serving_protocol.h */
	uint64_t patience_ns; /* after the last request was due; then what is open is -ETIMEDOUT */
	const struct par_affinity *where; /* the client's PUs; NULL or inert: the caller's */
	bool apart; /* the server does not run there: the client need not sleep */
};

/* How a run went: in shared memory, written by the client, whole when par_load_run() is back. */
struct par_load_board {
	uint64_t answered;  /* requests answered right */
	uint64_t wrong;     /* answered wrongly, or twice, or without having been asked */
	uint64_t failed;    /* without an answer */
	int code;           /* of the first that failed: -errno; 0: none did */
	uint64_t late_ns;   /* how late requests were sent although a connection was free, in all */
	uint64_t connected; /* connections made, all together */
	uint64_t span_ns;   /* from the first request that was due to the last answer */
	uint64_t requests;  /* of the spec */
	uint64_t *latency_ns; /* by request; of one without an answer, until it was given up */
	uint64_t *answer;     /* by request; 0 where there was none */
};

struct par_load_block;

/* Inert when zeroed. */
struct par_load {
	pid_t client;
	struct par_load_block *block; /* shared memory */
	size_t block_size;
	uint32_t step; /* what the client was told last */
};

#define PAR_LOAD_INIT                                                                              \
	{                                                                                          \
		0                                                                                  \
	}

/* Starts the client, which makes its schedule and waits. 0 or -errno, and nothing is left. */
int par_load_open(struct par_load *load, const struct par_load_spec *spec);

/*
 * The three parts of a run, in this order, any number of times. Each returns when it is done: 0, or
 * PAR_WORKER_DIED when the client is dead, which then can only be closed. What happened to requests
 * and connections is no error of these but stands on the board.
 *
 * connect() makes the connections; run() plays the schedule until each request has ended, and
 * leaves the connections open; disconnect() closes them.
 */
int par_load_connect(struct par_load *load, const struct sockaddr_in *address);
int par_load_run(struct par_load *load);
int par_load_disconnect(struct par_load *load);

/* The board, valid until close. */
const struct par_load_board *par_load_told(const struct par_load *load);

/* Kills the client and reaps it. An inert load is fine. */
void par_load_close(struct par_load *load);

#endif
