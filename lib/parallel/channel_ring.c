/*
 * channel_ring: a ring of slots in shared memory for each direction, one producer and one consumer.
 *
 * Algorithm. That one producer and one consumer need no lock is Lamport's ("Proving the Correctness
 * of Multiprocess Programs", 1977). Whether a slot is full is told by the slot itself, as in
 * FastForward (Giacomoni, Moseley, Vachharajani, PPoPP 2008), so that a message and its sign travel
 * in one cache line: a slot's stamp is the number of its message plus 1 when that is there. (A
 * stamp is 32 bits; a slot's last stamp is `slots` messages old, never 2^32.) The producer looks at
 * the consumer's count only when the slots it last saw free are used up.
 *
 * Publishing. A message is copied into its slot, then its stamp is set: release, which pairs with
 * the consumer's acquire of the stamp. Gathered messages (spec.batch) have their stamps set at
 * once, but for the first, which the consumer needs before all others: its release comes last and
 * publishes them together, so the lines of the batch cross over once and not once a message, and
 * the consumer asks for them some lines ahead: one at a time they take three times as long.
 * The slot is free again with the consumer's count: release, paired with the producer's acquire.
 *
 * Sleeping. A waiter spins for spec.spin_ns and then sleeps on a futex, which it must not do just
 * after the other has looked whether anybody sleeps (Dekker's pattern, as in wait.c):
 *
 *   consumer   asleep = 1; fence; read stamp; sleep while asleep == 1
 *   producer   write stamp; fence; read asleep; if 1: asleep = 0, wake
 *
 * with sequentially consistent fences, so at least one sees the other's. (Not a sequentially
 * consistent store of the stamp: on x86 that waits until the message before it is in the cache, and
 * a consumer that looks in between takes the line away before the stamp is in it.) If the producer
 * comes in between, the kernel finds asleep changed and does not sleep. A producer that waits for
 * room is woken when half the ring is free, or when the consumer finds it empty: not at each slot,
 * or both would sleep and wake in turns. No sleep is longer than PAR_CHANNEL_LOOK_NS: after each
 * the waiter looks for room and messages again, and whether its peer has died.
 *
 * Progress: try forms are wait-free.
 */
#include <stdlib.h>
#include <string.h>

#include "annotate.h"
#include "channel_parts.h"
#include "futex.h"
#include "wait.h"

#define SLOTS_LEAST    4
#define SLOTS_MOST     4096
#define RING_BYTES     (256 * 1024) /* about: in the cache of a core, and far from it in none */
#define AHEAD_BYTES    512
#define CLOSE_LOOKS    100 /* before the first PAUSE */
#define SPINS_PER_LOOK 32  /* PAUSEs between two looks at the clock */

struct slot {
	_Atomic uint32_t stamp;
	uint32_t size;
	unsigned char bytes[];
};
_Static_assert(sizeof(struct slot) == 8, "the message follows the stamp");

/* One direction, in shared memory. A line for each writer, and for what both write: sleepers. */
struct ring {
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t taken; /* by the consumer: messages received */
	_Alignas(PAR_CACHE_LINE) uint64_t sent; /* the producer's own, as all of this line */
	uint64_t seen_taken;                    /* what it last saw of `taken` */
	uint64_t first; /* of the messages that are gathered: sent - first of them */
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t consumer_asleep;
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t producer_asleep;
	_Alignas(PAR_CACHE_LINE) unsigned char slots[];
};

struct rings {
	struct ring *in[2]; /* by the side that receives */
	size_t size;        /* of each */
	size_t stride;      /* of a slot */
	uint64_t slots;     /* a power of two */
	uint64_t batch;
	uint64_t ahead; /* slots that the consumer asks for beforehand; 0: none */
};

static struct slot *slot_at(const struct rings *rings, struct ring *ring, uint64_t number)
{
	return (struct slot *)(void *)(ring->slots + (number & (rings->slots - 1)) * rings->stride);
}

static uint32_t stamp_of(uint64_t number)
{
	return (uint32_t)(number + 1);
}

/* --- sleeping --- */

/* Between what is written and what is read of Dekker's pattern. */
static inline void fence(_Atomic uint32_t *asleep)
{
#ifdef PAR_TSAN /* it knows no fences; an operation on the word both sides share is one as well */
	atomic_fetch_add_explicit(asleep, 0, memory_order_seq_cst);
#else
	(void)asleep;
	atomic_thread_fence(memory_order_seq_cst);
#endif
}

