/*
 * chart_layout: where everything stands on a chart, in pixels from the top left corner.
 *
 * C decides places and texts, gnuplot only draws them. A layout is written as a table of three
 * blocks (canvas, panels, marks) and one more for each curve; plots/style.gp reads it.
 */
#ifndef PAR_CHART_LAYOUT_H
#define PAR_CHART_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* Text sizes in pixels. */
#define PAR_TYPE_BODY  13.0
#define PAR_TYPE_SMALL 11.0
#define PAR_TYPE_TITLE 15.0

/* A rectangle of the chart with axes of its own. */
struct par_panel {
	double left, right, top, bottom; /* pixels */
	double x[2], y[2];               /* the range, left to right and bottom to top */
	bool log_x, log_y;
};

/* Where a value stands. */
double par_panel_x(const struct par_panel *panel, double x);
double par_panel_y(const struct par_panel *panel, double y);

enum par_align {
	PAR_ALIGN_LEFT,
	PAR_ALIGN_CENTER,
	PAR_ALIGN_RIGHT,
};

/* A label of up to three runs in one colour; NULL or "" for none. Plain UTF-8, escaped here. */
struct par_runs {
	const char *bold, *plain, *small;
	double size; /* of bold and plain, pixels; 0: PAR_TYPE_BODY. `small` is PAR_TYPE_SMALL */
};

/* The width of a label in pixels, its runs separated by a blank. */
double par_runs_width(const struct par_runs *runs);

enum par_shape {
	PAR_SHAPE_RECT,   /* filled */
	PAR_SHAPE_FRAME,  /* outline, drawn over what it holds */
	PAR_SHAPE_RULE,   /* thin line */
	PAR_SHAPE_DOTTED, /* thin dotted line */
	PAR_SHAPE_LEADER, /* thin line drawn over the data */
	PAR_SHAPE_RING,   /* circle around (x1, y1), drawn over the data */
	PAR_SHAPE_CROSS,  /* at (x1, y1), x2 pixels to each side, drawn over the data */
};

/* The box of a text, for finding collisions. */
struct par_box {
	double left, right, top, bottom;
	bool slanted; /* rotated: the box is the unrotated one and says little */
};

#define PAR_PANELS_MAX 32

/* Inert when zeroed. */
struct par_layout {
	double width, height;
	double offset; /* added to every y: room for the title of a slide */
	struct par_panel panels[PAR_PANELS_MAX];
	size_t panel_count;
	struct par_text marks;  /* rows of the marks block */
	struct par_text curves; /* blocks */
	size_t curve_count;
	size_t data_blocks;    /* of the chart's table, for those scripts that ask */
	struct par_box *boxes; /* owned */
	size_t box_count, box_capacity;
	bool failed; /* out of memory */
};

#define PAR_LAYOUT_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}

/* Adds a panel; its place is moved by `offset`. Beyond PAR_PANELS_MAX the layout has failed. */
void par_layout_panel(struct par_layout *layout, const struct par_panel *panel);

void par_layout_shape(struct par_layout *layout, enum par_shape shape, double x1, double y1,
	double x2, double y2, uint32_t colour);

/* Adds a label, vertically centred on y. `angle` in degrees, counterclockwise. */
void par_layout_runs(struct par_layout *layout, double x, double y, enum par_align align,
	double angle, uint32_t colour, const struct par_runs *runs);

/* A label of one plain run. */
void par_layout_text(struct par_layout *layout, double x, double y, enum par_align align,
	double size, uint32_t colour, const char *text);

/*
 * Starts a curve: points in the units of panel 1, joined by a line. `style` is a word that
 * the chart's script knows; for speedup: "solid", "thin", "level", "dashed", "ideal".
 */
void par_layout_curve(struct par_layout *layout, const char *style, uint32_t colour);
void par_layout_point(struct par_layout *layout, double x, double y);

/*
 * Breaks text into lines of at most `width` pixels and adds them from `y` downwards. Returns the y
 * after the last line.
 */
double par_layout_paragraph(struct par_layout *layout, double x, double y, double width,
	double size, bool bold, uint32_t colour, const char *text);

/* Adds the whole table to `out`. Returns 0 or -ENOMEM. */
int par_layout_write(struct par_text *out, const struct par_layout *layout);

void par_layout_fini(struct par_layout *layout);

/* Adds text for gnuplot's enhanced mode, read from a table: _ ^ @ & { } ~ \ escaped, no tab or
 * line. */
void par_text_add_enhanced(struct par_text *out, const char *text);

/*
 * Adds text for a hover label in a chart's table: quotes, backslashes and angle brackets, which
 * gnuplot would copy into a script, become look-alikes.
 */
void par_text_add_hover(struct par_text *out, const char *text);

/*
 * Moves the `count` places so that neighbours are at least `gap` apart and all lie in [low, high]
 * where they fit, each as near to where it wants to be as the others allow (pool adjacent
 * violators). Keeps the order of equal places.
 */
void par_layout_spread(double *places, size_t count, double gap, double low, double high);

#endif
