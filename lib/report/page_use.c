/*
 * Where the workers' time went and what they held in memory: the scheduler's own account, for each
 * model at its fastest cell.
 */
#include <math.h>

#include "chart_format.h"
#include "markdown.h"
#include "page.h"
#include "phrase.h"

static bool tells(const struct par_cell_use *use)
{
	return !isnan(use->running) || !isnan(use->pss_bytes) || !isnan(use->peak_bytes);
}

static void add_share(struct par_text *out, double share)
{
	if (isnan(share))
		par_text_add(out, " – |");
	else
		par_text_format(
			out, " %.*f %% |", share > 0 && share < 0.0995 ? 1 : 0, 100 * share);
}

static void add_bytes(struct par_text *out, double bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB" };
	double value = bytes / 1024;
	size_t unit = 0;

	if (isnan(bytes)) {
		par_text_add(out, " – |");
		return;
	}
	for (; fabs(value) >= 1000 && unit < 2; unit++)
		value /= 1024;
	par_text_format(
		out, " %.*f %s |", fabs(value) < 9.95 && unit > 0 ? 1 : 0, value, units[unit]);
}

static void add_row(struct par_text *out, const struct par_cell_stats *stats)
{
	const struct par_cell_use *use = &stats->use;

	par_text_add(out, "| ");
	par_markdown_escape(out, stats->cell.model->label);
	par_text_add(out, " | ");
	par_phrase_place(out, &stats->cell);
	par_text_add(out, " |");
	add_share(out, use->running);
	add_share(out, use->runnable);
	add_share(out, use->blocked);
	add_bytes(out, use->worker_pss_bytes);
	add_bytes(out, use->pss_bytes);
	if (isnan(use->energy_j))
		par_text_add(out, " – |\n");
	else
		par_text_format(out, " %.3g J |\n", use->energy_j);
}

static void add_answer(
	struct par_text *out, const struct par_analysis *analysis, const struct par_answer *answer)
{
	size_t rows = 0;

	for (size_t i = 0; i < answer->rank_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[answer->ranks[i].cell];

		if (!tells(&stats->use))
			continue;
		if (rows++ == 0) {
			par_text_add(out, "**");
			par_markdown_escape(out, answer->workload->label);
			par_text_add(out,
				"**\n\n| model | where | running | waiting for a CPU | blocked | "
				"memory a worker | memory in all | energy |\n"
				"|---|---|---:|---:|---:|---:|---:|---:|\n");
		}
		add_row(out, stats);
	}
	if (rows > 0)
		par_text_add(out, "\n");
}

void par_page_use(struct par_text *out, const struct par_view *view)
{
	for (size_t i = 0; i < view->analysis->answer_count; i++)
		add_answer(out, view->analysis, &view->analysis->answers[i]);
}
