/*
 * queues: every kind of bounded queue behind one set of calls, for tests that hold for all.
 */
#ifndef TEST_QUEUES_H
#define TEST_QUEUES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "queue.h"
#include "ring.h"
#include "shared.h"

enum kind { FIFO, LIFO, PRIORITY, MARKS, RING, KINDS };

/* In shared memory, so that threads, processes and coroutines can use it. */
struct any_queue {
	enum kind kind;
	size_t bytes;
	void *memory;
};

static inline struct par_queue *queue_of(const struct any_queue *any)
{
	return any->memory;
}

static inline struct par_ring *ring_of(const struct any_queue *any)
{
	return any->memory;
}

static inline struct par_queue_spec queue_spec(enum kind kind, uint32_t capacity)
{
	struct par_queue_spec spec = { .capacity = capacity, .item_bytes = 8 };

	spec.order = kind == LIFO       ? PAR_QUEUE_LIFO
		     : kind == PRIORITY ? PAR_QUEUE_PRIORITY
					: PAR_QUEUE_FIFO;
	if (kind == MARKS) {
		spec.high = capacity;
		spec.low = capacity / 4;
	}
	return spec;
}

/* A queue of 8-byte items; the capacity is a power of two for the ring's sake. */
static inline struct any_queue any_open(enum kind kind, uint32_t capacity, bool processes)
{
	struct par_queue_spec spec = queue_spec(kind, capacity);
	struct par_ring_spec ring = { capacity, 8, processes, false };
	struct any_queue any = { .kind = kind };

	spec.processes = processes;
	any.bytes = kind == RING ? par_ring_bytes(&ring) : par_queue_bytes(&spec);
	assert_true(any.bytes > 0);
	assert_int_equal(par_shared_open(&any.memory, any.bytes), 0);
	if (kind == RING)
		assert_int_equal(par_ring_init(any.memory, &ring), 0);
	else
		assert_int_equal(par_queue_init(any.memory, &spec), 0);
	return any;
}

static inline void any_shut(struct any_queue *any)
{
	if (any->kind != RING)
		par_queue_fini(any->memory);
	par_shared_close(any->memory, any->bytes);
}

static inline int any_put(
	const struct any_queue *any, struct par_io *io, uint64_t item, uint64_t deadline)
{
	if (any->kind == RING)
		return par_ring_put(ring_of(any), io, &item, deadline);
	return par_queue_put(queue_of(any), io, &item, item, deadline);
}

static inline int any_get(
	const struct any_queue *any, struct par_io *io, uint64_t *item, uint64_t deadline)
{
	if (any->kind == RING)
		return par_ring_get(ring_of(any), io, item, deadline);
	return par_queue_get(queue_of(any), io, item, deadline);
}

static inline void any_end(const struct any_queue *any, struct par_io *io)
{
	if (any->kind == RING)
		par_ring_close(ring_of(any), io);
	else
		assert_int_equal(par_queue_close(queue_of(any), io), 0);
}

static inline uint32_t any_length(const struct any_queue *any)
{
	return any->kind == RING ? par_ring_length(ring_of(any)) : par_queue_length(queue_of(any));
}

static inline struct par_queue_counts any_counted(const struct any_queue *any)
{
	return any->kind == RING ? par_ring_counted(ring_of(any))
				 : par_queue_counted(queue_of(any));
}

#endif
