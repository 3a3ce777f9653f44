/*
 * visit_state: one visit under way; shared by the measuring half (visit.c) and the writing half
 * (visit_record.c) and nobody else.
 */
#ifndef PAR_VISIT_STATE_H
#define PAR_VISIT_STATE_H

#include <sys/resource.h>

#include "noise.h"
#include "record.h"
#include "visit.h"

/* Inert when zeroed, so that it can be ended at any point. */
struct par_visit {
	const struct par_visit_spec *spec;
	const struct par_cell *cell;
	struct par_work work;
	bool work_open;
	struct par_team_spec team_spec; /* outlives the team */
	struct par_team *team;
	bool team_open;
	struct par_tally *tallies;
	uint64_t serial; /* the digest that every run of the job must give */
	bool has_serial;
	uint64_t digest; /* of the last sample */
	uint64_t open_ns, close_ns, warmup_ns, run_ns;
	uint64_t samples_ns[PAR_SAMPLES_MAX];
	size_t sample_count;
	uint32_t repeat; /* runs of the job in one sample */
	struct par_noise before, after;
	struct rusage usage_self, usage_children;
	enum par_status status;
	struct par_error reason;
};

/* The record of a visit that has ended, as a new reference; NULL without memory. */
json_t *par_visit_record(const struct par_visit *visit, const char *condition);

#endif
