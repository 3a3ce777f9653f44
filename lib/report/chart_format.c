#include "chart_format.h"

#include <math.h>
#include <stdio.h>

struct par_label par_label_time(double ns)
{
	static const struct {
		double ns;
		const char *unit;
	} units[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "µs" }, { 1, "ns" } };
	struct par_label label = { "-" };
	size_t i = 0;

	if (!isfinite(ns))
		return label;
	while (i < 3 && ns < 0.9995 * units[i].ns)
		i++;
	double value = ns / units[i].ns;
	int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

	if (i == 3 && value == floor(value))
		decimals = 0;
	snprintf(label.text, sizeof label.text, "%.*f %s", decimals, value, units[i].unit);
	return label;
}

struct par_label par_label_tick(double ns)
{
	static const char *const units[] = { "ns", "µs", "ms", "s" };
	struct par_label label;
	size_t unit = 0;

	while (unit < 3 && ns >= 999.5) {
		ns /= 1000;
		unit++;
	}
	snprintf(label.text, sizeof label.text, "%.4g %s", ns, units[unit]);
	return label;
}

struct par_label par_label_times(double factor)
{
	struct par_label label = { "-" };

	if (isfinite(factor))
		snprintf(label.text, sizeof label.text, "%.*f×",
			factor < 9.995   ? 2
			: factor < 99.95 ? 1
					 : 0,
			factor);
	return label;
}

struct par_label par_label_ratio(double ratio)
{
	struct par_label label = { "-" };

	if (isfinite(ratio))
		snprintf(label.text, sizeof label.text, "%.*f",
			ratio < 1.0995 ? 2
			: ratio < 9.95 ? 1
				       : 0,
			ratio);
	return label;
}

struct par_label par_label_slower(double ratio)
{
	struct par_label label;

	if (!isfinite(ratio) || ratio >= 1.995)
		return par_label_times(ratio);
	double percent = 100 * (ratio - 1);

	snprintf(label.text, sizeof label.text, "%.*f %%", percent < 9.95 ? 1 : 0, percent);
	return label;
}

struct par_label par_label_count(unsigned long long count)
{
	struct par_label label;

	if (count < 10000)
		snprintf(label.text, sizeof label.text, "%llu", count);
	else if (count < 1000000)
		snprintf(label.text, sizeof label.text, "%llu %03llu", count / 1000, count % 1000);
	else
		snprintf(label.text, sizeof label.text, "%llu %03llu %03llu", count / 1000000,
			count / 1000 % 1000, count % 1000);
	return label;
}

struct par_label par_label_spread(const double interval[2], double middle)
{
	struct par_label label = { "" };
	double half = 50 * (interval[1] - interval[0]) / middle;

	if (isfinite(half))
		snprintf(label.text, sizeof label.text, "±%.*f %%", half < 9.95 ? 1 : 0, half);
	return label;
}

struct par_label par_label_colour(unsigned rgb)
{
	struct par_label label;

	snprintf(label.text, sizeof label.text, "0x%06X", rgb & 0xFFFFFF);
	return label;
}
