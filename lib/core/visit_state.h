/*
 * visit_state: one visit under way; shared by the measuring half (visit.c) and the writing half
 * (visit_record.c) and nobody else.
 */
#ifndef PAR_VISIT_STATE_H
#define PAR_VISIT_STATE_H

#include <sys/resource.h>

#include "latency.h"
#include "noise.h"
#include "record.h"
#include "visit.h"
#include "visit_measures.h"
#include "visit_meter.h"

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
	uint64_t warm_tasks, warm_ns; /* the last part of the warm-up */
	uint64_t samples_ns[PAR_SAMPLES_MAX];
	size_t sample_count;
	uint32_t repeat;            /* runs of the job in one sample */
	struct par_latency latency; /* of the last sample's requests */
	struct par_visit_measures measures;
	uint64_t at_ns; /* wall clock at the first probe */
	struct par_noise before, after;
	struct par_visit_meter meter;
	bool sampling; /* between the meter's start and stop */
	struct rusage usage_self, usage_children;
	enum par_status status;
	struct par_error reason;
};

/*
 * Ends a visit with a status, and with "WHAT: the text of `code`" for a reason where there is none
 * yet. Returns `code`.
 */
int par_visit_fail(struct par_visit *visit, enum par_status status, int code, const char *what);

/* The same as failed, where workers could not be created: the text names the limit on them. */
int par_visit_fail_start(struct par_visit *visit, int code, const char *what);

/* Ends it as wrong. Returns -EBADMSG. */
int par_visit_wrong_digest(struct par_visit *visit, uint64_t digest);

/* Bytes of visit->tallies. */
size_t par_visit_tallies_size(const struct par_visit *visit);

/*
 * Growing parts of the job, so that a long job of a slow model costs little and a short one is run
 * whole: stacks, caches and pages are then as the samples will find them. Like the two below it
 * needs the team, and returns 0, or -errno with the visit's status and reason set.
 */
int par_visit_warm_up(struct par_visit *visit);

/* A run that only counts, before the samples: of as many tasks as fill a moment. */
int par_visit_count_events(struct par_visit *visit);

/* The samples, with what is read around them. */
int par_visit_take_samples(struct par_visit *visit);

/*
 * Has the cell run by its model's own program, and takes over what that tells (model.h). 0, or
 * -errno with the visit's status and reason set.
 */
int par_visit_run_outside(struct par_visit *visit);

/* Marks a visit that was measured `untrustworthy` if it was disturbed, with the reason. */
void par_visit_judge(struct par_visit *visit);

/*
 * Adds what the meter read to the visit's record, and to its `workers`: disturbance, scheduling,
 * counters, memory, energy, and why what is null is absent. Returns 0 or -ENOMEM.
 */
int par_visit_meter_record(json_t *record, const struct par_visit *visit);

/* The record of a visit that has ended, as a new reference; NULL without memory. */
json_t *par_visit_record(const struct par_visit *visit, const char *condition);

#endif
