/*
 * chart_heatmap: the parts of the heat map, split over two files: what it says (chart_heatmap.c)
 * and where it stands (chart_heatmap_layout.c).
 */
#ifndef PAR_CHART_HEATMAP_H
#define PAR_CHART_HEATMAP_H

#include "chart.h"

/* What laying it out needs. Borrowed. */
struct par_heatmap {
	const struct par_analysis *analysis;
	const struct par_palette *palette;
	const struct par_model *const *models; /* the rows */
	size_t model_count;
	const double
		*places; /* of each answer along its axis, in cells, with gaps between groups */
	double end;      /* the last of them */
};

/* Lays out one size. Failure shows in the layout. */
void par_heatmap_lay(
	struct par_sheet *sheet, enum par_size_kind size, const struct par_heatmap *map);

#endif
