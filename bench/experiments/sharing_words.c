/*
 * sharing_words: the sentences that the data of `sharing` allow.
 */
#include <math.h>
#include <string.h>

#include "phrase.h"
#include "sharing.h"

/* So many times as long and a lock has collapsed. */
#define COLLAPSE 3.0

/* Bytes of a sentence, and of what it says of one more lock. */
#define SENTENCE_MOST 250
#define OTHER_MOST    64

/* Below this share nothing is said to be lost. */
#define LOST_LEAST 0.0005

/* The most workers of a sheet's cells that have a PU each, or that do not; 0: there are none. */
static unsigned most_workers(const struct par_lesson_view *view, bool crowded)
{
	unsigned most = 0;

	for (size_t i = 0; i < view->analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &view->analysis->cells[i];
		const struct par_cell *cell = &stats->cell;

		if (par_lesson_takes(view, stats) && (cell->workers > cell->cores) == crowded &&
			cell->workers > most)
			most = cell->workers;
	}
	return most;
}

/* The metric of the cell of this model, variant and count; NaN: there is none. */
static struct par_metric metric_at(
	const struct par_lesson_view *view, const char *name, const struct par_lesson_pick *pick)
{
	const struct par_cell_stats *stats = par_lesson_find(view, pick);

	if (stats == NULL)
		return (struct par_metric){ .value = NAN, .ci = { NAN, NAN } };
	return par_metric_of(stats, name);
}

/* Of a counter under a lock for each increment. */
static struct par_metric way_at(const struct par_lesson_view *view, const char *metric,
	const char *variant, unsigned workers)
{
	return metric_at(view, metric,
		&(struct par_lesson_pick){
			.variant = variant, .workers = workers, .param = "section", .value = 1 });
}

/* --- what it costs --- */

static void add_piece(struct par_text *out, const char *before, const struct par_metric *metric,
	const char *after)
{
	if (!isfinite(metric->value))
		return;
	par_text_add(out, before);
	par_metric_word(out, metric);
	par_text_add(out, after);
}

/* Without its interval. */
static void add_figure(struct par_text *out, const char *before, const struct par_metric *metric,
	const char *after)
{
	if (isfinite(metric->value))
		par_text_format(out, "%s%s%s", before,
			par_metric_label(metric->value, metric->unit).text, after);
}

void par_sharing_word_cost(struct par_text *out, const struct par_lesson_view *view)
{
	unsigned n = most_workers(view, false);
	struct par_metric private = way_at(view, "increment", "private", n);
	struct par_metric atomic = way_at(view, "increment", "atomic", n);
	struct par_metric mutex = way_at(view, "increment", "mutex", n);
	struct par_metric alone = way_at(view, "increment", "mutex", 1);
	struct par_metric packed = way_at(view, "increment", "private_shared_line", n);
	struct par_metric lost = way_at(view, "lost", "unlocked", n);
	struct par_metric whole = metric_at(view, "increment",
		&(struct par_lesson_pick){
			.variant = "mutex", .workers = n, .param = "section", .value = 0 });

	if (!isfinite(mutex.value))
		return;
	par_text_format(out, "%u thread%s: ", n, par_phrase_s(n));
	add_piece(out, "a mutex costs ", &mutex, " an increment");
	if (n > 1)
		add_figure(out, " (", &alone, " alone)");
	add_figure(out, ", held for the whole loop ", &whole, "");
	add_figure(out, ", an atomic add ", &atomic, "");
	add_figure(out, ", a counter each ", &private, "");
	add_figure(out, " (", &packed, " on one line)");
	if (isfinite(lost.value) && lost.value < LOST_LEAST)
		par_text_add(out, "; no lock lost nothing here");
	else
		add_piece(out, "; no lock loses ", &lost, "");
}

/* --- more workers --- */

/* How many times as long an increment takes with more workers than PUs. */
struct crowding {
	const char *label;
	struct par_compared compared;
};

#define LOCKS_MAX 8

static const char *const locks[] = { "mutex", "futex", "spin", "ticket", "mcs", NULL };

/* Collapsed where even the low end of the interval says so. */
static bool has_collapsed(const struct crowding *crowding)
{
	const struct par_compared *compared = &crowding->compared;

	return (isfinite(compared->low) ? compared->low : compared->ratio) >= COLLAPSE;
}

