/*
 * wait: spin briefly, then park.
 *
 * A gate is a 32-bit value that one side sets and others wait on to change. A wake across two CPUs
 * costs tens of microseconds on a virtual machine and a spin a tenth of one, so a waiter that has a
 * PU to itself spins first; one that shares its PU would only keep the setter from running and
 * parks at once (spin_ns 0). Works between threads and between processes on shared memory.
 */
#ifndef PAR_WAIT_H
#define PAR_WAIT_H

#include <stdatomic.h>
#include <stdint.h>

#include "futex.h"

/* About what a park and a wake across CPUs cost: to spin longer cannot win more than it loses. */
#define PAR_SPIN_NS 40000

/* Zeroed memory is a gate of value 0. */
struct par_gate {
	_Atomic uint32_t value;
	_Atomic uint32_t sleepers; /* who may be parked: lets the setter skip the system call */
};

/* Sets the value and wakes all who wait for a change. What came before is seen by who wakes. */
void par_gate_set(struct par_gate *gate, uint32_t value);

/*
 * The second half of par_gate_set(): wakes all, after the value was changed by a sequentially
 * consistent operation.
 */
void par_gate_wake(struct par_gate *gate);

/*
 * Waits until the value differs from `seen`: spins for spin_ns, then parks for at most timeout_ns
 * (PAR_FUTEX_FOREVER: until then). Returns the value, which is `seen` after a timeout.
 */
uint32_t par_gate_wait(struct par_gate *gate, uint32_t seen, uint64_t spin_ns, uint64_t timeout_ns);

/* Tells the core that this is a spin: saves power and the sibling's issue slots. */
static inline void par_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ __volatile__("isb" ::: "memory"); /* `yield` is a no-op on most cores */
#else
	atomic_signal_fence(memory_order_seq_cst);
#endif
}

#endif
