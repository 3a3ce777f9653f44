#include "chart_granularity.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "phrase.h"

#define NAME "granularity"

static size_t granularity_count(const struct par_analysis *analysis)
{
	struct par_grain grain;

	par_grain_gather(&grain, analysis, NAME);
	return grain.count > 0;
}

static void write_point(struct par_text *out, const struct par_grain_curve *curve,
	const struct par_grain_point *point, const struct par_palette *palette)
{
	const struct par_cell_stats *stats = point->stats;

	par_text_format(out, "%s\t%u\t%.6g\t%.6g\t%.6g\t%.6g\t%u\t", curve->model->name,
		curve->cores, point->length_ns, point->efficiency, point->ci[0], point->ci[1],
		stats->n);
	par_text_format(out, "%s\t%d\t",
		par_label_colour(par_palette_line(palette, curve->model)).text,
		curve->model->look.point);
	par_text_add_hover(out, curve->model->label);
	par_text_format(out, ", tasks of %s: %.0f %%\n", par_label_time(point->length_ns).text,
		100 * point->efficiency);
}

static void write_data(
	struct par_text *out, const struct par_grain *grain, const struct par_palette *palette)
{
	par_text_add(out, "# efficiency: serial time / (cores x time), with its 95 % interval\n"
			  "# model\tcores\tlength_ns\tefficiency\tlow\thigh\tn\tcolour\tpoint\t"
			  "label\n");
	for (size_t i = 0; i < grain->count; i++)
		par_text_format(out, "# half efficient at: %s %.6g ns (%s)\n",
			grain->curves[i].model->name, grain->curves[i].metg.length,
			par_metg_reason(grain->curves[i].metg.verdict));
	for (size_t i = 0; i < grain->count; i++) {
		par_text_add(out, i > 0 ? "\n\n" : "");
		for (size_t j = 0; j < grain->curves[i].count; j++)
			write_point(out, &grain->curves[i], &grain->curves[i].points[j], palette);
	}
}

static void describe(struct par_text *out, const struct par_grain *grain)
{
	par_text_add(out, "Line chart: efficiency against the length of a task. Half efficient at "
			  "tasks of ");
	for (size_t i = 0; i < grain->count; i++) {
		par_phrase_join(out, i, grain->count);
		par_text_format(out, "%s with %s", par_grain_label(&grain->curves[i]).text,
			grain->curves[i].model->label);
	}
	par_text_add(out, ".");
}

static int granularity_fill(struct par_sheet *sheet, const struct par_analysis *analysis,
	const struct par_palette *palette, size_t index)
{
	struct par_text finding = PAR_TEXT_INIT, alt = PAR_TEXT_INIT;
	struct par_grain grain;
	int status;

	(void)index; /* there is one sheet */
	par_grain_gather(&grain, analysis, NAME);
	snprintf(sheet->stem, sizeof sheet->stem, NAME);
	snprintf(sheet->what, sizeof sheet->what,
		"How small may a task be? Efficiency against what a task takes alone");
	par_grain_word(&finding, &grain);
	status = par_phrase_take(sheet->finding, sizeof sheet->finding, &finding);
	describe(&alt, &grain);
	if (par_phrase_take(sheet->alt, sizeof sheet->alt, &alt) < 0)
		status = -ENOMEM;
	write_data(&sheet->data, &grain, palette);
	for (int size = 0; size < PAR_SIZES; size++)
		par_granularity_lay(sheet, (enum par_size_kind)size, palette, &grain);
	return status;
}

const struct par_chart par_chart_granularity = {
	.name = NAME,
	.title = "Task size",
	.count = granularity_count,
	.fill = granularity_fill,
};
