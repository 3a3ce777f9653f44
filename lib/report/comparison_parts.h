/*
 * comparison_parts: what the files of the comparison share.
 */
#ifndef PAR_COMPARISON_PARTS_H
#define PAR_COMPARISON_PARTS_H

#include "comparison.h"

/*
 * Fills comparison->pairs with the cells of all runs: who meets whom, and what hinders it. Returns
 * 0 or -ENOMEM.
 */
int par_comparison_match(struct par_compared_runs *comparison);

/* Judges the pairs that can be compared. Returns 0, -EINVAL or -ENOMEM. */
int par_comparison_judge(struct par_compared_runs *comparison);

/* Adds up what was found for each of the other runs, and the outcome of all. 0 or -ENOMEM. */
int par_comparison_tally(struct par_compared_runs *comparison);

/* Fills the headline. */
void par_comparison_headline(struct par_compared_runs *comparison);

/* What was found for one new run: "2 regressions (up to 1.19×), 12 ties". */
void par_comparison_finding(
	char *out, size_t size, const struct par_compared_runs *comparison, size_t other);

/* ---- tables ------------------------------------------------------------------------------- */

/* The parts of a table, most urgent first. */
enum par_section {
	PAR_SECTION_BROKEN,
	PAR_SECTION_REGRESSION,
	PAR_SECTION_SLOWER,
	PAR_SECTION_FASTER,
	PAR_SECTION_NOT_SURE,
	PAR_SECTION_TIE,
	PAR_SECTION_LISTED, /* not judged */
};
#define PAR_SECTIONS 7

/* Where a row stands: in the most urgent section of its pairs. */
enum par_section par_comparison_section(const struct par_compared_runs *comparison, size_t row);

/* "Regressions", "Slower, within 5 % or perhaps so", ...; with the tolerance. */
void par_comparison_title(
	struct par_text *out, const struct par_compared_runs *comparison, enum par_section section);

/*
 * The rows of a section, furthest from 1 first (those that are not judged in the order of the
 * plan). Returns their count, or -ENOMEM; *rows is owned by the caller.
 */
long par_comparison_sort(
	size_t **rows, const struct par_compared_runs *comparison, enum par_section section);

/* "1.10×", "not in new: skipped", ... of a pair: its ratio and verdict, or why there is none. */
void par_comparison_verdict(struct par_text *out, const struct par_pair *pair);

/* "[1.07, 1.13]"; "" when there is no interval. */
void par_comparison_interval(struct par_text *out, const struct par_pair *pair);

/* "; about 12 visits each would settle it"; "" where there is a verdict. */
void par_comparison_wanting(struct par_text *out, const struct par_pair *pair);

/* Adds what is said below the table, a paragraph a line: counts, differences, cautions, method. */
void par_comparison_notes(struct par_text *out, const struct par_compared_runs *comparison);

/* "results/a (2026-11-21T11:16:35Z, parbench 0.1.0 0123456789ab)": a run, and what it was. */
void par_comparison_run_line(struct par_text *out, const struct par_comparison_run *run);

/* "5 %": a share without needless decimals. */
void par_comparison_percent(struct par_text *out, double share);

#endif
