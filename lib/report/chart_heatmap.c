#include "chart_heatmap.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart_format.h"
#include "chart_series.h"

#define GROUP_GAP 0.22 /* between workloads bound by different things, in cells */

/* What stands in one cell. */
struct mark {
	const struct par_rank *rank; /* NULL: it was not ranked */
	const char *status;          /* then why, in one word */
	const char *reason;
};

static struct mark find_mark(const struct par_analysis *analysis, const struct par_answer *answer,
	const struct par_model *model)
{
	struct mark mark = { NULL, "–", "not measured" };

	for (size_t i = 0; i < answer->rank_count; i++)
		if (answer->ranks[i].model == model)
			mark.rank = &answer->ranks[i];
	for (size_t i = 0; mark.rank == NULL && i < analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[i];

		if (stats->cell.workload != answer->workload || stats->cell.model != model)
			continue;
		mark.reason = stats->reason;
		if (stats->status != PAR_STATUS_SKIPPED)
			mark.status = par_status_name(stats->status);
		if (stats->status == PAR_STATUS_UNTRUSTWORTHY)
			mark.status = "noisy";
	}
	return mark;
}

/* Models that have a cell anywhere, in the order of the registry. */
static size_t list_models(
	const struct par_model *models[PAR_PALETTE_MODELS_MAX], const struct par_analysis *analysis)
{
	size_t count = 0;

	for (size_t i = 0; analysis->registry->models[i] != NULL; i++) {
		bool used = false;

		for (size_t j = 0; j < analysis->cell_count && !used; j++)
			used = analysis->cells[j].cell.model == analysis->registry->models[i];
		if (used && count < PAR_PALETTE_MODELS_MAX)
			models[count++] = analysis->registry->models[i];
	}
	return count;
}

/* The place of each answer along its axis, with gaps between groups. Returns the end. */
static double place_answers(double *places, const struct par_analysis *analysis)
{
	double at = 0;

	for (size_t i = 0; i < analysis->answer_count; i++) {
		if (i > 0 && analysis->answers[i].workload->bound !=
				     analysis->answers[i - 1].workload->bound)
			at += GROUP_GAP;
		places[i] = at;
		at += 1;
	}
	return at - 1;
}

static unsigned level_of(double ratio)
{
	static const double limits[] = { 1, 1.1, 1.5, 2.5, 10, 100 };
	unsigned level = 0;

	while (level < PAR_HEAT_LEVELS - 1 && ratio > limits[level])
		level++;
	return level;
}

static void write_cell(struct par_text *out, const struct mark *mark,
	const struct par_answer *answer, const struct par_palette *palette)
{
	const struct par_rank *rank = mark->rank;
	enum par_colour ground = PAR_COLOUR_PAPER, ink = PAR_COLOUR_MUTED;
	bool first = rank == &answer->ranks[0];

	if (rank != NULL) {
		ground = (enum par_colour)(PAR_COLOUR_HEAT + level_of(first ? 1 : rank->ratio));
		ink = (enum par_colour)(PAR_COLOUR_HEAT_INK + level_of(first ? 1 : rank->ratio));
	} else if (strlen(mark->status) > 3) {
		ink = PAR_COLOUR_WARN;
	}
	par_text_format(out, "%.6g\t%.6g\t%.6g\t%d\t", rank == NULL ? NAN : rank->ratio,
		rank == NULL ? NAN : rank->ratio_ci[0], rank == NULL ? NAN : rank->ratio_ci[1],
		rank == NULL ? 0
		: first      ? 1
		: rank->tie  ? 2
			     : 3);
	par_text_format(out, "0x%06X\t0x%06X\t%s\t", (unsigned)par_palette_fixed(palette, ground),
		(unsigned)par_palette_fixed(palette, ink),
		rank == NULL ? mark->status : par_label_ratio(rank->ratio).text);
}

