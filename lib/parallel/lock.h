/*
 * lock: one small interface over ways to let one in at a time.
 *
 *   PTHREAD  what the C library has: mutex, adaptive mutex, robust mutex, reader-writer lock,
 *            semaphore (POSIX.1-2017; the adaptive kind is glibc's)
 *   FUTEX    spin for a moment, then sleep        lock_futex.h
 *   SPIN     test-and-test-and-set with backoff   lock_spin.h
 *   TICKET   first come, first served             lock_ticket.h
 *   MCS      a queue of waiters                   lock_mcs.h
 *
 * All work between threads and, placed in memory of par_shared_open(), between processes. Taking is
 * an acquire and giving a release: what was done under the lock is seen by who holds it next. None
 * may be taken again by its holder, and none but SEMAPHORE may be given by another.
 *
 * The kind is an argument and not a member: where it is a constant the calls below fold into the
 * one that is meant, so that a loop measures the lock and not the way to it.
 *
 * If a holder dies (a killed process) its lock stays taken: others wait for ever, or as long as
 * they try. Only a ROBUST one notices: the next to take it gets -EOWNERDEAD, holds it, and has to
 * put right what it protects before it calls par_lock_heal().
 */
#ifndef PAR_LOCK_H
#define PAR_LOCK_H

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>

#include "lock_futex.h"
#include "lock_mcs.h"
#include "lock_spin.h"
#include "lock_ticket.h"
#include "shared.h"

enum par_lock_kind {
	PAR_LOCK_NONE, /* lets everybody in: the missing lock */
	PAR_LOCK_MUTEX,
	PAR_LOCK_ADAPTIVE,
	PAR_LOCK_ROBUST,
	PAR_LOCK_RWLOCK,
	PAR_LOCK_SEMAPHORE,
	PAR_LOCK_FUTEX,
	PAR_LOCK_SPIN,
	PAR_LOCK_TICKET,
	PAR_LOCK_MCS,
	PAR_LOCK_KINDS,
};

/* Begins a cache line and fills its last one: neighbours share none. */
struct par_lock {
	_Alignas(PAR_CACHE_LINE) union {
		pthread_mutex_t mutex;
		pthread_rwlock_t rwlock;
		sem_t semaphore;
		struct par_lock_futex futex;
		struct par_lock_spin spin;
		struct par_lock_ticket ticket;
		struct par_lock_mcs mcs;
	} as;
};
_Static_assert(sizeof(struct par_lock) % PAR_CACHE_LINE == 0, "neighbours share no line");

/* What a worker brings to take a lock: a place in a queue. Only MCS looks at it, and for the
 * others it may be NULL. In one mapping with the lock. */
struct par_lock_node {
	struct par_lock_mcs_node mcs;
};

/* A free lock of this kind, for threads and processes. 0 or -errno (-EINVAL: no such kind). */
int par_lock_init(struct par_lock *lock, enum par_lock_kind kind);

/* Nobody may hold it or wait for it. */
void par_lock_fini(struct par_lock *lock, enum par_lock_kind kind);

/* After -EOWNERDEAD, by the holder: what the lock protects is right again. 0 or -errno. */
int par_lock_heal(struct par_lock *lock);

#define PAR_LOCK_INLINE static inline __attribute__((always_inline))

/* Waits until the caller holds it: 0; -EOWNERDEAD of a ROBUST one whose last holder died, which is
 * then held too; -ENOTRECOVERABLE of one that was given without being healed, and is not held. */
