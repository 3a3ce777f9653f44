#include "waiting_words.h"

#include <math.h>
#include <string.h>

#include "phrase.h"
#include "ratio.h"

#define SHOWN_MAX 8

/* The cell of this model with the most tasks that tells the metric; NULL: none. */
static const struct par_cell_stats *find_most(const struct par_lesson_view *view, const char *model,
	const char *variant, const char *metric)
{
	const struct par_cell_stats *most = NULL;

	for (size_t i = 0; i < view->analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &view->analysis->cells[i];

		if (!par_lesson_takes(view, stats) || strcmp(stats->cell.model->name, model) != 0 ||
			strcmp(stats->cell.variant, variant) != 0 ||
			!isfinite(par_metric_of(stats, metric).value))
			continue;
		if (most == NULL || stats->cell.tasks > most->cell.tasks)
			most = stats;
	}
	return most;
}

/* Of those with the most tasks, the fastest; NULL: nobody has a time. */
static const struct par_cell_stats *find_winner(const struct par_lesson_view *view)
{
	const struct par_cell_stats *best = NULL;

	for (size_t i = 0; i < view->analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &view->analysis->cells[i];

		if (!par_lesson_takes(view, stats) || !isfinite(par_metric_of(stats, "time").value))
			continue;
		if (best == NULL || stats->cell.tasks > best->cell.tasks ||
			(stats->cell.tasks == best->cell.tasks &&
				stats->median_ns < best->median_ns))
			best = stats;
	}
	return best;
}

static void add_model(struct par_text *out, const struct par_cell *cell)
{
	const struct par_variant *variant = par_cell_variant(cell);

	par_phrase_model(out, cell->model);
	if (variant != NULL)
		par_text_format(out, " on %s", variant->label);
}

/* "; 1 000 on a thread per task 46.9 ms" */
static void add_other(struct par_text *out, const struct par_cell_stats *stats,
	const struct par_cell_stats *winner)
{
	if (stats == NULL || stats == winner)
		return;
	par_text_format(out, "; %s on ", par_label_count(stats->cell.tasks).text);
	add_model(out, &stats->cell);
	par_text_format(out, " %s", par_label_time(stats->median_ns).text);
}

void par_waiting_word_time(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *winner = find_winner(view);

	if (winner == NULL)
		return;
	par_text_format(out, "%s wait%s of %s at once take%s ",
		par_label_count(winner->cell.tasks).text, par_phrase_s(winner->cell.tasks),
		par_label_tick((double)winner->cell.params[0] * 1000).text,
		winner->cell.tasks == 1 ? "s" : "");
	par_ratio_metric(out, winner, "time");
	par_text_add(out, " on ");
	add_model(out, &winner->cell);
	add_other(out, find_most(view, "thread", "-", "time"), winner);
	add_other(out, find_most(view, "fork", "-", "time"), winner);
}

void par_waiting_word_memory(struct par_text *out, const struct par_lesson_view *view)
{
	static const char *const models[] = { "coroutine", "thread", "process_pool" };
	const struct par_cell_stats *ranked[3];
	struct par_ratio ratio;
	size_t count = 0;

	for (size_t i = 0; i < 3; i++)
		par_ratio_insert(
			ranked, &count, find_most(view, models[i], "-", "memory"), "memory");
	if (count == 0)
		return;
	par_text_add(out, "A waiting task takes ");
	for (size_t i = 0; i < count; i++) {
		par_phrase_join(out, i, count);
		par_ratio_metric(out, ranked[i], "memory");
		par_text_add(out, " with ");
		add_model(out, &ranked[i]->cell);
	}
	if (count < 2)
		return;
	ratio = par_ratio_of(ranked[0], ranked[count - 1], "memory", 1);
	if (isfinite(ratio.value))
		par_text_format(out, ": %s between the ends", par_label_times(ratio.value).text);
}

