#include "permits.h"

void par_permits_init(struct par_permits *permits, uint32_t count)
{
	/* Relaxed: nobody is using it yet. */
	atomic_store_explicit(&permits->left, count, memory_order_relaxed);
	permits->given = (struct par_spot)PAR_SPOT_INIT;
}

bool par_permits_try(struct par_permits *permits)
{
	/* Sequentially consistent, as park.h asks of who may sleep next. */
	uint32_t left = atomic_load_explicit(&permits->left, memory_order_seq_cst);

	while (left > 0) {
		/* Acquire: pairs with par_permits_give(). */
		if (atomic_compare_exchange_weak_explicit(&permits->left, &left, left - 1,
			    memory_order_acquire, memory_order_relaxed))
			return true;
	}
	return false;
}

int par_permits_take(struct par_io *io, struct par_permits *permits, uint64_t deadline)
{
	while (!par_permits_try(permits)) {
		uint32_t seen = par_spot_enter(io, &permits->given);
		int status;

		if (par_permits_try(permits)) {
			par_spot_leave(io, &permits->given);
			return 0;
		}
		status = par_park(io, &permits->given, seen, deadline);
		if (status < 0)
			return status;
	}
	return 0;
}

void par_permits_give(struct par_io *io, struct par_permits *permits)
{
	/* Releases; and sequentially consistent before par_unpark() looks for sleepers. */
	atomic_fetch_add_explicit(&permits->left, 1, memory_order_seq_cst);
	par_unpark(io, &permits->given, 1);
}
