/*
 * executor: a visit in a fresh process: spec in, one JSON line out, a deadline, and a record in the
 * journal whatever happened.
 *
 * The child is this program as `parbench cell SPEC`. A fresh address space means that no cell
 * inherits another's heap, and a crash or a hang costs one record.
 */
#ifndef PAR_EXECUTOR_H
#define PAR_EXECUTOR_H

#include "journal.h"
#include "machine.h"
#include "record.h"

/* All borrowed while the executor is in use, except `expected`. */
struct par_executor {
	const char *program; /* path of parbench */
	const char *scratch; /* folder for the workloads' files */
	const struct par_machine *machine;
	struct par_journal *journal;
	uint64_t timed_ns; /* least timed region of a visit */
	/* Asked while a visit runs: true ends it at once, without a record. May be NULL. */
	bool (*stop)(void *context);
	void *stop_context;
	json_t *expected; /* work id -> serial digest, as far as known; owned by whoever made it */
	uint64_t visits;  /* made so far */
	uint64_t measured_ns; /* of them in timed regions and warm-up */
};

/*
 * Visits `cell` in `round`, writes the record to the journal and its gist to `record`. Returns 0
 * whenever there is a record, whatever its status; -ECANCELED when stopped; a negative errno when
 * this process itself cannot go on (memory, a full disk), with `error` set.
 */
int par_executor_visit(struct par_executor *executor, const struct par_cell *cell, uint32_t round,
	struct par_record *record, struct par_error *error);

/* Learns the serial digests from the records of an earlier part of the run. 0 or -ENOMEM. */
int par_executor_learn(struct par_executor *executor, const struct par_cell *cell,
	const struct par_record *record);

#endif
