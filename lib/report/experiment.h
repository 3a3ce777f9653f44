/*
 * experiment: a question with its axes, its metric, its finding and its charts.
 */
#ifndef PAR_EXPERIMENT_H
#define PAR_EXPERIMENT_H

#include "analysis.h"
#include "lesson.h"
#include "plan.h"

/* One experiment; a file in bench/experiments/ and a line in the program's table. */
struct par_experiment {
	const char *name;     /* [a-z0-9_]+, unique */
	const char *summary;  /* one line */
	const char *question; /* as the report asks it */

	/* Adds its cells to `plan`. 0 or -errno. */
	int (*plan)(struct par_plan *plan, const struct par_machine *machine,
		const struct par_choice *choice);

	/*
	 * Adds what may be said to analysis->findings (par_analysis_add_finding). Only from its own
	 * cells. 0 or -errno.
	 */
	int (*find)(struct par_analysis *analysis);

	/* The names of its charts, in page order, ends with NULL: see chart.h. May be NULL. */
	const char *const *charts;

	/* What it teaches, with its pictures: see lesson.h. Then find() may be NULL: each sheet has
	 * its finding. May be NULL. */
	const struct par_lesson *lesson;
};

/* Adds its findings: by its find(), or else those of its lesson. 0 or -errno. */
int par_experiment_find(struct par_analysis *analysis, const struct par_experiment *experiment);

#endif
