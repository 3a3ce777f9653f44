#include "chart_axis.h"

#include <math.h>
#include <string.h>

void par_ticks_add(struct par_ticks *ticks, double value)
{
	size_t place = ticks->count;

	for (size_t i = 0; i < ticks->count; i++)
		if (fabs(ticks->at[i] - value) <= 1e-9 * fabs(value))
			return;
	if (ticks->count == PAR_TICKS_MAX)
		return;
	while (place > 0 && ticks->at[place - 1] > value) {
		ticks->at[place] = ticks->at[place - 1];
		place--;
	}
	ticks->at[place] = value;
	ticks->count++;
}

static void add_steps(struct par_ticks *ticks, double low, double high, double step)
{
	memset(ticks, 0, sizeof *ticks);
	for (double n = ceil(low / step - 1e-9); n * step <= high * (1 + 1e-9); n++)
		par_ticks_add(ticks, n * step + 0.0); /* never -0 */
}

void par_ticks_linear(struct par_ticks *ticks, double low, double high, unsigned most)
{
	double power = pow(10, floor(log10((high - low) / most)));
	double least = (high - low) / most / power * (1 - 1e-9);

	add_steps(ticks, low, high,
		power * (least <= 1          ? 1
				: least <= 2 ? 2
				: least <= 5 ? 5
					     : 10));
}

void par_ticks_binary(struct par_ticks *ticks, double low, double high, unsigned most)
{
	double step = 4;

	if ((high - low) / 2 <= most) {
		par_ticks_linear(ticks, low, high, most);
		return;
	}
	while ((high - low) / step > most + 1e-9)
		step *= 2;
	add_steps(ticks, low, high, step);
}

void par_ticks_log(struct par_ticks *ticks, double low, double high)
{
	static const double few[] = { 1, 2, 5 }, many[] = { 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8 };
	double decades = log10(high / low);
	const double *steps = decades < 1.2 ? many : few;
	size_t count = decades < 1.2 ? sizeof many / sizeof *many : decades < 2 ? 3 : 1;

	memset(ticks, 0, sizeof *ticks);
	for (double power = floor(log10(low)); power <= log10(high); power++)
		for (size_t i = 0; i < count; i++) {
			double value = steps[i] * pow(10, power);

			if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
				par_ticks_add(ticks, value);
		}
}

/* True when a label at `value` stays clear of those already kept. */
static bool is_clear(const struct par_ticks *kept, double value, const struct par_panel *panel,
	double (*width)(double value))
{
	const double gap = 7;

	for (size_t i = 0; i < kept->count; i++) {
		double apart = fabs(par_panel_x(panel, value) - par_panel_x(panel, kept->at[i]));

		if (apart < (width(value) + width(kept->at[i])) / 2 + gap)
			return false;
	}
	return true;
}

static bool has(const struct par_ticks *ticks, double value)
{
	for (size_t i = 0; i < ticks->count; i++)
		if (ticks->at[i] == value)
			return true;
	return false;
}

void par_ticks_thin(struct par_ticks *ticks, const struct par_panel *panel,
	double (*width)(double value), const double *keep, size_t keep_count)
{
	struct par_ticks kept = { .count = 0 };

	if (ticks->count == 0)
		return;
	par_ticks_add(&kept, ticks->at[0]);
	if (is_clear(&kept, ticks->at[ticks->count - 1], panel, width))
		par_ticks_add(&kept, ticks->at[ticks->count - 1]);
	for (size_t i = 0; i < keep_count; i++)
		if (is_clear(&kept, keep[i], panel, width))
			par_ticks_add(&kept, keep[i]);
	for (double power = 1; power <= ticks->at[ticks->count - 1]; power *= 2)
		if (has(ticks, power) && is_clear(&kept, power, panel, width))
			par_ticks_add(&kept, power);
	for (size_t i = 0; i < ticks->count; i++)
		if (is_clear(&kept, ticks->at[i], panel, width))
			par_ticks_add(&kept, ticks->at[i]);
	*ticks = kept;
}
