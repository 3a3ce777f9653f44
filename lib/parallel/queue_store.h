/*
 * queue_store: where a queue's items lie, in each order. Private to the queue; under its lock.
 */
#ifndef PAR_QUEUE_STORE_H
#define PAR_QUEUE_STORE_H

#include "queue.h"

/* How many bytes follow the queue; 0: too many. */
size_t par_queue_store_bytes(const struct par_queue_spec *spec);

/* `queue->spec` is set. */
void par_queue_store_init(struct par_queue *queue);

/* There is room. */
void par_queue_store_put(struct par_queue *queue, const void *item, uint64_t priority);

/* There is an item. */
void par_queue_store_take(struct par_queue *queue, void *item);

#endif
