#include "queue_store.h"

#include <string.h>

#define ALIGNMENT 16

/*
 * An item of the heap. Entries behind the last item of the heap hold the slots that are free, so
 * nothing else has to remember them.
 */
struct entry {
	uint64_t priority, sequence;
	uint32_t slot;
};

static size_t stride_of(const struct par_queue_spec *spec)
{
	return ((size_t)spec->item_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static size_t heap_bytes(const struct par_queue_spec *spec)
{
	size_t bytes = sizeof(struct entry) * spec->capacity;

	if (spec->order != PAR_QUEUE_PRIORITY)
		return 0;
	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Of 32-bit factors: no product overflows. */
_Static_assert(sizeof(size_t) >= 8, "sizes are computed in 64 bits");

size_t par_queue_store_bytes(const struct par_queue_spec *spec)
{
	return heap_bytes(spec) + stride_of(spec) * spec->capacity;
}

static struct entry *heap_of(struct par_queue *queue)
{
	return (struct entry *)(void *)(queue + 1);
}

static char *slot_of(struct par_queue *queue, uint32_t slot)
{
	return (char *)(queue + 1) + heap_bytes(&queue->spec) + (size_t)queue->stride * slot;
}

void par_queue_store_init(struct par_queue *queue)
{
	struct entry *heap = heap_of(queue);

	queue->stride = (uint32_t)stride_of(&queue->spec);
	if (queue->spec.order == PAR_QUEUE_PRIORITY)
		for (uint32_t i = 0; i < queue->spec.capacity; i++)
			heap[i] = (struct entry){ .slot = i };
}

/* --- the heap: the first of all is on top, each parent is before its children --- */

static bool before(const struct entry *a, const struct entry *b)
{
	return a->priority != b->priority ? a->priority < b->priority : a->sequence < b->sequence;
}

/* Adds an entry at `hole`, the end of the heap, and lets it rise. */
static void rise(struct entry *heap, uint32_t hole, struct entry entry)
{
	while (hole > 0 && before(&entry, &heap[(hole - 1) / 2])) {
		heap[hole] = heap[(hole - 1) / 2];
		hole = (hole - 1) / 2;
	}
	heap[hole] = entry;
}

/* Fills the hole at the top of a heap of `count` (without it) with an entry that sinks. */
static void sink(struct entry *heap, uint32_t count, struct entry entry)
{
	uint32_t hole = 0, child;

	while ((child = 2 * hole + 1) < count) {
		if (child + 1 < count && before(&heap[child + 1], &heap[child]))
			child++;
		if (!before(&heap[child], &entry))
			break;
		heap[hole] = heap[child];
		hole = child;
	}
	heap[hole] = entry;
}

static uint32_t put_slot(struct par_queue *queue, uint32_t length, uint64_t priority)
{
	struct entry *heap = heap_of(queue);
	struct entry entry = { priority, queue->sequence++, heap[length].slot };

	rise(heap, length, entry);
	return entry.slot;
}

static uint32_t take_slot(struct par_queue *queue, uint32_t length)
{
	struct entry *heap = heap_of(queue);
	uint32_t slot = heap[0].slot;

	sink(heap, length - 1, heap[length - 1]);
	heap[length - 1].slot = slot;
	return slot;
}

/* --- all orders --- */

static uint32_t around(const struct par_queue *queue, uint32_t slot)
{
	return slot < queue->spec.capacity ? slot : slot - queue->spec.capacity;
}

void par_queue_store_put(struct par_queue *queue, const void *item, uint64_t priority)
{
	uint32_t length = par_queue_length(queue), slot = length;

	if (queue->spec.order == PAR_QUEUE_FIFO)
		slot = around(queue, queue->head + length);
	else if (queue->spec.order == PAR_QUEUE_PRIORITY)
		slot = put_slot(queue, length, priority);
	memcpy(slot_of(queue, slot), item, queue->spec.item_bytes);
	/* Relaxed: under the lock; who reads without it only looks. */
	atomic_store_explicit(&queue->length, length + 1, memory_order_relaxed);
}

void par_queue_store_take(struct par_queue *queue, void *item)
{
	uint32_t length = par_queue_length(queue), slot = length - 1;

	if (queue->spec.order == PAR_QUEUE_FIFO) {
		slot = queue->head;
		queue->head = around(queue, slot + 1);
	} else if (queue->spec.order == PAR_QUEUE_PRIORITY) {
		slot = take_slot(queue, length);
	}
	memcpy(item, slot_of(queue, slot), queue->spec.item_bytes);
	atomic_store_explicit(&queue->length, length - 1, memory_order_relaxed);
}
