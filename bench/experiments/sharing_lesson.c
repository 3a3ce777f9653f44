/*
 * sharing_lesson: the pictures of `sharing`, which cells they show, and how to read them.
 */
#include <string.h>

#include "sharing.h"

static bool is_of(const struct par_cell *cell, const char *workload, const char *model)
{
	return strcmp(cell->workload->name, workload) == 0 &&
	       (model == NULL || strcmp(cell->model->name, model) == 0);
}

static bool is_way(const struct par_cell *cell, const char *const *ways)
{
	while (*ways != NULL && strcmp(*ways, cell->variant) != 0)
		ways++;
	return *ways != NULL;
}

/* --- what it costs --- */

static bool takes_cost(const struct par_cell *cell)
{
	/* One alone shares its line with nobody. */
	if (cell->workers == 1 && strcmp(cell->variant, "private_shared_line") == 0)
		return false;
	return is_of(cell, "counter", "thread_pool") && cell->workers == cell->cores &&
	       cell->placement == PAR_PLACE_CLOSE && strcmp(cell->variant, "plain") != 0;
}

/* In brief "adaptive, 1": the name without the word "mutex". */
static void name_cost(struct par_text *out, const struct par_cell *cell, bool brief)
{
	const struct par_variant *variant = par_cell_form(cell);
	uint64_t section = cell->params[PAR_COUNTER_SECTION];
	bool suffix = cell->workers == 1 || section != 1;

	par_text_add(out,
		brief && suffix && strlen(variant->name) < 12 ? variant->name : variant->label);
	if (cell->workers == 1)
		par_text_add(out, brief ? " ×1" : ", one thread alone");
	if (section == 0)
		par_text_add(out, brief ? ", all" : ", held for the whole loop");
	else if (section != 1)
		par_text_format(
			out, brief ? " /%u" : ", held for %u increments", (unsigned)section);
}

/* --- more workers --- */

static bool takes_workers(const struct par_cell *cell)
{
	static const char *const ways[] = { "unlocked", "private", "private_shared_line", "atomic",
		"mutex", "futex", "spin", "ticket", "mcs", NULL };

	return is_of(cell, "counter", "thread_pool") && is_way(cell, ways) &&
	       cell->params[PAR_COUNTER_SECTION] == 1;
}

static void name_way(struct par_text *out, const struct par_cell *cell, bool brief)
{
	(void)brief; /* labels are short */
	par_text_add(out, par_cell_form(cell)->label);
}

/* --- who shares --- */

static bool takes_models(const struct par_cell *cell)
{
	static const char *const ways[] = { "mutex", "futex", "spin", "ticket", "mcs", "atomic",
		"plain", NULL };
	static const char *const loop[] = { "one_loop", "unlocked_wait", "plain", NULL };

	if (is_of(cell, "counter", "coroutine"))
		return is_way(cell, loop);
	if (cell->workers == 1 && strcmp(cell->variant, "plain") != 0)
		return false;
	return is_of(cell, "counter", NULL) && cell->workers == cell->cores &&
	       cell->placement == PAR_PLACE_CLOSE && cell->params[PAR_COUNTER_SECTION] == 1 &&
	       is_way(cell, ways);
}

/* --- --full: a histogram, a table --- */

static bool takes_histogram(const struct par_cell *cell)
{
	return is_of(cell, "histogram", NULL);
}

static bool takes_table(const struct par_cell *cell)
{
	return is_of(cell, "table", NULL);
}

/* --- the lesson --- */

static const struct par_lesson_sheet sheets[] = {
	{ .stem = "sharing_cost",
		.kind = PAR_LESSON_LADDER,
		.what = "A thread on every PU, all incrementing: time for one increment",
		.metric = "increment",
		.metric_label = "time for an increment, of all threads together",
		.aside = "lost",
		.aside_label = "lost",
		.takes = takes_cost,
		.name = name_cost,
		.word = par_sharing_word_cost },
	{ .stem = "sharing_workers",
		.kind = PAR_LESSON_CURVES,
		.what = "From one thread to twice as many as PUs: time for one increment",
		.metric = "increment",
		.metric_label = "time for an increment, of all threads together",
		.axis = "workers",
		.axis_label = "threads",
		.aside = "lost",
		.aside_label = "increments lost",
		.takes = takes_workers,
		.name = name_way,
		.word = par_sharing_word_workers },
	{ .stem = "sharing_models",
		.kind = PAR_LESSON_LADDER,
		.what = "The same counter among threads, processes and coroutines",
		.metric = "increment",
		.metric_label = "time for an increment, of all workers together",
		.aside = "seen",
		.aside_label = "seen after",
		.takes = takes_models,
		.word = par_sharing_word_models },
	{ .stem = "sharing_histogram",
		.kind = PAR_LESSON_CURVES,
		.what = "A histogram of 256 buckets under one lock or many: time for one count",
		.metric = "count",
		.metric_label = "time for a count, of all threads together",
		.axis = "locks",
		.axis_label = "locks that the buckets are shared out to",
		.aside = "lost",
		.aside_label = "counts lost",
		.takes = takes_histogram,
		.name = name_way,
		.word = par_sharing_word_histogram },
	{ .stem = "sharing_table",
		.kind = PAR_LESSON_CURVES,
		.what = "A table that is mostly read: time for one read or write",
		.metric = "turn",
		.metric_label = "time for a turn, of all threads together",
		.axis = "writes",
		.axis_label = "of a thousand turns, those that write",
		.aside = "torn",
		.aside_label = "reads of half-written entries",
		.takes = takes_table,
		.name = name_way,
		.word = par_sharing_word_table },
	{ .stem = NULL },
};

const struct par_lesson par_sharing_lesson = {
	.title = "Sharing",
	.teaches = "what each lock costs, what a missing one loses, and who sees a variable",
	.howto = "- The time is that of all workers together for one increment: half as "
		 "much with two workers is perfect sharing, as much is none. What stands "
		 "in red is faster because it is wrong: its increments are lost, and how "
		 "many is beside it.\n"
		 "- A counter each, added up at the end, shares nothing while it counts: "
		 "do that first, and keep the counters a cache line (128 bytes) apart, "
		 "or the hardware shares the line all the same. Where others must see "
		 "every step, use an atomic add; use a lock where several variables "
		 "change together.\n"
		 "- Take a lock seldom and hold it for more: once around a batch, not "
		 "once around each item. One lock a bucket instead of one for all helps "
		 "as well. Where there are many readers, measure before you use a "
		 "reader-writer lock: readers write to it too.\n"
		 "- Locks that only spin suit threads that have a PU each, as in "
		 "kernels. Tickets and MCS hand the lock to the next in line even when "
		 "it has no PU: with more threads than PUs each hand-over waits for the "
		 "scheduler, a time slice of milliseconds. A mutex puts its waiters to "
		 "sleep, and who runs takes it. In a program that shares its machine, "
		 "use the mutex.\n"
		 "- Forked processes each have their own copy of an ordinary variable. "
		 "What they share must lie in shared memory, with a lock that was made "
		 "process-shared; it costs what it costs threads.\n"
		 "- Coroutines of one loop are interrupted only where they wait, so "
		 "between two waits they need no lock. Read, wait, write loses updates "
		 "with them too.\n"
		 "- A run lasts some milliseconds from when every worker has made an "
		 "increment, and all contend to its end. An unfair lock is fast because "
		 "its last holder finds it in its own cache; the measure `least` of each "
		 "record tells what the least served worker got of its share.\n",
	.sheets = sheets,
};
