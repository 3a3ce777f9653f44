/*
 * analysis: from records to what may be said.
 *
 * One analysis feeds the terminal, report.md, report.html, the charts and analysis.json, so they
 * cannot disagree. Statistics come from lib/stats; this file decides what is compared with what.
 */
#ifndef PAR_ANALYSIS_H
#define PAR_ANALYSIS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compare.h"
#include "components.h"
#include "errors.h"
#include "latency.h"
#include "machine.h"
#include "measure.h"
#include "plan.h"
#include "record.h"
#include "trend.h"
#include "usl.h"
#include "usl_interval.h"

#define PAR_CONDITION_MIXED "mixed"

/* The latencies of a cell's requests over its visits that count. */
struct par_cell_latency {
	unsigned visits;                /* 0: the workload has no latencies to tell */
	uint64_t n;                     /* requests of a visit, the fewest */
	double ns[PAR_LATENCIES];       /* medians over visits; NaN: a visit is too small for it */
	double ci_ns[PAR_LATENCIES][2]; /* their 95 % intervals; NaN below six visits */
};

/* A measure of a cell over its visits that count and tell it; see measure.h. */
struct par_cell_measure {
	const char *name; /* borrowed of the kind */
	enum par_unit unit;
	double median; /* NaN: no visit tells it */
	double ci[2];  /* its 95 % interval; NaN below six visits */
	unsigned n;    /* visits that tell it */
};

/* How its visits scatter. */
struct par_cell_scatter {
	struct par_components components; /* noise within visits and between them */
	struct par_trend trend;           /* over the rounds */
	unsigned outlying;                /* visits far from the others: they count all the same */
};

/* What its visits used: medians over those that count and tell it, else NaN. */
struct par_cell_use {
	double running, runnable, blocked; /* shares of the workers' time; runnable: waiting for a
					      CPU */
	double pss_bytes;                  /* all processes of a visit, shared pages by share */
	double worker_pss_bytes;           /* what a worker adds to that */
	double peak_bytes;                 /* resident, of the largest process */
	double energy_j;                   /* of a run of the job, packages */
};

/* One cell over its rounds. Times in ns; NaN where there is nothing to say. */
struct par_cell_stats {
	struct par_cell cell;
	enum par_status status; /* wrong when any visit is: who is wrong at times cannot be trusted;
				   else ok when at least one visit is; else that of the last */
	char reason[512];       /* "" when ok */
	unsigned n;             /* visits that count (ok) */
	unsigned visits;        /* all */
	unsigned wrong, failed, untrustworthy; /* visits of each kind; failed includes timeouts */
	double *times_ns; /* n medians of visits, in the order of rounds; owned */
	uint32_t *rounds; /* the round of each; owned */
	double median_ns;
	double ci_ns[2];        /* 95 % order-statistic interval of the median; NaN below n = 6 */
	double speedup;         /* best serial median / median_ns */
	double speedup_ci[2];   /* NaN when either has no interval */
	double open_ns;         /* median of the phase */
	double cpu_ns;          /* median CPU time of a visit */
	bool two_humped;        /* the samples look like two behaviours */
	char condition[32];     /* of the visits that count; "mixed" when they differ */
	size_t serial;          /* index of the best serial cell of the same work; SIZE_MAX: none */
	double efficiency;      /* speedup / cores */
	double serial_fraction; /* Karp and Flatt; NaN on one core */
	double serial_fraction_ci[2];
	const char *finish; /* why it was no longer visited, see rounds.h; borrowed of run.json;
			       NULL: not told */
	struct par_cell_scatter scatter;
	struct par_cell_use use;
	struct par_cell_latency latency;
	/* Of its workload, then of its model, in the order of their tables. */
	struct par_cell_measure measures[PAR_MEASURES_MAX];
	size_t measure_count;
	/* The trace of the visit whose time is the median, or next to it; borrowed. */
	const double *trace;
	size_t trace_count;
	/* Those of all `visits`, in the order of rounds; borrowed. */
	const struct par_record *const *records;
};

/* How sure the first place of a workload is. */
enum par_verdict {
	PAR_VERDICT_FASTER, /* the fastest is faster than every other model */
	PAR_VERDICT_TIE,    /* others cannot be told from it: the simplest of them is recommended */
	PAR_VERDICT_NOT_SURE, /* too few rounds, or too much noise, to say */
};

/* "faster", "tie", "not sure". */
const char *par_verdict_name(enum par_verdict verdict);

#define PAR_ANSWER_MODELS_MAX 16

