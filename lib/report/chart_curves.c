#include "chart_curves.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "phrase.h"

static void write_point(struct par_text *out, const struct par_curves *curves,
	const struct par_curve *curve, const struct par_curve_point *point, unsigned panel)
{
	const struct par_metric *metric = panel == 1 ? &point->metric : &point->aside;

	par_text_format(out, "%u\t%s\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%u\t%s\t%d\t%d\t", panel,
		point->stats->cell.id, point->x, par_curves_x(curves, point->x), metric->value,
		metric->ci[0], metric->ci[1], point->stats->n, par_label_colour(curve->line).text,
		curves->marks ? curve->point : PAR_POINT_NONE, curve->dash);
	par_text_add_hover(out, par_lesson_title(curves->view, curve->cell, false).text);
	if (curves->marks)
		par_text_format(out, ", %s %s", curves->view->sheet->axis_label,
			par_curves_tick(curves, point->x).text);
	par_text_add(out, ": ");
	par_metric_word(out, metric);
	par_text_add(out, "\n");
}

static size_t write_block(struct par_text *out, const struct par_curves *curves,
	const struct par_curve *curve, unsigned panel, size_t blocks)
{
	size_t written = 0;

	for (size_t i = 0; i < curve->count; i++) {
		const struct par_curve_point *point = &curve->points[i];

		if (panel == 2 && !isfinite(point->aside.value))
			continue;
		if (written++ == 0 && blocks > 0)
			par_text_add(out, "\n\n");
		write_point(out, curves, curve, point, panel);
	}
	return written > 0;
}

/* A block for each curve of each panel, the best last and so on top. Returns how many. */
static size_t write_data(struct par_text *out, const struct par_curves *curves)
{
	const struct par_lesson_sheet *sheet = curves->view->sheet;
	bool zeros = par_curves_zeros(curves) >= 2;
	size_t blocks = 0;

	par_text_format(out,
		"# panel 1: %s (%s)%s%s%s; medians over visits with their 95 %% intervals\n"
		"# panel\tcell\tx\tdrawn_at\tvalue\tlow\thigh\tn\tcolour\tpoint\tdash\tlabel\n",
		sheet->metric != NULL ? sheet->metric : "trace", par_metric_unit(curves->y.unit),
		sheet->aside != NULL ? "; panel 2: " : "", sheet->aside != NULL ? sheet->aside : "",
		zeros ? ", without those that stay at 0" : "");
	for (size_t i = curves->count; i-- > 0;)
		blocks += write_block(out, curves, &curves->items[i], 1, blocks);
	for (size_t i = curves->count; i-- > 0;)
		if (!zeros || !par_curve_is_zero(&curves->items[i]))
			blocks += write_block(out, curves, &curves->items[i], 2, blocks);
	return blocks;
}

static void describe(struct par_text *out, const struct par_curves *curves, const char *finding)
{
	const struct par_lesson_sheet *sheet = curves->view->sheet;

	par_text_format(out, "Line chart: %s against %s. %s. At the end: ", sheet->metric_label,
		curves->marks ? sheet->axis_label : "the time of the run", finding);
	for (size_t i = 0; i < curves->count; i++) {
		const struct par_curve *curve = &curves->items[i];
		const struct par_metric *last = &curve->points[curve->count - 1].metric;

		par_text_format(out, "%s%s %s", i > 0 ? ", " : "",
			par_lesson_title(curves->view, curve->cell, false).text,
			par_metric_label(last->value, last->unit).text);
		if (isfinite(curve->end.x))
			par_text_format(out, " (then %s)", curve->end.reason);
	}
	par_text_add(out, ".");
}

int par_curves_fill(struct par_sheet *sheet, const struct par_lesson_view *view,
	const struct par_palette *palette)
{
	struct par_curves *curves = calloc(1, sizeof *curves);
	struct par_text alt = PAR_TEXT_INIT;
	size_t blocks;
	int status = 1;

	if (curves == NULL)
		return -ENOMEM;
	par_curves_gather(curves, view);
	if (curves->count > 0) {
		par_curves_look(curves, palette);
		blocks = write_data(&sheet->data, curves);
		describe(&alt, curves, sheet->finding);
		status = par_phrase_take(sheet->alt, sizeof sheet->alt, &alt);
		for (int size = 0; size < PAR_SIZES; size++) {
			sheet->layouts[size].data_blocks = blocks;
			par_curves_lay(sheet, (enum par_size_kind)size, palette, curves);
		}
	}
	free(curves);
	return status;
}
