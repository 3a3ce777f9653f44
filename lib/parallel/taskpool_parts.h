/*
 * taskpool_parts: what the files of the task pool share. Private to it. See taskpool.h.
 */
#ifndef PAR_TASKPOOL_PARTS_H
#define PAR_TASKPOOL_PARTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/types.h>

#include "claims.h"
#include "pin.h"
#include "shared.h"
#include "taskpool.h"

#define PAR_TASKPOOL_BATCH     32   /* most tasks that are put and not told of */
#define PAR_TASKPOOL_CLAIM_MAX 255  /* fits in a claim word */
#define PAR_TASKPOOL_WORKERS   4096 /* most */

/* In a mark: the slot, the errno above it, and above both the count of entries up to this one. */
#define PAR_TASKPOOL_SLOT_BITS   20
#define PAR_TASKPOOL_CAPACITY    (1u << PAR_TASKPOOL_SLOT_BITS) /* most */
#define PAR_TASKPOOL_ERRNO_MAX   4095
#define PAR_TASKPOOL_STAMP_SHIFT 32

/* Values of a claim word besides "which tasks": first << 8 | count. */
#define PAR_CLAIM_NONE   0
#define PAR_CLAIM_MAKING UINT64_MAX

enum par_slot_kind { PAR_SLOT_TASK, PAR_SLOT_MAP };

/*
 * A worker's entry for a task that has ended. The mark is its sequence number too: the caller knows
 * by it that the entry is of this lap, and needs no line but this to take a small result.
 */
struct par_entry {
	_Atomic uint64_t mark;
	uint64_t result; /* where results are no longer; else it is in the slot */
};

/*
 * A task in the ring. Written by the caller; results longer than an entry's overwrite `data`, which
 * is then the worker's who claimed it. The stamp is its sequence number: (turn + 1) << 1 | kind,
 * so that a worker who looks for a task needs no line but this to see that it is there.
 */
struct par_slot {
	_Atomic uint64_t stamp;
	unsigned char data[];
};

enum par_seat_state {
	PAR_SEAT_NEW,     /* zero */
	PAR_SEAT_AWAKE,   /* may have a task */
	PAR_SEAT_LOOKING, /* spins: will see a task that is published */
	PAR_SEAT_PARKING, /* parks, or is about to */
	PAR_SEAT_GONE,
};

/* What a worker tells, a line of its own; and by what it is woken, another. */
struct par_seat {
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t claim;
	_Atomic uint32_t state;
	_Atomic int code;  /* why it could not start */
	uint64_t finished; /* entries in its ring when it was made; the caller's */
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t bell; /* futex; rung by who wakes it */
};

/* What all share; a line for each writer. */
struct par_board {
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t tail;   /* tasks handed over; stored before
 their stamps, so a hint of how many there are */
	_Atomic uint32_t leave;                           /* workers are to go */
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t head;   /* tasks claimed; by all workers */
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t parked; /* futex: the caller sleeps */
	_Atomic uint64_t wanted; /* the task that it waits for; UINT64_MAX: any */
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t
		sleepers[PAR_TASKPOOL_WORKERS / 64]; /* a bit for each parked worker */
	struct par_claims items;                     /* of the map under way */
	_Alignas(PAR_CACHE_LINE) uint64_t map_first, map_chunk;
};

/* How the caller knows a worker. */
struct par_member {
	struct par_taskpool *pool;
	unsigned number;
	pthread_t thread;
	pid_t pid;  /* 0: none, or reaped */
	bool alive; /* made, and not known to be gone */
	const struct par_entry *entries;
	uint64_t seen; /* entries of its ring that were taken */
};

struct par_taskpool {
	struct par_taskpool_spec spec;
	void *memory; /* shared: board, seats, entries, results, slots, in this order */
	size_t memory_size;
	struct par_board *board;
	struct par_seat *seats;
	struct par_entry *entries; /* spec.capacity for each worker */
	uint64_t *results;
	unsigned char *slots;
	size_t stride;  /* bytes from slot to slot */
	unsigned words; /* of board->sleepers in use */

