#include <math.h>
#include <string.h>

#include "chart_curves.h"

#define LEADER        22.0 /* from the end of a panel to its labels */
#define LEADER_NARROW 15.0
#define NARROW_SIZE   12.0 /* of texts */
#define GUTTER_MOST   0.42 /* of the width */
#define OPEN_LEAST                                                                                 \
	40.0 /* a curve that ends so far before the edge may be labelled where it ends             \
	      */

/* What is written at a curve, and where it wants to stand. */
struct label {
	const struct par_curve *curve; /* NULL: all that are zero */
	struct par_label value;
	struct par_lesson_title name;
	const char *reason; /* why it ends; NULL: it does not */
	uint32_t ink;
	double x, y, size;
};

static const struct par_metric *metric_at(
	const struct par_curve *curve, size_t index, unsigned panel)
{
	return panel == 0 ? &curve->points[index].metric : &curve->points[index].aside;
}

/* The last point that has the panel's metric; count: none has. */
static size_t last_point(const struct par_curve *curve, unsigned panel)
{
	for (size_t i = curve->count; i-- > 0;)
		if (isfinite(metric_at(curve, i, panel)->value))
			return i;
	return curve->count;
}

bool par_curve_is_zero(const struct par_curve *curve)
{
	bool told = false;

	for (size_t i = 0; i < curve->count; i++) {
		double value = curve->points[i].aside.value;

		if (value > 0 || value < 0)
			return false;
		told |= isfinite(value);
	}
	return told;
}

size_t par_curves_zeros(const struct par_curves *curves)
{
	size_t zeros = 0;

	for (size_t i = 0; i < curves->count; i++)
		zeros += par_curve_is_zero(&curves->items[i]);
	return zeros;
}

static double mean_of(const struct par_curve *curve)
{
	double sum = 0;

	for (size_t i = 0; i < curve->count; i++)
		sum += curve->points[i].metric.value;
	return sum / (double)curve->count;
}

const struct par_curve_point *par_curves_last_good(const struct par_curve *curve)
{
	size_t i = 0;

	while (i + 1 < curve->count && curve->points[i + 1].x < curve->end.x)
		i++;
	return &curve->points[i];
}

double par_curves_place(const struct par_curves_lay *lay, double x, unsigned panel)
{
	return par_panel_x(&lay->panels[panel], par_curves_x(lay->curves, x));
}

/* Below, the wrong result is no news, nor is the failure. */
static struct label label_of(
	const struct par_curves_lay *lay, const struct par_curve *curve, unsigned panel)
{
	size_t last = last_point(curve, panel);
	const struct par_metric *metric = metric_at(curve, last, panel);
	double value = lay->curves->marks ? metric->value : mean_of(curve);
	struct label label = { .curve = curve,
		.value = par_metric_label(value, metric->unit),
		.ink = curve->ink,
		.size = lay->narrow ? NARROW_SIZE : PAR_TYPE_BODY,
		.x = par_curves_place(lay, curve->points[last].x, panel),
		.y = par_panel_y(&lay->panels[panel], metric->value) };

	label.name = panel == 0
			     ? par_lesson_title(lay->curves->view, curve->cell, lay->narrow)
			     : par_lesson_plain_title(lay->curves->view, curve->cell, lay->narrow);
	if (panel == 0 && isfinite(curve->end.x)) {
		label.reason = curve->end.reason;
		label.x = par_curves_place(lay, curve->end.x, panel);
		label.y =
			par_panel_y(&lay->panels[panel], par_curves_last_good(curve)->metric.value);
	}
	return label;
}

/* One label for all curves that stay at zero, where there are several. */
static struct label zero_label(const struct par_curves_lay *lay, size_t labels)
{
	const struct par_panel *panel = &lay->panels[1];
	struct label label = { .value = par_metric_label(0, lay->curves->aside.unit),
		.ink = par_palette_fixed(lay->palette, PAR_COLOUR_MUTED),
		.size = lay->narrow ? NARROW_SIZE : PAR_TYPE_BODY,
		.x = panel->right,
		.y = par_panel_y(panel, lay->curves->aside.log ? lay->curves->aside.from : 0) };

	strcpy(label.name.text, labels == 0 ? "all" : "all others");
	return label;
}

/* Whether the curve has a label of its own in the panel. */
static bool is_labelled(const struct par_curve *curve, unsigned panel, size_t zeros)
{
	return last_point(curve, panel) < curve->count &&
	       (panel == 0 || zeros < 2 || !par_curve_is_zero(curve));
}

/* Those of a panel, unsorted; at most PAR_CURVES_MAX. */
static size_t find_labels(
	struct label labels[PAR_CURVES_MAX], const struct par_curves_lay *lay, unsigned panel)
{
	size_t zeros = par_curves_zeros(lay->curves), count = 0;

	for (size_t i = 0; i < lay->curves->count; i++)
		if (is_labelled(&lay->curves->items[i], panel, zeros))
			labels[count++] = label_of(lay, &lay->curves->items[i], panel);
	if (panel == 1 && zeros >= 2) {
		labels[count] = zero_label(lay, count);
		count++;
	}
	return count;
}

