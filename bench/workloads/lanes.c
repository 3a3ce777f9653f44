#include "lanes.h"

#include <errno.h>

#define CHANGE    (1ULL << 32)
#define LANE_MASK (CHANGE - 1)

void par_lanes_init(struct par_lanes *lanes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		atomic_init(&lanes->next[i], i + 1 < count ? i + 2 : 0);
	atomic_init(&lanes->head, count > 0 ? 1 : 0);
}

static uint64_t changed(uint64_t head, uint32_t top)
{
	return ((head & ~LANE_MASK) + CHANGE) | top;
}

int par_lanes_claim(struct par_lanes *lanes)
{
	/* Acquire, here and below: pairs with the release in par_lanes_release(). */
	uint64_t head = atomic_load_explicit(&lanes->head, memory_order_acquire);

	for (;;) {
		uint32_t top = (uint32_t)(head & LANE_MASK), below;

		if (top == 0)
			return -EBUSY;
		/* May be stale if another worker has the lane by now; then the exchange fails. */
		below = atomic_load_explicit(&lanes->next[top - 1], memory_order_relaxed);
		if (atomic_compare_exchange_weak_explicit(&lanes->head, &head, changed(head, below),
			    memory_order_acquire, memory_order_acquire))
			return (int)top - 1;
	}
}

void par_lanes_release(struct par_lanes *lanes, int lane)
{
	uint64_t head = atomic_load_explicit(&lanes->head, memory_order_relaxed);

	do
		atomic_store_explicit(
			&lanes->next[lane], (uint32_t)(head & LANE_MASK), memory_order_relaxed);
	while (!atomic_compare_exchange_weak_explicit(&lanes->head, &head,
		changed(head, (uint32_t)lane + 1), memory_order_release, memory_order_relaxed));
}
