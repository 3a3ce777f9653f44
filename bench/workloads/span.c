#include "span.h"

#include <math.h>

#include "clock.h"

/* Relaxed throughout: only read after the run, whose end orders it. */
void par_span_init(struct par_span *span)
{
	atomic_store_explicit(&span->first, UINT64_MAX, memory_order_relaxed);
	atomic_store_explicit(&span->last, 0, memory_order_relaxed);
}

void par_span_begin(struct par_span *span)
{
	uint64_t now = par_now_ns();
	uint64_t first = atomic_load_explicit(&span->first, memory_order_relaxed);

	while (now < first && !atomic_compare_exchange_weak_explicit(&span->first, &first, now,
				      memory_order_relaxed, memory_order_relaxed))
		;
}

void par_span_end(struct par_span *span)
{
	uint64_t now = par_now_ns();
	uint64_t last = atomic_load_explicit(&span->last, memory_order_relaxed);

	while (now > last && !atomic_compare_exchange_weak_explicit(&span->last, &last, now,
				     memory_order_relaxed, memory_order_relaxed))
		;
}

double par_span_ns(const struct par_span *span)
{
	uint64_t first = atomic_load_explicit(&span->first, memory_order_relaxed);
	uint64_t last = atomic_load_explicit(&span->last, memory_order_relaxed);

	return last < first ? (double)NAN : (double)(last - first);
}
