/*
 * publish: everything that a finished, or unfinished, run shows: analysis.json, tables, charts,
 * pages.
 */
#ifndef PAR_PUBLISH_H
#define PAR_PUBLISH_H

#include "analysis.h"
#include "errors.h"
#include "experiment.h"

/*
 * Writes analysis.json, the charts (*.tsv, *.svg, *.png, plots/), report.md and report.html into
 * `folder`, which must exist. May be called after any round; each file appears whole. `experiments`
 * ends with NULL. Without gnuplot, or when it fails, the pages are written without pictures and say
 * so: then the result is 1 and `error` has the line for the terminal.
 * Returns 0, 1, or a negative errno with `error`.
 */
int par_publish(const char *folder, const struct par_analysis *analysis,
	const struct par_experiment *const *experiments, struct par_error *error);

#endif
