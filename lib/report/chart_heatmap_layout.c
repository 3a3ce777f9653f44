#include "chart_heatmap.h"

#include <math.h>

#include "chart_format.h"

struct lay {
	struct par_layout *layout;
	struct par_panel panel;
	const struct par_heatmap *map;
	bool narrow;
};

static const char *model_label(const struct lay *lay, size_t i)
{
	return lay->narrow ? lay->map->models[i]->short_label : lay->map->models[i]->label;
}

static double widest_model(const struct lay *lay)
{
	double widest = 0;

	for (size_t i = 0; i < lay->map->model_count; i++)
		widest = fmax(widest, par_text_width(model_label(lay, i), PAR_TYPE_BODY, false));
	return widest;
}

static double widest_workload(const struct lay *lay)
{
	double widest = 0;

	for (size_t i = 0; i < lay->map->analysis->answer_count; i++)
		widest = fmax(widest, par_text_width(lay->map->analysis->answers[i].workload->label,
					      PAR_TYPE_BODY, false));
	return widest;
}

static void add_head(const struct lay *lay, double x, double angle, const char *text)
{
	struct par_runs runs = { .plain = text };

	par_layout_runs(lay->layout, angle != 0 ? x - 4 : x, lay->panel.top - 10,
		angle != 0 ? PAR_ALIGN_LEFT : PAR_ALIGN_CENTER, angle,
		par_palette_fixed(lay->map->palette, PAR_COLOUR_INK), &runs);
}

static void add_side(const struct lay *lay, double y, const char *text)
{
	par_layout_text(lay->layout, lay->panel.left - 8, y, PAR_ALIGN_RIGHT, PAR_TYPE_BODY,
		par_palette_fixed(lay->map->palette, PAR_COLOUR_INK), text);
}

/* Under the columns: what the workloads above are bound by. */
static void add_groups(const struct lay *lay)
{
	uint32_t axis = par_palette_fixed(lay->map->palette, PAR_COLOUR_AXIS);
	size_t first = 0;

	for (size_t i = 0; i < lay->map->analysis->answer_count; i++) {
		enum par_bound bound = lay->map->analysis->answers[i].workload->bound;
		bool last = i + 1 == lay->map->analysis->answer_count ||
			    lay->map->analysis->answers[i + 1].workload->bound != bound;
		double from = par_panel_x(&lay->panel, lay->map->places[first] - 0.46);
		double to = par_panel_x(&lay->panel, lay->map->places[i] + 0.46);

		if (!last)
			continue;
		par_layout_shape(lay->layout, PAR_SHAPE_RULE, from, lay->panel.bottom + 7, to,
			lay->panel.bottom + 7, axis);
		par_layout_text(lay->layout, (from + to) / 2, lay->panel.bottom + 18,
			PAR_ALIGN_CENTER, PAR_TYPE_SMALL,
			par_palette_fixed(lay->map->palette, PAR_COLOUR_MUTED),
			par_bound_name(bound));
		first = i + 1;
	}
}

/* Workloads as columns. */
static void lay_wide(struct lay *lay)
{
	struct par_panel *panel = &lay->panel;
	double widest = widest_workload(lay), column, angle;

	panel->left = widest_model(lay) + 18;
	panel->right = lay->layout->width - 6;
	column = (panel->right - panel->left) / (lay->map->end + 1);
	angle = widest > column - 6 ? 38 : 0;
	if (angle != 0) { /* the last slanted name leans out of the grid */
		panel->right -= fmax(0, 0.8 * widest - column / 2);
		panel->top = 16 + 0.62 * widest;
	} else {
		panel->top = 24;
	}
	panel->bottom = panel->top + 30.0 * (double)lay->map->model_count;
	panel->x[0] = -0.5;
	panel->x[1] = lay->map->end + 0.5;
	panel->y[0] = (double)lay->map->model_count - 0.5;
	panel->y[1] = -0.5;
	for (size_t i = 0; i < lay->map->analysis->answer_count; i++)
		add_head(lay, par_panel_x(panel, lay->map->places[i]), angle,
			lay->map->analysis->answers[i].workload->label);
	for (size_t i = 0; i < lay->map->model_count; i++)
		add_side(lay, par_panel_y(panel, (double)i), model_label(lay, i));
	add_groups(lay);
	lay->layout->height = panel->bottom + 44;
}

/* Workloads as rows, so that numbers keep a readable size. */
static void lay_narrow(struct lay *lay)
{
	struct par_panel *panel = &lay->panel;
	double widest = widest_model(lay);

	panel->left = widest_workload(lay) + 14;
	panel->right = lay->layout->width - 4 - fmax(0, 0.72 * widest - 18);
	panel->top = 16 + 0.7 * widest;
	panel->bottom = panel->top + 27.0 * (lay->map->end + 1);
	panel->x[0] = -0.5;
	panel->x[1] = (double)lay->map->model_count - 0.5;
	panel->y[0] = lay->map->end + 0.5;
	panel->y[1] = -0.5;
	for (size_t i = 0; i < lay->map->model_count; i++)
		add_head(lay, par_panel_x(panel, (double)i), 45, model_label(lay, i));
	for (size_t i = 0; i < lay->map->analysis->answer_count; i++)
		add_side(lay, par_panel_y(panel, lay->map->places[i]),
			lay->map->analysis->answers[i].workload->label);
	lay->layout->height = panel->bottom + 22;
}

void par_heatmap_lay(
	struct par_sheet *sheet, enum par_size_kind size, const struct par_heatmap *map)
{
	struct lay own = { .map = map }, *lay = &own;

	lay->layout = par_sheet_begin(sheet, size, lay->map->palette);
	lay->narrow = size == PAR_SIZE_NARROW;
	if (lay->narrow)
		lay_narrow(lay);
	else
		lay_wide(lay);
	par_layout_panel(lay->layout, &lay->panel);
	lay->layout->height = par_layout_paragraph(lay->layout, 12, lay->layout->height,
		lay->layout->width - 20, PAR_TYPE_SMALL, false,
		par_palette_fixed(lay->map->palette, PAR_COLOUR_MUTED),
		"★ fastest · ≈ cannot be told from it · number: times slower than ★ · – not run");
}
