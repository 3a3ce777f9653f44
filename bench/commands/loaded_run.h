/*
 * loaded_run: a run read back from its folder and analysed.
 */
#ifndef PAR_LOADED_RUN_H
#define PAR_LOADED_RUN_H

#include "analysis.h"
#include "errors.h"

/* Inert when zeroed. Must not move while it is open: its parts point at each other. */
struct par_loaded_run {
	json_t *info; /* run.json; owned */
	struct par_machine machine;
	struct par_plan plan;
	struct par_records records;
	struct par_analysis analysis;
};

/*
 * Reads run.json, topology.xml and cells.jsonl of `folder` and analyses them; nothing is written.
 * Returns 0, or -errno with `error` naming what cannot be read. par_loaded_run_close() frees, also
 * after a failure.
 */
int par_loaded_run_open(struct par_loaded_run *run, const char *folder, struct par_error *error);

void par_loaded_run_close(struct par_loaded_run *run);

#endif
