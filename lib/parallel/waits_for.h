/*
 * waits_for: who holds what, who waits for what, and whether that is a deadlock.
 *
 * A wait-for graph (Holt 1972, "Some deadlock properties of computer systems") where each party
 * waits for at most one lock: then there is a deadlock exactly when, from a party that waits, the
 * way "lock -> its holder -> the lock that the holder waits for -> ..." comes back to it.
 *
 * Every party writes its own places only, in shared memory, and any party may look. A look sees the
 * places at slightly different moments, so a way that comes back may never have been there at one
 * moment; but parties of a true deadlock stay where they are. So a deadlock is certain when two
 * looks, between which all its parties stood still (their counts of steps did not change), see the
 * same way.
 */
#ifndef PAR_WAITS_FOR_H
#define PAR_WAITS_FOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "shared.h"

#define PAR_WAITS_FOR_PARTIES 64
#define PAR_WAITS_FOR_LOCKS   64
#define PAR_NOBODY            UINT32_MAX

struct par_waits_for_party {
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t wants; /* a lock; PAR_NOBODY: it waits for none */
	_Atomic uint32_t steps;                          /* how often it changed its state */
};

/* In memory that all parties share. */
struct par_waits_for {
	struct par_waits_for_party parties[PAR_WAITS_FOR_PARTIES];
	_Atomic uint32_t holders[PAR_WAITS_FOR_LOCKS]; /* of each lock; PAR_NOBODY: it is free */
};

/* Nobody waits and nobody holds. */
void par_waits_for_init(struct par_waits_for *graph);

/* `party` is about to wait for `lock`, has got it, gives up waiting for it, lets it go. */
void par_waits_for_want(struct par_waits_for *graph, uint32_t party, uint32_t lock);
void par_waits_for_got(struct par_waits_for *graph, uint32_t party, uint32_t lock);
void par_waits_for_quit(struct par_waits_for *graph, uint32_t party);
void par_waits_for_free(struct par_waits_for *graph, uint32_t party, uint32_t lock);

/* A way that came back, as par_waits_for_look() saw it. */
struct par_waits_for_cycle {
	uint32_t parties[PAR_WAITS_FOR_PARTIES], steps[PAR_WAITS_FOR_PARTIES];
	uint32_t count; /* 0: none */
};

/* Follows the way from `party`. True when it comes back to it; then *cycle tells it. */
bool par_waits_for_look(
	struct par_waits_for_cycle *cycle, const struct par_waits_for *graph, uint32_t party);

/* True when both saw the same parties, none of which has moved in between: a deadlock. */
bool par_waits_for_same(
	const struct par_waits_for_cycle *first, const struct par_waits_for_cycle *second);

#endif
