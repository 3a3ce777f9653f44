/*
 * workload: what a task does. It knows no model.
 *
 * A task is one unit of work: pure in its index, returning a 64-bit digest. The same index gives
 * the same digest on every model, machine and run, so every answer can be checked before its time
 * counts. Anything that waits goes through `io`.
 */
#ifndef PAR_WORKLOAD_H
#define PAR_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"
#include "io.h"
#include "measure.h"
#include "variant.h"

/* What a workload is bound by: decides its axes and where it stands in the report. */
enum par_bound {
	PAR_BOUND_CPU,
	PAR_BOUND_MEMORY,
	PAR_BOUND_IO,
	PAR_BOUND_MIXED, /* waits, then computes */
};

/* "CPU", "memory", "IO", "mixed". */
const char *par_bound_name(enum par_bound bound);

/* How much of a job a run asks for: --quick, the default, --full. */
enum par_scale {
	PAR_SCALE_QUICK,
	PAR_SCALE_DEFAULT,
	PAR_SCALE_FULL,
	PAR_SCALES,
};

/* "quick", "default", "full". */
const char *par_scale_name(enum par_scale scale);

#define PAR_PARAMS_MAX 4

/* A number that shapes each task, such as the bytes it hashes. A table of them ends with name NULL.
 */
struct par_param {
	const char *name;    /* as in a cell's spec: "bytes" */
	const char *summary; /* one line, with the unit */
	uint64_t value;      /* the default */
	uint64_t low, high;  /* accepted range, inclusive */
};

struct par_workload;

/* How many parameters it has: the length of its table. */
size_t par_workload_param_count(const struct par_workload *workload);

/* What a visit asks of a workload. Borrowed; valid until close. */
struct par_setup {
	uint64_t tasks;                  /* of the job: indices 0 .. tasks - 1 */
	uint64_t params[PAR_PARAMS_MAX]; /* in the order of the workload's table */
	const char *scratch;             /* a folder for files, shared by the visits of a run */
	uint64_t llc_bytes;              /* last-level cache; 0: unknown */
	unsigned in_flight;              /* most tasks that can be under way at once in this cell */
	const char *variant;             /* of the workload's table; "-": none */
	unsigned workers;                /* that run the tasks */
	unsigned cores;                  /* PUs that they share */
	const int *pus;                  /* OS index per worker, -1: not pinned */
	bool spin;                       /* a PU for each worker: waiting may spin briefly */
	bool isolated; /* workers are processes: they share what par_shared gives */
};

struct par_workload {
	const char *name;    /* [a-z0-9_]+, unique */
	const char *label;   /* as charts write it: "SHA-256" */
	const char *summary; /* one line */
	enum par_bound bound;
	const struct par_param *params; /* ends with name NULL; may be NULL */
	uint64_t tasks[PAR_SCALES];     /* tasks of a job at each scale */
	uint64_t cpu_ns,
		wait_ns; /* rough cost of one task at the default parameters: estimates only */
	unsigned in_flight_max; /* most tasks at once it can bear (descriptors); 0: no limit */
	const struct par_variant *variants; /* ends with name NULL; may be NULL */
	bool variant_needed;                /* there is no plain form: a cell must name a variant */
	/*
	 * The tasks need each other: all of the job must be under way at once, each the part with
	 * its index (a producer, a consumer, ...). The job is then never cut short, and the digest
	 * of a task only says that the part was played: verify() is what tells the truth.
	 */
	bool together;
	bool unranked; /* made for an experiment of its own: `scaling` leaves it out, and no answer
			  ranks models by it */

	/* NULL, or why it cannot run here: a constant string. May be NULL. */
	const char *(*unavailable)(void);

	/*
	 * Prepares what all tasks share, before any worker exists (workers are forked or started
	 * later and see it). *state is owned by the workload. 0, or -errno with `error` set.
	 */
	int (*open)(void **state, const struct par_setup *setup, struct par_error *error);

	/* Before each run of the job, outside the timed region: drop caches, empty files. May be
	 * NULL. */
	int (*reset)(void *state);

	/*
	 * One task. Runs in any worker, at the same time as others; must not change what others
	 * read. Failure: par_io_fail(io, -errno), any digest. Needs at most 32 KiB of stack:
	 * coroutines are small.
	 */
	uint64_t (*task)(void *state, uint64_t index, struct par_io *io);

	/* What the last reset achieved, for the record ("cold", "warm"). NULL: nothing to say. */
	const char *(*condition)(void *state);

	/*
	 * After each run, outside the timed region: whether what the tasks did together is right
	 * (every item once, no more inside than allowed, sums conserved). 0, or -errno with `error`
	 * set: the visit is then `wrong`. Not asked of a lossy variant. May be NULL.
	 */
	int (*verify)(void *state, struct par_error *error);

	/* What it tells besides its time; may be NULL. */
	const struct par_measure_kind *measures;
	/* The values of the last run in the order of `measures`; NaN: not told. In the process of
	 * open, after verify(). */
	void (*measure)(void *state, double *values);

	/* How something went over the last run; NULL: no trace. */
	const struct par_measure_kind *traced;
	/* At most PAR_TRACE_MAX values at equal steps of time; returns how many. */
	size_t (*trace)(void *state, double *values);

	/*
	 * The latencies in ns of the requests of the last run, in any order, and how many: for a
	 * workload whose requests wait to be served. *ns is owned by the workload and valid until
	 * the next run. Called by the process of open. May be NULL: it has none to tell.
	 */
	size_t (*latencies)(void *state, const uint64_t **ns);

	/* Ends servers, removes what open made outside `scratch`. Called once, by the process of
	 * open. */
	void (*close)(void *state);
};

#endif