	/* The caller's own. */
	struct par_member *members;
	uint64_t *claims;            /* as last read, one a worker */
	struct par_future **futures; /* by slot; NULL: free */
	struct par_future nobody;    /* stands for tasks that nobody waits for */
	struct par_future *tickets;  /* of a map, one a worker */
	uint64_t put, published;     /* tasks put, and told of */
	enum par_slot_kind kind;     /* of those put and not told of */
	uint64_t ended;              /* tasks that came to an end */
	unsigned under_way;
	unsigned replaced;
	uint64_t looked_ns; /* when deaths were last looked for */
	bool deaths;        /* there are some to be dealt with */
	bool gave_up;       /* tasks, since there were no workers left */
	bool opening;       /* who dies now is not replaced */
	bool in_callback, shut, left;
	struct par_affinity before; /* where the caller could run */
	uint64_t caller_spin_ns;
	bool shares_pu; /* with worker 0 */
};

static inline struct par_slot *par_taskpool_slot(const struct par_taskpool *pool, unsigned slot)
{
	return (struct par_slot *)(void *)(pool->slots + slot * pool->stride);
}

static inline unsigned par_taskpool_slot_of(const struct par_taskpool *pool, uint64_t turn)
{
	return (unsigned)turn & (pool->spec.capacity - 1);
}

static inline struct par_entry *par_taskpool_entries(
	const struct par_taskpool *pool, unsigned worker)
{
	return pool->entries + (size_t)worker * pool->spec.capacity;
}

/* Whether arguments and results fit into an entry. */
static inline bool par_taskpool_is_small(const struct par_taskpool *pool)
{
	return pool->spec.bytes <= sizeof(uint64_t);
}

/* Copies an argument or a result. */
static inline void par_taskpool_copy(void *to, const void *from, unsigned bytes)
{
	if (bytes == sizeof(uint64_t)) /* by far the most common: one move */
		memcpy(to, from, sizeof(uint64_t));
	else
		memcpy(to, from, bytes);
}

/* taskpool_worker.c */

/* What a worker does from its birth to its end; `code`: how its creation went so far. */
void par_taskpool_work(struct par_taskpool *pool, unsigned worker, int code);

/* taskpool_wake.c: both sides */

/* Wakes a sleeper if more tasks are published than those who look for one will take. */
void par_taskpool_wake(struct par_taskpool *pool);
/* Wakes everyone who may sleep. */
void par_taskpool_wake_all(struct par_taskpool *pool);
/* Sets or clears a worker's bit. */
void par_taskpool_mark_sleeper(struct par_taskpool *pool, unsigned worker, bool sleeps);
/* Wakes the caller. */
void par_taskpool_wake_caller(struct par_taskpool *pool);

/* taskpool_member.c */

int par_taskpool_start(struct par_taskpool *pool, unsigned worker);
/* Whether there are any: while there are none no task is under way. */
bool par_taskpool_has_workers(const struct par_taskpool *pool);
/* Waits for the end of a worker that was told to go; `kill`: at once by force, if a process. */
void par_taskpool_end(struct par_taskpool *pool, unsigned worker, bool kill);
/* Looks for workers that died, if it did not lately; ends the tasks that they held, and replaces
 * them. */
void par_taskpool_look(struct par_taskpool *pool);
/* How often deaths are looked for. */
#define PAR_TASKPOOL_LOOK_NS (20 * 1000000ULL)

/* taskpool_put.c */

/* Claims what no worker has claimed, so that none will begin it. */
void par_taskpool_withdraw(struct par_taskpool *pool);

/* Hands a slot over, of a task or a part of a map; `wait` for room, or -EAGAIN. */
int par_taskpool_put_kind(struct par_taskpool *pool, struct par_future *future,
	enum par_slot_kind kind, const void *data, bool wait);

/* taskpool_take.c */

/* Takes what all workers have finished. Returns how many tasks. */
unsigned par_taskpool_drain(struct par_taskpool *pool);
/* The first task that may be under way. */
uint64_t par_taskpool_oldest(const struct par_taskpool *pool);
/* Gives the task `turn`, one that was put, its end, unless it has ended. */
void par_taskpool_end_turn(struct par_taskpool *pool, uint64_t turn, int code);
/* Likewise all that are under way now. */
void par_taskpool_end_all(struct par_taskpool *pool, int code);
/*
 * Waits until met(pool, what), or until so many ns have passed. `turn`: the task that matters, so
 * that others need not wake the caller; UINT64_MAX: any. 0, -ETIMEDOUT, or PAR_WORKER_DIED when
 * there are no workers.
 */
int par_taskpool_await(struct par_taskpool *pool,
	bool (*met)(const struct par_taskpool *pool, const void *what), const void *what,
	uint64_t turn, uint64_t timeout_ns);

#endif
