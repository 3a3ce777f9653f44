/*
 * chart_distance: the parts of the matrix of distances, split over two files: what it says
 * (chart_distance.c) and where it stands (chart_distance_layout.c).
 */
#ifndef PAR_CHART_DISTANCE_H
#define PAR_CHART_DISTANCE_H

#include "chart.h"
#include "distance.h"

/* Above it, a cell is too small for a number, and neighbours of one colour are drawn as one. */
#define PAR_DISTANCE_NUMBERS_MOST 20

/* What laying it out needs. Inert when zeroed. */
struct par_distance_map {
	const struct par_machine *machine; /* borrowed */
	const struct par_palette *palette; /* borrowed */
	struct par_distance first, again;  /* of the start and the end of the run; owned */
	struct par_distance_range ranges[PAR_DISTANCE_LEVELS];
	struct par_distance_change change; /* pairs is 0 without a second measurement */
	double low, high;                  /* of all round trips */
};

/* Lays out one size. Failure shows in the layout. */
void par_distance_lay(
	struct par_sheet *sheet, enum par_size_kind size, const struct par_distance_map *map);

#endif
