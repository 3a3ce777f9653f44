#include <stdio.h>

#include "chart_axis.h"
#include "chart_format.h"
#include "chart_speedup.h"

/* What begins after a boundary, widest first; `bit` is of enum par_boundary. */
static const struct name {
	unsigned bit;
	const char *wide, *narrow;
} names[] = {
	{ PAR_BOUNDARY_CORES, "SMT siblings from here", "SMT" },
	{ PAR_BOUNDARY_KIND, "slower cores from here", "slow cores" },
	{ PAR_BOUNDARY_PACKAGE, "next package", "package" },
	{ PAR_BOUNDARY_NUMA, "next NUMA node", "NUMA" },
	{ PAR_BOUNDARY_L3, "next L3", "L3" },
	{ PAR_BOUNDARY_QUOTA, "CPU quota", "quota" },
};
#define ROWS_MAX   3
#define ROW_HEIGHT 15.0

/* Names of boundaries, kept apart in rows. */
struct flags {
	struct par_layout *layout;
	const struct par_panel *panel;
	uint32_t colour, axis, faint;
	double ends[ROWS_MAX]; /* where the last name of each row ends */
	unsigned rows;
	unsigned named; /* kinds of boundary already named */
	bool draw;
};

static void add_flag(struct flags *flags, double at, const char *text)
{
	double x = par_panel_x(flags->panel, at) + 4;
	double width = par_text_width(text, PAR_TYPE_SMALL, false);

	for (unsigned row = 0; row < ROWS_MAX; row++) {
		if (flags->ends[row] > x - 8)
			continue;
		if (x + width > flags->layout->width)
			x = flags->layout->width - width;
		flags->ends[row] = x + width;
		if (row >= flags->rows)
			flags->rows = row + 1;
		if (flags->draw)
			par_layout_text(flags->layout, x,
				flags->panel->top - 4 - ROW_HEIGHT * (row + 0.5), PAR_ALIGN_LEFT,
				PAR_TYPE_SMALL, flags->colour, text);
		return;
	}
}

static void add_line(struct flags *flags, double at, enum par_shape shape, uint32_t colour)
{
	double x = par_panel_x(flags->panel, at);

	if (flags->draw)
		par_layout_shape(flags->layout, shape, x, flags->panel->top - 4, x,
			flags->panel->bottom, colour);
}

static void shade(struct flags *flags, double from, double to, uint32_t colour)
{
	const struct par_panel *panel = flags->panel;

	if (flags->draw && to > from)
		par_layout_shape(flags->layout, PAR_SHAPE_RECT, par_panel_x(panel, from),
			panel->top - 4, par_panel_x(panel, to), panel->bottom, colour);
}

/*
 * Names the widest boundary at a count, and those of another kind, once each. A line that repeats a
 * name is fainter.
 */
static void mark(struct flags *flags, unsigned count, unsigned bits, bool narrow)
{
	bool place_named = false, named = false;
	const unsigned places = PAR_BOUNDARY_PACKAGE | PAR_BOUNDARY_NUMA | PAR_BOUNDARY_L3;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		unsigned bit = names[i].bit;

		if ((bits & bit) == 0 || ((bit & places) != 0 && place_named))
			continue;
		if ((bit & places) != 0)
			place_named = true;
		if ((flags->named & bit) == 0) {
			add_flag(flags, count, narrow ? names[i].narrow : names[i].wide);
			named = true;
		}
		flags->named |= bit;
	}
	if (named)
		add_line(flags, count, PAR_SHAPE_DOTTED, flags->axis);
	else if (bits != 0)
		add_line(flags, count, PAR_SHAPE_RULE, flags->faint);
}

unsigned par_boundaries_lay(struct par_layout *layout, const struct par_panel *panel,
	const struct par_machine *machine, const struct par_palette *palette, bool narrow,
	bool draw)
{
	struct flags flags = { .layout = layout, .panel = panel, .draw = draw };
	unsigned pus = machine->allowed_pus, cores = machine->allowed_cores;
	double last = panel->x[1];
	char text[64];

	flags.axis = par_palette_fixed(palette, PAR_COLOUR_AXIS);
	flags.faint = par_palette_fixed(palette, PAR_COLOUR_GRID);
	flags.colour = par_palette_fixed(palette, PAR_COLOUR_MUTED);
	if (cores < pus && cores < last)
		shade(&flags, cores, pus < last ? pus : last,
			par_palette_fixed(palette, PAR_COLOUR_SHADE));
	if (pus < last)
		shade(&flags, pus, last, par_palette_fixed(palette, PAR_COLOUR_SHADE2));
	for (unsigned count = 1; count < pus && count < last; count++)
		mark(&flags, count, par_placement_boundaries(machine, count), narrow);
	if (pus < last) {
		snprintf(text, sizeof text, narrow ? "> %u CPU%s" : "more workers than CPUs (%u)",
			pus, pus == 1 ? "" : "s");
		add_line(&flags, pus, PAR_SHAPE_DOTTED, flags.axis);
		add_flag(&flags, pus, text);
	}
	return flags.rows;
}
