/*
 * run_info: run.json, what a run was: command, seed, program, machine, plan, order, how it ended.
 */
#ifndef PAR_RUN_INFO_H
#define PAR_RUN_INFO_H

#include <jansson.h>

#include "environment.h"
#include "machine.h"
#include "plan.h"
#include "rounds.h"

/* What a run is started with. Borrowed for the call. */
struct par_run_spec {
	const char *const *command; /* argv, NULL-terminated */
	const char *run_id;
	uint64_t seed;
	uint64_t budget_ns;
	double target;
	enum par_scale scale;
	const struct par_machine *machine;
	const struct par_plan *plan;
};

/* A new run.json of a run that begins now; NULL without memory. Reads the environment, and
 * watches for PAR_DOCTOR_SAMPLE_MS what disturbs (doctor.h). */
json_t *par_run_info_new(const struct par_run_spec *spec);

/*
 * Reads a run.json. Returns 0, or -errno with `error` naming the path: -EPROTO for another schema,
 * -EBADMSG for damage. *info is a new reference.
 */
int par_run_info_load(json_t **info, const char *path, struct par_error *error);

/* Writes it, whole or not at all. */
int par_run_info_save(const json_t *info, const char *path, struct par_error *error);

/* Notes the order of a round: indices into the plan. 0 or -ENOMEM. */
int par_run_info_add_round(json_t *info, uint32_t round, const uint32_t *order, size_t count);

/* What a run has cost so far, over all its parts when it was resumed. */
struct par_run_cost {
	uint64_t wall_ns;     /* of the rounds, from the first visit to the last */
	uint64_t measured_ns; /* in timed regions and their warm-up */
	uint64_t visits;
};

/* Notes how far the run has come; `ending` is NULL while it goes on. 0 or -ENOMEM. */
int par_run_info_progress(json_t *info, const struct par_run_cost *cost, const char *ending);

/* Notes why a cell of the plan is no longer visited. 0 or -ENOMEM. */
int par_run_info_finish(json_t *info, size_t cell, const char *why);

/* Reads the plan back. 0, or -errno with `error` naming the cell that this program does not know.
 */
int par_run_info_plan(struct par_plan *plan, const json_t *info,
	const struct par_registry *registry, struct par_error *error);

/* Fills what topology.xml does not hold: memory, quota, memory limit, CPU model. */
void par_run_info_machine(struct par_machine *machine, const json_t *info);

/*
 * Whether a run can be gone on with: same CPU model, PUs, allowed PUs, kernel and quota, and the
 * same program. Returns 0, or -EXDEV with `error` naming what differs.
 */
int par_run_info_check_same(
	const json_t *info, const struct par_machine *machine, struct par_error *error);

/* Notes that the run goes on: the command that resumed it and its budget. 0 or -ENOMEM. */
int par_run_info_resume(json_t *info, const char *const *command, uint64_t budget_ns);

#endif
