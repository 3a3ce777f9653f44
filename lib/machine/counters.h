/*
 * counters: hardware and software events of a family's threads, by perf_event_open(2).
 *
 * They are attached to threads that stand ready; threads that these make later inherit them. While
 * they are attached a thread's making and its switches cost more, up to half as much again: what is
 * counted cannot be timed.
 */
#ifndef PAR_COUNTERS_H
#define PAR_COUNTERS_H

#include "errors.h"
#include "family.h"

enum par_counter {
	PAR_COUNTER_CYCLES,
	PAR_COUNTER_INSTRUCTIONS,
	PAR_COUNTER_CACHE_REFERENCES,
	PAR_COUNTER_CACHE_MISSES,
	PAR_COUNTER_BRANCHES,
	PAR_COUNTER_BRANCH_MISSES,
	PAR_COUNTER_TASK_CLOCK_NS, /* from here on counted by the kernel, on any machine */
	PAR_COUNTER_CONTEXT_SWITCHES,
	PAR_COUNTER_MIGRATIONS,
	PAR_COUNTER_MINOR_FAULTS,
	PAR_COUNTER_MAJOR_FAULTS,
	PAR_COUNTERS,
};

/* "cycles", "instructions", "cache_references", ...: as the record names it. */
const char *par_counter_name(enum par_counter counter);

/* What one counter found, over all threads. */
struct par_counter_value {
	uint64_t value; /* scaled up for the time in which it had no place in the hardware */
	double scale;   /* time enabled / time counted: 1 without multiplexing */
	bool user_only; /* the kernel's part could not be counted */
	int error;      /* negative errno when there is no value; -EAGAIN: it never had a place */
};

/* Inert when zeroed. */
struct par_counters {
	int *files; /* owned; PAR_COUNTERS a member; -1: none */
	size_t members;
	bool user_only[PAR_COUNTERS];
	int errors[PAR_COUNTERS]; /* negative errno of a counter that could not be opened */
};

#define PAR_COUNTERS_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}

/* Attaches all counters, standing still. One that is refused is noted, and is no failure.
 * Returns 0 or -ENOMEM. */
int par_counters_open(struct par_counters *counters, const struct par_family *family);

/* Counting begins, goes on, or pauses, for all threads. */
void par_counters_enable(const struct par_counters *counters);
void par_counters_disable(const struct par_counters *counters);

/* Reads and sums them; all of values[] is set. */
void par_counters_read(
	const struct par_counters *counters, struct par_counter_value values[PAR_COUNTERS]);

void par_counters_close(struct par_counters *counters);

/*
 * Adds one thread's reading (value, time enabled, time running, as read(2) gives them) to a sum.
 * `enabled` and `running` are the sums of the times. From perf_event_open(2): value * enabled /
 * running. The sum's error is that of all added so far: -EAGAIN until one of them had a place.
 */
void par_counter_add(struct par_counter_value *sum, uint64_t *enabled, uint64_t *running,
	const uint64_t reading[3]);

/*
 * Why a counter has no value, one line: "not supported by this machine (ENOENT)". `paranoid` is
 * /proc/sys/kernel/perf_event_paranoid, named where it is the cause; -100: unknown.
 */
void par_counter_reason(struct par_error *reason, int code, int paranoid);

/* That setting, as read now; -100 when it cannot be read. */
int par_counter_paranoid(const char *root);

#endif
