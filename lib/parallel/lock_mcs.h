/*
 * lock_mcs: the queue lock of Mellor-Crummey and Scott (1991, algorithm 2.4).
 *
 * Who comes hangs its own node at the tail of a queue and spins on that node alone, so giving the
 * lock moves one line to one waiter, however many there are.
 *
 * Nodes are linked by their distance from the lock in bytes, not by addresses: lock and nodes may
 * be mapped at different addresses in different processes, as long as they lie in one mapping.
 *
 * Memory order: the exchange of the tail is a release (our node is ready before it can be found)
 * and an acquire (we write to the node of the one before). `next` is released by the one who
 * follows and acquired by the one before; `waiting` is released by who gives and acquired by who
 * takes, which hands over all that was done under the lock. A queue found empty is handed over
 * through the tail: the release of the compare-exchange that emptied it, the acquire of the
 * exchange.
 *
 * Progress: fair, in the order of arrival; as with tickets, everybody waits when the next in line
 * has no PU, and giving too waits for a newcomer that was stopped between its two steps.
 */
#ifndef PAR_LOCK_MCS_H
#define PAR_LOCK_MCS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "shared.h"
#include "wait.h"

/* A place in the queue: one a worker and lock held; of the worker alone while it takes and holds.
 * Zeroed memory will do. */
struct par_lock_mcs_node {
	_Alignas(PAR_CACHE_LINE) _Atomic intptr_t next; /* distance from the lock; 0: none */
	_Atomic uint32_t waiting;
};

/* Zeroed memory is a free one. */
struct par_lock_mcs {
	_Atomic intptr_t tail; /* distance of the last node; 0: free */
};

static inline struct par_lock_mcs_node *par_lock_mcs_at(struct par_lock_mcs *lock, intptr_t offset)
{
	return (struct par_lock_mcs_node *)(void *)((char *)lock + offset);
}

static inline intptr_t par_lock_mcs_offset(
	const struct par_lock_mcs *lock, const struct par_lock_mcs_node *node)
{
	return (const char *)node - (const char *)lock;
}

static inline bool par_lock_mcs_try(struct par_lock_mcs *lock, struct par_lock_mcs_node *node)
{
	intptr_t none = 0;

	atomic_store_explicit(&node->next, 0, memory_order_relaxed);
	return atomic_compare_exchange_strong_explicit(&lock->tail, &none,
		par_lock_mcs_offset(lock, node), memory_order_acq_rel, memory_order_relaxed);
}

static inline void par_lock_mcs_take(struct par_lock_mcs *lock, struct par_lock_mcs_node *node)
{
	intptr_t mine = par_lock_mcs_offset(lock, node), before;

	atomic_store_explicit(&node->next, 0, memory_order_relaxed);
	before = atomic_exchange_explicit(&lock->tail, mine, memory_order_acq_rel);
	if (before == 0)
		return;
	/* Nobody knows of it before the next line. */
	atomic_store_explicit(&node->waiting, 1, memory_order_relaxed);
	atomic_store_explicit(&par_lock_mcs_at(lock, before)->next, mine, memory_order_release);
	while (atomic_load_explicit(&node->waiting, memory_order_acquire) != 0)
		par_relax();
}

static inline void par_lock_mcs_give(struct par_lock_mcs *lock, struct par_lock_mcs_node *node)
{
	intptr_t next = atomic_load_explicit(&node->next, memory_order_acquire);
	intptr_t mine = par_lock_mcs_offset(lock, node);

	if (next == 0) {
		if (atomic_compare_exchange_strong_explicit(
			    &lock->tail, &mine, 0, memory_order_release, memory_order_relaxed))
			return;
		/* Somebody has joined and is about to say who. */
		while ((next = atomic_load_explicit(&node->next, memory_order_acquire)) == 0)
			par_relax();
	}
	atomic_store_explicit(&par_lock_mcs_at(lock, next)->waiting, 0, memory_order_release);
}

#endif
