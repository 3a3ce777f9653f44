/*
 * manager: a process that owns state, and proxies through which others use it.
 *
 * The state is never shared: a server process keeps dicts, lists, counters, queues and locks by
 * name, and does what its clients ask, one request after the other. So each single request is
 * atomic; a read followed by a write is two requests, and another client's may come between, unless
 * both hold a lock of the manager around them.
 *
 * Transport: AF_UNIX SOCK_SEQPACKET on an abstract address that the kernel picks (no file, nothing
 * to remove); a request and its answer are one packet each, of a fixed layout (manager_wire.h) that
 * the server does not trust: what is malformed, too large or too much is answered with an error or
 * ends that connection, never the server. Both ends check with SO_PEERCRED that the other runs as
 * the same user, and the clients that it is the manager's process.
 *
 * Ends. A connection that closes, however its client ended, gives back the locks it holds; the next
 * waiter gets them. If the manager dies every call fails with -ECONNRESET or -EPIPE, and waiting
 * ones return. The manager dies with the thread that opened it, as prctl(2) has it, and so with its
 * process.
 *
 * Requests that wait (acquire, queue get and put) are parked in the server, which answers when they
 * can be served or their time is out: the client sleeps in one receive, a coroutine in its loop.
 */
#ifndef PAR_MANAGER_H
#define PAR_MANAGER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/un.h>

#include "io.h"

#define PAR_MANAGER_NAME_MAX  63    /* bytes of an object's name, and of a dict's key */
#define PAR_MANAGER_VALUE_MAX 4096  /* bytes of a value */
#define PAR_MANAGER_ITEMS_MAX 65536 /* entries of a dict, a list or a queue; objects in all */
#define PAR_MANAGER_CLIENTS   1024  /* connections at once */

#define PAR_MANAGER_TRY     0
#define PAR_MANAGER_FOREVER UINT64_MAX

/* Where a manager is. Plain data: a process forked later may use it. */
struct par_manager_address {
	struct sockaddr_un address;
	socklen_t size;
	pid_t process;
};

/* The manager, in the process that opened it. Inert when `at.process` is 0. */
struct par_manager {
	struct par_manager_address at;
};

#define PAR_MANAGER_INIT                                                                           \
	{                                                                                          \
		{                                                                                  \
			.process = 0                                                               \
		}                                                                                  \
	}

/*
 * Starts the server; it can be connected to when this returns. It may run on any PU that this
 * process may be given, keeps only standard error of the caller's descriptors, and dies with the
 * calling thread.
 * 0 or -errno with nothing left behind.
 */
int par_manager_open(struct par_manager *manager);

/* Ends it and reaps it. An inert one is fine. */
void par_manager_close(struct par_manager *manager);

/* A connection; belongs to one thread or coroutine at a time. Closed when `fd` < 0. */
struct par_proxy {
	int fd;
};

#define PAR_PROXY_INIT                                                                             \
	{                                                                                          \
		.fd = -1                                                                           \
	}

/* Connects: 0, -ECONNREFUSED (it is gone), -EPERM (another user's, or another process), -errno. */
int par_proxy_open(struct par_proxy *proxy, const struct par_manager_address *at);

/* Gives back what it holds. `io` as in the calls below. */
void par_proxy_close(struct par_proxy *proxy, struct par_io *io);

/*
 * All calls: `name` is of the object, at most PAR_MANAGER_NAME_MAX bytes, made by its first use;
 * `io` is the caller's, NULL: blocks. They return 0 (or what is said), -ENOENT (no such key, index,
 * ...), -EEXIST (the name is of another kind of object), -EMSGSIZE, -ENOSPC (a bound above),
 * -EAGAIN or -ETIMEDOUT (could not be served in time), -EPIPE or -ECONNRESET (the manager is gone),
 * -EPROTO, or -errno.
 */

/* --- a counter: a number, 0 at first --- */

int par_proxy_counter_get(
	struct par_proxy *proxy, const char *name, int64_t *value, struct par_io *io);
int par_proxy_counter_set(
	struct par_proxy *proxy, const char *name, int64_t value, struct par_io *io);
/* One request: atomic. The new value to *value (may be NULL). Wraps. */
int par_proxy_counter_add(struct par_proxy *proxy, const char *name, int64_t difference,
	int64_t *value, struct par_io *io);

/* --- a dict: values by key --- */

int par_proxy_dict_set(struct par_proxy *proxy, const char *name, const char *key,
	const void *value, size_t size, struct par_io *io);
/* The size of the value; -EMSGSIZE when it does not fit. */
ssize_t par_proxy_dict_get(struct par_proxy *proxy, const char *name, const char *key, void *value,
	size_t size, struct par_io *io);
int par_proxy_dict_remove(
	struct par_proxy *proxy, const char *name, const char *key, struct par_io *io);

/* --- a list: values by index from 0 --- */

/* The index it has. */
int64_t par_proxy_list_append(struct par_proxy *proxy, const char *name, const void *value,
	size_t size, struct par_io *io);
int par_proxy_list_set(struct par_proxy *proxy, const char *name, uint64_t index, const void *value,
	size_t size, struct par_io *io);
/* The size of the value. */
ssize_t par_proxy_list_get(struct par_proxy *proxy, const char *name, uint64_t index, void *value,
	size_t size, struct par_io *io);

/* Entries of a dict, a list or a queue; 0 for none of that name. */
int64_t par_proxy_count(struct par_proxy *proxy, const char *name, struct par_io *io);

/* --- a queue: first in, first out, at most PAR_MANAGER_ITEMS_MAX --- */

int par_proxy_queue_put(struct par_proxy *proxy, const char *name, const void *value, size_t size,
	uint64_t timeout_ns, struct par_io *io);
/* The size of the value; with -EMSGSIZE it stays in the queue. */
ssize_t par_proxy_queue_get(struct par_proxy *proxy, const char *name, void *value, size_t size,
	uint64_t timeout_ns, struct par_io *io);

/* --- a lock: of one connection at a time; served in the order they came --- */

/* -EDEADLK: this connection holds it. */
int par_proxy_acquire(
	struct par_proxy *proxy, const char *name, uint64_t timeout_ns, struct par_io *io);
/* -EPERM: this connection does not hold it. */
int par_proxy_release(struct par_proxy *proxy, const char *name, struct par_io *io);

#endif
