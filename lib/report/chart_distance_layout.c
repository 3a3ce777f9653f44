#include "chart_distance.h"

#include <math.h>
#include <stdio.h>

#include "chart_format.h"

#define CELL_MOST 46.0 /* pixels */
#define SIDE_MOST 560.0

struct lay {
	struct par_layout *layout;
	const struct par_distance_map *map;
	struct par_panel panel;
	double cell; /* pixels */
};

static uint32_t colour(const struct lay *lay, enum par_colour name)
{
	return par_palette_fixed(lay->map->palette, name);
}

static double widest_number(const struct lay *lay)
{
	double widest = 0;
	char text[16];

	for (unsigned i = 0; i < lay->map->first.count; i++) {
		snprintf(text, sizeof text, "%d", lay->map->first.pus[i]);
		widest = fmax(widest, par_text_width(text, PAR_TYPE_SMALL, false));
	}
	return widest;
}

/* A PU's number above its column and beside its row; where they are small, not each has one. */
static void add_numbers(struct lay *lay)
{
	unsigned column = (unsigned)ceil((widest_number(lay) + 5) / lay->cell);
	unsigned row = (unsigned)ceil((PAR_TYPE_SMALL + 5) / lay->cell);
	char text[16];

	for (unsigned i = 0; i < lay->map->first.count; i++) {
		snprintf(text, sizeof text, "%d", lay->map->first.pus[i]);
		if (i % column == 0)
			par_layout_text(lay->layout, par_panel_x(&lay->panel, i),
				lay->panel.top - 9, PAR_ALIGN_CENTER, PAR_TYPE_SMALL,
				colour(lay, PAR_COLOUR_MUTED), text);
		if (i % row == 0)
			par_layout_text(lay->layout, lay->panel.left - 6,
				par_panel_y(&lay->panel, i), PAR_ALIGN_RIGHT, PAR_TYPE_SMALL,
				colour(lay, PAR_COLOUR_MUTED), text);
	}
}

static void add_line(struct lay *lay, double at, enum par_colour name)
{
	double x = par_panel_x(&lay->panel, at), y = par_panel_y(&lay->panel, at);

	par_layout_shape(lay->layout, PAR_SHAPE_LEADER, x, lay->panel.top, x, lay->panel.bottom,
		colour(lay, name));
	par_layout_shape(lay->layout, PAR_SHAPE_LEADER, lay->panel.left, y, lay->panel.right, y,
		colour(lay, name));
}

/* Lines through the matrix where something ends; packages are framed as well. */
static void add_borders(struct lay *lay)
{
	unsigned count = lay->map->first.count, first = 0;

	for (unsigned i = 0; i < count; i++) {
		bool last = i + 1 == count;
		enum par_distance_level border =
			last ? PAR_DISTANCE_FAR
			     : par_distance_border(&lay->map->first, lay->map->machine, i);

		if (!last && border >= PAR_DISTANCE_NUMA)
			add_line(lay, i + 0.5,
				border == PAR_DISTANCE_FAR       ? PAR_COLOUR_INK
				: border == PAR_DISTANCE_PACKAGE ? PAR_COLOUR_MUTED
								 : PAR_COLOUR_AXIS);
		if (border != PAR_DISTANCE_FAR)
			continue;
		par_layout_shape(lay->layout, PAR_SHAPE_FRAME,
			par_panel_x(&lay->panel, first - 0.5),
			par_panel_y(&lay->panel, first - 0.5), par_panel_x(&lay->panel, i + 0.5),
			par_panel_y(&lay->panel, i + 0.5), colour(lay, PAR_COLOUR_INK));
		first = i + 1;
	}
}

static const struct par_pu *pu_of(const struct lay *lay, unsigned i)
{
	for (unsigned j = 0; j < lay->map->machine->pu_count; j++)
		if (lay->map->machine->pus[j].os_index == lay->map->first.pus[i])
			return &lay->map->machine->pus[j];
	return NULL;
}

/* Above the columns of a package, where there are several and there is room. */
static void add_packages(struct lay *lay)
{
	unsigned count = lay->map->first.count, first = 0;

	if (lay->map->machine->packages < 2)
		return;
	for (unsigned i = 0; i < count; i++) {
		const struct par_pu *pu = pu_of(lay, i);
		char text[32];

		if (i + 1 < count && par_distance_border(&lay->map->first, lay->map->machine, i) !=
					     PAR_DISTANCE_FAR)
			continue;
		snprintf(text, sizeof text, "package %u", pu == NULL ? 0 : pu->package);
		if (par_text_width(text, PAR_TYPE_SMALL, false) + 6 <
			lay->cell * (double)(i + 1 - first))
			par_layout_text(lay->layout,
				par_panel_x(&lay->panel, (double)(first + i) / 2),
				lay->panel.top - 26, PAR_ALIGN_CENTER, PAR_TYPE_SMALL,
				colour(lay, PAR_COLOUR_INK), text);
		first = i + 1;
	}
}

static void set_panel(struct lay *lay)
{
	double count = lay->map->first.count, left = widest_number(lay) + 22;
	double room = fmin(lay->layout->width - left - 10, SIDE_MOST);
	double top = lay->map->machine->packages > 1 ? 42 : 24;

	lay->cell = fmin(room / count, CELL_MOST);
	lay->panel = (struct par_panel){ .left = left,
		.right = left + count * lay->cell,
		.top = top,
		.bottom = top + count * lay->cell,
		.x = { -0.5, count - 0.5 },
		.y = { count - 0.5, -0.5 } };
}

/* "Same cache 121 ns (118 to 125) · other package 300 ns". */
static void add_ranges(struct lay *lay)
{
	struct par_text text = PAR_TEXT_INIT;

	for (int level = 0; level < PAR_DISTANCE_LEVELS; level++) {
		const struct par_distance_range *range = &lay->map->ranges[level];

		if (range->pairs == 0)
			continue;
		par_text_add(&text, text.size > 0 ? " · " : "");
		par_text_format(&text, "%s: %.0f ns",
			par_distance_level_name((enum par_distance_level)level), range->median);
		if (range->pairs > 1)
			par_text_format(&text, " (%.0f to %.0f)", range->low, range->high);
	}
	lay->layout->height = par_layout_paragraph(lay->layout, 12, lay->panel.bottom + 20,
		lay->layout->width - 20, PAR_TYPE_SMALL, false, colour(lay, PAR_COLOUR_INK),
		par_text_get(&text));
	lay->layout->failed |= text.failed;
	par_text_fini(&text);
}

void par_distance_lay(
	struct par_sheet *sheet, enum par_size_kind size, const struct par_distance_map *map)
{
	struct lay lay = { .layout = par_sheet_begin(sheet, size, map->palette), .map = map };

	set_panel(&lay);
	par_layout_panel(lay.layout, &lay.panel);
	add_packages(&lay);
	add_numbers(&lay);
	add_borders(&lay);
	add_ranges(&lay);
	lay.layout->height = par_layout_paragraph(lay.layout, 12, lay.layout->height,
		lay.layout->width - 20, PAR_TYPE_SMALL, false, colour(&lay, PAR_COLOUR_MUTED),
		map->first.count <= PAR_DISTANCE_NUMBERS_MOST
			? "darker is nearer · number: ns there and back · median (least to most)"
			: "darker is nearer · lines: caches, NUMA nodes, packages · median (least "
			  "to most)");
}
