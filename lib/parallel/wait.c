#include "wait.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>

#include "clock.h"

/* PAUSEs between two looks at the clock: about a microsecond. */
#define SPINS_PER_LOOK 32

/*
 * Dekker's pattern with par_gate_wait(): the setter writes value, then reads sleepers; the waiter
 * writes sleepers, then reads value (in the kernel too, which has full barriers around the futex
 * word). With all four sequentially consistent at least one sees the other: either the setter sees
 * the sleeper and wakes it, or the waiter sees the new value and does not sleep.
 */
void par_gate_wake(struct par_gate *gate)
{
	if (atomic_load_explicit(&gate->sleepers, memory_order_seq_cst) != 0)
		(void)par_futex_wake(&gate->value, INT_MAX);
}

void par_gate_set(struct par_gate *gate, uint32_t value)
{
	/* Also the release that pairs with the waiter's acquire loads. */
	atomic_store_explicit(&gate->value, value, memory_order_seq_cst);
	par_gate_wake(gate);
}

static bool spin(struct par_gate *gate, uint32_t seen, uint64_t spin_ns)
{
	uint64_t start = par_now_ns();

	do {
		for (int i = 0; i < SPINS_PER_LOOK; i++) {
			par_relax();
			if (atomic_load_explicit(&gate->value, memory_order_acquire) != seen)
				return true;
		}
	} while (par_now_ns() - start < spin_ns);
	return false;
}

uint32_t par_gate_wait(struct par_gate *gate, uint32_t seen, uint64_t spin_ns, uint64_t timeout_ns)
{
	/* Acquire, here and in spin(): pairs with the store in par_gate_set(). */
	uint32_t value = atomic_load_explicit(&gate->value, memory_order_acquire);
	int code = 0;

	if (value != seen || (spin_ns > 0 && spin(gate, seen, spin_ns)))
		return atomic_load_explicit(&gate->value, memory_order_acquire);

	/* Sequentially consistent: see par_gate_wake(). */
	atomic_fetch_add_explicit(&gate->sleepers, 1, memory_order_seq_cst);
	for (;;) {
		value = atomic_load_explicit(&gate->value, memory_order_seq_cst);
		if (value != seen || code == -ETIMEDOUT)
			break;
		code = par_futex_wait(&gate->value, seen, timeout_ns);
	}
	/* Relaxed: a setter that still counts us only makes a needless call. */
	atomic_fetch_sub_explicit(&gate->sleepers, 1, memory_order_relaxed);
	return value;
}