/* The most tasks that at least two cells have a time for; 0: none. */
static uint64_t find_common(const struct par_lesson_view *view)
{
	const struct par_analysis *analysis = view->analysis;
	uint64_t most = 0;

	for (size_t i = 0; i < analysis->cell_count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct par_cell_stats *a = &analysis->cells[i],
						    *b = &analysis->cells[j];

			if (par_lesson_takes(view, a) && par_lesson_takes(view, b) &&
				a->cell.tasks == b->cell.tasks && a->cell.tasks > most &&
				isfinite(par_metric_of(a, "time").value) &&
				isfinite(par_metric_of(b, "time").value))
				most = a->cell.tasks;
		}
	return most;
}

void par_waiting_word_connections(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *ranked[SHOWN_MAX];
	uint64_t tasks = find_common(view);
	size_t count = 0;

	for (size_t i = 0; tasks > 0 && i < view->analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &view->analysis->cells[i];

		if (count < SHOWN_MAX && par_lesson_takes(view, stats) &&
			stats->cell.tasks == tasks)
			par_ratio_insert(ranked, &count, stats, "time");
	}
	if (count == 0)
		return;
	par_text_format(out, "%s connections at once take ", par_label_count(tasks).text);
	par_ratio_metric(out, ranked[0], "time");
	par_text_add(out, " on ");
	add_model(out, &ranked[0]->cell);
	for (size_t i = 1; i < count && i < 4; i++) {
		struct par_ratio ratio =
			par_ratio_of(ranked[0], ranked[i], "time", (unsigned)count - 1);

		par_text_add(out, ratio.verdict == PAR_COMPARISON_NOT_SURE ? ", perhaps " : ", ");
		if (ratio.verdict == PAR_COMPARISON_TIE)
			par_text_add(out, "as long");
		else
			par_ratio_word(out, &ratio);
		par_text_add(out, " on ");
		add_model(out, &ranked[i]->cell);
	}
}

static void word_blocking(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *waits = par_lesson_find(
		view, &(struct par_lesson_pick){
			      .workload = "timer", .model = "coroutine", .variant = "-" });
	const struct par_cell_stats *blocks = par_lesson_find(
		view, &(struct par_lesson_pick){
			      .workload = "timer", .model = "coroutine", .variant = "blocking" });
	struct par_ratio ratio = par_ratio_of(waits, blocks, "time", 2);

	if (!isfinite(ratio.value))
		return;
	par_text_format(out, "%s coroutines that sleep %s end after %s; with a blocking sleep ",
		par_label_count(waits->cell.tasks).text,
		par_label_tick((double)waits->cell.params[0] * 1000).text,
		par_label_time(waits->median_ns).text);
	if (ratio.verdict == PAR_COMPARISON_FASTER) {
		par_text_add(out, "each makes the others wait: ");
		par_ratio_word(out, &ratio);
	} else {
		par_text_format(out, "after %s, which is not told apart",
			par_label_time(blocks->median_ns).text);
	}
}

static void word_compute(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *serial = par_lesson_find(
		view, &(struct par_lesson_pick){ .workload = "spin", .model = "serial" });
	const struct par_cell_stats *loop = par_lesson_find(
		view, &(struct par_lesson_pick){ .workload = "spin", .model = "coroutine" });
	struct par_ratio ratio = par_ratio_of(serial, loop, "time", 2);

	if (!isfinite(ratio.value))
		return;
	par_text_add(out,
		out->size > 0 ? "; computing in them takes " : "Computing in coroutines takes ");
	par_ratio_word(out, &ratio);
	par_text_add(out, " the serial time");
	par_text_add(out, ratio.verdict == PAR_COMPARISON_SLOWER   ? ": a gain"
			  : ratio.verdict == PAR_COMPARISON_FASTER ? ": a loss"
			  : ratio.verdict == PAR_COMPARISON_TIE    ? ": nothing gained"
								   : ", which is not told apart");
}

void par_waiting_word_blocking(struct par_text *out, const struct par_lesson_view *view)
{
	word_blocking(out, view);
	word_compute(out, view);
}
