#include "waits_for.h"

#include <string.h>

void par_waits_for_init(struct par_waits_for *graph)
{
	/* Relaxed: no party is there yet. */
	for (unsigned i = 0; i < PAR_WAITS_FOR_PARTIES; i++) {
		atomic_store_explicit(&graph->parties[i].wants, PAR_NOBODY, memory_order_relaxed);
		atomic_store_explicit(&graph->parties[i].steps, 0, memory_order_relaxed);
	}
	for (unsigned i = 0; i < PAR_WAITS_FOR_LOCKS; i++)
		atomic_store_explicit(&graph->holders[i], PAR_NOBODY, memory_order_relaxed);
}

/* A new state of the party. Release, as all stores here: pairs with the loads of look(). */
static void step(struct par_waits_for *graph, uint32_t party, uint32_t wants)
{
	struct par_waits_for_party *place = &graph->parties[party];
	uint32_t steps = atomic_load_explicit(&place->steps, memory_order_relaxed);

	atomic_store_explicit(&place->wants, wants, memory_order_release);
	atomic_store_explicit(&place->steps, steps + 1, memory_order_release);
}

void par_waits_for_want(struct par_waits_for *graph, uint32_t party, uint32_t lock)
{
	step(graph, party, lock);
}

void par_waits_for_got(struct par_waits_for *graph, uint32_t party, uint32_t lock)
{
	atomic_store_explicit(&graph->holders[lock], party, memory_order_release);
	step(graph, party, PAR_NOBODY);
}

void par_waits_for_quit(struct par_waits_for *graph, uint32_t party)
{
	step(graph, party, PAR_NOBODY);
}

void par_waits_for_free(struct par_waits_for *graph, uint32_t party, uint32_t lock)
{
	atomic_store_explicit(&graph->holders[lock], PAR_NOBODY, memory_order_release);
	step(graph, party, PAR_NOBODY);
}

/* Notes a party of the way; false when it waits for nobody. */
static bool follow(
	struct par_waits_for_cycle *cycle, const struct par_waits_for *graph, uint32_t *party)
{
	const struct par_waits_for_party *place = &graph->parties[*party];
	uint32_t wants;

	cycle->parties[cycle->count] = *party;
	/* Acquire: pairs with step(). The steps are read first: a later state shows another count.
	 */
	cycle->steps[cycle->count++] = atomic_load_explicit(&place->steps, memory_order_acquire);
	wants = atomic_load_explicit(&place->wants, memory_order_acquire);
	if (wants == PAR_NOBODY)
		return false;
	*party = atomic_load_explicit(&graph->holders[wants], memory_order_acquire);
	return *party != PAR_NOBODY;
}

bool par_waits_for_look(
	struct par_waits_for_cycle *cycle, const struct par_waits_for *graph, uint32_t party)
{
	uint32_t at = party;

	cycle->count = 0;
	do {
		if (cycle->count == PAR_WAITS_FOR_PARTIES || !follow(cycle, graph, &at)) {
			cycle->count = 0;
			return false;
		}
	} while (at != party);
	return true;
}

bool par_waits_for_same(
	const struct par_waits_for_cycle *first, const struct par_waits_for_cycle *second)
{
	size_t size = first->count * sizeof first->parties[0];

	return first->count > 0 && first->count == second->count &&
	       memcmp(first->parties, second->parties, size) == 0 &&
	       memcmp(first->steps, second->steps, size) == 0;
}