static void write_data(struct par_text *out, const struct par_analysis *analysis,
	const struct par_palette *palette, const struct par_model *const *models,
	size_t model_count, const double *places)
{
	par_text_add(out,
		"# median time of each model's best cell over that of the fastest model\n"
		"# place: 1 fastest, 2 tie with it, 3 slower, 0 not ranked\n"
		"# workload\tmodel\tworkload_at\tmodel_at\tratio\tlow\thigh\tplace\tground\t"
		"ink\ttext\tlabel\n");
	for (size_t i = 0; i < analysis->answer_count; i++)
		for (size_t j = 0; j < model_count; j++) {
			const struct par_answer *answer = &analysis->answers[i];
			struct mark mark = find_mark(analysis, answer, models[j]);

			par_text_format(out, "%s\t%s\t%g\t%zu\t", answer->workload->name,
				models[j]->name, places[i], j);
			write_cell(out, &mark, answer, palette);
			par_text_add_hover(out, answer->workload->label);
			par_text_add(out, ", ");
			par_text_add_hover(out, models[j]->label);
			par_text_add(out, ": ");
			par_text_add_hover(out,
				mark.rank == NULL
					? mark.reason
					: par_label_time(analysis->cells[mark.rank->cell].median_ns)
						  .text);
			par_text_add(out, "\n");
		}
}

/* How often each model is the fastest, most often first. */
struct wins {
	const struct par_model *model;
	unsigned won, tied;
};

static size_t count_wins(struct wins wins[PAR_PALETTE_MODELS_MAX],
	const struct par_analysis *analysis, const struct par_model *const *models, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct wins win = { models[i], 0, 0 };
		size_t place = i;

		for (size_t j = 0; j < analysis->answer_count; j++) {
			const struct par_answer *answer = &analysis->answers[j];

			for (size_t k = 0; k < answer->rank_count; k++)
				if (answer->ranks[k].model == models[i]) {
					win.won += k == 0;
					win.tied += k > 0 && answer->ranks[k].tie;
				}
		}
		for (; place > 0 && wins[place - 1].won < win.won; place--)
			wins[place] = wins[place - 1];
		wins[place] = win;
	}
	return count;
}

static void find(struct par_sheet *sheet, const struct par_analysis *analysis,
	const struct par_model *const *models, size_t count)
{
	struct wins wins[PAR_PALETTE_MODELS_MAX];
	struct par_text text = PAR_TEXT_INIT;

	count = count_wins(wins, analysis, models, count);
	for (size_t i = 0; i < count && i < 3 && wins[i].won > 0; i++) {
		par_text_format(&text, i == 0 ? "Fastest: %s in %u" : ", %s in %u",
			wins[i].model->label, wins[i].won);
		if (i == 0)
			par_text_format(&text, " of %zu workload%s", analysis->answer_count,
				analysis->answer_count == 1 ? "" : "s");
		if (i == 0 && wins[i].tied > 0)
			par_text_format(&text, " (and ties in %u more)", wins[i].tied);
	}
	snprintf(sheet->finding, sizeof sheet->finding, "%s", par_text_get(&text));
	par_text_fini(&text);
	snprintf(sheet->alt, sizeof sheet->alt,
		"Table in colours: time of each model relative to the fastest, a column for each "
		"workload. %.600s.",
		sheet->finding);
}

static size_t heatmap_count(const struct par_analysis *analysis)
{
	return analysis->answer_count > 0;
}

static int heatmap_fill(struct par_sheet *sheet, const struct par_analysis *analysis,
	const struct par_palette *palette, size_t index)
{
	const struct par_model *models[PAR_PALETTE_MODELS_MAX];
	double *places = calloc(analysis->answer_count, sizeof *places);
	struct par_heatmap map = { .analysis = analysis, .palette = palette, .models = models };

	(void)index; /* there is one sheet */
	if (places == NULL)
		return -ENOMEM;
	map.model_count = list_models(models, analysis);
	map.places = places;
	map.end = place_answers(places, analysis);
	snprintf(sheet->stem, sizeof sheet->stem, "heatmap");
	snprintf(sheet->what, sizeof sheet->what,
		"Who wins where? Median time relative to the fastest model of each workload");
	find(sheet, analysis, models, map.model_count);
	write_data(&sheet->data, analysis, palette, models, map.model_count, places);
	for (int size = 0; size < PAR_SIZES; size++)
		par_heatmap_lay(sheet, (enum par_size_kind)size, &map);
	free(places);
	return 0;
}

const struct par_chart par_chart_heatmap = {
	.name = "heatmap",
	.title = "All models",
	.count = heatmap_count,
	.fill = heatmap_fill,
};
