/*
 * queue: a bounded queue between threads, processes or coroutines.
 *
 * A monitor (C. A. R. Hoare, "Monitors", CACM 17(10), 1974; with signal-and-continue as in Mesa,
 * B. W. Lampson, D. D. Redell, CACM 23(2), 1980): one mutex and three conditions, "not full", "not
 * empty" and "all done". Items are copied in and out. Their order is that of arrival (FIFO), its
 * reverse (LIFO), or that of a priority, the smallest number first and equal ones in the order of
 * arrival: a binary heap (J. W. J. Williams, "Heapsort", CACM 7(6), 1964).
 *
 * The mutex is POSIX's, robust between processes. The conditions are spots of park.h and not
 * pthread_cond_t: glibc's may hang for ever, in those who are alive, when a process is killed that
 * waits at one, and coroutines cannot wait at it at all. So all three use the same code: where the
 * caller is a coroutine the mutex is left alone, and a queue belongs to the coroutines of one loop.
 *
 * Wakes: whoever makes room or brings an item sees to it that as many sleepers are on their way as
 * there is room or items for, and no more: par_unpark_to().
 *
 * Watermarks: putters that find `high` items stop, and all go on when only `low` are left. With low
 * = high - 1 a full queue makes a putter sleep and wake for each item; with low at a half it does
 * so for every half queue.
 *
 * Death: a process killed with the mutex leaves the queue in an unknown state; everybody gets
 * -EOWNERDEAD from then on. One killed while it sleeps leaves the queue whole; it may take a wake
 * with it, also one of the mutex, so processes look again every PAR_QUEUE_NAP_NS. That all peers
 * are dead no queue can know: use deadlines, or look after your children.
 *
 * Memory order: all state is read and written under the mutex. Progress: blocking; not fair between
 * putters, nor between getters: who runs takes.
 */
#ifndef PAR_QUEUE_H
#define PAR_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "park.h"
#include "shared.h"

/* How long a wake that died with a process may be missed. */
#define PAR_QUEUE_NAP_NS 100000000ULL

/* To try: neither sleeps nor looks at a clock. */
#define PAR_QUEUE_TRY 0

enum par_queue_order { PAR_QUEUE_FIFO, PAR_QUEUE_LIFO, PAR_QUEUE_PRIORITY };

struct par_queue_spec {
	enum par_queue_order order;
	uint32_t capacity;   /* items, >= 1 */
	uint32_t item_bytes; /* >= 1 */
	uint32_t high;       /* putters stop at so many, 1 .. capacity; 0: capacity */
	uint32_t low;        /* and go on at so many, < high; with high 0: high - 1 */
	bool processes;      /* used by several processes, in memory that they share */
};

/* What has happened. Times are summed over all who slept, in ns. */
struct par_queue_counts {
	uint64_t puts, gets;
	uint64_t full_waits, empty_waits; /* puts and gets that slept */
	uint64_t full_ns, empty_ns;       /* for how long */
	uint32_t longest;
};

/*
 * Lies at the start of par_queue_bytes() bytes that the caller owns, all of one process or shared;
 * the items follow. Zeroed memory is inert.
 */
struct par_queue {
	_Alignas(PAR_CACHE_LINE) pthread_mutex_t lock;
	struct par_queue_spec spec;
	_Atomic uint32_t length; /* written under the lock */
	uint32_t head;           /* FIFO: where the first item lies */
	uint32_t stride;         /* bytes from item to item */
	bool open, closed, stopped, broken;
	uint64_t sequence;   /* priority: of the next put */
	uint64_t unfinished; /* put, and not done */
	struct par_queue_counts counts;
	struct par_spot putters, getters, joiners; /* who sleep */
};

/* What par_queue_init() needs; 0: the spec makes no sense, or too much of it. */
size_t par_queue_bytes(const struct par_queue_spec *spec);

/* In memory of par_queue_bytes(), aligned to PAR_CACHE_LINE. 0, -EINVAL or what the mutex says. */
int par_queue_init(struct par_queue *queue, const struct par_queue_spec *spec);

/* Nobody may use it any more. */
void par_queue_fini(struct par_queue *queue);

/*
 * Puts a copy of an item, when there is room. `priority` counts in a priority queue only; the
 * smallest is got first. Returns 0; -EPIPE: it is closed; -EAGAIN: full, and the deadline is
 * PAR_QUEUE_TRY; -ETIMEDOUT; -EDEADLK: see par_park(); -EOWNERDEAD: see above. Then nothing was
 * put.
 */
int par_queue_put(struct par_queue *queue, struct par_io *io, const void *item, uint64_t priority,
	uint64_t deadline);

/*
 * Gets the next item, when there is one. Returns 1; 0: it is closed, and empty (end of file); or
 * as par_queue_put(), -EAGAIN: empty.
 */
int par_queue_get(struct par_queue *queue, struct par_io *io, void *item, uint64_t deadline);

/*
 * An item that was got has been dealt with. 0; -EINVAL: more are done than were put; -EOWNERDEAD.
 */
int par_queue_task_done(struct par_queue *queue, struct par_io *io);

/* Waits until every item that was put is done. 0, -EAGAIN, -ETIMEDOUT, -EDEADLK, -EOWNERDEAD. */
int par_queue_join(struct par_queue *queue, struct par_io *io, uint64_t deadline);

/* No more puts; what is there can be got. Closing twice is allowed. 0 or -EOWNERDEAD. */
int par_queue_close(struct par_queue *queue, struct par_io *io);

/* How many items there are; old as soon as it is known, unless nobody else runs. */
static inline uint32_t par_queue_length(const struct par_queue *queue)
{
	return atomic_load_explicit(&queue->length, memory_order_relaxed);
}

/* What has happened since init. Exact where nobody is in a call. */
struct par_queue_counts par_queue_counted(const struct par_queue *queue);

#endif
