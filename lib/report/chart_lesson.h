/*
 * chart_lesson: the pictures of lessons, by the kind of their sheets: ladders (a row a cell) and
 * curves (over an axis, or over the run). What all of them share: looks, names and axes.
 */
#ifndef PAR_CHART_LESSON_H
#define PAR_CHART_LESSON_H

#include "chart.h"
#include "chart_axis.h"
#include "lesson.h"

/* The gnuplot script of a kind: plots/NAME.gp. */
const char *par_lesson_script(enum par_lesson_kind kind);

/*
 * Fills the sheet: names, finding, data and the three layouts. Returns 0, 1 when there is nothing
 * to draw (the sheet is then inert), or -ENOMEM.
 */
int par_lesson_fill(struct par_sheet *sheet, const struct par_lesson_view *view,
	const struct par_palette *palette);

/* ---- the kinds ---------------------------------------------------------------------------- */

/* Data, `alt` and layouts of a sheet whose finding and `what` are set. 0, 1 or -ENOMEM. */
int par_ladder_fill(struct par_sheet *sheet, const struct par_lesson_view *view,
	const struct par_palette *palette);
int par_curves_fill(struct par_sheet *sheet, const struct par_lesson_view *view,
	const struct par_palette *palette);

/* ---- what they share ---------------------------------------------------------------------- */

/* What stands behind the name of a lossy variant. */
#define PAR_LESSON_WRONG       ": wrong result"
#define PAR_LESSON_WRONG_BRIEF ": wrong"
#define PAR_POINT_LAID         0 /* of lossy variants: the layout has its crosses */
#define PAR_POINT_NONE         -1
#define PAR_CROSS_LOSSY        3.2 /* half sizes of crosses */
#define PAR_CROSS_FAILED       4.6

/* The model whose colour and mark a cell has: its own, or that its variant names. */
const struct par_model *par_lesson_model(
	const struct par_analysis *analysis, const struct par_cell *cell);

/* A name with what follows it for lossy variants. */
struct par_lesson_title {
	char text[96];
};
struct par_lesson_title par_lesson_title(
	const struct par_lesson_view *view, const struct par_cell *cell, bool brief);

/* Without what follows it. */
struct par_lesson_title par_lesson_plain_title(
	const struct par_lesson_view *view, const struct par_cell *cell, bool brief);

/* Cuts the text with "…" until it is at most `width` pixels wide. */
void par_lesson_cut(struct par_lesson_title *title, double width, double size, bool bold);

/* The title of an axis in that room: it says "log scale" where it is one, shorter where it must. */
struct par_lesson_title par_lesson_axis_title(const char *label, bool log, double room);

/* An axis of values. */
struct par_lesson_axis {
	double from, to;
	bool log;
	enum par_unit unit;
};

/* Begins with nothing in it; then takes values, which are ignored when not finite. */
void par_lesson_axis_init(struct par_lesson_axis *axis, enum par_unit unit, bool log);
void par_lesson_axis_take(struct par_lesson_axis *axis, double value);

/* Rounds it off: linear ones from 0, log ones with some room. Becomes linear where a value is not
 * positive. */
void par_lesson_axis_end(struct par_lesson_axis *axis);

/* Round values on it, about `most` on a linear one, and how an axis writes them. */
void par_lesson_ticks(struct par_ticks *ticks, const struct par_lesson_axis *axis, unsigned most);
struct par_label par_lesson_tick(double value, enum par_unit unit);

/* How many cells of a sheet have no mark on it, by reason. */
struct par_lesson_missing {
	size_t untrusted, failed, skipped;
};

/* Counts the cell where it belongs. */
void par_lesson_miss(struct par_lesson_missing *missing, const struct par_cell_stats *stats);

/* Adds " · not shown: 2 cells without a trusted visit, 1 that failed"; nothing for none. */
void par_lesson_word_missing(struct par_text *out, const struct par_lesson_missing *missing);

/* "95 % interval" or why there is none. */
const char *par_lesson_interval_note(bool any);

#endif
