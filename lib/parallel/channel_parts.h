/*
 * channel_parts: what all kinds of channels are made of. Private to channel*.c.
 */
#ifndef PAR_CHANNEL_PARTS_H
#define PAR_CHANNEL_PARTS_H

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>

#include "channel.h"
#include "clock.h"
#include "shared.h"

/* In shared memory. Each written once, by its side. */
struct par_channel_share {
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t left[2]; /* the side has left */
};

/* A pipe through which nothing ever goes: its reader sees the end of who holds it. */
struct par_life {
	int hold;  /* of the side itself; -1: closed */
	int watch; /* of the other */
};

struct par_channel {
	const struct par_channel_kind *kind;
	struct par_channel_spec spec;
	struct par_channel_share *share;
	struct par_life lives[2]; /* by the side that lives */
	bool alone;               /* this process plays one side */
	void *state;              /* the kind's own */
};

/* What a call returns whose time is out. */
static inline int par_channel_late(uint64_t until)
{
	return until == PAR_CHANNEL_TRY ? -EAGAIN : -ETIMEDOUT;
}

/* ns left until then; 0: it is past. */
static inline uint64_t par_channel_left_ns(uint64_t until)
{
	uint64_t now;

	if (until == PAR_CHANNEL_TRY || until == PAR_CHANNEL_FOREVER)
		return until;
	now = par_now_ns();
	return now < until ? until - now : 0;
}

/* Whether the other side has said that it leaves. */
static inline bool par_channel_has_left(const struct par_channel *channel, unsigned side)
{
	/* Sequentially consistent: pairs with the store in par_channel_leave(), so that who goes to
	 * sleep after looking here is woken by who leaves; see channel_ring.c. */
	return atomic_load_explicit(&channel->share->left[1 - side], memory_order_seq_cst) != 0;
}

/* Whether the other side's process has ended without leaving. A system call. */
bool par_channel_has_died(const struct par_channel *channel, unsigned side);

/* What receive() returns for a stream of bytes that has ended: 0 or -ECONNRESET. */
int par_channel_end_of_file(const struct par_channel *channel, unsigned side);

/*
 * Sleeps until one of the descriptors is ready: 0, par_channel_late(), or -errno. Those below 0
 * are passed over.
 */
int par_channel_poll(struct pollfd *polled, unsigned count, uint64_t until);

/* Closes *fd unless it is -1, and makes it so. */
void par_channel_close_fd(int *fd);

#endif
