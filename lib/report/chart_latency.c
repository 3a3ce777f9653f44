#include "chart_latency.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "phrase.h"

#define NAME "latency"

static size_t latency_count(const struct par_analysis *analysis)
{
	struct par_waits waits;

	par_waits_gather(&waits, analysis, NAME);
	return waits.count > 0;
}

static void write_row(struct par_text *out, const struct par_cell_stats *stats,
	const struct par_palette *palette, size_t panel, size_t row)
{
	const struct par_cell_latency *latency = &stats->latency;

	par_text_format(out, "%s\t%u\t%zu\t%zu\t%llu\t%u", stats->cell.model->name,
		stats->cell.workers, panel + 1, row, (unsigned long long)latency->n,
		latency->visits);
	for (size_t i = 0; i < PAR_LATENCIES; i++)
		par_text_format(out, "\t%.0f\t%.0f\t%.0f", latency->ns[i], latency->ci_ns[i][0],
			latency->ci_ns[i][1]);
	par_text_format(out, "\t%s\t%d\t",
		par_label_colour(par_palette_line(palette, stats->cell.model)).text,
		stats->cell.model->look.point);
	par_text_add_hover(out, par_waits_name(stats, false).text);
	par_text_format(out, ": median %s, 99 of 100 within %s\n",
		par_label_time(latency->ns[PAR_LATENCY_P50]).text,
		par_label_time(latency->ns[PAR_LATENCY_P99]).text);
}

static void write_data(
	struct par_text *out, const struct par_waits *waits, const struct par_palette *palette)
{
	par_text_add(out,
		"# latency from the scheduled arrival in ns: medians over visits with their 95 % "
		"intervals\n# model\tworkers\tpanel\trow\trequests\tn");
	for (int i = 0; i < PAR_LATENCIES; i++) {
		const char *name = par_latency_name((enum par_latency_rank)i);

		par_text_format(out, "\t%s\tlow\thigh", name);
	}
	par_text_add(out, "\tcolour\tpoint\tlabel\n");
	for (size_t i = 0; i < waits->count; i++)
		for (size_t j = 0; j < waits->rates[i].count; j++)
			write_row(out, waits->rates[i].cells[j], palette, i, j);
}

static void describe(struct par_text *out, const struct par_waits *waits)
{
	par_text_add(out, "Range plot, a panel for each rate: how long requests take from their "
			  "arrival, by model. ");
	for (size_t i = 0; i < waits->count; i++) {
		par_waits_word(out, &waits->rates[i]);
		par_text_add(out, ". ");
	}
}

static int latency_fill(struct par_sheet *sheet, const struct par_analysis *analysis,
	const struct par_palette *palette, size_t index)
{
	struct par_text finding = PAR_TEXT_INIT, alt = PAR_TEXT_INIT;
	struct par_waits waits;
	int status;

	(void)index; /* there is one sheet */
	par_waits_gather(&waits, analysis, NAME);
	snprintf(sheet->stem, sizeof sheet->stem, NAME);
	snprintf(sheet->what, sizeof sheet->what,
		"How long does a request wait? From its scheduled arrival to its answer");
	par_waits_word(&finding, &waits.rates[waits.count - 1]);
	status = par_phrase_take(sheet->finding, sizeof sheet->finding, &finding);
	describe(&alt, &waits);
	if (par_phrase_take(sheet->alt, sizeof sheet->alt, &alt) < 0)
		status = -ENOMEM;
	write_data(&sheet->data, &waits, palette);
	for (int size = 0; size < PAR_SIZES; size++)
		par_latency_lay(sheet, (enum par_size_kind)size, palette, &waits);
	return status;
}

const struct par_chart par_chart_latency = {
	.name = NAME,
	.title = "Waiting",
	.count = latency_count,
	.fill = latency_fill,
};
