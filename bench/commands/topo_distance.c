/*
 * The matrix of distances in text. Numbers where they fit in 80 columns; else a digit for each
 * pair, from 0, the nearest, to 9, the farthest, by the logarithm.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "topo.h"

#define NUMBER_WIDTH 5
#define NUMBERS_MOST 13 /* rows and columns of numbers with boundaries in 80 columns */

struct grid {
	struct par_text *text;
	const struct par_machine *machine;
	const struct par_distance *distance;
	bool digits;
	double low, high; /* of all round trips; NaN: none is known */
};

/* What is drawn between two neighbours, in columns and in rows. */
static const char *column_rule(enum par_distance_level border)
{
	return border == PAR_DISTANCE_FAR ? "||" : border >= PAR_DISTANCE_NUMA ? " |" : "";
}

static const char *row_rule(enum par_distance_level border)
{
	return border == PAR_DISTANCE_FAR ? "=" : "-";
}

static unsigned cell_width(const struct grid *grid)
{
	return grid->digits ? 1 : NUMBER_WIDTH;
}

/* After column i: the rule that stands there, or nothing. */
static void add_column_rule(const struct grid *grid, unsigned i)
{
	if (i + 1 < grid->distance->count)
		par_text_add(grid->text,
			column_rule(par_distance_border(grid->distance, grid->machine, i)));
}

static void add_cell(const struct grid *grid, unsigned i, unsigned j)
{
	double ns = par_distance_at(grid->distance, i, j), span = log(grid->high / grid->low);

	if (i == j)
		par_text_format(grid->text, "%*s", (int)cell_width(grid), "\\");
	else if (isnan(ns))
		par_text_format(grid->text, "%*s", (int)cell_width(grid), ".");
	else if (grid->digits)
		par_text_format(grid->text, "%d",
			span > 0 ? (int)fmin(9, floor(10 * log(ns / grid->low) / span)) : 0);
	else
		par_text_format(grid->text, "%*.0f", (int)cell_width(grid), ns);
}

static void add_row(const struct grid *grid, unsigned i)
{
	par_text_format(grid->text, "%6d ", grid->distance->pus[i]);
	for (unsigned j = 0; j < grid->distance->count; j++) {
		add_cell(grid, i, j);
		add_column_rule(grid, j);
	}
	par_text_add(grid->text, "\n");
}

/* Under row i: a rule over the whole width, where the topology has a boundary. */
static void add_row_rule(const struct grid *grid, unsigned i)
{
	enum par_distance_level border;
	unsigned width;

	if (i + 1 == grid->distance->count)
		return;
	border = par_distance_border(grid->distance, grid->machine, i);
	if (border < PAR_DISTANCE_NUMA)
		return;
	width = grid->distance->count * cell_width(grid);
	for (unsigned j = 0; j + 1 < grid->distance->count; j++)
		if (par_distance_border(grid->distance, grid->machine, j) >= PAR_DISTANCE_NUMA)
			width += 2;
	par_text_add(grid->text, "       ");
	while (width-- > 0)
		par_text_add(grid->text, row_rule(border));
	par_text_add(grid->text, "\n");
}

static void add_head(const struct grid *grid)
{
	par_text_add(grid->text, "    PU ");
	for (unsigned j = 0; !grid->digits && j < grid->distance->count; j++) {
		par_text_format(grid->text, "%*d", (int)cell_width(grid), grid->distance->pus[j]);
		add_column_rule(grid, j);
	}
	par_text_add(grid->text, "\n");
}

static void find_ends(struct grid *grid, const struct par_distance_range *ranges)
{
	grid->low = INFINITY;
	grid->high = 0;
	for (int level = 0; level < PAR_DISTANCE_LEVELS; level++)
		if (ranges[level].pairs > 0) {
			grid->low = fmin(grid->low, ranges[level].low);
			grid->high = fmax(grid->high, ranges[level].high);
		}
}

static void add_ranges(const struct grid *grid, const struct par_distance_range *ranges)
{
	par_text_add(grid->text, "\nbetween PUs of the      pairs   least  median    most (ns)\n");
	for (int level = 0; level < PAR_DISTANCE_LEVELS; level++)
		if (ranges[level].pairs > 0)
			par_text_format(grid->text, "  %-20s%7u%8.0f%8.0f%8.0f\n",
				par_distance_level_name((enum par_distance_level)level),
				ranges[level].pairs, ranges[level].low, ranges[level].median,
				ranges[level].high);
}

int par_topo_distance(struct par_text *text, const struct par_machine *machine,
	const struct par_distance *distance)
{
	struct par_distance_range ranges[PAR_DISTANCE_LEVELS];
	struct grid grid = { text, machine, distance, distance->count > NUMBERS_MOST, NAN, NAN };
	int code = par_distance_ranges(ranges, distance, machine);

	if (code < 0)
		return code;
	if (distance->count < 2) {
		par_text_add(text, "\ndistance    one PU: there is no other\n");
		return 0;
	}
	find_ends(&grid, ranges);
	par_text_add(text, "\nround trip of a cache line, ns");
	par_text_add(
		text, grid.digits ? ", from 0, the nearest, to 9, the farthest (log)\n" : "\n");
	add_head(&grid);
	for (unsigned i = 0; i < distance->count; i++) {
		add_row(&grid, i);
		add_row_rule(&grid, i);
	}
	add_ranges(&grid, ranges);
	return 0;
}
