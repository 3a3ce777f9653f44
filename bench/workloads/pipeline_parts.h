/*
 * pipeline_parts: what the parts of a pipeline share, and what is told of it afterwards. Of the
 * workload `pipeline`, and private to it.
 */
#ifndef PAR_PIPELINE_PARTS_H
#define PAR_PIPELINE_PARTS_H

#include "errors.h"
#include "measure.h"
#include "meeting.h"
#include "queue.h"
#include "ring.h"
#include "rng.h"
#include "span.h"

#define PARTS_MAX   32
#define URGENCIES   8 /* priorities that items have */
#define LOOKS_MAX   256
#define NUMBER_BITS 32

/* How consumers learn that it is over. */
enum ending {
	END_CLOSE,     /* the last producer closes the queue */
	END_SENTINELS, /* it puts an item for each consumer that means so */
	END_JOIN,      /* it waits until every item is done, then closes */
};

struct way {
	const char *name;
	enum par_queue_order order;
	bool ring, marks;
	enum ending ending;
};

struct item {
	uint64_t id; /* producer, number */
	uint64_t check;
};

#define SENTINEL UINT64_MAX

/* The queue's length at some time. */
struct look {
	uint64_t at_ns;
	uint32_t length;
};

/* What a part notes; lines of its own. */
struct part {
	_Alignas(PAR_CACHE_LINE) uint64_t got; /* the rest is of a consumer, but for the looks */
	uint64_t sum, mix;                     /* over the ids that came */
	uint64_t altered, disorder;
	uint64_t ns;              /* from its begin to its end */
	uint64_t of[PARTS_MAX];   /* how many came, by producer */
	uint64_t next[PARTS_MAX]; /* one behind the last number, by producer */
	struct look looks[LOOKS_MAX];
	unsigned look_count;
	uint64_t look_due; /* operations until the next */
};

/* Shared by all parts. */
struct pipeline {
	struct par_meeting meeting;
	_Alignas(PAR_CACHE_LINE) _Atomic unsigned producing; /* producers that have not ended */
	struct par_span span;
	struct way way;
	uint64_t items, wait_ns, look_step;
	uint32_t capacity;
	unsigned producers, consumers;
	bool spin, isolated;
	void *queue; /* of the kind the way says */
	size_t queue_bytes;
	struct part parts[PARTS_MAX];
};

/* Item `number` of that producer, as it must arrive. */
static inline struct item par_pipeline_item(uint64_t producer, uint64_t number)
{
	uint64_t id = producer << NUMBER_BITS | number;

	return (struct item){ id, par_mix64(id) };
}

/* Whether every item came once, unaltered, and none overtook another where none may. */
int par_pipeline_verify(void *state, struct par_error *error);

/* The workload's measures and trace. */
void par_pipeline_measure(void *state, double *values);
size_t par_pipeline_trace(void *state, double *values);

/* Jain's index: 1 when all consumers got as much, 1 / consumers when one got all; NaN: nobody got
 * anything. */
double par_pipeline_fairness(const struct pipeline *line);

#endif
