#include <math.h>
#include <string.h>

#include "chart_curves.h"

#define LEADER        22.0 /* from the end of a panel to its labels */
#define LEADER_NARROW 15.0
#define NARROW_SIZE   12.0 /* of texts */
#define GUTTER_MOST   0.42 /* of the width */

const struct par_metric *par_curve_metric(
	const struct par_curve *curve, size_t index, unsigned panel)
{
	return panel == 0 ? &curve->points[index].metric : &curve->points[index].aside;
}

/* The last point that has the panel's metric; count: none has. */
static size_t last_point(const struct par_curve *curve, unsigned panel)
{
	for (size_t i = curve->count; i-- > 0;)
		if (isfinite(par_curve_metric(curve, i, panel)->value))
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
static struct par_curve_label label_of(
	const struct par_curves_lay *lay, const struct par_curve *curve, unsigned panel)
{
	size_t last = last_point(curve, panel);
	const struct par_metric *metric = par_curve_metric(curve, last, panel);
	double value = lay->curves->marks ? metric->value : mean_of(curve);
	struct par_curve_label label = { .curve = curve,
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
static struct par_curve_label zero_label(const struct par_curves_lay *lay, size_t labels)
{
	const struct par_panel *panel = &lay->panels[1];
	struct par_curve_label label = { .value = par_metric_label(0, lay->curves->aside.unit),
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

size_t par_curves_labels(const struct par_curves *curves, unsigned panel)
{
	size_t zeros = par_curves_zeros(curves), count = 0;

	for (size_t i = 0; i < curves->count; i++)
		count += is_labelled(&curves->items[i], panel, zeros);
	return count + (panel == 1 && zeros >= 2);
}

struct par_runs par_curve_label_runs(const struct par_curve_label *label)
{
	return (struct par_runs){ .bold = label->value.text,
		.plain = label->name.text,
		.small = label->reason,
		.size = label->size };
}

/* First the reason gives way, unless it is an errno, then the name: the figure stays. */
static void fit(struct par_curve_label *label, double room)
{
	struct par_runs runs = par_curve_label_runs(label);
	double name = par_text_width(label->name.text, label->size, false);

	if (label->reason != NULL && par_runs_width(&runs) > room && strchr(label->reason, ' ')) {
		label->reason = NULL;
		runs = par_curve_label_runs(label);
	}
	if (par_runs_width(&runs) > room)
		par_lesson_cut(&label->name, fmax(name - par_runs_width(&runs) + room, 24),
			label->size, false);
}

size_t par_curves_find_labels(struct par_curve_label labels[PAR_CURVES_MAX],
	const struct par_curves_lay *lay, unsigned panel)
{
	size_t zeros = par_curves_zeros(lay->curves), count = 0;

	for (size_t i = 0; i < lay->curves->count; i++)
		if (is_labelled(&lay->curves->items[i], panel, zeros))
			labels[count++] = label_of(lay, &lay->curves->items[i], panel);
	if (panel == 1 && zeros >= 2) {
		labels[count] = zero_label(lay, count);
		count++;
	}
	for (size_t i = 0; i < count; i++)
		fit(&labels[i], GUTTER_MOST * lay->layout->width);
	return count;
}

double par_curves_leader(const struct par_curves_lay *lay)
{
	return lay->narrow ? LEADER_NARROW : LEADER;
}

double par_curves_gutter(const struct par_curves_lay *lay)
{
	struct par_curve_label labels[PAR_CURVES_MAX];
	double widest = 0;

	for (unsigned panel = 0; panel < (lay->curves->has_aside ? 2 : 1); panel++) {
		size_t count = par_curves_find_labels(labels, lay, panel);

		for (size_t i = 0; i < count; i++) {
			struct par_runs runs = par_curve_label_runs(&labels[i]);

			widest = fmax(widest, par_runs_width(&runs));
		}
	}
	return widest + par_curves_leader(lay) + 8;
}
