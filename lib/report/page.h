/*
 * page: report.html, one file that needs no network and no script, and report.md with the same
 * content.
 */
#ifndef PAR_PAGE_H
#define PAR_PAGE_H

#include "analysis.h"
#include "chart_draw.h"
#include "chart_palette.h"
#include "text.h"

/* All that a page is made from. Borrowed. */
struct par_view {
	const struct par_analysis *analysis;
	const struct par_figures *figures;
	const struct par_palette *palette;
};

/* The whole page. Returns 0, -ENOMEM, or -EBADMSG with `error` for a drawing that cannot be placed.
 */
int par_page_html(struct par_text *out, const struct par_view *view, struct par_error *error);

/* The same content as Markdown with links to the PNG files. Returns 0 or -ENOMEM. */
int par_page_markdown(struct par_text *out, const struct par_view *view);

/* ---- parts, used by both ------------------------------------------------------------------ */

/* The table of answers as HTML. */
void par_page_answers(struct par_text *out, const struct par_view *view);

/* A line of speedups by workers of a model for an answer, as a small inline SVG; "" without points.
 */
void par_page_spark(
	struct par_text *out, const struct par_analysis *analysis, const struct par_answer *answer);

/* Adds the figures of all charts in their order, then those of lessons, as HTML. Returns as
 * par_page_html(). */
int par_page_figures(struct par_text *out, const struct par_view *view, struct par_error *error);

/* Adds where the workers' time went and their memory, as Markdown: a table a workload; "" where no
 * record tells. */
void par_page_use(struct par_text *out, const struct par_view *view);

/* Adds how it was measured, as Markdown: from "command" to "raw data". */
void par_page_method(struct par_text *out, const struct par_view *view);

/* True when the view has a figure of that chart. */
bool par_page_has(const struct par_view *view, const struct par_chart *chart);

/*
 * The experiments whose lessons have a figure, in their order: that after `after`, or the first for
 * NULL. NULL: no more.
 */
const struct par_experiment *par_page_lesson(
	const struct par_view *view, const struct par_experiment *after);

/* A member of run.json as text: "" when it is missing or null. `path` is "environment/kernel". */
struct par_fact {
	char text[256];
};
struct par_fact par_page_fact(const json_t *run, const char *path);

#endif
