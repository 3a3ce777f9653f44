#include "lock.h"

#include <string.h>

static int init_mutex(pthread_mutex_t *mutex, enum par_lock_kind kind)
{
	pthread_mutexattr_t attr;
	int code = -pthread_mutexattr_init(&attr);

	if (code)
		return code;
	code = -pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
#ifdef __GLIBC__
	if (!code && kind == PAR_LOCK_ADAPTIVE)
		code = -pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
#endif
	if (!code && kind == PAR_LOCK_ROBUST)
		code = -pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	if (!code)
		code = -pthread_mutex_init(mutex, &attr);
	(void)pthread_mutexattr_destroy(&attr);
	return code;
}

static int init_rwlock(pthread_rwlock_t *rwlock)
{
	pthread_rwlockattr_t attr;
	int code = -pthread_rwlockattr_init(&attr);

	if (code)
		return code;
	code = -pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (!code)
		code = -pthread_rwlock_init(rwlock, &attr);
	(void)pthread_rwlockattr_destroy(&attr);
	return code;
}

int par_lock_init(struct par_lock *lock, enum par_lock_kind kind)
{
	memset(lock, 0, sizeof(*lock)); /* a free one of our own kinds */
	switch (kind) {
	case PAR_LOCK_MUTEX:
	case PAR_LOCK_ADAPTIVE:
	case PAR_LOCK_ROBUST: return init_mutex(&lock->as.mutex, kind);
	case PAR_LOCK_RWLOCK: return init_rwlock(&lock->as.rwlock);
	case PAR_LOCK_SEMAPHORE: return sem_init(&lock->as.semaphore, 1, 1) == 0 ? 0 : -errno;
	case PAR_LOCK_FUTEX:
	case PAR_LOCK_SPIN:
	case PAR_LOCK_TICKET:
	case PAR_LOCK_MCS:
	case PAR_LOCK_NONE: return 0;
	case PAR_LOCK_KINDS: break;
	}
	return -EINVAL;
}

void par_lock_fini(struct par_lock *lock, enum par_lock_kind kind)
{
	switch (kind) {
	case PAR_LOCK_MUTEX:
	case PAR_LOCK_ADAPTIVE:
	case PAR_LOCK_ROBUST: (void)pthread_mutex_destroy(&lock->as.mutex); break;
	case PAR_LOCK_RWLOCK: (void)pthread_rwlock_destroy(&lock->as.rwlock); break;
	case PAR_LOCK_SEMAPHORE: (void)sem_destroy(&lock->as.semaphore); break;
	default: break;
	}
}

int par_lock_heal(struct par_lock *lock)
{
	return -pthread_mutex_consistent(&lock->as.mutex);
}
