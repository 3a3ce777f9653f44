/*
 * lesson: an experiment that teaches: what it asks, the pictures that answer, and how to read them.
 *
 * An experiment with a lesson needs no chart of its own: it declares its sheets in a table, and
 * each sheet has the sentence that its data allow. The page has one section a lesson.
 */
#ifndef PAR_LESSON_H
#define PAR_LESSON_H

#include "analysis.h"
#include "metric.h"

enum par_lesson_kind {
	/* A row for each cell that has the metric, a dot with its interval on a log axis, best
	 * first; the value on the right. For comparing calls, locks, channels. */
	PAR_LESSON_LADDER,
	/* Curves of the metric over an axis, one for each name; log or linear; a cross with its
	 * errno where a cell failed; lossy ones dashed and red. */
	PAR_LESSON_CURVES,
	/* The workload's trace over the run, one curve for each name: the visit of median time. */
	PAR_LESSON_TRACE,
};

struct par_lesson_sheet;

/* What a sheet's functions are given. Borrowed. */
struct par_lesson_view {
	const struct par_analysis *analysis;
	const char *experiment;
	const struct par_lesson_sheet *sheet;
};

/* One picture. A table of them ends with stem NULL. Texts are plain UTF-8. */
struct par_lesson_sheet {
	const char
		*stem; /* of its files: "sharing_locks"; [a-z0-9_]+, begins with the experiment */
	enum par_lesson_kind kind;
	const char *what;         /* what is drawn, in a line above the finding */
	const char *metric;       /* see metric.h */
	const char *metric_label; /* with the unit in words: "time for an increment" */
	bool linear;              /* the metric's axis is linear from 0; else logarithmic */
	bool more_is_better;      /* orders ladders and words; else less is better */
	/*
	 * Of CURVES: "workers", "cores", "tasks", "variant" (the number that ends its name), or a
	 * parameter of the workload; and its title.
	 * Its ticks are written as times where the name ends in ns, us or ms, as bytes where it
	 * ends in bytes, kib or mib, else as counts. Of TRACE: not used, the axis is the run.
	 */
	const char *axis, *axis_label;
	bool linear_axis;
	/* A second metric: of a LADDER as a column of figures, of CURVES as a panel below. May be
	 * NULL. */
	const char *aside, *aside_label;
	/* Which cells of the experiment it shows. NULL: all. */
	bool (*takes)(const struct par_cell *cell);
	/*
	 * Adds what tells its cells apart: a curve's name, a row's name; short (<= 14 characters)
	 * when `brief`. NULL: the variant's label, and the model's where cells differ in it.
	 */
	void (*name)(struct par_text *out, const struct par_cell *cell, bool brief);
	/*
	 * Adds the finding: one sentence (at most 250 bytes) computed from the cells, without a
	 * stop at the end; nothing when the data do not allow any. It names figures with intervals
	 * where there are some.
	 */
	void (*word)(struct par_text *out, const struct par_lesson_view *view);
};

struct par_lesson {
	const char *title; /* of its section and its link, one or two words: "Sharing" */
	/* What it teaches: for `parbench list` and the README's table, one line. */
	const char *teaches;
	/* How to read the sheets and what to do about it in real code: three sentences or more, as
	 * a Markdown list. */
	const char *howto;
	const struct par_lesson_sheet *sheets;
};

/* Whether a sheet shows this cell: of its experiment, and its takes() agrees. */
bool par_lesson_takes(const struct par_lesson_view *view, const struct par_cell_stats *stats);

/* Whether the cell's variant is wrong on purpose. */
bool par_lesson_is_lossy(const struct par_cell *cell);

/* Adds what tells the cell apart on the sheet: its name() or, where that is NULL, what it says. */
void par_lesson_name(struct par_text *out, const struct par_lesson_view *view,
	const struct par_cell *cell, bool brief);

/* Where the cell stands on the axis of CURVES; NaN: its workload has no such parameter. */
double par_lesson_at(const struct par_lesson_sheet *sheet, const struct par_cell *cell);

/* A cell to be found. Members that are NULL or 0 match any. */
struct par_lesson_pick {
	const char *workload, *model, *variant;
	unsigned workers;
	uint64_t tasks;
	const char *param; /* with `value`: a parameter of the workload */
	uint64_t value;
};

/* The first cell of the view's sheet that matches and has a time; NULL: there is none. */
const struct par_cell_stats *par_lesson_find(
	const struct par_lesson_view *view, const struct par_lesson_pick *pick);

/*
 * The cells of a view's sheet that have its metric, best first, at most `most`. Lossy variants come
 * last, whatever their value. Returns how many.
 */
size_t par_lesson_rank(
	const struct par_cell_stats **out, size_t most, const struct par_lesson_view *view);

/* Adds the sheet's finding, or nothing. */
void par_lesson_word(struct par_text *out, const struct par_lesson_view *view);

/* Whether the cell has a trace that tells anything. */
bool par_lesson_has_trace(const struct par_cell_stats *stats);

/* Whether there is anything to draw on the view's sheet. */
bool par_lesson_shows(const struct par_lesson_view *view);

/* Adds the finding of each sheet of the experiment's lesson to the analysis: its find(). Returns 0
 * or -errno. */
int par_lesson_find_all(
	struct par_analysis *analysis, const char *experiment, const struct par_lesson *lesson);

#endif
