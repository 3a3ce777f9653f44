/*
 * offload: file operations by threads beside a loop.
 *
 * A regular file is never "not ready": reading it blocks. What the page cache cannot answer at once
 * is handed to a thread, and the coroutine waits for that. Threads are started one by one, when a
 * request finds none idle, and run where the loop's own thread may run.
 */
#ifndef PAR_OFFLOAD_H
#define PAR_OFFLOAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "ready.h"

struct par_poller;

/* More than the 4 of libuv, whose users raise them for cold files: a disk answers many at once. */
#define PAR_OFFLOAD_THREADS 16

/* One operation: call(request) in a thread. Embedded at the start of what the call needs. */
struct par_request {
	void (*call)(struct par_request *request);
	struct par_coroutine *coroutine;
	struct par_request *next;
};

/* Inert when zeroed. Belongs to one loop. */
struct par_offload {
	bool open;
	const struct par_poller *poller; /* to wake the loop */
	size_t under_way;                /* requests of suspended coroutines */
	pthread_mutex_t lock;            /* protects what follows */
	pthread_cond_t work;
	struct par_request *first, *last; /* not yet taken by a thread */
	unsigned queued, idle, threads;
	bool closing;
	pthread_t ids[PAR_OFFLOAD_THREADS];
	/* Requests that are done, the last first. Written by all threads. */
	_Atomic(struct par_request *) done;
};

/* 0 or -errno. `poller` is borrowed. */
int par_offload_open(struct par_offload *offload, const struct par_poller *poller);

/* Ends the threads. No request may be under way. */
void par_offload_close(struct par_offload *offload);

/*
 * Has the call made in a thread while the running coroutine is suspended. Where no thread can be
 * started at all the call is made here, which blocks the loop.
 */
void par_offload_call(struct par_offload *offload, struct par_request *request,
	struct par_coroutines *coroutines);

/* The coroutines whose requests are done join `ready`, in the order they were done. */
void par_offload_collect(struct par_offload *offload, struct par_ready *ready);

#endif
