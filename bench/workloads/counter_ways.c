#include "counter_ways.h"

#include <string.h>

#include "lock_variants.h"
#include "rng.h"

/* --- how to increment --- */

/* Not one operation: another's increment in between is lost. */
static inline void bump(_Atomic uint64_t *value)
{
	uint64_t seen = atomic_load_explicit(value, memory_order_relaxed);

	atomic_store_explicit(value, seen + 1, memory_order_relaxed);
}

void par_counter_unlocked(void *context, unsigned part, uint64_t count, struct par_io *io)
{
	struct par_counter *counter = context;

	(void)part, (void)io;
	for (uint64_t i = 0; i < count; i++)
		bump(&counter->board->value);
}

/* What a coroutine must not do without a lock: wait between the load and the store. */
static void unlocked_wait(void *context, unsigned part, uint64_t count, struct par_io *io)
{
	struct par_counter *counter = context;
	_Atomic uint64_t *value = &counter->board->value;

	(void)part;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t seen = atomic_load_explicit(value, memory_order_relaxed);

		par_io_yield(io);
		atomic_store_explicit(value, seen + 1, memory_order_relaxed);
	}
}

static void private(void *context, unsigned part, uint64_t count, struct par_io *io)
{
	struct par_counter *counter = context;

	(void)io;
	for (uint64_t i = 0; i < count; i++)
		bump(&counter->board->padded[part].value);
}

static void private_shared_line(void *context, unsigned part, uint64_t count, struct par_io *io)
{
	struct par_counter *counter = context;

	(void)io;
	for (uint64_t i = 0; i < count; i++)
		bump(&counter->packed[part]);
}

/* Relaxed: the count stands for itself; who reads it waits for the end of the run. */
static void atomic_add(void *context, unsigned part, uint64_t count, struct par_io *io)
{
	struct par_counter *counter = context;

	(void)part, (void)io;
	for (uint64_t i = 0; i < count; i++)
		atomic_fetch_add_explicit(&counter->board->value, 1, memory_order_relaxed);
}

static void cas(void *context, unsigned part, uint64_t count, struct par_io *io)
{
	struct par_counter *counter = context;
	_Atomic uint64_t *value = &counter->board->value;

	(void)part, (void)io;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t seen = atomic_load_explicit(value, memory_order_relaxed);

		while (!atomic_compare_exchange_weak_explicit(
			value, &seen, seen + 1, memory_order_relaxed, memory_order_relaxed))
			;
	}
}

/* An ordinary variable; atomic, so that threads lose nothing. */
static void plain(void *context, unsigned part, uint64_t count, struct par_io *io)
{
	struct par_counter *counter = context;

	(void)part, (void)io;
	for (uint64_t i = 0; i < count; i++)
		atomic_fetch_add_explicit(&counter->plain, 1, memory_order_relaxed);
}

/* `count` increments, the lock held for `section` at a time. */
PAR_LOCK_INLINE void increment_locked(
	struct par_counter *counter, unsigned part, uint64_t count, enum par_lock_kind kind)
{
	struct par_lock_node *node = &counter->hammer->parts[part].node;
	struct par_counter_board *board = counter->board;
	uint64_t section = counter->section;

	for (uint64_t i = 0; i < count; i += section) {
		uint64_t last = count - i < section ? count : i + section;

		(void)par_lock_take(&board->lock, kind, node);
		for (uint64_t j = i; j < last; j++)
			bump(&board->value);
		par_lock_give(&board->lock, kind, node);
	}
}

#define STROKE(name_, kind_, label_, summary_)                                                     \
	static void name_##_stroke(                                                                \
		void *context, unsigned part, uint64_t count, struct par_io *io)                   \
	{                                                                                          \
		(void)io;                                                                          \
		increment_locked(context, part, count, kind_);                                     \
	}
PAR_EACH_LOCK(STROKE)

/* Tries, and does something else whenever the lock is taken. */
static void trylock(void *context, unsigned part, uint64_t count, struct par_io *io)
{
	struct par_counter *counter = context;
	struct par_hammer_part *own = &counter->hammer->parts[part];
	struct par_counter_board *board = counter->board;
	uint64_t other = 0, work = part;

	(void)io;
	for (uint64_t i = 0; i < count; i += counter->section) {
		uint64_t last = count - i < counter->section ? count : i + counter->section;

		while (par_lock_try(&board->lock, PAR_LOCK_MUTEX, &own->node) != 0) {
			work = par_mix64(work);
			other++;
		}
		for (uint64_t j = i; j < last; j++)
			bump(&board->value);
		par_lock_give(&board->lock, PAR_LOCK_MUTEX, &own->node);
	}
	__asm__ __volatile__("" : : "r"(work)); /* it was done */
	own->other += other;
}

/* --- what came of it --- */

/* Relaxed, here and below: the run has ended. */
static uint64_t count_value(const struct par_counter *counter)
{
	return atomic_load_explicit(&counter->board->value, memory_order_relaxed);
}

static uint64_t count_padded(const struct par_counter *counter)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < counter->hammer->spec.parts; i++)
		sum += atomic_load_explicit(&counter->board->padded[i].value, memory_order_relaxed);
	return sum;
}

static uint64_t count_packed(const struct par_counter *counter)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < counter->hammer->spec.parts; i++)
		sum += atomic_load_explicit(&counter->packed[i], memory_order_relaxed);
	return sum;
}

uint64_t par_counter_count_plain(const struct par_counter *counter)
{
	return atomic_load_explicit(&counter->plain, memory_order_relaxed);
}

/* --- tables --- */

#define WAY(name_, kind_, label_, summary_) { #name_, true, kind_, name_##_stroke, count_value },

static const struct par_counter_way ways[] = {
	{ "unlocked", false, PAR_LOCK_NONE, par_counter_unlocked, count_value },
	{ "one_loop", false, PAR_LOCK_NONE, par_counter_unlocked, count_value },
	{ "unlocked_wait", false, PAR_LOCK_NONE, unlocked_wait, count_value },
	{ "private", false, PAR_LOCK_NONE, private, count_padded },
	{ "private_shared_line", false, PAR_LOCK_NONE, private_shared_line, count_packed },
	{ "atomic", false, PAR_LOCK_NONE, atomic_add, count_value },
	{ "cas", false, PAR_LOCK_NONE, cas, count_value },
	{ "plain", false, PAR_LOCK_NONE, plain, par_counter_count_plain },
	{ "trylock", true, PAR_LOCK_MUTEX, trylock, count_value },
	PAR_EACH_LOCK(WAY){ NULL, false, PAR_LOCK_NONE, NULL, NULL },
};

const struct par_counter_way *par_counter_way_find(const char *name)
{
	const struct par_counter_way *way = ways;

	while (way->name != NULL && strcmp(way->name, name) != 0)
		way++;
	return way->name != NULL ? way : NULL;
}
