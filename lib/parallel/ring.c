#include "ring.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "wait.h"

#define CLOSED       (1ULL << 63)
#define CAPACITY_MAX (1U << 30)
/* A cell's item begins here, so that words in it are aligned. */
#define ITEM_OFFSET 8
#define ALIGNMENT   16

/* --- making --- */

static size_t stride_of(const struct par_ring_spec *spec)
{
	size_t bytes = ITEM_OFFSET + (size_t)spec->item_bytes;

	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static bool makes_sense(const struct par_ring_spec *spec)
{
	return spec->capacity >= 2 && spec->capacity <= CAPACITY_MAX &&
	       (spec->capacity & (spec->capacity - 1)) == 0 && spec->item_bytes > 0 &&
	       spec->item_bytes <= CAPACITY_MAX;
}

size_t par_ring_bytes(const struct par_ring_spec *spec)
{
	return makes_sense(spec) ? sizeof(struct par_ring) + stride_of(spec) * spec->capacity : 0;
}

/* The cell of a position: its sequence, and its item behind that. */
static char *cell_of(struct par_ring *ring, uint64_t position)
{
	return (char *)(ring + 1) + ring->stride * (position & ring->mask);
}

static _Atomic uint64_t *sequence_of(char *cell)
{
	return (_Atomic uint64_t *)(void *)cell;
}

int par_ring_init(struct par_ring *ring, const struct par_ring_spec *spec)
{
	memset(ring, 0, sizeof(*ring));
	if (!makes_sense(spec))
		return -EINVAL;
	ring->spec = *spec;
	ring->mask = spec->capacity - 1;
	ring->stride = stride_of(spec);
	/* Relaxed: whoever shares the ring with others hands it over. */
	for (uint64_t i = 0; i < spec->capacity; i++)
		atomic_store_explicit(sequence_of(cell_of(ring, i)), i, memory_order_relaxed);
	return 0;
}

/* --- one attempt --- */

static int try_put(struct par_ring *ring, const void *item)
{
	uint64_t position = atomic_load_explicit(&ring->tail, memory_order_relaxed);
	uint64_t sequence;
	char *cell;

	for (;;) {
		if (position & CLOSED)
			return -EPIPE;
		cell = cell_of(ring, position);
		/* Acquire: the getter of a lap ago has read the cell. */
		sequence = atomic_load_explicit(sequence_of(cell), memory_order_acquire);
		if (sequence == position) {
			/* Relaxed: it only hands out the position; the cell's sequence orders. */
			if (atomic_compare_exchange_weak_explicit(&ring->tail, &position,
				    position + 1, memory_order_relaxed, memory_order_relaxed))
				break;
		} else if ((int64_t)(sequence - position) < 0) {
			return -EAGAIN; /* not yet got: full */
		} else {                /* another has taken the position */
			position = atomic_load_explicit(&ring->tail, memory_order_relaxed);
		}
	}
	memcpy(cell + ITEM_OFFSET, item, ring->spec.item_bytes);
	/* Release: pairs with the acquire in try_get(). */
	atomic_store_explicit(sequence_of(cell), position + 1, memory_order_release);
	return 0;
}

/*
 * Closed, and nobody took `position` or will. Nothing but the counter itself is looked at, and it
 * never changes after the bit is set: relaxed is enough.
 */
static bool is_end(const struct par_ring *ring, uint64_t position)
{
	return atomic_load_explicit(&ring->tail, memory_order_relaxed) == (position | CLOSED);
}

static int try_get(struct par_ring *ring, void *item)
{
	uint64_t position = atomic_load_explicit(&ring->head, memory_order_relaxed);
	uint64_t sequence;
	char *cell;

	for (;;) {
		cell = cell_of(ring, position);
		/* Acquire: pairs with the release in try_put(). */
		sequence = atomic_load_explicit(sequence_of(cell), memory_order_acquire);
		if (sequence == position + 1) {
			if (atomic_compare_exchange_weak_explicit(&ring->head, &position,
				    position + 1, memory_order_relaxed, memory_order_relaxed))
				break;
		} else if ((int64_t)(sequence - (position + 1)) < 0) {
			return is_end(ring, position) ? 0 : -EAGAIN;
		} else {
			position = atomic_load_explicit(&ring->head, memory_order_relaxed);
		}
	}
	memcpy(item, cell + ITEM_OFFSET, ring->spec.item_bytes);
	/* Release: the item is read before the putter of the next lap writes. */
	atomic_store_explicit(
		sequence_of(cell), position + ring->spec.capacity, memory_order_release);
	return 1;
}

/* --- waiting --- */

uint32_t par_ring_length(const struct par_ring *ring)
{
	uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed) & ~CLOSED;

	/* Read one after the other, so either may be older than the other. */
	if (tail <= head)
		return 0;
	return tail - head < ring->spec.capacity ? (uint32_t)(tail - head) : ring->spec.capacity;
}

