#include "chart_speedup.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart_format.h"
#include "phrase.h"

static size_t speedup_count(const struct par_analysis *analysis)
{
	return analysis->answer_count;
}

static void write_point(struct par_text *out, const struct par_series *series,
	const struct par_series_point *point, const struct par_palette *palette)
{
	const struct par_cell_stats *s = point->stats;
	uint32_t colour = series->grey ? par_palette_fixed(palette, PAR_COLOUR_GREY)
				       : par_palette_line(palette, series->model);

	par_text_format(out, "%s\t%s\t%u\t%u\t%u\t", s->cell.model->name,
		par_placement_name(s->cell.placement), s->cell.cores, s->cell.workers, s->n);
	par_text_format(out, "%.6g\t%.6g\t%.6g\t%.0f\t%.0f\t%.0f\t", s->speedup, s->speedup_ci[0],
		s->speedup_ci[1], s->median_ns, s->ci_ns[0], s->ci_ns[1]);
	par_text_format(out, "%d\t%s\t%d\t", point->on_line || series->flat,
		par_label_colour(colour).text, series->model->look.point);
	par_text_add_hover(out, s->cell.model->label);
	par_text_format(out, ", %u worker%s: %s\n", s->cell.workers, par_phrase_s(s->cell.workers),
		par_label_times(s->speedup).text);
}

static void write_data(struct par_sheet *sheet, const struct par_series_set *set,
	const struct par_palette *palette)
{
	struct par_text *out = &sheet->data;

	par_text_format(
		out, "# speedup of %s over its best serial time\n", set->answer->workload->name);
	par_text_add(out, "# model\tplacement\tcores\tworkers\tn\tspeedup\tlow\thigh\tmedian_ns\t"
			  "low_ns\thigh_ns\ton_line\tcolour\tpoint\tlabel\n");
	for (size_t i = set->count; i-- > 0;) {
		par_text_add(out, i + 1 < set->count ? "\n\n" : "");
		for (size_t j = 0; j < set->series[i].count; j++)
			write_point(out, &set->series[i], &set->series[i].points[j], palette);
	}
}

static void find(
	struct par_text *out, const struct par_analysis *analysis, const struct par_answer *answer)
{
	const struct par_cell_stats *best = &analysis->cells[answer->recommended_cell];
	const struct par_rank *next = par_answer_next(answer);

	par_text_format(out, "%s: ", answer->workload->label);
	if ((answer->recommended->traits & PAR_TRAIT_SERIAL) != 0) {
		par_text_add(out, "serial is not beaten");
	} else {
		par_text_format(out, "%s with ", par_label_times(best->speedup).text);
		par_phrase_model(out, answer->recommended);
		par_text_add(out, " ");
		par_phrase_place(out, &best->cell);
	}
	if (answer->verdict == PAR_VERDICT_NOT_SURE) {
		par_text_add(out, "; not sure who wins");
	} else if (par_answer_ties(answer) > 0) {
		par_text_add(out, "; a tie with ");
		par_answer_name_ties(out, answer, answer->recommended);
	} else if (next != NULL) {
		par_text_format(out, "; next is %s, ", next->model->label);
		par_phrase_slower(out, next->ratio);
	}
}

static void describe(struct par_text *out, const struct par_series_set *set)
{
	par_text_format(out, "Line chart: speedup over serial by workers, %s. ",
		set->answer->workload->label);
	for (size_t i = 0; i < set->count; i++) {
		const struct par_cell_stats *best = set->series[i].best;

		par_text_format(out, "%s%s %s at %u", i > 0 ? ", " : "",
			set->series[i].model->label, par_label_times(best->speedup).text,
			best->cell.workers);
	}
	par_text_add(out, ".");
}

/* CPU-bound work leads, then the largest speedup: it has most to show. */
static double weigh(const struct par_analysis *analysis, const struct par_answer *answer)
{
	double speedup = analysis->cells[answer->recommended_cell].speedup;

	return (answer->workload->bound == PAR_BOUND_CPU ? 1e6 : 0) +
	       (isfinite(speedup) ? speedup : 0);
}

static int speedup_fill(struct par_sheet *sheet, const struct par_analysis *analysis,
	const struct par_palette *palette, size_t index)
{
	const struct par_answer *answer = &analysis->answers[index];
	struct par_series_set *set = calloc(1, sizeof *set);
	struct par_text text = PAR_TEXT_INIT;
	int status;

	if (set == NULL)
		return -ENOMEM;
	par_series_gather(set, analysis, answer);
	snprintf(sheet->stem, sizeof sheet->stem, "speedup_%s", answer->workload->name);
	snprintf(sheet->what, sizeof sheet->what,
		"How many cores are worth using? Speedup over the best serial time · %s, %s%s",
		answer->workload->label, par_bound_name(answer->workload->bound),
		answer->workload->bound == PAR_BOUND_MIXED ? "" : "-bound");
	sheet->weight = weigh(analysis, answer);
	find(&text, analysis, answer);
	snprintf(sheet->finding, sizeof sheet->finding, "%s", par_text_get(&text));
	par_text_clear(&text);
	describe(&text, set);
	snprintf(sheet->alt, sizeof sheet->alt, "%s", par_text_get(&text));
	write_data(sheet, set, palette);
	for (int size = 0; size < PAR_SIZES; size++)
		par_speedup_lay(sheet, (enum par_size_kind)size, analysis, palette, set);
	status = par_text_status(&text);
	par_text_fini(&text);
	free(set);
	return status;
}

const struct par_chart par_chart_speedup = {
	.name = "speedup",
	.title = "Cores",
	.count = speedup_count,
	.fill = speedup_fill,
};
