/*
 * plan: the cells of a run, with those that cannot run and why.
 */
#ifndef PAR_PLAN_H
#define PAR_PLAN_H

#include <stddef.h>

#include "cell.h"
#include "id_index.h"

struct par_planned {
	struct par_cell cell;
	const char *skip; /* NULL, or why it cannot run here: a constant string */
};

/* Inert when zeroed. */
struct par_plan {
	struct par_planned *cells; /* owned */
	size_t count, capacity;
	struct par_id_index index; /* of the cells' ids */
	char **reasons;            /* those of a plan that was read back; owned */
	size_t reason_count;
};

#define PAR_PLAN_INIT                                                                              \
	{                                                                                          \
		0                                                                                  \
	}

/* What a person asked for. Borrowed. */
struct par_choice {
	enum par_scale scale;
	const unsigned *cores; /* core counts asked for; NULL: the experiment's own */
	size_t core_count;
	const struct par_model *const *models;       /* those asked for, ends with NULL */
	const struct par_workload *const *workloads; /* likewise */
};

/* Those asked for by name; NULL: not among them, so an experiment leaves its cells out. */
const struct par_workload *par_choice_workload(const struct par_choice *choice, const char *name);
const struct par_model *par_choice_model(const struct par_choice *choice, const char *name);

/* The PUs that an experiment at one core count uses: all allowed ones, or the most cores asked for.
 */
unsigned par_choice_pus(const struct par_choice *choice, const struct par_machine *machine);

/*
 * Adds a copy of `cell`, sealed, unless its id is already planned or its model is made for another
 * experiment. It is skipped when `skip` says why, or the model or workload says that it is
 * unavailable on `machine`. Returns 0, -ENOMEM or -ENAMETOOLONG.
 */
int par_plan_add(struct par_plan *plan, const struct par_cell *cell, const char *skip,
	const struct par_machine *machine);

/*
 * Adds a cell of a finished run as it was planned then; `skip` (may be NULL) is copied. Returns 0,
 * -EEXIST when it is planned already, or as par_plan_add().
 */
int par_plan_add_read(struct par_plan *plan, const struct par_cell *cell, const char *skip);

/* Where the cell of this id is in `cells`; SIZE_MAX: it is not planned. */
size_t par_plan_find(const struct par_plan *plan, const char *id);

void par_plan_fini(struct par_plan *plan);

#endif
