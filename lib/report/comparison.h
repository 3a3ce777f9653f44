/*
 * comparison: what has changed between a base run and others.
 *
 * Cells of equal id are compared by the times of their visits (lib/stats/independent.h). Only equal
 * work is: other parameters, other digests or another state of the files' cache are other work. The
 * verdicts hold for all the cells of all the runs compared at once.
 */
#ifndef PAR_COMPARISON_H
#define PAR_COMPARISON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "analysis.h"
#include "errors.h"
#include "independent.h"
#include "text.h"

#define PAR_COMPARISON_RUNS_MAX 9 /* the base and eight others */

/* A run that takes part. Borrowed. */
struct par_comparison_run {
	const char *name; /* as the user named it: its folder */
	const struct par_analysis *analysis;
};

struct par_comparison_spec {
	struct par_comparison_run runs[PAR_COMPARISON_RUNS_MAX]; /* the first is the base */
	size_t run_count;                                        /* >= 2 */
	double tolerance; /* the slowdown that may pass: 0.05 */
	/* Whether a cell takes part. NULL: every one does. */
	bool (*wanted)(const void *context, const struct par_cell *cell);
	const void *context;
};

enum par_pair_state {
	PAR_PAIR_COMPARED,
	PAR_PAIR_BROKEN,     /* wrong or failing in the new run, and not so in the base */
	PAR_PAIR_UNTRUSTED,  /* the new run has no visit during which its machine held still */
	PAR_PAIR_BASELESS,   /* the base has no time to compare with */
	PAR_PAIR_OTHER_WORK, /* never compared */
	PAR_PAIR_ONLY_BASE,  /* not planned, skipped or not visited in the new run */
	PAR_PAIR_ONLY_NEW,   /* likewise in the base */
	PAR_PAIR_ABSENT,     /* in neither: a third run has it */
};
#define PAR_PAIR_STATES 8

/* "compared", "broken", "untrusted", "baseless", "other work", "only base", "only new", "absent".
 */
const char *par_pair_state_name(enum par_pair_state state);

/* A cell of the base and the same cell of another run. */
struct par_pair {
	const struct par_cell_stats *base, *other; /* NULL: that run has no such cell */
	enum par_pair_state state;
	char reason[200];             /* why it is not compared; "" when it is */
	struct par_independent found; /* this and what follows: of compared pairs */
	enum par_change change;
	double needed; /* visits in each run that would settle it; see independent.h */
	bool may_hide; /* may be slower than the tolerance, though it is no regression */
};

/* A fact in which a run differs from the base. */
struct par_difference {
	const char *what; /* "processor"; a constant */
	char base[128], other[128];
	bool grave; /* the times of two machines, not of two programs: not compared unless forced */
};
#define PAR_DIFFERENCES_MAX 24

struct par_change_tally {
	size_t states[PAR_PAIR_STATES];
	size_t changes[PAR_CHANGES]; /* of the compared pairs */
	size_t may_hide;             /* with those that are untrusted */
};

/* What one of the new runs adds up to. */
struct par_compared_with {
	struct par_change_tally tally;
	struct par_difference differences[PAR_DIFFERENCES_MAX];
	size_t difference_count;
	double middle;      /* median of the ratios: how far all have moved; NaN without any */
	size_t above;       /* cells whose ratio is above 1 */
	double settle_half; /* visits that would settle half of the open cells, and all of them */
	double settle_all;  /* INFINITY: no number would, or it is not known */
};

enum par_outcome {
	PAR_OUTCOME_NONE,       /* no cell is slower than the tolerance */
	PAR_OUTCOME_REGRESSION, /* at least one is, or is broken */
	PAR_OUTCOME_NOT_SURE,   /* none is known to be, but some may */
	PAR_OUTCOME_NOTHING,    /* there was nothing to compare */
};

/* "no regression", "regression", "not sure", "nothing compared". */
const char *par_outcome_name(enum par_outcome outcome);

/* Inert when zeroed. */
struct par_compared_runs {
	struct par_comparison_spec spec;
	size_t others;          /* runs beside the base */
	size_t rows;            /* cells that any run visited, in the order of the plans */
	struct par_pair *pairs; /* rows x others; owned */
	size_t comparisons;     /* of all runs: what verdicts are corrected for */
	struct par_compared_with with[PAR_COMPARISON_RUNS_MAX - 1];
	enum par_outcome outcome;
	bool many_experiments; /* labels name the experiment */
	char headline[256];
};

#define PAR_COMPARED_RUNS_INIT                                                                     \
	{                                                                                          \
		.rows = 0                                                                          \
	}

/* Compares. What `spec` points to must outlive the comparison. Returns 0 or -errno. */
int par_comparison_init(struct par_compared_runs *comparison,
	const struct par_comparison_spec *spec, struct par_error *error);

void par_comparison_fini(struct par_compared_runs *comparison);

/* The pair of a row and the other run `other`, 0 .. others - 1. */
const struct par_pair *par_comparison_pair(
	const struct par_compared_runs *comparison, size_t row, size_t other);

/* The cell of a row. */
const struct par_cell *par_comparison_cell(const struct par_compared_runs *comparison, size_t row);

/*
 * Adds how tables and charts name a row: "SHA-256, thread pool, 2 cores". What is not the default
 * (parameters, placement, a variant) is told.
 */
void par_comparison_label(
	struct par_text *out, const struct par_compared_runs *comparison, size_t row);

/* The same without the model: "SHA-256, 2 cores". */
void par_comparison_label_work(
	struct par_text *out, const struct par_compared_runs *comparison, size_t row);

/* How two runs differ: run.json of each. Returns the count. */
size_t par_comparison_differences(
	struct par_difference out[PAR_DIFFERENCES_MAX], const json_t *base, const json_t *other);

/* The table and its summary for a terminal. With `all`, ties too. */
void par_comparison_terminal(
	struct par_text *out, const struct par_compared_runs *comparison, bool all, bool utf8);

/* The same as a page of Markdown; `pictures` counts comparison.png and its kin beside it, 0: none.
 */
void par_comparison_markdown(struct par_text *out, const struct par_compared_runs *comparison,
	bool all, size_t pictures);

/* comparison.json as a new reference, or NULL without memory. See
 * tests/schema/comparison.schema.json. */
json_t *par_comparison_json(const struct par_compared_runs *comparison);

#endif
