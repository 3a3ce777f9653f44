/*
 * variant: a third axis of some cells: the lock, the channel, the call, the way to wait.
 *
 * A table of variants belongs to a workload (what the tasks use) or to a model (how it runs them).
 * A cell's variant is looked up in its workload's table first, then in its model's.
 */
#ifndef PAR_VARIANT_H
#define PAR_VARIANT_H

#include <stddef.h>

/* What the planner must know of a variant: a bit set. */
enum par_variant_trait {
	PAR_VARIANT_LOSSY = 1 << 0,   /* wrong on purpose: told what it loses, never ranked */
	PAR_VARIANT_BLOCKS = 1 << 1,  /* waits without par_io: event loops would stand still */
	PAR_VARIANT_THREADS = 1 << 2, /* needs one address space: not for processes */
	PAR_VARIANT_LOOP = 1 << 3,    /* only for the coroutines of one event loop */
	PAR_VARIANT_SERIAL = 1 << 4,  /* only for `serial`: the task makes workers itself */
};

/* A table of them ends with name NULL. */
struct par_variant {
	const char *name;    /* [a-z0-9_]+, unique in its table */
	const char *label;   /* as charts write it: "ticket lock" */
	const char *summary; /* one line */
	unsigned traits;     /* par_variant_trait bits */
	const char *as; /* the model whose colour and mark it has in charts; NULL: the cell's own */
	/* NULL, or why it cannot run here: a constant string. May be NULL: always can. */
	const char *(*unavailable)(void);
};

/* By name in a table that may be NULL; NULL when there is none. */
const struct par_variant *par_variant_find(const struct par_variant *table, const char *name);

/* How many a table holds; 0 for NULL. */
size_t par_variant_count(const struct par_variant *table);

#endif
