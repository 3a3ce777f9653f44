#include <math.h>
#include <stdio.h>
#include <string.h>

#include "metric.h"
#include "text.h"

#define LEAST 0.001 /* smaller ones are only told to be */

/* A number and the unit that stands behind it. */
struct written {
	char number[PAR_LABEL_MAX - 8];
	const char *unit; /* with its blank; "" for none */
};

/*
 * Three digits: "1.23", "12.3", "123"; two below a tenth, "0.043"; zero and small whole numbers as
 * they are.
 */
static void write_number(struct written *out, double value)
{
	double size = fabs(value);
	int decimals = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;

	if (size > 0 && size < LEAST) {
		snprintf(out->number, sizeof out->number, "%s%g", value < 0 ? "> -" : "< ", LEAST);
		return;
	}
	if (size > 0 && size < 0.0995) {
		snprintf(out->number, sizeof out->number, "%.2g", value);
		return;
	}
	if (value == 0 || (size < 100 && value == floor(value)))
		decimals = 0;
	snprintf(out->number, sizeof out->number, "%.*f", decimals, value);
}

/* The largest of the steps that the value reaches. */
static void write_stepped(
	struct written *out, double value, double step, const char *const *units, size_t count)
{
	size_t i = 0;

	while (i + 1 < count && fabs(value) >= 0.9995 * step) {
		value /= step;
		i++;
	}
	write_number(out, value);
	out->unit = units[i];
}

static void write_time(struct written *out, double ns)
{
	static const char *const units[] = { " ns", " µs", " ms", " s" };

	write_stepped(out, ns, 1e3, units, 4);
}

static void write_share(struct written *out, double share)
{
	double percent = 100 * share, size = fabs(percent);
	bool near_all = size > 99 && size < 100;

	if (near_all) /* cut, not rounded: 99.97 % must not read 100 % */
		percent = trunc(percent * 10 + (percent > 0 ? 1e-6 : -1e-6)) / 10;
	out->unit = " %";
	snprintf(out->number, sizeof out->number, "%.*f",
		near_all                    ? 1
		: percent == floor(percent) ? 0
		: size < 0.095              ? 3
		: size < 0.995              ? 2
		: size < 9.95               ? 1
					    : 0,
		percent);
}

static void write_count(struct written *out, double value)
{
	static const char *const units[] = { "", " k", " M", " G", " T" };

	if (fabs(value) >= 999950)
		write_stepped(out, value, 1e3, units, 5);
	else if (value >= 99.95)
		snprintf(out->number, sizeof out->number, "%.32s",
			par_label_count((unsigned long long)llround(value)).text);
	else
		write_number(out, value);
}

static struct written write_value(double value, enum par_unit unit)
{
	static const char *const bytes[] = { " B", " KiB", " MiB", " GiB", " TiB" };
	static const char *const rates[] = { "/s", " k/s", " M/s", " G/s", " T/s" };
	struct written out = { "–", "" };

	if (!isfinite(value))
		return out;
	switch (unit) {
	case PAR_UNIT_NS: write_time(&out, value); break;
	case PAR_UNIT_BYTES: write_stepped(&out, value, 1024, bytes, 5); break;
	case PAR_UNIT_COUNT: write_count(&out, value); break;
	case PAR_UNIT_SHARE: write_share(&out, value); break;
	case PAR_UNIT_PER_SECOND: write_stepped(&out, value, 1e3, rates, 5); break;
	}
	return out;
}

const char *par_metric_unit(enum par_unit unit)
{
	switch (unit) {
	case PAR_UNIT_NS: return "ns";
	case PAR_UNIT_BYTES: return "bytes";
	case PAR_UNIT_COUNT: return "count";
	case PAR_UNIT_SHARE: return "share";
	case PAR_UNIT_PER_SECOND: return "1/s";
	}
	return "count";
}

struct par_label par_metric_label(double value, enum par_unit unit)
{
	struct written written = write_value(value, unit);
	struct par_label label;

	snprintf(label.text, sizeof label.text, "%s%s", written.number, written.unit);
	return label;
}

/* The units of all three stand once where they are the same. */
void par_metric_word(struct par_text *out, const struct par_metric *metric)
{
	struct written value = write_value(metric->value, metric->unit);
	struct written low = write_value(metric->ci[0], metric->unit);
	struct written high = write_value(metric->ci[1], metric->unit);
	bool same = strcmp(value.unit, low.unit) == 0 && strcmp(value.unit, high.unit) == 0;

	par_text_format(out, "%s%s", value.number, value.unit);
	if (!isfinite(metric->value) || !isfinite(metric->ci[0]) || !isfinite(metric->ci[1]))
		return;
	par_text_format(out, " (%s%s to %s%s)", low.number, same ? "" : low.unit, high.number,
		same ? "" : high.unit);
}
