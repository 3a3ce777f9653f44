/*
 * counter_ways: the ways to increment a counter that others increment too. Private to `counter`.
 */
#ifndef PAR_COUNTER_WAYS_H
#define PAR_COUNTER_WAYS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "hammer.h"
#include "lock.h"

/* A private counter on a line of its own. */
struct par_counter_padded {
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t value;
};

/* In shared memory. */
struct par_counter_board {
	struct par_lock lock;
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t value;
	_Alignas(PAR_CACHE_LINE) struct par_counter_padded padded[];
	/* Followed by as many counters as fit into a line next to each other. */
};

struct par_counter;

struct par_counter_way {
	const char *name;
	bool locks; /* holds the lock for `section` increments */
	enum par_lock_kind kind;
	par_hammer_stroke stroke;
	uint64_t (*counted)(const struct par_counter *counter);
};

struct par_counter {
	struct par_hammer *hammer; /* first: see hammer.h */
	const struct par_counter_way *way;
	struct par_counter_board *board;
	_Atomic uint64_t *packed; /* counters side by side */
	uint64_t section;
	bool isolated;
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t plain; /* in ordinary memory */
	_Alignas(PAR_CACHE_LINE) char end;
};

/* NULL: there is none of this name. */
const struct par_counter_way *par_counter_way_find(const char *name);

/* The stroke that takes no lock; also what a part does who holds it for all its increments. */
void par_counter_unlocked(void *context, unsigned part, uint64_t count, struct par_io *io);

/* What the starter of the workers sees of an ordinary variable. */
uint64_t par_counter_count_plain(const struct par_counter *counter);

#endif
