/*
 * serving: one small request/response protocol on the loopback interface, and six kinds of servers
 * for it.
 *
 *   fork         accept, fork, the child serves the connection (Stevens, UNIX Network Programming,
 *                ch. 30)
 *   prefork      processes made beforehand; each accepts a connection and serves it to its end
 *   thread       accept, pthread_create, the thread serves the connection
 *   thread_pool  threads that share one epoll instance: whoever is free takes the next connection
 *                that is ready, serves what has come, and hands it back
 *   loop         one thread, one event loop, a coroutine for each connection
 *   loops        processes made beforehand, each with such a loop
 *
 * Every server is a process of its own, the master, with the processes or threads that it makes. It
 * listens on 127.0.0.1 alone, on a free port, and dies with the thread that opened it.
 *
 * How pools accept. `prefork`: all block in accept() on one shared socket. The kernel wakes one for
 * each connection, the longest waiting first, and one that serves is not in accept(), so that no
 * connection ever queues behind a busy process; with SO_REUSEPORT it would. `loops`: a socket each
 * with SO_REUSEPORT, since a loop is never busy for long and accepts whenever it likes: on a shared
 * socket epoll wakes the same few loops first and they take most connections (Majkowski, "Why does
 * one NGINX worker take all the load?", 2017). The master keeps all these sockets, so that what
 * waits on one whose loop has died is served by its replacement.
 *
 * Who may hold up whom. A connection that stalls within a request is dropped after `request_ns`,
 * one that is idle after `idle_ns`. Until then it costs a process (fork, prefork), a thread
 * (thread) or a few hundred bytes (thread_pool, loop, loops). So it holds nobody up, but in
 * `prefork`: there each connection holds one of `workers` processes for as long as it lives, which
 * is the price of blocking simply; further ones wait in the backlog until one is free or dropped.
 * While it waits for "think time", a request holds its process or thread, but no loop.
 *
 * Bounds. At most `connections` are open at once, further ones wait in the backlog (4096, or
 * net.core.somaxconn). A connection buffers PAR_SERVING_BUFFER bytes, and the kernel 128 KiB of
 * replies. Whoever sends what is no request, or does not read its replies, is dropped.
 *
 * Ends. par_serving_close(): the port is closed at once, requests that are under way are answered,
 * what is left after `drain_ns` is cut, and every process is reaped. A worker of `prefork` or
 * `loops` that dies is replaced; a connection's process (fork) takes nothing else with it. Threads
 * and the single loop die together with their process: the port is then closed.
 */
#ifndef PAR_SERVING_H
#define PAR_SERVING_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "serving_protocol.h"

enum par_serving_kind {
	PAR_SERVING_FORK,
	PAR_SERVING_PREFORK,
	PAR_SERVING_THREAD,
	PAR_SERVING_THREAD_POOL,
	PAR_SERVING_LOOP,
	PAR_SERVING_LOOPS,
	PAR_SERVING_KINDS,
};

/* "fork", "prefork", "thread", "thread_pool", "loop", "loops". */
const char *par_serving_name(enum par_serving_kind kind);

#define PAR_SERVING_CONNECTIONS_MAX 20000

/* What the pointers name is borrowed until close. */
struct par_serving_spec {
	enum par_serving_kind kind;
	unsigned workers;     /* of a pool: processes, threads or loops, >= 1; else not looked at */
	unsigned connections; /* most at once, 1 .. PAR_SERVING_CONNECTIONS_MAX */
	uint64_t request_ns;  /* from the first byte of a request to its last; >= 1 ms */
	uint64_t idle_ns;     /* between requests; >= 1 ms */
	uint64_t drain_ns;    /* for what is under way when the server is closed */
	const int *pus;       /* of `loops`: loop i is pinned to pus[i % pu_count]; NULL: none is */
	unsigned pu_count;
	/*
	 * Instead of par_serving_answer(): computes the answer of a request, in the process or
	 * thread that serves it. For tests of what happens when a server goes wrong. May be NULL.
	 */
	uint64_t (*answer)(void *context, const struct par_serving_request *request);
	void *context;
};

/* What a server has counted so far. */
struct par_serving_counts {
	uint64_t accepted;  /* connections */
	uint64_t late;      /* dropped at a deadline */
	uint64_t malformed; /* dropped for what is no request */
	uint64_t unread;    /* dropped because replies were not read */
	uint64_t replaced;  /* workers that had died */
};

struct par_serving_board;

/* Inert when zeroed. */
struct par_serving {
	pid_t master;
	struct sockaddr_in address; /* 127.0.0.1 and the port */
	uint64_t drain_ns;
	struct par_serving_board *board; /* shared memory */
};

#define PAR_SERVING_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Starts a server where the caller may run and returns when all its workers are ready. 0, or
 * -errno (also of a worker) and then nothing is left behind.
 */
int par_serving_open(struct par_serving *serving, const struct par_serving_spec *spec);

/* What it has counted; valid until close. */
struct par_serving_counts par_serving_counted(const struct par_serving *serving);

/*
 * The processes of the server that live now, the master first, at most `most`; returns how many
 * there are, which may be more.
 */
size_t par_serving_processes(const struct par_serving *serving, pid_t *out, size_t most);

/* CPU time in ns that the server has used so far, with its processes that live and those reaped. */
uint64_t par_serving_cpu_ns(const struct par_serving *serving);

/*
 * Ends it as described above. Returns 0, -ETIMEDOUT when something had to be cut or killed, or
 * PAR_WORKER_DIED when the master was dead already. An inert server is fine.
 */
int par_serving_close(struct par_serving *serving);

#endif
