/*
 * visit: one measurement of a cell, inside its own fresh process.
 *
 * open the workload -> probe the machine -> open the team (workers created, pinned, at the gate) ->
 * warm up -> a counted run -> timed samples -> close the team -> probe again -> check the digests.
 * Only the samples are timed work; the phases around them are timed apart.
 */
#ifndef PAR_VISIT_H
#define PAR_VISIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cell.h"

/* The timed region of a visit is at least this long in all. */
#define PAR_VISIT_TIMED_NS (20 * 1000000ULL)
/* One sample is at least this many ticks of the clock: a shorter job is repeated within it. */
#define PAR_VISIT_TICKS 1000

/* All pointers are borrowed for the call. */
struct par_visit_spec {
	const struct par_cell *cell;
	const int *pus;      /* cell->workers OS indices, -1: not pinned */
	const char *scratch; /* folder for the workload's files */
	uint64_t llc_bytes;  /* last-level cache; 0: unknown */
	bool has_expected; /* the serial digest is known; else it is computed after the timed region
			    */
	uint64_t expected;
	/* Least length of the timed region. Warm-up ends when the whole job has run once, or after
	 * as long, whichever comes first. */
	uint64_t timed_ns;
	/* Exactly so many samples, at most PAR_SAMPLES_MAX; each is as long as it would be without.
	 * 0: as many as fill the timed region. */
	uint32_t samples;
};

/*
 * Measures once. *record is a new reference to a record's JSON, without the members that only the
 * harness knows (round, visit, wall_ns). What goes wrong with the cell is in its status and reason
 * and is not an error of this function. Returns 0, or -ENOMEM.
 */
int par_visit_run(json_t **record, const struct par_visit_spec *spec);

#endif
