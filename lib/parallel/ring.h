/*
 * ring: a bounded FIFO queue without a lock, between threads or processes.
 *
 * Algorithm: D. Vyukov, "Bounded MPMC queue" (1024cores.net, 2010). Each cell has a sequence
 * number that says whose turn it is: `position` when it is empty for the put of that position,
 * position + 1 when it holds that put's item, position + capacity when it was got and waits for the
 * put one lap later. A putter takes a position with one compare-and-swap on `tail`, fills the cell,
 * and hands it over by its sequence; a getter does so with `head`. Putters and getters meet only at
 * cells, and touch each other's counter only when the ring is full or empty.
 *
 * Waiting: spins for a moment where each worker has a PU of its own, then parks at a spot (park.h).
 * Who brings an item or makes room looks whether somebody sleeps, and that is all while nobody
 * does.
 *
 * Closing sets the top bit of `tail`, so no put can take a position after it, and the end of file
 * is told exactly when all before it are got.
 *
 * Memory order: a cell's item is written before its sequence is stored with release, and read after
 * the sequence was loaded with acquire; the counters only hand out positions, so relaxed is enough
 * for them. The wake is Dekker's pattern of park.h: the
 * sequence is stored, then the sleepers are looked at.
 *
 * Progress: a put or get of which the cell is ready is lock-free (some compare-and-swap succeeds).
 * The whole is not: who is stopped, or killed, between taking a position and handing over the cell
 * holds up those who come to this cell, as in every queue of this kind. They wait until their
 * deadline; processes look again every PAR_QUEUE_NAP_NS.
 *
 * Among the coroutines of one loop it works as well, with nobody to compete with.
 */
#ifndef PAR_RING_H
#define PAR_RING_H

#include "queue.h"

struct par_ring_spec {
	uint32_t capacity;   /* items, a power of two from 2 on */
	uint32_t item_bytes; /* >= 1 */
	bool processes;      /* used by several processes, in memory that they share */
	bool spin;           /* each worker has a PU of its own */
};

/* Those who wait; private. */
struct par_ring_side {
	_Alignas(PAR_CACHE_LINE) struct par_spot spot;
	/* Puts or gets that waited, and for how long in ns. */
	_Atomic uint64_t waits, wait_ns;
};

/* As struct par_queue: lies at the start of par_ring_bytes() bytes. Zeroed memory is inert. */
struct par_ring {
	struct par_ring_spec spec;
	uint64_t mask;
	size_t stride;                                  /* bytes from cell to cell */
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t tail; /* of the next put; top bit: closed */
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t head; /* of the next get */
	struct par_ring_side putters, getters;
};

/* What par_ring_init() needs; 0: the spec makes no sense. */
size_t par_ring_bytes(const struct par_ring_spec *spec);

/* In memory of par_ring_bytes(), aligned to PAR_CACHE_LINE. 0 or -EINVAL. Nothing to free. */
int par_ring_init(struct par_ring *ring, const struct par_ring_spec *spec);

/* 0; -EPIPE: it is closed; -EAGAIN: full, and the deadline is PAR_QUEUE_TRY; -ETIMEDOUT; -EDEADLK.
 */
int par_ring_put(struct par_ring *ring, struct par_io *io, const void *item, uint64_t deadline);

/* 1; 0: closed, and empty; -EAGAIN: empty; -ETIMEDOUT; -EDEADLK. */
int par_ring_get(struct par_ring *ring, struct par_io *io, void *item, uint64_t deadline);

/* No more puts; what is there can be got. Closing twice is allowed. */
void par_ring_close(struct par_ring *ring, struct par_io *io);

/* How many positions are taken and not got; old as soon as it is known. */
uint32_t par_ring_length(const struct par_ring *ring);

/* What has happened since init; `longest` is not counted: 0. */
struct par_queue_counts par_ring_counted(const struct par_ring *ring);

#endif
