/*
 * run_options: what a person asked of `parbench run`, checked.
 */
#ifndef PAR_RUN_OPTIONS_H
#define PAR_RUN_OPTIONS_H

#include <stdbool.h>

#include "../catalogue.h"

#define PAR_CORES_ASKED_MAX 64

/* Inert when zeroed. Strings point into argv; the lists are owned. */
struct par_run_options {
	enum par_scale scale;
	unsigned cores[PAR_CORES_ASKED_MAX];
	size_t core_count;                         /* 0: the experiment's own */
	const struct par_model **models;           /* ends with NULL; owned */
	const struct par_workload **workloads;     /* ends with NULL; owned */
	const struct par_experiment **experiments; /* ends with NULL; owned */
	uint64_t budget_ns;
	bool has_budget;
	uint64_t seed;
	bool has_seed;
	const char *output;  /* the folder of this run; NULL: a new one in `results` */
	const char *results; /* the folder that holds runs */
	bool resume, dry_run, help;
};

/* Reads argv. Returns 0, or PAR_EXIT_USAGE or PAR_EXIT_FAILED after one line on standard error. */
int par_run_options_read(struct par_run_options *options, int argc, char **argv);

void par_run_options_fini(struct par_run_options *options);

/* The text of --help. */
extern const char par_run_options_help[];

#endif