PAR_LOCK_INLINE int par_lock_take(
	struct par_lock *lock, enum par_lock_kind kind, struct par_lock_node *node)
{
	switch (kind) {
	case PAR_LOCK_MUTEX:
	case PAR_LOCK_ADAPTIVE:
	case PAR_LOCK_ROBUST: return -pthread_mutex_lock(&lock->as.mutex);
	case PAR_LOCK_RWLOCK: return -pthread_rwlock_wrlock(&lock->as.rwlock);
	case PAR_LOCK_SEMAPHORE:
		while (sem_wait(&lock->as.semaphore) != 0) { /* a signal came */
			if (errno != EINTR)
				return -errno;
		}
		return 0;
	case PAR_LOCK_FUTEX: par_lock_futex_take(&lock->as.futex); return 0;
	case PAR_LOCK_SPIN: par_lock_spin_take(&lock->as.spin); return 0;
	case PAR_LOCK_TICKET: par_lock_ticket_take(&lock->as.ticket); return 0;
	case PAR_LOCK_MCS: par_lock_mcs_take(&lock->as.mcs, &node->mcs); return 0;
	case PAR_LOCK_NONE:
	case PAR_LOCK_KINDS: break;
	}
	return 0;
}

/* Takes it if that needs no waiting: 0, -EBUSY, or as par_lock_take(). */
PAR_LOCK_INLINE int par_lock_try(
	struct par_lock *lock, enum par_lock_kind kind, struct par_lock_node *node)
{
	switch (kind) {
	case PAR_LOCK_MUTEX:
	case PAR_LOCK_ADAPTIVE:
	case PAR_LOCK_ROBUST: return -pthread_mutex_trylock(&lock->as.mutex);
	case PAR_LOCK_RWLOCK: return -pthread_rwlock_trywrlock(&lock->as.rwlock);
	case PAR_LOCK_SEMAPHORE: return sem_trywait(&lock->as.semaphore) == 0 ? 0 : -EBUSY;
	case PAR_LOCK_FUTEX: return par_lock_futex_try(&lock->as.futex) ? 0 : -EBUSY;
	case PAR_LOCK_SPIN: return par_lock_spin_try(&lock->as.spin) ? 0 : -EBUSY;
	case PAR_LOCK_TICKET: return par_lock_ticket_try(&lock->as.ticket) ? 0 : -EBUSY;
	case PAR_LOCK_MCS: return par_lock_mcs_try(&lock->as.mcs, &node->mcs) ? 0 : -EBUSY;
	case PAR_LOCK_NONE:
	case PAR_LOCK_KINDS: break;
	}
	return 0;
}

/* By the holder, with the node it took it with. */
PAR_LOCK_INLINE void par_lock_give(
	struct par_lock *lock, enum par_lock_kind kind, struct par_lock_node *node)
{
	switch (kind) {
	case PAR_LOCK_MUTEX:
	case PAR_LOCK_ADAPTIVE:
	case PAR_LOCK_ROBUST: (void)pthread_mutex_unlock(&lock->as.mutex); break;
	case PAR_LOCK_RWLOCK: (void)pthread_rwlock_unlock(&lock->as.rwlock); break;
	case PAR_LOCK_SEMAPHORE: (void)sem_post(&lock->as.semaphore); break;
	case PAR_LOCK_FUTEX: par_lock_futex_give(&lock->as.futex); break;
	case PAR_LOCK_SPIN: par_lock_spin_give(&lock->as.spin); break;
	case PAR_LOCK_TICKET: par_lock_ticket_give(&lock->as.ticket); break;
	case PAR_LOCK_MCS: par_lock_mcs_give(&lock->as.mcs, &node->mcs); break;
	case PAR_LOCK_NONE:
	case PAR_LOCK_KINDS: break;
	}
}

/*
 * To read only: a RWLOCK lets other readers in at the same time, all other kinds are taken as
 * above. glibc's default prefers readers: while there are some, a writer may wait for ever.
 * par_lock_give() gives both.
 */
PAR_LOCK_INLINE int par_lock_take_to_read(
	struct par_lock *lock, enum par_lock_kind kind, struct par_lock_node *node)
{
	if (kind == PAR_LOCK_RWLOCK)
		return -pthread_rwlock_rdlock(&lock->as.rwlock);
	return par_lock_take(lock, kind, node);
}

#endif
