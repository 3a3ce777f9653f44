/*
 * analysis_parts: the steps of par_analysis_init(), one file each.
 */
#ifndef PAR_ANALYSIS_PARTS_H
#define PAR_ANALYSIS_PARTS_H

#include "analysis.h"
#include "id_index.h"

/* Fills cells[] and cell_count from plan and records; speedups are still NaN. 0 or -errno. */
int par_analysis_gather(struct par_analysis *analysis, const struct par_plan *plan);

/* Nothing is known yet. */
void par_cell_latency_init(struct par_cell_latency *latency);

/* Describes the latencies of one cell's records. 0 or -ENOMEM. */
int par_cell_latency_describe(
	struct par_cell_latency *latency, const struct par_record *const *records, size_t count);

/* Likewise how the visits scatter; stats->times_ns is filled. 0, -ENOMEM or -EINVAL. */
void par_cell_scatter_init(struct par_cell_scatter *scatter);
int par_cell_scatter_describe(
	struct par_cell_stats *stats, const struct par_record *const *records, size_t count);

/* Likewise what they used. 0 or -ENOMEM. */
void par_cell_use_init(struct par_cell_use *use);
int par_cell_use_describe(
	struct par_cell_use *use, const struct par_record *const *records, size_t count);

/*
 * Likewise what they measured besides, and the trace of the visit in the middle; stats->median_ns
 * is known. At first no kind of its tables is told. 0 or -ENOMEM.
 */
void par_cell_measures_init(struct par_cell_stats *stats);
int par_cell_measures_describe(
	struct par_cell_stats *stats, const struct par_record *const *records, size_t count);

/* Finds each cell's serial base, and its speedup with the interval. 0 or -errno. */
int par_analysis_speedups(struct par_analysis *analysis);

/* Fills answers[] and answer_count. 0 or -errno. */
int par_analysis_answers(struct par_analysis *analysis);

/* The cells an answer is drawn from: one experiment's, all doing the same work. */
struct par_group {
	const struct par_workload *workload;
	size_t serial; /* the base they share names the work */
	const char *experiment;
};

/* Whether the cell was planned for this answer, whatever became of it. */
bool par_group_plans(const struct par_group *group, const struct par_cell_stats *stats);

/* Fills absent[]: the models that the group plans and that have no cell with a time. */
void par_analysis_absent(struct par_answer *answer, const struct par_analysis *analysis,
	const struct par_group *group);

/* Fits the scalability law to the rank's curve, with intervals where visits suffice. 0 or -ENOMEM.
 */
int par_rank_fit(
	struct par_rank *rank, const struct par_analysis *analysis, const struct par_group *group);

/* Compares the fastest model with each other one and sets verdict and recommendation. 0 or -errno.
 */
int par_analysis_judge(struct par_answer *answer, const struct par_analysis *analysis);

/* Writes headline, numbers, machine_line and each verdict_text. 0 or -ENOMEM. */
int par_analysis_word(struct par_analysis *analysis);

/* Writes the headline: what to use for which kind of work. 0 or -ENOMEM. */
int par_analysis_headline(struct par_analysis *analysis);

/* Fills cautions. 0 or -ENOMEM. */
int par_analysis_caution(struct par_analysis *analysis);

/* Fills brief. 0 or -ENOMEM. */
int par_analysis_brief(struct par_analysis *analysis);

/* Adds the cautions that are about the run as a whole: how it ended, the machine, the program. */
void par_caution_run(struct par_text *out, const struct par_analysis *analysis);

/* Adds the cautions about workloads whose visits met caches or files in different states. */
void par_caution_conditions(struct par_text *out, const struct par_analysis *analysis);

/* How the run ended: "complete", "budget", "interrupted"; NULL: killed, or still going. */
const char *par_analysis_ending(const struct par_analysis *analysis);

typedef bool par_cell_test(const struct par_cell_stats *stats);

bool par_cell_is_wrong(const struct par_cell_stats *stats);     /* in some visit */
bool par_cell_is_failed(const struct par_cell_stats *stats);    /* in some visit */
bool par_cell_is_unvisited(const struct par_cell_stats *stats); /* though it could have been */
bool par_cell_is_restless(const struct par_cell_stats *stats);  /* the machine never held still */
bool par_cell_is_short(const struct par_cell_stats *stats);     /* too few visits for an interval */

size_t par_cells_count(const struct par_analysis *analysis, par_cell_test *test);

/*
 * Adds "SHA-256 with fork, primes with fork and 2 more" for the cells that pass, at most `most`
 * pairs by name; only those with `reason` unless it is NULL.
 */
void par_cells_name(struct par_text *out, const struct par_analysis *analysis, par_cell_test *test,
	const char *reason, size_t most);

/* par_series_compare() of two cells: other / base. Returns 0 or -errno. */
int par_analysis_compare(struct par_compared *out, const struct par_cell_stats *base,
	const struct par_cell_stats *other, unsigned comparisons);

/* A cell whose time may be quoted: status ok, with at least one visit that counts. */
bool par_cell_stats_counts(const struct par_cell_stats *stats);

#endif