/* The second half of it; `asleep` is only written if there is somebody to wake. */
static void wake(_Atomic uint32_t *asleep)
{
	fence(asleep);
	/* Relaxed: what the sleeper reads next is published already. */
	if (atomic_load_explicit(asleep, memory_order_relaxed) != 0 &&
		atomic_exchange_explicit(asleep, 0, memory_order_relaxed) != 0)
		(void)par_futex_wake(asleep, 1);
}

/* What a waiter waits for, on its side of its ring. */
struct watch {
	const struct par_channel *channel;
	unsigned side;
	struct ring *ring;
	const _Atomic uint32_t *stamp; /* of the next message; NULL: waits for room */
	uint32_t expected;
	uint64_t slots;
};

static bool is_over(const struct watch *watch)
{
	/* Acquire, both: see above. */
	if (watch->stamp != NULL)
		return atomic_load_explicit(watch->stamp, memory_order_acquire) == watch->expected;
	return watch->ring->sent - atomic_load_explicit(&watch->ring->taken, memory_order_acquire) <
	       watch->slots;
}

/* The first looks follow each other closely: a PAUSE is as long as a line takes to come. */
static bool spin(const struct watch *watch)
{
	uint64_t end;

	if (watch->channel->spec.spin_ns == 0)
		return false;
	for (int i = 0; i < CLOSE_LOOKS; i++)
		if (is_over(watch))
			return true;
	end = par_now_ns() + watch->channel->spec.spin_ns;
	do {
		for (int i = 0; i < SPINS_PER_LOOK; i++) {
			if (is_over(watch))
				return true;
			par_relax();
		}
	} while (par_now_ns() < end);
	return false;
}

static void sleep_once(const struct watch *watch, uint64_t left_ns)
{
	_Atomic uint32_t *asleep = watch->stamp != NULL ? &watch->ring->consumer_asleep
							: &watch->ring->producer_asleep;

	atomic_store_explicit(asleep, 1, memory_order_relaxed);
	fence(asleep);
	/* A peer that leaves says so, then wakes: the same pattern. */
	if (!is_over(watch) && !par_channel_has_left(watch->channel, watch->side))
		(void)par_futex_wait(
			asleep, 1, left_ns < PAR_CHANNEL_LOOK_NS ? left_ns : PAR_CHANNEL_LOOK_NS);
	atomic_store_explicit(asleep, 0, memory_order_relaxed);
}

/* 0: it has come. -EPIPE: the peer has left, -ECONNRESET: it has died, or the time is out. */
static int await(const struct watch *watch, uint64_t until)
{
	bool gone = false;

	if (until != PAR_CHANNEL_TRY && spin(watch))
		return 0;
	for (;;) {
		bool left = par_channel_has_left(watch->channel, watch->side);
		uint64_t left_ns = par_channel_left_ns(until);

		/* Looked at last: what the peer published before its end is received. */
		if (is_over(watch))
			return 0;
		if (left || gone)
			return left ? -EPIPE : -ECONNRESET;
		if (left_ns == 0)
			return par_channel_late(until);
		sleep_once(watch, left_ns);
		gone = !is_over(watch) && par_channel_has_died(watch->channel, watch->side);
	}
}

/* --- sending --- */

static void publish(const struct rings *rings, struct ring *ring)
{
	if (ring->first == ring->sent)
		return;
	atomic_store_explicit(&slot_at(rings, ring, ring->first)->stamp, stamp_of(ring->first),
		memory_order_release);
	ring->first = ring->sent;
	wake(&ring->consumer_asleep);
}

static bool has_room(const struct rings *rings, struct ring *ring)
{
	if (ring->sent - ring->seen_taken < rings->slots)
		return true;
	ring->seen_taken = atomic_load_explicit(&ring->taken, memory_order_acquire);
	return ring->sent - ring->seen_taken < rings->slots;
}