size_t par_curves_labels(const struct par_curves *curves, unsigned panel)
{
	size_t zeros = par_curves_zeros(curves), count = 0;

	for (size_t i = 0; i < curves->count; i++)
		count += is_labelled(&curves->items[i], panel, zeros);
	return count + (panel == 1 && zeros >= 2);
}

static struct par_runs runs_of(const struct label *label)
{
	return (struct par_runs){ .bold = label->value.text,
		.plain = label->name.text,
		.small = label->reason,
		.size = label->size };
}

/* First the reason gives way, unless it is an errno, then the name: the figure stays. */
static void fit(struct label *label, double room)
{
	struct par_runs runs = runs_of(label);
	double name = par_text_width(label->name.text, label->size, false);

	if (label->reason != NULL && par_runs_width(&runs) > room && strchr(label->reason, ' ')) {
		label->reason = NULL;
		runs = runs_of(label);
	}
	if (par_runs_width(&runs) > room)
		par_lesson_cut(&label->name, fmax(name - par_runs_width(&runs) + room, 24),
			label->size, false);
}

static double label_room(const struct par_curves_lay *lay)
{
	return GUTTER_MOST * lay->layout->width;
}

static double leader(const struct par_curves_lay *lay)
{
	return lay->narrow ? LEADER_NARROW : LEADER;
}

double par_curves_gutter(const struct par_curves_lay *lay)
{
	struct label labels[PAR_CURVES_MAX];
	double widest = 0;

	for (unsigned panel = 0; panel < (lay->curves->has_aside ? 2 : 1); panel++) {
		size_t count = find_labels(labels, lay, panel);

		for (size_t i = 0; i < count; i++) {
			struct par_runs runs;

			fit(&labels[i], label_room(lay));
			runs = runs_of(&labels[i]);
			widest = fmax(widest, par_runs_width(&runs));
		}
	}
	return widest + leader(lay) + 8;
}

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
			double y1 =
				par_panel_y(&lay->panels[panel], metric_at(curve, j, panel)->value);
			double y2 = par_panel_y(
				&lay->panels[panel], metric_at(curve, to, panel)->value);
			double steps = fmax(1, ceil(hypot(x2 - x1, y2 - y1) / step));

			for (double k = 0; k <= steps && isfinite(steps); k++)
				if (holds(box, x1 + (x2 - x1) * k / steps,
					    y1 + (y2 - y1) * k / steps))
					return true;
		}
	}
	return false;
}

/* Tries right, above, below and left of the end. False: it is nowhere in the open. */
static bool label_in_the_open(
	const struct par_curves_lay *lay, const struct label *label, unsigned panel)
{
	const struct par_panel *place = &lay->panels[panel];
	struct par_runs runs = runs_of(label);
	double width = par_runs_width(&runs), x = label->x;
	const double tries[][2] = { { 11, 0 }, { -width / 2, -16 }, { -width / 2, 16 }, { 8, -14 },
		{ 8, 14 }, { -width - 11, 0 } };

	if (label->curve == NULL)
		return false;
	if (place->right - x < OPEN_LEAST)
		return false;
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		double left = x + tries[i][0], y = label->y + tries[i][1];
		struct par_box box = { left - 3, left + width + 3, y - 9, y + 9, false };

		if (box.left < place->left || box.right > place->right + leader(lay) - 6 ||
			box.top < place->top || box.bottom > place->bottom ||
			meets_box(lay, &box) || meets_curve(lay, &box, panel))
			continue;
		par_layout_runs(lay->layout, left, y, PAR_ALIGN_LEFT, 0, label->ink, &runs);
		return true;
	}
	return false;
}

static void label_in_the_gutter(
	const struct par_curves_lay *lay, const struct label *label, unsigned panel, double at)
{
	double edge = lay->panels[panel].right + leader(lay);
	struct par_runs runs = runs_of(label);

	if (label->curve != NULL)
		par_layout_shape(lay->layout, PAR_SHAPE_LEADER, label->x + 6, label->y, edge - 4,
			at, label->ink);
	par_layout_runs(lay->layout, edge, at, PAR_ALIGN_LEFT, 0, label->ink, &runs);
}

/* By height; equal ones stay as they are, which is best first. */
static void sort(struct label *labels, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct label moving = labels[i];
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
	struct label labels[PAR_CURVES_MAX];
	double places[PAR_CURVES_MAX];
	size_t count = find_labels(labels, lay, panel), left = 0;

	for (size_t i = 0; i < count; i++) {
		fit(&labels[i], label_room(lay));
		if (!label_in_the_open(lay, &labels[i], panel))
			labels[left++] = labels[i];
	}
	sort(labels, left);
	for (size_t i = 0; i < left; i++)
		places[i] = labels[i].y;
	par_layout_spread(places, left, PAR_CURVES_LABEL_GAP, lay->panels[panel].top + 4,
		lay->panels[panel].bottom - 4);
	for (size_t i = 0; i < left; i++)
		label_in_the_gutter(lay, &labels[i], panel, places[i]);
}
