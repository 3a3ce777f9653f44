#include <math.h>
#include <string.h>

#include "chart_curves.h"

/* True for "ns" and "wait_ns", not for "columns". */
static bool has_unit(const char *name, const char *unit)
{
	size_t size = strlen(name), tail = strlen(unit);

	return size >= tail && strcmp(name + size - tail, unit) == 0 &&
	       (size == tail || name[size - tail - 1] == '_');
}

static void set_x_unit(struct par_curves *curves, const char *name)
{
	static const struct {
		const char *name;
		enum par_unit unit;
		double scale;
	} units[] = { { "ns", PAR_UNIT_NS, 1 }, { "us", PAR_UNIT_NS, 1e3 },
		{ "ms", PAR_UNIT_NS, 1e6 }, { "bytes", PAR_UNIT_BYTES, 1 },
		{ "kib", PAR_UNIT_BYTES, 1024 }, { "mib", PAR_UNIT_BYTES, 1 << 20 } };

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (has_unit(name, units[i].name)) {
			curves->x.unit = units[i].unit;
			curves->x_scale = units[i].scale;
		}
}

struct par_label par_curves_tick(const struct par_curves *curves, double x)
{
	if (curves->zero > 0 && x <= curves->zero)
		x = 0;
	return par_lesson_tick(x * curves->x_scale, curves->x.unit);
}

static void take(struct par_lesson_axis *axis, const struct par_metric *metric)
{
	axis->unit = metric->unit;
	par_lesson_axis_take(axis, metric->value);
	par_lesson_axis_take(axis, metric->ci[0]);
	par_lesson_axis_take(axis, metric->ci[1]);
}

/* Values from nothing up, or close together, are compared on a linear axis. */
static bool spreads(const struct par_lesson_axis *axis)
{
	return axis->unit != PAR_UNIT_SHARE && axis->from > 0 && axis->to / axis->from > 30;
}

static void set_y_axes(struct par_curves *curves)
{
	par_lesson_axis_init(&curves->y, PAR_UNIT_COUNT, !curves->view->sheet->linear);
	par_lesson_axis_init(&curves->aside, PAR_UNIT_COUNT, true);
	for (size_t i = 0; i < curves->count; i++)
		for (size_t j = 0; j < curves->items[i].count; j++) {
			const struct par_curve_point *point = &curves->items[i].points[j];

			take(&curves->y, &point->metric);
			if (isfinite(point->aside.value)) {
				take(&curves->aside, &point->aside);
				curves->has_aside = true;
			}
		}
	curves->aside.log = spreads(&curves->aside);
	par_lesson_axis_end(&curves->y);
	par_lesson_axis_end(&curves->aside);
}

/* From the first to the last point or failure; least: the smallest above 0. */
static void find_x_range(const struct par_curves *curves, double range[2], double *least)
{
	range[0] = *least = INFINITY;
	range[1] = -INFINITY;
	for (size_t i = 0; i < curves->count; i++) {
		const struct par_curve *curve = &curves->items[i];

		for (size_t j = 0; j <= curve->count; j++) {
			double x = j < curve->count ? curve->points[j].x : curve->end.x;

			if (isnan(x))
				continue;
			range[0] = fmin(range[0], x);
			range[1] = fmax(range[1], x);
			if (x > 0)
				*least = fmin(*least, x);
		}
	}
}

static void set_x_axis(struct par_curves *curves)
{
	const struct par_lesson_sheet *sheet = curves->view->sheet;
	double range[2], least;

	if (curves->view->sheet->kind == PAR_LESSON_TRACE) {
		curves->x = (struct par_lesson_axis){ 0, 1, false, PAR_UNIT_SHARE };
		return;
	}
	find_x_range(curves, range, &least);
	curves->x = (struct par_lesson_axis){ range[0], range[1],
		!sheet->linear_axis && isfinite(least), PAR_UNIT_COUNT };
	set_x_unit(curves, sheet->axis);
	if (curves->x.log && range[0] <= 0) /* a step before the first */
		curves->zero = curves->x.from =
			least / (range[1] > least ? fmax(2, pow(range[1] / least, 0.15)) : 2);
	if (curves->x.from == curves->x.to) {
		curves->x.from = curves->x.log ? curves->x.from / 2 : curves->x.from - 1;
		curves->x.to = curves->x.log ? curves->x.to * 2 : curves->x.to + 1;
	}
}

double par_curves_x(const struct par_curves *curves, double x)
{
	return x <= 0 && curves->zero > 0 ? curves->zero : x;
}

void par_curves_set_axes(struct par_curves *curves)
{
	set_y_axes(curves);
	set_x_axis(curves);
}
