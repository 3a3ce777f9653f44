/*
 * hammer: parts of one job that pound on shared state together, for a while.
 *
 * Nobody's time counts before every part has made a turn: where parts outnumber PUs, the first to
 * run would else be measured without those who still wait for one. From then on each part goes on
 * until its share of the turns is done or the time is up, so all contend to the end, whoever is
 * served more, and even a lock that collapses ends a run soon. What counts is the time for a turn:
 * from the first part's start to the last one's end, over all turns made in between. Threads,
 * processes and coroutines of one loop, which let each other run after every turn.
 */
#ifndef PAR_HAMMER_H
#define PAR_HAMMER_H

#include <stdatomic.h>
#include <stdint.h>

#include "io.h"
#include "lock.h"
#include "meeting.h"
#include "shared.h"

/* A part's own lines. */
struct par_hammer_part {
	struct par_lock_node node;
	/* Written by the part when it has ended, but for `other`, which its strokes may count. */
	_Alignas(PAR_CACHE_LINE) uint64_t done; /* turns, with those before the start */
	uint64_t early;                         /* those before the start */
	uint64_t start_ns, end_ns;
	uint64_t other; /* what it did instead of waiting */
};

struct par_hammer_spec {
	unsigned parts;
	uint64_t turns;    /* of all parts together, from the start on; each has an equal share, at
			      least 1 */
	uint64_t limit_ns; /* from the start on */
	bool at_once;      /* parts cannot take turns: do not wait until each has made one */
	bool spin;         /* each part has a PU of its own */
	size_t state_size; /* shared memory for what they pound on */
};

/*
 * In shared memory, with the parts and the state. The state of a workload that hammers begins with
 * a pointer to it, so that tests can reach what every part did; the lock is the first thing they
 * pound on.
 */
struct par_hammer {
	struct par_hammer_spec spec;
	size_t size;
	void *state;
	struct par_meeting meeting;
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t begun;    /* parts that have made a turn */
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t deadline; /* set by who starts first; 0: nobody */
	struct par_hammer_part parts[];
};

/* `count` turns of a part, one after the other. */
typedef void (*par_hammer_stroke)(void *context, unsigned part, uint64_t count, struct par_io *io);

/* `state` is zeroed and begins a cache line. 0 or -errno. */
int par_hammer_open(struct par_hammer **out, const struct par_hammer_spec *spec);
void par_hammer_close(struct par_hammer *hammer);

/* Before each run. */
void par_hammer_reset(struct par_hammer *hammer);

/* A part waits for the others. 0, or -ETIMEDOUT when one did not come. */
int par_hammer_meet(struct par_hammer *hammer, unsigned part, struct par_io *io);

/* After the meeting: the part makes its turns, at least one. */
void par_hammer_pound(struct par_hammer *hammer, unsigned part, par_hammer_stroke stroke,
	void *context, struct par_io *io);

/* Of the last run: turns made, also before the start, and what was done instead of waiting. */
uint64_t par_hammer_done(const struct par_hammer *hammer);
uint64_t par_hammer_other(const struct par_hammer *hammer);

/* The time for a turn in ns from the start on: of all parts together. NaN without a turn. */
double par_hammer_turn_ns(const struct par_hammer *hammer);

/* Of the turns from the start on those of the part that made the fewest, over an equal share: 1 is
 * fair. NaN without a turn. */
double par_hammer_least(const struct par_hammer *hammer);

#endif
