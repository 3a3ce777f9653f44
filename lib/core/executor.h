/*
 * executor: a visit in a fresh process: spec in, one JSON line out, a deadline, and a record in the
 * journal whatever happened.
 *
 * The child is this program as `parbench cell SPEC`. A fresh address space means that no cell
 * inherits another's heap, and a crash or a hang costs one record.
 *
 * A visit that was stopped for a while (SIGSTOP, a frozen group, a suspended machine) is
 * `untrustworthy`, whatever it measured. One during which a signal stopped only this process is
 * not; where nobody can tell who stood still (no SIGCONT came), it is.
 */
#ifndef PAR_EXECUTOR_H
#define PAR_EXECUTOR_H

#include "journal.h"
#include "machine.h"
#include "record.h"

/* All borrowed while the executor is in use, except `expected` and `last`. */
struct par_executor {
	const char *program; /* path of parbench */
	const char *scratch; /* folder for the workloads' files */
	const struct par_machine *machine;
	struct par_journal *journal;
	uint64_t timed_ns;    /* least timed region of a visit */
	unsigned samples;     /* of the next visit; 0: as many as that region needs */
	uint64_t patience_ns; /* of its deadline, besides 20 estimated jobs; 0: 30 s */
	/* Asked while a visit runs: true ends it at once, without a record. Asked again
	 * of a visit that a signal ended: the signal may have been meant for all. May be NULL. */
	bool (*stop)(void *context);
	void *stop_context;
	json_t *expected; /* work id -> serial digest, as far as known; owned by whoever made it */
	struct par_records last; /* of the last visit; owned by whoever made the executor */
	uint64_t visits;         /* made so far */
	uint64_t measured_ns;    /* of them in timed regions and warm-up */
	uint64_t still_ns;       /* that the last visit, or this process meanwhile, stood still */
};

/*
 * Visits `cell` in `round`, writes the record to the journal and its gist to `record`; what that
 * points to lasts until the next visit. Returns 0
 * whenever there is a record, whatever its status; -ECANCELED when stopped; a negative errno when
 * this process itself cannot go on (memory, a full disk), with `error` set.
 */
int par_executor_visit(struct par_executor *executor, const struct par_cell *cell, uint32_t round,
	struct par_record *record, struct par_error *error);

/*
 * How long a visit was in its timed region and warm-up. Their clock goes on while it is stopped, so
 * never more than wall_ns, in which that does not count.
 */
uint64_t par_executor_measured_ns(const struct par_record *record);

/* Learns the serial digests from the records of an earlier part of the run. 0 or -ENOMEM. */
int par_executor_learn(struct par_executor *executor, const struct par_cell *cell,
	const struct par_record *record);

#endif