static int ring_send(struct par_channel *channel, unsigned side, const void *data, size_t size,
	uint64_t until, struct par_io *io)
{
	const struct rings *rings = channel->state;
	struct ring *ring = rings->in[1 - side];
	struct slot *slot;

	(void)io;
	if (par_channel_has_left(channel, side))
		return -EPIPE;
	if (!has_room(rings, ring)) {
		const struct watch watch = { channel, side, ring, NULL, 0, rings->slots };
		int status;

		publish(rings, ring);
		status = await(&watch, until);
		if (status < 0)
			return status;
		(void)has_room(rings, ring);
	}
	slot = slot_at(rings, ring, ring->sent);
	slot->size = (uint32_t)size;
	memcpy(slot->bytes, data, size);
	/* Relaxed: not to be seen before the release of the first one's stamp. */
	if (ring->sent != ring->first)
		atomic_store_explicit(&slot->stamp, stamp_of(ring->sent), memory_order_relaxed);
	ring->sent++;
	if (ring->sent - ring->first >= rings->batch)
		publish(rings, ring);
	return 0;
}

static int ring_flush(struct par_channel *channel, unsigned side, uint64_t until, struct par_io *io)
{
	const struct rings *rings = channel->state;

	(void)until, (void)io;
	publish(rings, rings->in[1 - side]);
	return 0;
}

/* --- receiving --- */

/* The consumer's own count: only it writes it. */
static uint64_t taken_by_me(struct ring *ring)
{
	return atomic_load_explicit(&ring->taken, memory_order_relaxed);
}

static ssize_t ring_receive(struct par_channel *channel, unsigned side, void *data, size_t size,
	uint64_t until, struct par_io *io)
{
	const struct rings *rings = channel->state;
	struct ring *ring = rings->in[side];
	uint64_t number = taken_by_me(ring);
	struct slot *slot = slot_at(rings, ring, number);
	size_t here;

	(void)io;
	if (atomic_load_explicit(&slot->stamp, memory_order_acquire) != stamp_of(number)) {
		const struct watch watch = { channel, side, ring, &slot->stamp, stamp_of(number),
			rings->slots };
		int status;

		publish(rings, rings->in[1 - side]);
		wake(&ring->producer_asleep);
		status = await(&watch, until);
		if (status < 0)
			return status == -EPIPE ? 0 : status;
	}
	if (rings->ahead > 0)
		__builtin_prefetch(slot_at(rings, ring, number + rings->ahead));
	here = slot->size;
	if (here > size)
		return -EMSGSIZE;
	memcpy(data, slot->bytes, here);
	atomic_store_explicit(&ring->taken, number + 1, memory_order_release);
	if ((number + 1) % (rings->slots / 2) == 0)
		wake(&ring->producer_asleep);
	return (ssize_t)here;
}

/* --- open and close --- */

static uint64_t power_of_two(uint64_t at_least)
{
	uint64_t power = SLOTS_LEAST;

	while (power < at_least && power < SLOTS_MOST)
		power *= 2;
	return power;
}

static int ring_open(struct par_channel *channel)
{
	const struct par_channel_spec *spec = &channel->spec;
	struct rings *rings = calloc(1, sizeof *rings);
	void *memory;
	int status = 0;

	if (rings == NULL)
		return -ENOMEM;
	channel->state = rings;
	rings->stride = (sizeof(struct slot) + spec->bytes + 7) / 8 * 8;
	rings->slots = power_of_two(
		spec->capacity > 0 ? spec->capacity : RING_BYTES / rings->stride / 2 + 1);
	rings->batch = spec->batch > 1 ? spec->batch : 1;
	rings->ahead = spec->batch > 1 ? AHEAD_BYTES / rings->stride : 0;
	rings->size = sizeof(struct ring) + rings->slots * rings->stride;
	for (unsigned side = 0; status == 0 && side < 2; side++) {
		status = par_shared_open(&memory, rings->size);
		if (status == 0)
			rings->in[side] = memory;
	}
	return status;
}

static void ring_leave(struct par_channel *channel, unsigned side)
{
	const struct rings *rings = channel->state;

	wake(&rings->in[1 - side]->consumer_asleep);
	wake(&rings->in[side]->producer_asleep);
}

static void ring_close(struct par_channel *channel)
{
	struct rings *rings = channel->state;

	for (unsigned side = 0; side < 2; side++)
		par_shared_close(rings->in[side], rings->size);
	free(rings);
}

const struct par_channel_kind par_channel_ring = {
	.name = "ring",
	.bytes_max = PAR_CHANNEL_BYTES_MAX,
	.batches = true,
	.open = ring_open,
	.send = ring_send,
	.receive = ring_receive,
	.flush = ring_flush,
	.leave = ring_leave,
	.close = ring_close,
};