/* For as many as there are items. */
static void wake_getters(struct par_ring *ring, struct par_io *io)
{
	if (par_spot_look(io, &ring->getters.spot))
		(void)par_unpark_to(io, &ring->getters.spot, par_ring_length(ring));
}

/* For as many as there is room. */
static void wake_putters(struct par_ring *ring, struct par_io *io)
{
	if (par_spot_look(io, &ring->putters.spot))
		(void)par_unpark_to(
			io, &ring->putters.spot, ring->spec.capacity - par_ring_length(ring));
}

/* A put or a get under way; `item` is read or written. */
struct attempt {
	struct par_ring *ring;
	const void *put;
	void *got;
};

static int try_once(const struct attempt *attempt)
{
	return attempt->got ? try_get(attempt->ring, attempt->got)
			    : try_put(attempt->ring, attempt->put);
}

/* Between two looks at the clock: some microseconds. */
#define SPINS_PER_LOOK 64

static int spin(const struct attempt *attempt, uint64_t start)
{
	int code;

	do {
		for (int i = 0; i < SPINS_PER_LOOK; i++) {
			par_relax();
			code = try_once(attempt);
			if (code != -EAGAIN)
				return code;
		}
	} while (par_now_ns() - start < PAR_SPIN_NS);
	return code;
}

/* When a process looks again though nobody woke it. */
static uint64_t until(const struct par_ring *ring, uint64_t deadline)
{
	uint64_t nap = ring->spec.processes ? par_deadline_in(PAR_QUEUE_NAP_NS) : deadline;

	return nap < deadline ? nap : deadline;
}

static int sleep_and_try(const struct attempt *attempt, struct par_io *io,
	struct par_ring_side *side, uint64_t deadline)
{
	int parked = 0, code;
	uint64_t nap;
	uint32_t seen;

	for (;;) {
		seen = par_spot_enter(io, &side->spot);
		code = try_once(attempt);
		if (code != -EAGAIN || parked) {
			par_spot_leave(io, &side->spot);
			return code != -EAGAIN ? code : parked;
		}
		nap = until(attempt->ring, deadline);
		parked = par_park(io, &side->spot, seen, nap);
		if (parked == -ETIMEDOUT && nap < deadline)
			parked = 0;
	}
}

/* After an attempt that found nothing to do. */
static int await(const struct attempt *attempt, struct par_io *io, struct par_ring_side *side,
	uint64_t deadline)
{
	uint64_t start;
	int code = -EAGAIN;

	if (deadline == PAR_QUEUE_TRY)
		return -EAGAIN;
	start = par_now_ns();
	if (attempt->ring->spec.spin && !io->ops->interleaves)
		code = spin(attempt, start);
	if (code == -EAGAIN)
		code = sleep_and_try(attempt, io, side, deadline);
	/* Relaxed: sums, looked at when all have ended. */
	atomic_fetch_add_explicit(&side->waits, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&side->wait_ns, par_now_ns() - start, memory_order_relaxed);
	return code;
}

/* --- the calls --- */

int par_ring_put(struct par_ring *ring, struct par_io *io, const void *item, uint64_t deadline)
{
	struct attempt attempt = { .ring = ring, .put = item };
	int code = try_put(ring, item);

	if (code == -EAGAIN)
		code = await(&attempt, io, &ring->putters, deadline);
	if (!code) {
		wake_getters(ring, io);
		if (io->ops->interleaves)
			wake_putters(ring, io); /* the next: par_unpark_to() */
	}
	return code;
}

int par_ring_get(struct par_ring *ring, struct par_io *io, void *item, uint64_t deadline)
{
	struct attempt attempt = { .ring = ring, .got = item };
	int code = try_get(ring, item);

	if (code == -EAGAIN)
		code = await(&attempt, io, &ring->getters, deadline);
	if (code == 1) {
		wake_putters(ring, io);
		if (io->ops->interleaves)
			wake_getters(ring, io);
	}
	return code;
}

void par_ring_close(struct par_ring *ring, struct par_io *io)
{
	/* Relaxed: it changes nothing but the counter; unpark's fence orders it before the look. */
	atomic_fetch_or_explicit(&ring->tail, CLOSED, memory_order_relaxed);
	(void)par_unpark(io, &ring->getters.spot, PAR_PARK_ALL);
	(void)par_unpark(io, &ring->putters.spot, PAR_PARK_ALL);
}

struct par_queue_counts par_ring_counted(const struct par_ring *ring)
{
	uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed) & ~CLOSED;

	return (struct par_queue_counts){
		.puts = tail,
		.gets = atomic_load_explicit(&ring->head, memory_order_relaxed),
		.full_waits = atomic_load_explicit(&ring->putters.waits, memory_order_relaxed),
		.full_ns = atomic_load_explicit(&ring->putters.wait_ns, memory_order_relaxed),
		.empty_waits = atomic_load_explicit(&ring->getters.waits, memory_order_relaxed),
		.empty_ns = atomic_load_explicit(&ring->getters.wait_ns, memory_order_relaxed),
	};
}
