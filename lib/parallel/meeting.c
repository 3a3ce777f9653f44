#include "meeting.h"

#include <errno.h>

#include "clock.h"

void par_meeting_init(struct par_meeting *meeting)
{
	/* Relaxed: whoever starts the parts orders this before they come. */
	atomic_store_explicit(&meeting->come.value, 0, memory_order_relaxed);
}

/* Acquire: pairs with the increments of those who came. */
static uint32_t come(const struct par_meeting *meeting)
{
	return atomic_load_explicit(&meeting->come.value, memory_order_acquire);
}

static int wait_on_loop(struct par_meeting *meeting, unsigned parts, struct par_io *io)
{
	uint64_t deadline = par_now_ns() + PAR_MEETING_PATIENCE_NS;

	while (come(meeting) < parts) {
		if (par_now_ns() > deadline)
			return -ETIMEDOUT;
		par_io_yield(io);
	}
	return 0;
}

int par_meeting_join(struct par_meeting *meeting, unsigned parts, bool spin, struct par_io *io)
{
	/* Sequentially consistent: releases what this part did, and as par_gate_wake() asks. */
	uint32_t seen =
		atomic_fetch_add_explicit(&meeting->come.value, 1, memory_order_seq_cst) + 1;

	if (seen >= parts) {
		par_gate_wake(&meeting->come);
		return 0;
	}
	if (io->ops->interleaves)
		return wait_on_loop(meeting, parts, io);
	while (seen < parts) {
		uint32_t now = par_gate_wait(
			&meeting->come, seen, spin ? PAR_SPIN_NS : 0, PAR_MEETING_PATIENCE_NS);

		if (now == seen)
			return -ETIMEDOUT;
		seen = now;
	}
	return 0;
}
