#include "lock_futex.h"

#include "lock_spin.h"

/* Looks before it parks, with backoff in between: about what a park and a wake cost. */
#define LOOKS 10

static bool spin(struct par_lock_futex *lock)
{
	unsigned backoff = PAR_SPIN_BACKOFF_FIRST;

	for (int i = 0; i < LOOKS; i++) {
		par_spin_back_off(&backoff);
		if (atomic_load_explicit(&lock->word, memory_order_relaxed) == PAR_LOCK_FREE &&
			par_lock_futex_try(lock))
			return true;
	}
	return false;
}

void par_lock_futex_wait(struct par_lock_futex *lock)
{
	if (spin(lock))
		return;
	/* Who comes back from sleep cannot know whether others still sleep: it takes the lock as
	 * contended, and at worst wakes nobody when it gives. */
	while (atomic_exchange_explicit(&lock->word, PAR_LOCK_CONTENDED, memory_order_acquire) !=
		PAR_LOCK_FREE)
		(void)par_futex_wait(&lock->word, PAR_LOCK_CONTENDED, PAR_FUTEX_FOREVER);
}
