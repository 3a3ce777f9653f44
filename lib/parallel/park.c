#include "park.h"

#include <errno.h>

#include "annotate.h"
#include "futex.h"
#include "poller.h"

uint64_t par_deadline_in(uint64_t ns)
{
	uint64_t now = ns == PAR_PARK_FOREVER ? 0 : par_poller_now();

	return now + ns < now ? PAR_PARK_FOREVER : now + ns;
}

uint32_t par_spot_enter_blocking(struct par_spot *spot)
{
	/* The fence pairs with that of count_sleepers(). */
#ifdef PAR_TSAN
	atomic_fetch_add_explicit(&spot->sleepers, 1, memory_order_seq_cst);
#else
	atomic_fetch_add_explicit(&spot->sleepers, 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
#endif
	/* Acquire: who reads a raised value sees what it was raised for. */
	return atomic_load_explicit(&spot->value, memory_order_acquire);
}

/* Between the change of the condition and the look at the sleepers. */
static inline uint32_t count_sleepers(struct par_spot *spot)
{
#ifdef PAR_TSAN /* it knows no fences */
	return atomic_fetch_add_explicit(&spot->sleepers, 0, memory_order_seq_cst);
#else
	/* A fence, not an operation on the word: the line stays shared while nobody sleeps. */
	atomic_thread_fence(memory_order_seq_cst);
	return atomic_load_explicit(&spot->sleepers, memory_order_relaxed);
#endif
}

unsigned par_unpark_blocking(struct par_io *io, struct par_spot *spot, unsigned count)
{
	int woken;

	(void)io;
	if (count == 0 || count_sleepers(spot) == 0)
		return 0;
	/* Release: who sees the new value sees the condition. Pairs with the load in park. */
	atomic_fetch_add_explicit(&spot->value, 1, memory_order_release);
	woken = par_futex_wake(&spot->value, count > INT_MAX ? INT_MAX : (int)count);
	return woken > 0 ? (unsigned)woken : 0;
}

int par_park_blocking(struct par_io *io, struct par_spot *spot, uint32_t seen, uint64_t deadline)
{
	uint64_t left = PAR_FUTEX_FOREVER;
	uint64_t now;
	int code = 0;

	/* Acquire: pairs with the release in unpark. */
	while (atomic_load_explicit(&spot->value, memory_order_acquire) == seen) {
		if (deadline != PAR_PARK_FOREVER) {
			now = deadline ? par_poller_now() : 0;
			left = deadline > now ? deadline - now : 0;
		}
		code = left == 0 ? -ETIMEDOUT : par_futex_wait(&spot->value, seen, left);
		if (code == -EINTR)
			code = 0;
		if (code)
			break;
	}
	par_spot_leave(io, spot);
	return code;
}
