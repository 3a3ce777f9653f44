/*
 * chart_curves: a lesson's curves over an axis, or over the run: which there are
 * (chart_curves_gather.c), the axes that hold them (_axes), how they look (_look), where they stand
 * (_layout), what is written beside them (_labels) and where (_places).
 */
#ifndef PAR_CHART_CURVES_H
#define PAR_CHART_CURVES_H

#include "chart_lesson.h"

#define PAR_CURVES_MAX        24
#define PAR_CURVE_POINTS_MAX  PAR_TRACE_MAX
#define PAR_CURVES_STRONG_MAX 8 /* more an eye cannot tell apart: the rest is grey */

struct par_curve_point {
	double x;                           /* as the axis counts */
	const struct par_cell_stats *stats; /* whose point it is */
	struct par_metric metric, aside;
};

/* Where a curve ends because its cell failed. */
struct par_curve_end {
	double x;        /* NaN: it did not fail */
	char reason[24]; /* "ENOMEM", "timed out" */
};

struct par_curve {
	const struct par_cell *cell; /* its first: what names it */
	bool lossy;
	struct par_curve_point points[PAR_CURVE_POINTS_MAX]; /* by x */
	size_t count;
	struct par_curve_end end;
	/* How it looks. */
	uint32_t line, ink;
	int point, dash; /* of plots/curves.gp: PAR_POINT_LAID or gnuplot's; 1 is solid */
	bool grey;
};

/* Best first; what is lossy comes last. */
struct par_curves {
	const struct par_lesson_view *view;
	struct par_curve items[PAR_CURVES_MAX];
	size_t count, left_out;
	struct par_lesson_missing missing;  /* and not told by an end */
	struct par_lesson_axis x, y, aside; /* of the panels */
	double x_scale;                     /* of the axis to its unit: 1000 for us */
	double zero;                        /* where 0 stands on a log x axis; 0: it need not */
	bool has_aside, marks;              /* marks: points are drawn, not only lines */
};

/* Fills it from the view's cells. The looks are not set. */
void par_curves_gather(struct par_curves *curves, const struct par_lesson_view *view);

/* Sets x, y, aside and what belongs to them; the curves are there. */
void par_curves_set_axes(struct par_curves *curves);

/* Sets the looks. */
void par_curves_look(struct par_curves *curves, const struct par_palette *palette);

/* The x of a point as it is drawn. */
double par_curves_x(const struct par_curves *curves, double x);

/* A value of the x axis as it is written. */
struct par_label par_curves_tick(const struct par_curves *curves, double x);

/* Lays out one size. Failure shows in the layout. */
void par_curves_lay(struct par_sheet *sheet, enum par_size_kind size,
	const struct par_palette *palette, const struct par_curves *curves);

/* ---- parts of the layout ------------------------------------------------------------------ */

/* One size being laid out. */
struct par_curves_lay {
	struct par_layout *layout;
	const struct par_palette *palette;
	const struct par_curves *curves;
	bool narrow;
	struct par_panel panels[2]; /* of the metric, of the aside */
	double gutter;              /* right of the panels */
};

/* What is written at a curve, and where it wants to stand. */
struct par_curve_label {
	const struct par_curve *curve; /* NULL: all that are zero */
	struct par_label value;
	struct par_lesson_title name;
	const char *reason; /* why it ends; NULL: it does not */
	uint32_t ink;
	double x, y, size;
};

/* Those of a panel (0, 1), unsorted; at most PAR_CURVES_MAX. Returns how many. */
size_t par_curves_find_labels(struct par_curve_label labels[PAR_CURVES_MAX],
	const struct par_curves_lay *lay, unsigned panel);

/* The text of a label; its parts are borrowed. */
struct par_runs par_curve_label_runs(const struct par_curve_label *label);

/* How far the gutter's texts stand from the panel. */
double par_curves_leader(const struct par_curves_lay *lay);

/* The metric of a panel at a point. */
const struct par_metric *par_curve_metric(
	const struct par_curve *curve, size_t point, unsigned panel);

/* The gutter that the labels need. */
double par_curves_gutter(const struct par_curves_lay *lay);

/* How many labels stand in the gutter of a panel at most. */
size_t par_curves_labels(const struct par_curves *curves, unsigned panel);

/*
 * Whether the curve has values of the aside, and all of them are 0. Where there are several such
 * curves one label stands for all, and they are not drawn: the axis is where they would be.
 */
bool par_curve_is_zero(const struct par_curve *curve);
size_t par_curves_zeros(const struct par_curves *curves);

/* Where an x stands in a panel (0, 1). */
double par_curves_place(const struct par_curves_lay *lay, double x, unsigned panel);

/* The last point before the curve failed. */
const struct par_curve_point *par_curves_last_good(const struct par_curve *curve);

#define PAR_CURVES_LABEL_GAP 18.0 /* between the middles of labels */

/* Labels the curves of a panel (0, 1): where they end when that is in the open, else in the gutter.
 */
void par_curves_label(const struct par_curves_lay *lay, unsigned panel);

#endif
