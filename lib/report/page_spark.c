#include <math.h>
#include <stdlib.h>

#include "chart_series.h"
#include "page.h"

#define WIDTH  92.0
#define HEIGHT 26.0
#define EDGE   4.0

/* Speedups of the line, by workers; from 0 upwards so that slopes can be compared between rows. */
static void draw(struct par_text *out, const struct par_series *series)
{
	double x[PAR_SERIES_POINTS_MAX], y[PAR_SERIES_POINTS_MAX], most = 0;
	size_t count = 0, best = 0;

	for (size_t i = 0; i < series->count; i++) {
		if (!series->points[i].on_line)
			continue;
		x[count] = log2(series->points[i].stats->cell.workers);
		y[count] = series->points[i].stats->speedup;
		most = fmax(most, y[count]);
		count++;
	}
	if (count < 2)
		return;
	const double first = x[0], last = x[count - 1];

	par_text_format(out,
		"<svg class=\"spark\" viewBox=\"0 0 %.0f %.0f\" aria-hidden=\"true\">"
		"<polyline fill=\"none\" stroke=\"var(--%s)\" stroke-width=\"1.5\" points=\"",
		WIDTH, HEIGHT, series->model->name);
	for (size_t i = 0; i < count; i++) {
		double place = (x[i] - first) / (last - first);

		x[i] = EDGE + (WIDTH - 2 * EDGE) * place;
		y[i] = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * y[i] / most;
		if (y[i] < y[best])
			best = i;
		par_text_format(out, "%s%.1f %.1f", i > 0 ? " " : "", x[i], y[i]);
	}
	par_text_format(out,
		"\"/><circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\" fill=\"var(--%s)\"/></svg>", x[best],
		y[best], series->model->name);
}

void par_page_spark(
	struct par_text *out, const struct par_analysis *analysis, const struct par_answer *answer)
{
	struct par_series_set *set = calloc(1, sizeof *set);

	if (set == NULL) {
		out->failed = true;
		return;
	}
	par_series_gather(set, analysis, answer);
	for (size_t i = 0; i < set->count; i++)
		if (set->series[i].model == answer->recommended)
			draw(out, &set->series[i]);
	free(set);
}
