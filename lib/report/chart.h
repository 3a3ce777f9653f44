/*
 * chart: one way to draw findings. An experiment names its charts; this table finds them.
 *
 * To add a chart: chart_NAME.c with a `const struct par_chart par_chart_NAME`, a line in chart.c,
 * plots/NAME.gp, and its "how to read this" in howto.c.
 */
#ifndef PAR_CHART_H
#define PAR_CHART_H

#include "analysis.h"
#include "chart_layout.h"
#include "chart_palette.h"
#include "text.h"

/* Each chart is drawn at three sizes. */
enum par_size_kind {
	PAR_SIZE_WIDE,   /* SVG for a desktop page */
	PAR_SIZE_NARROW, /* SVG for a phone */
	PAR_SIZE_SLIDE,  /* PNG with the finding above it, at twice the pixels */
	PAR_SIZES,
};

/* "wide", "narrow", "slide". */
const char *par_size_name(enum par_size_kind size);

#define PAR_WIDE_PIXELS   780.0
#define PAR_NARROW_PIXELS 372.0

#define PAR_STEM_MAX 80

/* One drawing of a chart: of one workload, or of all. Inert when zeroed. */
struct par_sheet {
	char stem[PAR_STEM_MAX]; /* of its files: "speedup_sha256"; [a-z0-9_]+ */
	char what[160];          /* what it is, above the finding */
	char finding[256];       /* its heading: a sentence from the data */
	char alt[768];           /* for those who cannot see it: what is drawn, and the finding */
	double weight;           /* the page leads with the heaviest sheet and folds the others */
	struct par_text data;    /* the chart's table: STEM.tsv */
	struct par_layout layouts[PAR_SIZES];
};

#define PAR_SHEET_INIT                                                                             \
	{                                                                                          \
		0                                                                                  \
	}

void par_sheet_fini(struct par_sheet *sheet);

/*
 * Starts the layout of one size: its width, and on a slide the finding and `what` on top, whose
 * height becomes the layout's offset. The sheet's finding and what must be set.
 */
struct par_layout *par_sheet_begin(
	struct par_sheet *sheet, enum par_size_kind size, const struct par_palette *palette);

struct par_chart {
	const char *name;  /* [a-z0-9_]+: the gnuplot script is plots/NAME.gp */
	const char *title; /* of the page's section and its link: "Cores" */

	/* How many sheets it has for this analysis; 0: nothing to draw. */
	size_t (*count)(const struct par_analysis *analysis);

	/*
	 * Fills sheet `index` from the analysis: names, finding, data and the three layouts.
	 * Returns 0, or -ENOMEM.
	 */
	int (*fill)(struct par_sheet *sheet, const struct par_analysis *analysis,
		const struct par_palette *palette, size_t index);
};

/* Every chart, in the order in which the page shows them; ends with NULL. */
extern const struct par_chart *const par_charts[];

/* By name; NULL when there is none. */
const struct par_chart *par_chart_find(const char *name);

#endif
