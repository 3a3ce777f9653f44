#include "offload.h"

#include <string.h>

#include "poller.h"

static void finish(struct par_offload *offload, struct par_request *request)
{
	struct par_request *head = atomic_load_explicit(&offload->done, memory_order_relaxed);

	/* Release: the results are the loop's when it takes the list with acquire. */
	do
		request->next = head;
	while (!atomic_compare_exchange_weak_explicit(
		&offload->done, &head, request, memory_order_release, memory_order_relaxed));
	/* Who finds the list empty wakes the loop; it takes the whole list when it comes. */
	if (!head)
		par_poller_wake(offload->poller);
}

static void *thread_main(void *argument)
{
	struct par_offload *offload = argument;
	struct par_request *request;

	pthread_mutex_lock(&offload->lock);
	for (;;) {
		while (!offload->first && !offload->closing) {
			offload->idle++;
			pthread_cond_wait(&offload->work, &offload->lock);
			offload->idle--;
		}
		request = offload->first;
		if (!request)
			break;
		offload->first = request->next;
		offload->queued--;
		pthread_mutex_unlock(&offload->lock);
		request->call(request);
		finish(offload, request);
		pthread_mutex_lock(&offload->lock);
	}
	pthread_mutex_unlock(&offload->lock);
	return NULL;
}

int par_offload_open(struct par_offload *offload, const struct par_poller *poller)
{
	int code;

	memset(offload, 0, sizeof(*offload));
	offload->poller = poller;
	code = -pthread_mutex_init(&offload->lock, NULL);
	if (code)
		return code;
	code = -pthread_cond_init(&offload->work, NULL);
	if (code)
		pthread_mutex_destroy(&offload->lock);
	offload->open = code == 0;
	return code;
}

void par_offload_close(struct par_offload *offload)
{
	if (!offload->open)
		return;
	pthread_mutex_lock(&offload->lock);
	offload->closing = true;
	pthread_cond_broadcast(&offload->work);
	pthread_mutex_unlock(&offload->lock);
	for (unsigned i = 0; i < offload->threads; i++)
		pthread_join(offload->ids[i], NULL);
	pthread_cond_destroy(&offload->work);
	pthread_mutex_destroy(&offload->lock);
	memset(offload, 0, sizeof(*offload));
}

/* Starts a thread when more is queued than threads are idle. The lock is held. */
static void add_thread(struct par_offload *offload)
{
	if (offload->queued <= offload->idle || offload->threads == PAR_OFFLOAD_THREADS)
		return;
	if (pthread_create(&offload->ids[offload->threads], NULL, thread_main, offload) == 0)
		offload->threads++;
}

void par_offload_call(
	struct par_offload *offload, struct par_request *request, struct par_coroutines *coroutines)
{
	unsigned threads;

	request->coroutine = coroutines->running;
	request->next = NULL;
	pthread_mutex_lock(&offload->lock);
	offload->queued++;
	add_thread(offload);
	threads = offload->threads;
	if (threads > 0) {
		if (offload->first)
			offload->last->next = request;
		else
			offload->first = request;
		offload->last = request;
		pthread_cond_signal(&offload->work);
	} else {
		offload->queued--;
	}
	pthread_mutex_unlock(&offload->lock);

	if (threads == 0) {
		request->call(request);
		return;
	}
	offload->under_way++;
	par_coroutine_suspend(coroutines);
}

void par_offload_collect(struct par_offload *offload, struct par_ready *ready)
{
	/* Acquire: pairs with finish(). */
	struct par_request *list =
		atomic_exchange_explicit(&offload->done, NULL, memory_order_acquire);
	struct par_request *ordered = NULL;
	struct par_request *next;

	for (; list; list = next) {
		next = list->next;
		list->next = ordered;
		ordered = list;
	}
	for (; ordered; ordered = next) {
		next = ordered->next;
		offload->under_way--;
		par_ready_push(ready, ordered->coroutine);
	}
}
