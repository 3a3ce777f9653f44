/*
 * cell: one point of an experiment, and its name.
 *
 * A cell's id is also its spec: what `parbench cell` takes and every record names.
 *
 *   scaling/sha256/thread_pool/cores=2/workers=2/place=close/tasks=512/bytes=65536
 *
 * experiment/workload/model, then key=value in any order; the canonical id has them in the order
 * above (variant=NAME after the model when it is not "-"), with every parameter of the workload.
 */
#ifndef PAR_CELL_H
#define PAR_CELL_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"
#include "placement.h"
#include "registry.h"
#include "text.h"

#define PAR_NAME_MAX    32
#define PAR_CELL_ID_MAX 256
#define PAR_WORKERS_MAX 10000
#define PAR_TASKS_MAX   1000000000ULL
#define PAR_IN_FLIGHT_MAX                                                                          \
	100000 /* tasks that event loops hold at once, where the workload sets no limit */

struct par_cell {
	char id[PAR_CELL_ID_MAX]; /* canonical spec */
	char experiment[PAR_NAME_MAX];
	const struct par_workload *workload;
	const struct par_model *model;
	char variant[PAR_NAME_MAX]; /* "-": none */
	unsigned cores;             /* PUs the cell may use */
	unsigned workers;           /* processes, threads or loops at once */
	enum par_placement placement;
	uint64_t tasks;
	uint64_t params[PAR_PARAMS_MAX];
};

/*
 * A cell with the defaults: one core, one worker, `close`, no variant, the workload's tasks at
 * `scale` and its parameters. `experiment` must be shorter than PAR_NAME_MAX. Not sealed.
 */
void par_cell_init(struct par_cell *cell, const char *experiment,
	const struct par_workload *workload, const struct par_model *model, enum par_scale scale);

/* Finds by name: 0, or -EINVAL with `error` naming it and the nearest name that exists. */
int par_cell_find_model(const struct par_model **out, const struct par_registry *registry,
	const char *name, struct par_error *error);
int par_cell_find_workload(const struct par_workload **out, const struct par_registry *registry,
	const char *name, struct par_error *error);

/*
 * Reads a spec. Missing keys take defaults: cores=1, workers=cores, place=close, tasks and
 * parameters of the workload. Returns 0 or -EINVAL with `error` naming the part and the way out.
 */
int par_cell_parse(struct par_cell *cell, const char *spec, const struct par_registry *registry,
	struct par_error *error);

/* The variant that the cell names, of its workload or else of its model; NULL: none. */
const struct par_variant *par_cell_variant(const struct par_cell *cell);

/* The same; where there is none, one that is labelled "plain". Never NULL. */
const struct par_variant *par_cell_form(const struct par_cell *cell);

/* NULL, or why its model cannot run this work in this variant anywhere: a constant string. */
const char *par_cell_refusal(const struct par_cell *cell);

/* Fills cell->id from the other members. Returns 0, -ENAMETOOLONG or -ENOMEM. */
int par_cell_seal(struct par_cell *cell);

/* The most tasks that can be under way at once in this cell. */
unsigned par_cell_in_flight(const struct par_cell *cell);

/*
 * What names the work alone, "sha256/tasks=512/bytes=65536": cells with it equal do the same work.
 * Returns 0, -ENAMETOOLONG or -ENOMEM.
 */
int par_cell_work_id(char out[PAR_CELL_ID_MAX], const struct par_cell *cell);

/* A rough time of one run of the cell's job, from the workload's declared costs: for estimates. */
uint64_t par_cell_estimate_ns(const struct par_cell *cell);

/* A rough time of a whole visit: warm-up, one run, and what surrounds them. */
uint64_t par_cell_visit_estimate_ns(const struct par_cell *cell);

#endif
