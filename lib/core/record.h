/*
 * record: what one visit of a cell found: a JSON line in cells.jsonl.
 */
#ifndef PAR_RECORD_H
#define PAR_RECORD_H

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "cell.h"
#include "components.h"
#include "errors.h"
#include "latency.h"
#include "measure.h"
#include "record_store.h"

#define PAR_SCHEMA_VERSION 1

enum par_status {
	PAR_STATUS_OK,
	PAR_STATUS_SKIPPED,       /* could not run here; the reason says why */
	PAR_STATUS_FAILED,        /* crashed, or an error ended it */
	PAR_STATUS_TIMEOUT,       /* ran past its deadline */
	PAR_STATUS_WRONG,         /* the digests are not the serial ones: it has no time */
	PAR_STATUS_UNTRUSTWORTHY, /* the machine did not hold still: shown, never ranked */
	PAR_STATUSES,
};

/* "ok", "skipped", "failed", "timeout", "wrong", "untrustworthy". */
const char *par_status_name(enum par_status status);

/* Returns 0 or -EINVAL. */
int par_status_parse(enum par_status *out, const char *name);

#define PAR_SAMPLES_MAX   64
#define PAR_REASON_MAX    512
#define PAR_CONDITION_MAX 32

/* A measure of a visit: see measure.h. */
struct par_measured {
	const char *name;
	double value; /* NaN: not told */
};

/*
 * The part of a record that analysis needs; the JSON line holds more. It owns nothing: what it
 * points to belongs to the list that it is in. Start one with PAR_RECORD_INIT.
 */
struct par_record {
	const char *cell, *reason;  /* "" when ok */
	const char *condition;      /* "cold", "warm", "" */
	const uint64_t *samples_ns; /* each one run of the job */
	uint32_t sample_count;
	uint32_t round; /* 1, 2, ... */
	enum par_status status;
	uint64_t open_ns, run_ns, warmup_ns, close_ns; /* run_ns: timed; a sample is the mean of
							  as many runs as its share of it holds */
	uint64_t wall_ns;                              /* of the visit as the harness saw it */
	uint64_t cpu_ns;                               /* user + system of the visit's processes */
	uint64_t digest;
	uint64_t latency_n;                  /* requests of the last run; 0: none were timed */
	uint64_t latency_ns[PAR_LATENCIES];  /* see latency.h; 0: not told */
	const struct par_measured *measures; /* of the workload and the model */
	const double *trace;                 /* at equal steps of the last run */
	uint32_t measure_count, trace_count;
	/* NaN: not told. */
	double running_ns, runnable_ns, blocked_ns;     /* how the workers spent their time */
	double pss_bytes, worker_pss_bytes, peak_bytes; /* of memory, see visit_record.c */
	double energy_j;
};

#define PAR_RECORD_INIT                                                                            \
	{                                                                                          \
		.cell = "", .reason = "", .condition = "", .running_ns = NAN, .runnable_ns = NAN,  \
		.blocked_ns = NAN, .pss_bytes = NAN, .worker_pss_bytes = NAN, .peak_bytes = NAN,   \
		.energy_j = NAN                                                                    \
	}

/* Whether it counts: ok, with samples. */
bool par_record_counts(const struct par_record *record);

/* Sums up its samples: see par_visit_summarize(), whose result it returns. */
int par_record_summarize(struct par_visit_summary *out, const struct par_record *record);

/* The median of the samples in ns: the one number a visit contributes. NaN without samples. */
double par_record_time(const struct par_record *record);

/*
 * What decides whether a cell is known well enough: the latency of its requests where it has any,
 * the highest percentile up to p99 that they tell; else par_record_time().
 */
double par_record_figure(const struct par_record *record);

/* A growing list of records and what they point to. Inert when zeroed. */
struct par_records {
	struct par_record *items; /* owned; they move when the list grows, what they point to does
				     not */
	size_t count, capacity;
	struct par_record_store store;
};

#define PAR_RECORDS_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Adds a copy, with copies of what it points to (NULL is ""). Within a list equal texts have equal
 * pointers. 0 or -ENOMEM.
 */
int par_records_add(struct par_records *records, const struct par_record *record);

/*
 * Reads a record from its JSON and adds it. Returns 0, -ENOMEM, or -EINVAL with `error` naming the
 * member that is missing or of the wrong type; then the list is as before.
 */
int par_records_read(struct par_records *records, const json_t *json, struct par_error *error);

/* Members of the JSON that par_records_read() never looks at: see json_skim.h. Ends with NULL. */
extern const char *const par_record_unread[];

void par_records_fini(struct par_records *records);

#endif