/* False where even the high end of the interval says that it stands. */
static bool may_have_collapsed(const struct crowding *crowding)
{
	const struct par_compared *compared = &crowding->compared;

	return (isfinite(compared->high) ? compared->high : compared->ratio) >= COLLAPSE;
}

static bool suffers_more(const struct crowding *one, const struct crowding *other)
{
	if (has_collapsed(one) != has_collapsed(other))
		return has_collapsed(one);
	return one->compared.ratio > other->compared.ratio;
}

/* The locks measured with both: those that have collapsed, then the others; who suffers most first.
 */
static size_t find_crowding(struct crowding out[LOCKS_MAX], const struct par_lesson_view *view,
	unsigned n, unsigned crowd)
{
	size_t count = 0;

	for (size_t i = 0; locks[i] != NULL; i++) {
		struct par_lesson_pick pick = { .variant = locks[i], .workers = n };
		const struct par_cell_stats *base = par_lesson_find(view, &pick), *other;
		struct crowding found;
		size_t place = count;

		pick.workers = crowd;
		other = par_lesson_find(view, &pick);
		if (base == NULL || other == NULL ||
			par_metric_compare(&found.compared, base, other, "increment", 1) < 0 ||
			!isfinite(found.compared.ratio))
			continue;
		found.label = par_cell_form(&base->cell)->label;
		while (place > 0 && suffers_more(&found, &out[place - 1]))
			place--;
		memmove(&out[place + 1], &out[place], (count - place) * sizeof *out);
		out[place] = found;
		count++;
	}
	return count;
}

/* Adds "7.31×" or, where more digits would say nothing, "78 000×"; the sign apart. */
static void add_times(struct par_text *out, double ratio, const char *sign)
{
	double digits = ratio >= 1000 ? pow(10, floor(log10(ratio)) - 1) : 0;

	if (digits > 0)
		par_text_format(out, "%s%s",
			par_label_count((unsigned long long)(round(ratio / digits) * digits)).text,
			sign);
	else
		par_text_format(out, "%s%s", par_label_ratio(ratio).text, sign);
}

static void add_ratio(struct par_text *out, const struct crowding *crowding)
{
	const struct par_compared *compared = &crowding->compared;

	add_times(out, compared->ratio, "×");
	if (!isfinite(compared->low))
		return;
	par_text_add(out, " (");
	add_times(out, compared->low, " to ");
	add_times(out, compared->high, ")");
}

/* Unless the sentence would become too long. */
static void add_other(struct par_text *out, const struct crowding *crowding)
{
	if (out->size + OTHER_MOST > SENTENCE_MOST)
		return;
	par_text_format(out, ", under the %s ", crowding->label);
	add_ratio(out, crowding);
}

/* What there is to say of all of them, if it is sure. */
static void add_verdict(
	struct par_text *out, const struct crowding *found, size_t count, size_t collapsed)
{
	size_t standing = 0;

	for (size_t i = 0; i < count; i++)
		standing += !may_have_collapsed(&found[i]);
	if (standing == count)
		par_text_add(out, "no lock collapses; ");
	if (collapsed > 2) /* more than have room below */
		par_text_format(out, "%zu of %zu locks collapse; ", collapsed, count);
}

void par_sharing_word_workers(struct par_text *out, const struct par_lesson_view *view)
{
	unsigned n = most_workers(view, false), crowd = most_workers(view, true);
	struct crowding found[LOCKS_MAX];
	size_t count = find_crowding(found, view, n, crowd), collapsed = 0;

	if (count == 0)
		return;
	while (collapsed < count && has_collapsed(&found[collapsed]))
		collapsed++;
	par_text_format(out, "%u threads on %u PU%s: ", crowd, n, par_phrase_s(n));
	add_verdict(out, found, count, collapsed);
	par_text_format(out, "under the %s an increment takes ", found[0].label);
	add_ratio(out, &found[0]);
	par_text_format(out, " as long as with %u", n);
	for (size_t i = 1; i < collapsed; i++)
		add_other(out, &found[i]);
	if (collapsed > 0 && collapsed < count)
		add_other(out, &found[count - 1]);
}

/* --- who shares --- */

