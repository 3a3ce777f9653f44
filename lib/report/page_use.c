/*
 * Where the workers' time went, what they held in memory, and how they scale: for each model at its
 * fastest cell, and over its core counts.
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

/* " 4.2 % [3.9, 4.6] |" */
static void add_fraction(struct par_text *out, double fraction, const double interval[2])
{
	if (isnan(fraction))
		par_text_add(out, " – |");
	else if (isnan(interval[0]) || isnan(interval[1]))
		par_text_format(out, " %.1f %% |", 100 * fraction);
	else
		par_text_format(out, " %.1f %% [%.1f, %.1f] |", 100 * fraction, 100 * interval[0],
			100 * interval[1]);
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
		par_text_add(out, " – |");
	else
		par_text_format(out, " %.3g J |", use->energy_j);
	add_fraction(out, stats->serial_fraction, stats->serial_fraction_ci);
	par_text_add(out, "\n");
}

static void add_peak_bound(struct par_text *out, double cores)
{
	if (isfinite(cores))
		par_text_format(out, "%.3g", cores);
	else
		par_text_add(out, "out of reach");
}

/* "- thread pool: contention 1.2 % [0.9, 1.6], coherency 0.02 % [0.01, 0.04], peak at 48 cores" */
static void add_law(struct par_text *out, const struct par_rank *rank)
{
	const struct par_usl *usl = &rank->usl;
	const struct par_usl_intervals *ci = &rank->usl_ci;

	par_text_add(out, "- ");
	par_markdown_escape(out, rank->model->label);
	par_text_format(out, ": contention σ %.2g %%", 100 * usl->sigma);
	if (!isnan(ci->sigma[0]))
		par_text_format(out, " [%.2g, %.2g]", 100 * ci->sigma[0], 100 * ci->sigma[1]);
	par_text_format(out, ", coherency κ %.2g %%", 100 * usl->kappa);
	if (!isnan(ci->kappa[0]))
		par_text_format(out, " [%.2g, %.2g]", 100 * ci->kappa[0], 100 * ci->kappa[1]);
	par_text_add(out, ", most throughput at ");
	if (isnan(usl->peak))
		par_text_add(out, "more cores than can be told");
	else
		par_text_format(out, "%.3g cores", usl->peak);
	if (!isnan(ci->peak[0])) {
		par_text_add(out, " [");
		add_peak_bound(out, ci->peak[0]);
		par_text_add(out, ", ");
		add_peak_bound(out, ci->peak[1]);
		par_text_add(out, "]");
	}
	par_text_format(out, ", R² %.3f\n", usl->r2);
}

static void add_laws(struct par_text *out, const struct par_answer *answer)
{
	size_t laws = 0;

	for (size_t i = 0; i < answer->rank_count; i++) {
		if (!answer->ranks[i].has_usl)
			continue;
		if (laws++ == 0)
			par_text_add(out, "Universal Scalability Law over the core counts:\n\n");
		add_law(out, &answer->ranks[i]);
	}
	if (laws > 0)
		par_text_add(out, "\n");
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
				"memory a worker | memory in all | energy | serial fraction |\n"
				"|---|---|---:|---:|---:|---:|---:|---:|---:|\n");
		}
		add_row(out, stats);
	}
	if (rows > 0)
		par_text_add(out, "\n");
	add_laws(out, answer);
}

void par_page_use(struct par_text *out, const struct par_view *view)
{
	for (size_t i = 0; i < view->analysis->answer_count; i++)
		add_answer(out, view->analysis, &view->analysis->answers[i]);
}
