/*
 * record: what one visit of a cell found: a JSON line in cells.jsonl.
 */
#ifndef PAR_RECORD_H
#define PAR_RECORD_H

#include <jansson.h>
#include <stdint.h>

#include "cell.h"

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

#define PAR_SAMPLES_MAX 64

/* The part of a record that analysis needs; the JSON line holds more. Inert when zeroed. */
struct par_record {
	char cell[PAR_CELL_ID_MAX];
	uint32_t round; /* 1, 2, ... */
	enum par_status status;
	char reason[512]; /* "" when ok */
	uint32_t sample_count;
	uint64_t samples_ns[PAR_SAMPLES_MAX];          /* each one run of the job */
	uint64_t open_ns, run_ns, warmup_ns, close_ns; /* run_ns: the sum of the samples */
	uint64_t wall_ns;                              /* of the visit as the harness saw it */
	uint64_t cpu_ns;                               /* user + system of the visit's processes */
	uint64_t digest;
	char condition[32]; /* "cold", "warm", "" */
};

#define PAR_RECORD_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Reads a record from its JSON. Returns 0 or -EINVAL with `error` naming the member that is missing
 * or of the wrong type.
 */
int par_record_read(struct par_record *record, const json_t *json, struct par_error *error);

/* The median of the samples in ns: the one number a visit contributes. NaN without samples. */
double par_record_time(const struct par_record *record);

/* A growing list of records. Inert when zeroed. */
struct par_records {
	struct par_record *items; /* owned */
	size_t count, capacity;
};

#define PAR_RECORDS_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/* Adds a copy; 0 or -ENOMEM. */
int par_records_add(struct par_records *records, const struct par_record *record);

void par_records_fini(struct par_records *records);

#endif