void par_sharing_word_models(struct par_text *out, const struct par_lesson_view *view)
{
	struct par_metric mine = metric_at(view, "seen",
		&(struct par_lesson_pick){ .variant = "plain", .model = "thread_pool" });
	struct par_metric theirs = metric_at(view, "seen",
		&(struct par_lesson_pick){ .variant = "plain", .model = "process_pool" });
	struct par_metric threads = metric_at(view, "increment",
		&(struct par_lesson_pick){ .variant = "mutex", .model = "thread_pool" });
	struct par_metric processes = metric_at(view, "increment",
		&(struct par_lesson_pick){ .variant = "mutex", .model = "process_pool" });
	struct par_metric loop = metric_at(view, "lost",
		&(struct par_lesson_pick){ .variant = "one_loop", .model = "coroutine" });
	struct par_metric across = metric_at(view, "lost",
		&(struct par_lesson_pick){ .variant = "unlocked_wait", .model = "coroutine" });

	if (isfinite(theirs.value)) {
		add_figure(out, "Of what processes add to an ordinary variable their parent sees ",
			&theirs, "");
		add_figure(out, " (threads: ", &mine, ")");
	}
	if (isfinite(threads.value) && isfinite(processes.value)) {
		add_piece(out,
			out->size > 0 ? "; a shared mutex costs them " : "A shared mutex costs ",
			&processes, "");
		add_figure(out, ", threads ", &threads, "");
	}
	if (isfinite(loop.value)) {
		add_figure(out,
			out->size > 0 ? "; coroutines without a lock lose "
				      : "Coroutines without a lock lose ",
			&loop, "");
		add_figure(out, ", or ", &across, " if they wait halfway");
	}
}

/* --- --full: a histogram, a table --- */

/* The best way with a lock and the best of all. */
void par_sharing_word_histogram(struct par_text *out, const struct par_lesson_view *view)
{
	unsigned n = most_workers(view, false);
	struct par_metric one = metric_at(view, "count",
		&(struct par_lesson_pick){
			.variant = "mutex", .workers = n, .param = "locks", .value = 1 });
	struct par_metric many = metric_at(view, "count",
		&(struct par_lesson_pick){
			.variant = "mutex", .workers = n, .param = "locks", .value = 256 });
	struct par_metric private =
		metric_at(view, "count", &(struct par_lesson_pick){ .variant = "private" });

	if (!isfinite(one.value) || !isfinite(many.value))
		return;
	par_text_format(out, "%u thread%s: a count costs ", n, par_phrase_s(n));
	add_piece(out, "", &one, " under one mutex");
	add_piece(out, ", ", &many, " under one for each bucket");
	add_piece(out, ", ", &private, " in a histogram each");
}

#define FEW_WRITES 10 /* of a thousand turns */

static const struct par_cell_stats *table_of(
	const struct par_lesson_view *view, const char *variant)
{
	return par_lesson_find(
		view, &(struct par_lesson_pick){
			      .variant = variant, .param = "writes", .value = FEW_WRITES });
}

static void add_turn(struct par_text *out, const char *before, const struct par_cell_stats *stats,
	const char *after)
{
	struct par_metric metric;

	if (stats == NULL)
		return;
	metric = par_metric_of(stats, "turn");
	add_piece(out, before, &metric, after);
}

/* Says whether a reader-writer lock pays only where chance does not explain it. */
void par_sharing_word_table(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *rwlock = table_of(view, "rwlock");
	const struct par_cell_stats *mutex = table_of(view, "mutex");
	struct par_compared compared;

	if (rwlock == NULL || mutex == NULL || isnan(par_metric_of(rwlock, "turn").value) ||
		isnan(par_metric_of(mutex, "turn").value) ||
		par_metric_compare(&compared, mutex, rwlock, "turn", 1) < 0)
		return;
	par_text_add(out, "With 1 % writes a turn costs ");
	add_turn(out, "", rwlock, " under a reader-writer lock");
	add_turn(out, ", ", mutex, " under a mutex");
	add_turn(out, ", ", table_of(view, "seqlock"), " under a sequence lock");
	if (compared.high < 1)
		par_text_add(out, ": letting readers in together pays here");
	else if (compared.low > 1)
		par_text_add(out, ": letting readers in together does not pay");
}
