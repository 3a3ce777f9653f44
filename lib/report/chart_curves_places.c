#include <math.h>

#include "chart_curves.h"

/* A curve that ends so far before the edge may be labelled where it ends. */
#define OPEN_LEAST 40.0

static bool meets_box(const struct par_curves_lay *lay, const struct par_box *box)
{
	const struct par_layout *layout = lay->layout;

	for (size_t i = 0; i < layout->box_count; i++) {
		const struct par_box *other = &layout->boxes[i];

		if (box->left < other->right && other->left < box->right &&
			box->top + layout->offset < other->bottom &&
			other->top < box->bottom + layout->offset)
			return true;
	}
	return false;
}

static bool holds(const struct par_box *box, double x, double y)
{
	return x > box->left && x < box->right && y > box->top && y < box->bottom;
}

/* Walks along each line of the panel in small steps. */
static bool meets_curve(const struct par_curves_lay *lay, const struct par_box *box, unsigned panel)
{
	const double step = 4;

	for (size_t i = 0; i < lay->curves->count; i++) {
		const struct par_curve *curve = &lay->curves->items[i];

		for (size_t j = 0; j < curve->count; j++) {
			size_t to = j + 1 < curve->count ? j + 1 : j;
			double x1 = par_curves_place(lay, curve->points[j].x, panel);
			double x2 = par_curves_place(lay, curve->points[to].x, panel);
			double y1 = par_panel_y(
				&lay->panels[panel], par_curve_metric(curve, j, panel)->value);
			double y2 = par_panel_y(
				&lay->panels[panel], par_curve_metric(curve, to, panel)->value);
			double steps = fmax(1, ceil(hypot(x2 - x1, y2 - y1) / step));

			for (double k = 0; k <= steps && isfinite(steps); k++)
				if (holds(box, x1 + (x2 - x1) * k / steps,
					    y1 + (y2 - y1) * k / steps))
					return true;
		}
	}
	return false;
}

/* Whether the curve ends so early that its label need not stand in the gutter. */
static bool ends_early(const struct par_curve_label *label, const struct par_panel *panel)
{
	return label->curve != NULL && panel->right - label->x >= OPEN_LEAST;
}

/* Whether a line from another label's end to the gutter would cross the box. */
static bool meets_leader(const struct par_curve_label *labels, size_t count, size_t own,
	const struct par_panel *panel, const struct par_box *box)
{
	for (size_t i = 0; i < count; i++)
		if (i != own && ends_early(&labels[i], panel) && box->right > labels[i].x &&
			labels[i].y > box->top - 2 && labels[i].y < box->bottom + 2)
			return true;
	return false;
}

/* Tries the places around the end of curve `own` of the labels that are still to be placed. False:
 * it is nowhere in the open. */
static bool label_in_the_open(const struct par_curves_lay *lay,
	const struct par_curve_label *labels, size_t count, size_t own, unsigned panel)
{
	const struct par_panel *place = &lay->panels[panel];
	const struct par_curve_label *label = &labels[own];
	struct par_runs runs = par_curve_label_runs(label);
	double width = par_runs_width(&runs);
	const double tries[][2] = { { 11, 0 }, { -width / 2, -16 }, { -width / 2, 16 }, { 8, -14 },
		{ 8, 14 }, { -width - 6, -14 }, { -width - 6, 14 }, { -width - 11, 0 } };

	if (!ends_early(label, place))
		return false;
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		double left = label->x + tries[i][0], y = label->y + tries[i][1];
		struct par_box box = { left - 3, left + width + 3, y - 9, y + 9, false };

		if (box.left < place->left ||
			box.right > place->right + par_curves_leader(lay) - 6 ||
			box.top < place->top || box.bottom > place->bottom ||
			meets_box(lay, &box) || meets_curve(lay, &box, panel) ||
			meets_leader(labels, count, own, place, &box))
			continue;
		par_layout_runs(lay->layout, left, y, PAR_ALIGN_LEFT, 0, label->ink, &runs);
		return true;
	}
	return false;
}

/* Labels in the open as many as can be, each of which may make room for others. Returns how many
 * labels are left. */
static size_t label_all_in_the_open(const struct par_curves_lay *lay,
	struct par_curve_label *labels, size_t count, unsigned panel)
{
	size_t before;

	do {
		before = count;
		for (size_t i = 0; i < count; i++) {
			if (!label_in_the_open(lay, labels, count, i, panel))
				continue;
			count--;
			for (size_t j = i; j < count; j++)
				labels[j] = labels[j + 1];
			i--;
		}
	} while (count < before);
	return count;
}

static void label_in_the_gutter(const struct par_curves_lay *lay,
	const struct par_curve_label *label, unsigned panel, double at)
{
	double edge = lay->panels[panel].right + par_curves_leader(lay);
	struct par_runs runs = par_curve_label_runs(label);

	if (label->curve != NULL)
		par_layout_shape(lay->layout, PAR_SHAPE_LEADER, label->x + 6, label->y, edge - 4,
			at, label->ink);
	par_layout_runs(lay->layout, edge, at, PAR_ALIGN_LEFT, 0, label->ink, &runs);
}

/* By height; equal ones stay as they are, which is best first. */
static void sort(struct par_curve_label *labels, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct par_curve_label moving = labels[i];
		size_t place = i;

		while (place > 0 && labels[place - 1].y > moving.y) {
			labels[place] = labels[place - 1];
			place--;
		}
		labels[place] = moving;
	}
}

void par_curves_label(const struct par_curves_lay *lay, unsigned panel)
{
	struct par_curve_label labels[PAR_CURVES_MAX];
	double places[PAR_CURVES_MAX];
	size_t count = par_curves_find_labels(labels, lay, panel);

	count = label_all_in_the_open(lay, labels, count, panel);
	sort(labels, count);
	for (size_t i = 0; i < count; i++)
		places[i] = labels[i].y;
	par_layout_spread(places, count, PAR_CURVES_LABEL_GAP, lay->panels[panel].top + 4,
		lay->panels[panel].bottom - 4);
	for (size_t i = 0; i < count; i++)
		label_in_the_gutter(lay, &labels[i], panel, places[i]);
}
