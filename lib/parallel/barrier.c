#include "barrier.h"

#include <errno.h>

void par_barrier_init(struct par_barrier *barrier, uint32_t parties)
{
	/* Relaxed: nobody is using it yet. */
	atomic_store_explicit(&barrier->missing, parties, memory_order_relaxed);
	atomic_store_explicit(&barrier->phase.value, 0, memory_order_relaxed);
	barrier->parties = parties;
}

int par_barrier_cross(struct par_barrier *barrier, uint64_t spin_ns, uint64_t timeout_ns)
{
	/* Acquire: read before the arrival, after which another may open the next phase. */
	uint32_t phase = atomic_load_explicit(&barrier->phase.value, memory_order_acquire);

	/* Acquire and release: see the header. */
	if (atomic_fetch_sub_explicit(&barrier->missing, 1, memory_order_acq_rel) == 1) {
		/* Relaxed: par_gate_set() releases it. */
		atomic_store_explicit(&barrier->missing, barrier->parties, memory_order_relaxed);
		par_gate_set(&barrier->phase, phase + 1);
		return 0;
	}
	return par_gate_wait(&barrier->phase, phase, spin_ns, timeout_ns) == phase ? -ETIMEDOUT : 0;
}
