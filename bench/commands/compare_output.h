/*
 * compare_output: a comparison as files.
 */
#ifndef PAR_COMPARE_OUTPUT_H
#define PAR_COMPARE_OUTPUT_H

#include <stdbool.h>

#include "comparison.h"
#include "errors.h"

/*
 * Writes comparison.json, comparison.md and the charts into `folder`, which is made; a folder that
 * holds a run is refused (-EEXIST). Returns 0, or -errno with `error`; without gnuplot the charts
 * are missing, and the result is 1 with `error` saying so.
 */
int par_compare_output(const char *folder, const struct par_compared_runs *comparison, bool all,
	struct par_error *error);

/* Prints comparison.json on standard output. Returns 0, -ENOMEM or -EIO. */
int par_compare_print_json(const struct par_compared_runs *comparison);

#endif
