/*
 * The caller's side of a map: a part for each worker, which takes chunks until none are left.
 */
#include <errno.h>

#include "taskpool_parts.h"

static void set_items(struct par_taskpool *pool, uint64_t first, uint64_t count, uint64_t chunk)
{
	struct par_board *board = pool->board;

	/* Plain: the stamps of its parts publish it, and no worker is at a map now. */
	par_claims_init(&board->items, first, count, pool->spec.workers);
	board->map_first = first;
	board->map_chunk = chunk;
}

int par_taskpool_map(struct par_taskpool *pool, uint64_t first, uint64_t count, uint64_t chunk)
{
	static const unsigned char nothing[PAR_TASK_BYTES_MAX];
	uint64_t chunks = chunk > 0 ? (count + chunk - 1) / chunk : count;
	unsigned parts = chunks < pool->spec.workers ? (unsigned)chunks : pool->spec.workers;
	unsigned made = 0;
	int code = 0;

	if (pool->in_callback)
		return -EDEADLK;
	if (!pool->spec.chunk || (pool->results && count > pool->spec.map_results) ||
		first + count < first || chunk > count)
		return -EINVAL;
	set_items(pool, first, count, chunk);
	while (made < parts && !code) {
		pool->tickets[made] = (struct par_future){ .pending = false };
		code = par_taskpool_put_kind(
			pool, &pool->tickets[made], PAR_SLOT_MAP, nothing, true);
		made += code == 0;
	}
	for (unsigned i = 0; i < made; i++) {
		int one = par_taskpool_get(pool, &pool->tickets[i], PAR_FUTEX_FOREVER);

		code = code ? code : one;
	}
	return code;
}

const uint64_t *par_taskpool_results(const struct par_taskpool *pool)
{
	return pool->results;
}
