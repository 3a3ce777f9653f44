#include "timers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#define ARITY 4

static bool before(const struct par_timer *a, const struct par_timer *b)
{
	return a->deadline != b->deadline ? a->deadline < b->deadline : a->order < b->order;
}

static int grow(struct par_timers *timers)
{
	size_t capacity = timers->capacity ? timers->capacity * 2 : 64;
	struct par_timer *heap = realloc(timers->heap, capacity * sizeof(*heap));

	if (!heap)
		return -ENOMEM;
	timers->heap = heap;
	timers->capacity = capacity;
	return 0;
}

int par_timers_add(struct par_timers *timers, uint64_t deadline, void *owner)
{
	struct par_timer timer = { .deadline = deadline, .owner = owner };
	size_t hole = timers->count;

	if (timers->count == timers->capacity && grow(timers))
		return -ENOMEM;
	timer.order = timers->added++;
	timers->count++;
	while (hole > 0 && before(&timer, &timers->heap[(hole - 1) / ARITY])) {
		timers->heap[hole] = timers->heap[(hole - 1) / ARITY];
		hole = (hole - 1) / ARITY;
	}
	timers->heap[hole] = timer;
	return 0;
}

/* The earliest child of `parent`, or `count` when it has none. */
static size_t first_child(const struct par_timers *timers, size_t parent)
{
	size_t first = parent * ARITY + 1;
	size_t end = first + ARITY < timers->count ? first + ARITY : timers->count;
	size_t best = first;

	if (first >= timers->count)
		return timers->count;
	for (size_t child = first + 1; child < end; child++)
		if (before(&timers->heap[child], &timers->heap[best]))
			best = child;
	return best;
}

void *par_timers_take(struct par_timers *timers, uint64_t now)
{
	struct par_timer last;
	size_t hole = 0, child;
	void *owner;

	if (timers->count == 0 || timers->heap[0].deadline > now)
		return NULL;
	owner = timers->heap[0].owner;
	last = timers->heap[--timers->count];
	for (;;) {
		child = first_child(timers, hole);
		if (child >= timers->count || !before(&timers->heap[child], &last))
			break;
		timers->heap[hole] = timers->heap[child];
		hole = child;
	}
	timers->heap[hole] = last;
	return owner;
}

void par_timers_fini(struct par_timers *timers)
{
	free(timers->heap);
	*timers = (struct par_timers)PAR_TIMERS_INIT;
}