/* A model's place for one workload: its best cell. */
struct par_rank {
	const struct par_model *model;
	size_t cell;        /* index into analysis->cells: its fastest cell */
	double ratio;       /* median / the fastest model's median; 1 for the first */
	double ratio_ci[2]; /* paired within rounds, bootstrap, corrected for the models compared */
	bool tie;           /* cannot be told from the fastest */
	bool has_usl;
	enum par_comparison comparison; /* of the fastest with this one; NOT_SURE for the first */
	unsigned pairs;                 /* rounds that both have */
	double needed;      /* rounds in all until it is told from the fastest, an estimate; NaN */
	struct par_usl usl; /* tasks a second, over its core counts, pinned close, a worker a core
			     */
	struct par_usl_intervals usl_ci; /* NaN with too few visits */
};

/* Why a model that was planned for a workload has no place in its answer. The first caps it. */
enum par_absence {
	PAR_ABSENT_UNTRUSTED, /* some cell was not visited, or never while the machine held still */
	PAR_ABSENT_WRONG,
	PAR_ABSENT_FAILED,
};
#define PAR_ABSENCES 3

struct par_absent {
	const struct par_model *model;
	enum par_absence why;
};

/* The answer for one workload. */
struct par_answer {
	const struct par_workload *workload;
	size_t serial; /* index of the best serial cell; SIZE_MAX: none */
	struct par_rank ranks[PAR_ANSWER_MODELS_MAX]; /* fastest first */
	size_t rank_count;
	struct par_absent
		absent[PAR_ANSWER_MODELS_MAX]; /* by absence; skipped ones are not in it */
	size_t absent_count;
	const struct par_model *recommended; /* simplest of those that tie with the fastest */
	size_t recommended_cell; /* where: its fastest cell, or a simpler one within 2 % of it */
	enum par_verdict verdict;
	unsigned cores_90; /* fewest workers' cores with which the recommended model has 90 % of its
			      best */
	double t1_ns;      /* median of the best serial cell: the base of its speedups */
	double rounds_needed; /* in all, until it is sure: an estimate; NaN when it is, or not known
			       */
	char verdict_text[192]; /* "faster: next is fork, 7 % slower"; "tie: fork, thread pool" */
};

/* True when some model has too few rounds for an interval of its ratio: why it is not sure. */
bool par_answer_has_few_rounds(const struct par_answer *answer);

/* True when some model cannot be compared with the fastest: too few rounds, or too much noise. */
bool par_answer_is_open(const struct par_answer *answer);

/* How many models that were planned and not ranked are absent for that reason. */
size_t par_answer_count_absent(const struct par_answer *answer, enum par_absence why);

#define PAR_FINDING_CELLS_MAX 16

/* What may be said, and on which cells it rests. */
struct par_finding {
	char experiment[PAR_NAME_MAX];
	char headline[256];
	size_t cells[PAR_FINDING_CELLS_MAX]; /* indices into analysis->cells */
	size_t cell_count;
};

/* A figure that the page shows large. Text is UTF-8. */
struct par_key_number {
	char value[48];    /* "14.2×"; "" when there are fewer than three */
	char caption[128]; /* "SHA-256 with a thread pool on 16 cores (T1 = 0.102 s)" */
};
#define PAR_KEY_NUMBERS 3

struct par_analysis {
	const struct par_registry *registry; /* borrowed */
	const struct par_machine *machine;   /* borrowed */
	json_t *run;                         /* run.json; borrowed */
	const struct par_records *records;   /* borrowed */
	struct par_cell_stats *cells;        /* in the order of the plan; owned */
	size_t cell_count;
	const struct par_record **by_cell; /* the records, cell by cell; owned */
	struct par_answer *answers; /* one a workload with any serial and any other cell; owned */
	size_t answer_count;
	struct par_finding *findings; /* owned */
	size_t finding_count;
	char headline[256];       /* the recommendation: the page's first line */
	struct par_text cautions; /* "read before quoting": one a line, plain text */
	struct par_text brief;    /* the few that change what may be quoted, in short lines */
	struct par_key_number numbers[PAR_KEY_NUMBERS];
	char machine_line[256]; /* what it ran on, in a line */
};

#define PAR_ANALYSIS_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Analyses `records` of `plan`. A cell without records has its plan's status (skipped, with the
 * reason) or failed ("not visited"). Borrowed arguments must outlive the analysis.
 * Returns 0 or -errno.
 */
int par_analysis_init(struct par_analysis *analysis, const struct par_registry *registry,
	const struct par_machine *machine, const struct par_plan *plan,
	const struct par_records *records, json_t *run, struct par_error *error);

void par_analysis_fini(struct par_analysis *analysis);

/* Adds a copy; the first one heads a page that has no answers. 0 or -ENOMEM. */
int par_analysis_add_finding(struct par_analysis *analysis, const struct par_finding *finding);

/* analysis.json as a new reference, or NULL without memory. See tests/schema/analysis.schema.json.
 */
json_t *par_analysis_json(const struct par_analysis *analysis);

#endif
