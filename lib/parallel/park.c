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

#define WOKEN_ONE (1ULL << 32)

static uint32_t waiting_of(uint64_t crowd)
{
	return (uint32_t)crowd;
}

static uint32_t woken_of(uint64_t crowd)
{
	return (uint32_t)(crowd >> 32);
}

/* Between what is written and what is read of Dekker's pattern. */
static inline void fence(struct par_spot *spot)
{
#ifdef PAR_TSAN /* it knows no fences; an operation on the word both sides share is one as well */
	atomic_fetch_add_explicit(&spot->crowd, 0, memory_order_seq_cst);
#else
	/* Not an operation on the word: its line stays shared while nobody sleeps. */
	(void)spot;
	atomic_thread_fence(memory_order_seq_cst);
#endif
}

uint32_t par_spot_enter_blocking(struct par_spot *spot)
{
	/* Acquire: who reads a raised value sees what it was raised for. */
	uint32_t seen = atomic_load_explicit(&spot->value, memory_order_acquire);

	/* Release: pairs with the exchange in unpark, so that the value is raised after the load.
	 */
	atomic_fetch_add_explicit(&spot->crowd, 1, memory_order_release);
	fence(spot);
	return seen;
}

void par_spot_leave_blocking(struct par_spot *spot)
{
	uint64_t crowd = atomic_load_explicit(&spot->crowd, memory_order_relaxed);
	uint64_t next;

	/* Relaxed: it publishes nothing; whoever sleeps again enters again. */
	do
		next = crowd - 1 - (woken_of(crowd) > 0 ? WOKEN_ONE : 0);
	while (!atomic_compare_exchange_weak_explicit(
		&spot->crowd, &crowd, next, memory_order_relaxed, memory_order_relaxed));
}

bool par_spot_look_blocking(struct par_spot *spot)
{
	fence(spot);
	return waiting_of(atomic_load_explicit(&spot->crowd, memory_order_relaxed)) > 0;
}

unsigned par_unpark_blocking(struct par_io *io, struct par_spot *spot, unsigned count, unsigned use)
{
	uint32_t wanted, more;
	uint64_t crowd;
	int woken;

	(void)io;
	fence(spot);
	crowd = atomic_load_explicit(&spot->crowd, memory_order_relaxed);
	do {
		wanted = waiting_of(crowd) < use ? waiting_of(crowd) : use;
		more = wanted > woken_of(crowd) ? wanted - woken_of(crowd) : 0;
		more = more < count ? more : count;
		if (more == 0)
			return 0;
		/* Acquire: pairs with the release in enter. */
	} while (!atomic_compare_exchange_weak_explicit(&spot->crowd, &crowd,
		crowd + more * WOKEN_ONE, memory_order_acquire, memory_order_relaxed));
	/* Release: who sees the new value sees the condition. Pairs with the loads in enter and
	 * park. */
	atomic_fetch_add_explicit(&spot->value, 1, memory_order_release);
	woken = par_futex_wake(&spot->value, more > INT_MAX ? INT_MAX : (int)more);
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
