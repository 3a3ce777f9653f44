#include "taskpool_imap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "taskpool_parts.h"

#define WINDOW_DEFAULT  64
#define TASKS_A_WORKER  4
#define WINDOW_A_REFILL 8 /* a refill is worth a call when this part of the window is free */

/* One task of the window. */
struct place {
	struct par_future future;
	struct par_imap *imap;
	uint64_t index;
	struct place *next; /* in the list of those that are free, or of those that are ready */
};

struct par_imap {
	struct par_taskpool *pool;
	struct par_imap_spec spec;
	uint64_t handed, taken; /* items */
	struct place *free;
	struct place *ready, *last_ready; /* unordered: first come, first taken */
	struct place places[];            /* spec.window of them; in order: item i at i % window */
};

/* --- handing over --- */

static void note_ready(struct par_future *future)
{
	struct place *place = future->context;
	struct par_imap *imap = place->imap;

	place->next = NULL;
	if (imap->ready)
		imap->last_ready->next = place;
	else
		imap->ready = place;
	imap->last_ready = place;
}

static struct place *next_place(struct par_imap *imap)
{
	if (imap->spec.unordered)
		return imap->free;
	return &imap->places[imap->handed % imap->spec.window];
}

static int hand_over(struct par_imap *imap)
{
	unsigned char data[PAR_TASK_BYTES_MAX] = { 0 };
	struct place *place = next_place(imap);
	uint64_t index = imap->spec.first + imap->handed;
	int code;

	if (imap->spec.make)
		imap->spec.make(imap->spec.context, index, data);
	else
		memcpy(data, &index, sizeof(index));
	place->index = index;
	/* Only wait for room when other tasks of the pool have all of it. */
	code = par_taskpool_try_put(imap->pool, &place->future, data);
	if (code == -EAGAIN && imap->handed == imap->taken)
		code = par_taskpool_put(imap->pool, &place->future, data);
	if (code)
		return code;
	imap->free = place->next; /* NULL in order, where nobody asks */
	imap->handed++;
	return 0;
}

static int refill(struct par_imap *imap)
{
	uint64_t most = imap->taken + imap->spec.window;
	int code = 0;

	if (most > imap->spec.count)
		most = imap->spec.count;
	/* The last items are too few to be worth a call, but nothing comes with them later. */
	if (imap->handed > imap->taken && most < imap->spec.count &&
		most - imap->handed < imap->spec.window / WINDOW_A_REFILL)
		return 0;
	while (imap->handed < most && !code)
		code = hand_over(imap);
	par_taskpool_flush(imap->pool);
	return code == -EAGAIN ? 0 : code;
}

/* --- taking --- */

static bool has_ready(const struct par_taskpool *pool, const void *what)
{
	const struct par_imap *imap = what;

	(void)pool;
	return imap->ready != NULL;
}

/* The place whose result is next, or -errno. */
static int await_place(struct par_imap *imap, struct place **out, uint64_t timeout_ns)
{
	int code;

	if (imap->spec.unordered) {
		code = par_taskpool_await(imap->pool, has_ready, imap, UINT64_MAX, timeout_ns);
		*out = imap->ready;
		return *out ? 0 : code;
	}
	*out = &imap->places[imap->taken % imap->spec.window];
	code = par_taskpool_get(imap->pool, &(*out)->future, timeout_ns);
	return (*out)->future.pending ? code : 0;
}

int par_imap_next(struct par_imap *imap, struct par_imap_result *out, uint64_t timeout_ns)
{
	struct place *place;
	int code;

	if (imap->pool->in_callback)
		return -EDEADLK;
	code = refill(imap);
	if (imap->handed == imap->taken)
		return code; /* 0: the end */
	code = await_place(imap, &place, timeout_ns);
	if (code)
		return code;
	out->index = place->index;
	out->code = place->future.code;
	memcpy(out->data, place->future.data, sizeof(out->data));
	imap->taken++;
	if (imap->spec.unordered) {
		imap->ready = place->next;
		place->next = imap->free;
		imap->free = place;
	}
	return 1;
}

/* --- the whole --- */

static unsigned window_for(const struct par_taskpool *pool, unsigned asked)
{
	unsigned window = asked > 0 ? asked : WINDOW_DEFAULT;

	if (asked == 0 && window < TASKS_A_WORKER * pool->spec.workers)
		window = TASKS_A_WORKER * pool->spec.workers;
	return window < pool->spec.capacity ? window : pool->spec.capacity;
}

int par_imap_open(
	struct par_imap **out, struct par_taskpool *pool, const struct par_imap_spec *spec)
{
	unsigned window = window_for(pool, spec->window);
	struct par_imap *imap;
	int code;

	*out = NULL;
	if (!spec->make && pool->spec.bytes < sizeof(uint64_t))
		return -EINVAL;
	imap = calloc(1, sizeof(*imap) + window * sizeof(imap->places[0]));
	if (!imap)
		return -ENOMEM;
	imap->pool = pool;
	imap->spec = *spec;
	imap->spec.window = window;
	for (unsigned i = 0; i < window && spec->unordered; i++) {
		struct place *place = &imap->places[i];

		place->imap = imap;
		place->future.done = note_ready;
		place->future.context = place;
		place->next = imap->free;
		imap->free = place;
	}
	code = refill(imap);
	if (code)
		par_imap_close(imap);
	else
		*out = imap;
	return code;
}

void par_imap_close(struct par_imap *imap)
{
	if (!imap)
		return;
	for (unsigned i = 0; i < imap->spec.window; i++)
		par_taskpool_forget(imap->pool, &imap->places[i].future);
	free(imap);
}

size_t par_imap_bytes(const struct par_imap *imap)
{
	return sizeof(*imap) + imap->spec.window * sizeof(imap->places[0]);
}
