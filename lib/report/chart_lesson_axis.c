#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart_lesson.h"

void par_lesson_axis_init(struct par_lesson_axis *axis, enum par_unit unit, bool log)
{
	*axis = (struct par_lesson_axis){
		.from = INFINITY, .to = -INFINITY, .log = log, .unit = unit
	};
}

void par_lesson_axis_take(struct par_lesson_axis *axis, double value)
{
	if (!isfinite(value))
		return;
	axis->from = fmin(axis->from, value);
	axis->to = fmax(axis->to, value);
}

#define LOG_ROOM   1.2 /* beyond the first and the last value */
#define LOG_LEAST  3.0 /* the least span: less would make noise look large */
#define SHARE_LIKE 0.5 /* shares above it are drawn up to the whole */

void par_lesson_axis_end(struct par_lesson_axis *axis)
{
	double lack;

	if (!(axis->from <= axis->to)) {
		axis->from = 0;
		axis->to = 1;
		axis->log = false;
		return;
	}
	axis->log = axis->log && axis->from > 0;
	if (!axis->log) {
		axis->from = fmin(axis->from, 0);
		axis->to = axis->unit == PAR_UNIT_SHARE && axis->to > SHARE_LIKE && axis->to <= 1
				   ? 1
				   : 1.06 * fmax(axis->to, 0);
		if (axis->to <= axis->from)
			axis->to = axis->from + 1;
		return;
	}
	axis->from /= LOG_ROOM;
	axis->to *= LOG_ROOM;
	lack = sqrt(LOG_LEAST / (axis->to / axis->from));
	if (lack > 1) {
		axis->from /= lack;
		axis->to *= lack;
	}
}

struct par_lesson_title par_lesson_axis_title(const char *label, bool log, double room)
{
	static const char *const ends[] = { " (log scale)", " (log)", "" };
	struct par_lesson_title title;

	for (size_t i = log ? 0 : 2; i < 3; i++) {
		snprintf(title.text, sizeof title.text, "%.80s%s", label, ends[i]);
		if (par_text_width(title.text, PAR_TYPE_BODY, false) <= room)
			break;
	}
	par_lesson_cut(&title, room, PAR_TYPE_BODY, false);
	return title;
}

/* Powers of two, every so many of them that few are left. */
static void binary_log(struct par_ticks *ticks, double from, double to)
{
	double first = ceil(log2(from) - 1e-9), last = floor(log2(to) + 1e-9);
	double step = 1;

	while ((last - first) / step > 6)
		step *= 2;
	ticks->count = 0;
	for (double power = ceil(first / step) * step; power <= last; power += step)
		par_ticks_add(ticks, exp2(power));
}

static void binary_linear(struct par_ticks *ticks, double from, double to, unsigned most)
{
	double step = exp2(ceil(log2((to - from) / most)));

	ticks->count = 0;
	for (double n = ceil(from / step - 1e-9); n * step <= to * (1 + 1e-9); n++)
		par_ticks_add(ticks, n * step + 0.0);
}

void par_lesson_ticks(struct par_ticks *ticks, const struct par_lesson_axis *axis, unsigned most)
{
	bool binary = axis->unit == PAR_UNIT_BYTES && axis->to >= 512;

	if (axis->log && binary)
		binary_log(ticks, axis->from, axis->to);
	else if (axis->log)
		par_ticks_log(ticks, axis->from, axis->to);
	else if (binary)
		binary_linear(ticks, axis->from, axis->to, most);
	else
		par_ticks_linear(ticks, axis->from, axis->to, most);
}

/* Round numbers need no more digits than they have. */
struct par_label par_lesson_tick(double value, enum par_unit unit)
{
	static const char *const scales[] = { "", "k", "M", "G", "T" };
	static const char *const bytes[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	struct par_label label;
	size_t i = 0;

	switch (unit) {
	case PAR_UNIT_NS: return value == 0 ? (struct par_label){ "0" } : par_label_tick(value);
	case PAR_UNIT_SHARE:
		snprintf(label.text, sizeof label.text, "%.4g %%", 100 * value);
		return label;
	case PAR_UNIT_COUNT:
		if (value >= 10000 && value < 1e6)
			return par_label_count((unsigned long long)llround(value));
		if (value < 1e6) {
			snprintf(label.text, sizeof label.text, "%.4g", value);
			return label;
		}
		break;
	case PAR_UNIT_BYTES:
	case PAR_UNIT_PER_SECOND: break;
	}
	for (; i < 4 && value >= (unit == PAR_UNIT_BYTES ? 1023.5 : 999.5); i++)
		value /= unit == PAR_UNIT_BYTES ? 1024 : 1000;
	if (unit == PAR_UNIT_BYTES)
		snprintf(label.text, sizeof label.text, "%.4g %s", value, bytes[i]);
	else
		snprintf(label.text, sizeof label.text, "%.4g%s%s%s", value, i > 0 ? " " : "",
			scales[i], unit == PAR_UNIT_PER_SECOND ? "/s" : "");
	return value == 0 ? (struct par_label){ "0" } : label;
}
