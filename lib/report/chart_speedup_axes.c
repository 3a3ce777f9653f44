#include "chart_speedup.h"

#include <math.h>
#include <stdio.h>

#include "chart_axis.h"
#include "chart_format.h"

static uint32_t fixed(const struct par_speedup *lay, enum par_colour colour)
{
	return par_palette_fixed(lay->palette, colour);
}

static void tick_text(char text[PAR_LABEL_MAX], double value, double top)
{
	snprintf(text, PAR_LABEL_MAX, "%.*f×",
		value >= 10 || top > 4.5             ? 0
		: top < 0.6                          ? 2
		: value == floor(value) && top > 2.9 ? 0
						     : 1,
		value);
}

static void find_y_ticks(struct par_ticks *ticks, const struct par_speedup *lay)
{
	if (lay->panel.log_y)
		par_ticks_log(ticks, lay->panel.y[0], lay->panel.y[1]);
	else
		par_ticks_binary(ticks, 0, lay->panel.y[1], 5);
}

double par_speedup_labels_width(const struct par_speedup *lay)
{
	struct par_ticks ticks;
	double widest = 0;
	char text[PAR_LABEL_MAX];

	find_y_ticks(&ticks, lay);
	for (size_t i = 0; i < ticks.count; i++) {
		tick_text(text, ticks.at[i], lay->panel.log_y ? 0.9 : lay->panel.y[1]);
		widest = fmax(widest, par_text_width(text, PAR_TYPE_BODY, false));
	}
	return widest;
}

static void draw_y_axis(struct par_speedup *lay)
{
	const struct par_panel *panel = &lay->panel;
	struct par_ticks ticks;
	char text[PAR_LABEL_MAX];

	find_y_ticks(&ticks, lay);
	for (size_t i = 0; i < ticks.count; i++) {
		double y = par_panel_y(panel, ticks.at[i]);

		par_layout_shape(lay->layout, PAR_SHAPE_RULE, panel->left, y, panel->right, y,
			fixed(lay, ticks.at[i] == 0 ? PAR_COLOUR_AXIS : PAR_COLOUR_GRID));
		snprintf(text, sizeof text, "%g×", ticks.at[i]);
		if (!panel->log_y)
			tick_text(text, ticks.at[i], panel->y[1]);
		par_layout_text(lay->layout, panel->left - 7, y, PAR_ALIGN_RIGHT, PAR_TYPE_BODY,
			fixed(lay, PAR_COLOUR_MUTED), text);
	}
	if (panel->log_y)
		par_layout_shape(lay->layout, PAR_SHAPE_RULE, panel->left, panel->bottom,
			panel->right, panel->bottom, fixed(lay, PAR_COLOUR_AXIS));
}

static double x_label_width(double value)
{
	return par_text_width(
		par_label_count((unsigned long long)value).text, PAR_TYPE_BODY, false);
}

static void draw_x_axis(struct par_speedup *lay)
{
	const struct par_machine *machine = lay->analysis->machine;
	const struct par_panel *panel = &lay->panel;
	const double keep[] = { machine->allowed_cores, machine->allowed_pus };
	struct par_ticks ticks = { .count = 0 };
	char title[96];

	for (size_t i = 0; i < lay->set->count; i++)
		for (size_t j = 0; j < lay->set->series[i].count; j++)
			par_ticks_add(&ticks, lay->set->series[i].points[j].stats->cell.workers);
	par_ticks_thin(&ticks, panel, x_label_width, keep, keep[1] <= panel->x[1] ? 2 : 0);
	for (size_t i = 0; i < ticks.count; i++)
		par_layout_text(lay->layout, par_panel_x(panel, ticks.at[i]), panel->bottom + 15,
			PAR_ALIGN_CENTER, PAR_TYPE_BODY, fixed(lay, PAR_COLOUR_MUTED),
			par_label_count((unsigned long long)ticks.at[i]).text);
	if (panel->log_x)
		snprintf(title, sizeof title, "workers at once (log scale)");
	else if (panel->x[1] > machine->allowed_pus)
		snprintf(title, sizeof title, "workers, pinned to %u CPU%s", machine->allowed_pus,
			machine->allowed_pus == 1 ? "" : "s");
	else
		snprintf(title, sizeof title, "cores, one pinned worker each");
	par_layout_text(lay->layout, (panel->left + panel->right) / 2, panel->bottom + 36,
		PAR_ALIGN_CENTER, PAR_TYPE_BODY, fixed(lay, PAR_COLOUR_MUTED), title);
}

void par_speedup_axes(struct par_speedup *lay)
{
	draw_y_axis(lay);
	draw_x_axis(lay);
}
