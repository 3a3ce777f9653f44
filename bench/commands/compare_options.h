/*
 * compare_options: what a person asked of `parbench compare`, checked.
 */
#ifndef PAR_COMPARE_OPTIONS_H
#define PAR_COMPARE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "cell.h"
#include "comparison.h"

#define PAR_NAMES_ASKED_MAX 64

/* A list option: names, or everything when there is none. */
struct par_names_asked {
	const char *items[PAR_NAMES_ASKED_MAX]; /* point into argv */
	size_t count;
};

/* Plain data; strings point into argv. */
struct par_compare_options {
	const char *folders[PAR_COMPARISON_RUNS_MAX]; /* the first is the base */
	size_t folder_count;
	double tolerance;
	struct par_names_asked models, workloads, experiments;
	struct par_names_asked patterns; /* of cells' ids, as a shell matches names */
	const char *output;              /* the folder for files; NULL: none */
	bool all, force, json, markdown, help;
};

/* Reads argv. Returns 0, or PAR_EXIT_USAGE after one line on standard error. */
int par_compare_options_read(struct par_compare_options *options, int argc, char **argv);

/* Whether the options ask for the cell; `options` is a struct par_compare_options. */
bool par_compare_options_want(const void *options, const struct par_cell *cell);

/* The text of --help. */
extern const char par_compare_options_help[];

#endif
