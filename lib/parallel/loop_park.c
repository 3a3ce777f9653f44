/*
 * Coroutines that are parked: on the list of their spot, on that of the loop, and by deadline.
 */
#include <stddef.h>

#include "loop_state.h"
#include "park.h"

/* Lives on the parked coroutine's stack, and is off all lists before that runs again. */
struct par_parked {
	struct par_coroutine *coroutine;
	struct par_spot *spot;
	struct par_parked *next, *previous;           /* at the spot, in order of arrival */
	struct par_parked *next_here, *previous_here; /* of the loop, the last first */
	struct par_deadline deadline;
	int code; /* what par_park() returns */
};

static void enlist(struct par_loop *loop, struct par_parked *parked)
{
	struct par_spot *spot = parked->spot;

	parked->previous = spot->last;
	if (spot->last)
		spot->last->next = parked;
	else
		spot->first = parked;
	spot->last = parked;

	parked->next_here = loop->parked;
	if (loop->parked)
		loop->parked->previous_here = parked;
	loop->parked = parked;
	if (parked->deadline.at != PAR_DEADLINE_NONE)
		par_deadlines_add(&loop->deadlines, &parked->deadline);
}

/* Takes it off all lists; it goes on with `code`. */
static void release(struct par_loop *loop, struct par_parked *parked, int code)
{
	struct par_spot *spot = parked->spot;

	if (parked->previous)
		parked->previous->next = parked->next;
	else
		spot->first = parked->next;
	if (parked->next)
		parked->next->previous = parked->previous;
	else
		spot->last = parked->previous;

	if (parked->previous_here)
		parked->previous_here->next_here = parked->next_here;
	else
		loop->parked = parked->next_here;
	if (parked->next_here)
		parked->next_here->previous_here = parked->previous_here;
	if (parked->deadline.at != PAR_DEADLINE_NONE)
		par_deadlines_remove(&loop->deadlines, &parked->deadline);
	parked->code = code;
	par_ready_push(&loop->ready, parked->coroutine);
}

/* How many are woken and have not run: above 32 bits, as among blocking workers. */
static void add_woken(struct par_spot *spot, int change)
{
	uint64_t crowd = atomic_load_explicit(&spot->crowd, memory_order_relaxed);

	crowd += (uint64_t)(int64_t)change << 32;
	atomic_store_explicit(&spot->crowd, crowd, memory_order_relaxed);
}

static bool is_one_on_its_way(const struct par_spot *spot)
{
	return atomic_load_explicit(&spot->crowd, memory_order_relaxed) >> 32 != 0;
}

int par_loop_park(struct par_io *io, struct par_spot *spot, uint32_t seen, uint64_t deadline)
{
	struct par_loop *loop = par_loop_of(io);
	struct par_parked parked = {
		.coroutine = loop->coroutines.running,
		.spot = spot,
		.deadline.at = deadline,
	};

	/* Relaxed: all who write it are coroutines of this thread. */
	if (atomic_load_explicit(&spot->value, memory_order_relaxed) != seen)
		return 0;
	if (deadline == 0)
		return -ETIMEDOUT;
	enlist(loop, &parked);
	par_coroutine_suspend(&loop->coroutines);
	if (parked.code == 0)
		add_woken(spot, -1);
	return parked.code;
}

unsigned par_loop_unpark(struct par_io *io, struct par_spot *spot, unsigned count, unsigned use)
{
	struct par_loop *loop = par_loop_of(io);
	uint32_t value = atomic_load_explicit(&spot->value, memory_order_relaxed);
	unsigned woken = 0;

	/* For who has entered and then waited for something else. */
	atomic_store_explicit(&spot->value, value + 1, memory_order_relaxed);
	if (use != PAR_PARK_ALL)
		count = use > 0 && !is_one_on_its_way(spot) ? 1 : 0;
	for (; woken < count && spot->first; woken++)
		release(loop, spot->first, 0);
	add_woken(spot, (int)woken);
	return woken;
}

static struct par_parked *parked_of(struct par_deadline *deadline)
{
	return (struct par_parked *)(void *)((char *)deadline -
					     offsetof(struct par_parked, deadline));
}

void par_loop_park_expire(struct par_loop *loop, uint64_t now)
{
	while (par_deadlines_first(&loop->deadlines) <= now && loop->deadlines.first)
		release(loop, parked_of(loop->deadlines.first), -ETIMEDOUT);
}

void par_loop_park_give_up(struct par_loop *loop)
{
	while (loop->parked)
		release(loop, loop->parked, -EDEADLK);
}
