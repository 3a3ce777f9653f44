/*
 * pipeline: producers and consumers. How much passes through a bounded queue, how long does it get,
 * and who waits for whom?
 *
 * Axes: how many produce and how many consume, as threads, processes and coroutines, and at one
 * ratio the queue: its order, its lock, its marks, its end. In all these the same number of items
 * passes and nothing else is done; with --full the number is an axis as well. And where an item
 * takes its time to make and to use, with more hands on one side than on the other: what does the
 * queue's length do?
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "experiment.h"
#include "phrase.h"

#define NAME "pipeline"

/* Over all producers; each ratio divides it. */
#define ITEMS 10000

/* Where items take time: fewer, and for how long. */
#define SLOW_ITEMS   500
#define SLOW_WAIT_US 50

#define ALIKE 1.1 /* times as many: not worth a word */

enum { PRODUCERS, EACH, CAPACITY, WAIT_US }; /* of the workload's parameters */

/* A line of the plan: from which scale on. `each` 0: its share of ITEMS. */
struct line {
	enum par_scale from;
	const char *model, *variant;
	unsigned producers, consumers;
	uint64_t each;
	bool slow; /* an item takes its time */
};

static const struct line lines[] = {
	{ PAR_SCALE_QUICK, "thread_pool", "fifo", 1, 1, 0, false },
	{ PAR_SCALE_QUICK, "coroutine", "fifo", 1, 1, 0, false },
	{ PAR_SCALE_DEFAULT, "process_pool", "fifo", 1, 1, 0, false },
	{ PAR_SCALE_DEFAULT, "thread_pool", "fifo", 5, 5, 0, false },
	{ PAR_SCALE_FULL, "process_pool", "fifo", 5, 5, 0, false },
	{ PAR_SCALE_DEFAULT, "coroutine", "fifo", 5, 5, 0, false },
	{ PAR_SCALE_DEFAULT, "thread_pool", "fifo", 2, 5, 0, false },
	{ PAR_SCALE_DEFAULT, "process_pool", "fifo", 2, 5, 0, false },
	{ PAR_SCALE_DEFAULT, "coroutine", "fifo", 2, 5, 0, false },
	{ PAR_SCALE_QUICK, "thread_pool", "fifo", 5, 2, 0, false },
	{ PAR_SCALE_DEFAULT, "process_pool", "fifo", 5, 2, 0, false },
	{ PAR_SCALE_DEFAULT, "coroutine", "fifo", 5, 2, 0, false },
	{ PAR_SCALE_DEFAULT, "thread_pool", "ring", 5, 2, 0, false },
	{ PAR_SCALE_DEFAULT, "thread_pool", "watermarks", 5, 2, 0, false },
	{ PAR_SCALE_DEFAULT, "thread_pool", "join", 5, 2, 0, false },
	{ PAR_SCALE_QUICK, "thread_pool", "fifo", 5, 2, 0, true },
	{ PAR_SCALE_QUICK, "thread_pool", "fifo", 2, 5, 0, true },
	{ PAR_SCALE_FULL, "process_pool", "fifo", 5, 2, 0, true },
	{ PAR_SCALE_FULL, "process_pool", "fifo", 2, 5, 0, true },
	{ PAR_SCALE_FULL, "coroutine", "fifo", 5, 2, 0, true },
	{ PAR_SCALE_FULL, "coroutine", "fifo", 2, 5, 0, true },
	{ PAR_SCALE_FULL, "thread_pool", "watermarks", 5, 2, 0, true },
	{ PAR_SCALE_FULL, "thread_pool", "sentinels", 5, 2, 0, false },
	{ PAR_SCALE_FULL, "thread_pool", "lifo", 5, 2, 0, false },
	{ PAR_SCALE_FULL, "thread_pool", "priority", 5, 2, 0, false },
	{ PAR_SCALE_FULL, "process_pool", "ring", 5, 2, 0, false },
	{ PAR_SCALE_FULL, "process_pool", "watermarks", 5, 2, 0, false },
	{ PAR_SCALE_FULL, "process_pool", "join", 5, 2, 0, false },
	{ PAR_SCALE_FULL, "process_pool", "sentinels", 5, 2, 0, false },
	{ PAR_SCALE_FULL, "coroutine", "ring", 5, 2, 0, false },
	{ PAR_SCALE_FULL, "thread_pool", "ring", 1, 1, 0, false },
	{ PAR_SCALE_FULL, "thread_pool", "fifo", 1, 1, 1000, false },
	{ PAR_SCALE_FULL, "thread_pool", "fifo", 1, 1, 100000, false },
	{ PAR_SCALE_FULL, "thread_pool", "fifo", 1, 1, 1000000, false },
	{ PAR_SCALE_FULL, "process_pool", "fifo", 1, 1, 1000, false },
	{ PAR_SCALE_FULL, "process_pool", "fifo", 1, 1, 100000, false },
	{ PAR_SCALE_FULL, "process_pool", "fifo", 1, 1, 1000000, false },
	{ PAR_SCALE_FULL, "coroutine", "fifo", 1, 1, 1000, false },
	{ PAR_SCALE_FULL, "coroutine", "fifo", 1, 1, 100000, false },
	{ PAR_SCALE_FULL, "coroutine", "fifo", 1, 1, 1000000, false },
	{ PAR_SCALE_FULL, "thread_pool", "fifo", 5, 5, 1000000, false },
};

static int add_line(struct par_plan *plan, const struct line *line, const struct par_choice *choice,
	const struct par_machine *machine)
{
	const struct par_workload *workload = par_choice_workload(choice, "pipeline");
	const struct par_model *model = par_choice_model(choice, line->model);
	unsigned pus = par_choice_pus(choice, machine), parts = line->producers + line->consumers;
	struct par_cell cell;

	if (workload == NULL || model == NULL || choice->scale < line->from)
		return 0;
	par_cell_init(&cell, NAME, workload, model, choice->scale);
	snprintf(cell.variant, sizeof cell.variant, "%s", line->variant);
	cell.tasks = parts;
	cell.params[PRODUCERS] = line->producers;
	cell.params[EACH] =
		line->each > 0 ? line->each : (line->slow ? SLOW_ITEMS : ITEMS) / line->producers;
	cell.params[WAIT_US] = line->slow ? SLOW_WAIT_US : 0;
	if ((model->traits & PAR_TRAIT_LOOP) == 0) {
		cell.workers = parts;
		cell.cores = parts < pus ? parts : pus;
	}
	return par_plan_add(plan, &cell, NULL, machine);
}

static int pipeline_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < sizeof lines / sizeof *lines; i++)
		status = add_line(plan, &lines[i], choice, machine);
	return status;
}

/* --- which cells, and their names --- */

static bool is_fifo(const struct par_cell *cell)
{
	return strcmp(cell->variant, "fifo") == 0;
}

static bool is_slow(const struct par_cell *cell)
{
	return cell->params[WAIT_US] > 0;
}

static bool takes_ratios(const struct par_cell *cell)
{
	return !is_slow(cell) && cell->params[EACH] * cell->params[PRODUCERS] == ITEMS;
}

/* Only with --full. */
static bool takes_counts(const struct par_cell *cell)
{
	return !is_slow(cell) && !takes_ratios(cell);
}

static bool takes_lengths(const struct par_cell *cell)
{
	return is_slow(cell);
}

static bool takes_waits(const struct par_cell *cell)
{
	return is_slow(cell) ||
	       (takes_ratios(cell) && (is_fifo(cell) || strcmp(cell->variant, "watermarks") == 0));
}

static const char *hands(const struct par_cell *cell, bool brief)
{
	if ((cell->model->traits & PAR_TRAIT_LOOP) != 0)
		return brief ? "cor" : "coroutines";
	if ((cell->model->traits & PAR_TRAIT_PROCESS) != 0)
		return brief ? "proc" : "processes";
	return brief ? "thr" : "threads";
}

/* "5:2, threads, FIFO, watermarks" */
static void name_cell(struct par_text *out, const struct par_cell *cell, bool brief)
{
	unsigned long long producers = cell->params[PRODUCERS];

	par_text_format(out, brief ? "%llu:%llu %s" : "%llu:%llu, %s", producers,
		(unsigned long long)cell->tasks - producers, hands(cell, brief));
	if (brief && !is_fifo(cell))
		par_text_format(out, " %.5s", cell->variant);
	else if (!brief && !is_fifo(cell))
		par_text_format(out, ", %s", par_cell_form(cell)->label);
	if (is_slow(cell))
		par_text_format(out, brief ? " %llu µs" : ", %llu µs an item",
			(unsigned long long)cell->params[WAIT_US]);
}

/* The cell of threads with 7 parts; NULL: it has no time. */
static const struct par_cell_stats *find_cell(
	const struct par_lesson_view *view, const char *variant, uint64_t producers, bool slow)
{
	for (size_t i = 0; i < view->analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &view->analysis->cells[i];
		const struct par_cell *cell = &stats->cell;

		if (par_lesson_takes(view, stats) && strcmp(cell->variant, variant) == 0 &&
			strcmp(cell->model->name, "thread_pool") == 0 && cell->tasks == 7 &&
			cell->params[PRODUCERS] == producers && is_slow(cell) == slow &&
			stats->n > 0)
			return stats;
	}
	return NULL;
}

/* --- what they say --- */

/* "; from 5 to 2 threads a lock-free ring passes 1.8× what a mutex does (1.6 to 2.0)" */
static void add_ring(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *fifo = find_cell(view, "fifo", 5, false);
	const struct par_cell_stats *ring = find_cell(view, "ring", 5, false);
	struct par_compared compared;

	if (fifo == NULL || ring == NULL ||
		par_metric_compare(&compared, fifo, ring, view->sheet->metric, 1) < 0 ||
		!isfinite(compared.ratio))
		return;
	par_text_add(out, "; from 5 to 2 threads a lock-free ring passes ");
	if (compared.ratio > 1 / ALIKE && compared.ratio < ALIKE)
		par_text_add(out, "about as many as a mutex");
	else
		par_text_format(out, "%s× what a mutex does", par_label_ratio(compared.ratio).text);
	if (isfinite(compared.low) && isfinite(compared.high))
		par_text_format(out, " (%s to %s)", par_label_ratio(compared.low).text,
			par_label_ratio(compared.high).text);
}

/* "One to one, coroutines pass 3.2 M/s and threads 0.4 M/s" */
static void word_rates(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *ranks[32];
	size_t count = par_lesson_rank(ranks, sizeof ranks / sizeof *ranks, view), said = 0,
	       pairs = 0;

	for (size_t i = 0; i < count; i++)
		pairs += ranks[i]->cell.tasks == 2 && is_fifo(&ranks[i]->cell);
	for (size_t i = 0; i < count; i++) {
		struct par_metric rate = par_metric_of(ranks[i], view->sheet->metric);

		if (ranks[i]->cell.tasks != 2 || !is_fifo(&ranks[i]->cell))
			continue;
		if (said == 0)
			par_text_add(out, "One to one, ");
		par_phrase_join(out, said, pairs);
		par_text_format(
			out, "%s %s", hands(&ranks[i]->cell, false), said == 0 ? "pass " : "");
		par_metric_word(out, &rate);
		said++;
	}
	if (said > 0)
		add_ring(out, view);
}

/* "With 5 producers and 2 consumers the queue holds 61 of 64 items on average" */
static void add_length(struct par_text *out, const struct par_cell_stats *stats, bool first)
{
	struct par_metric length = par_metric_of(stats, "length");
	unsigned long long producers = stats->cell.params[PRODUCERS];
	double share = length.value / (double)stats->cell.params[CAPACITY];

	par_text_format(out, "%s %llu producers and %llu consumers the queue is %s, ",
		first ? "With" : "; with", producers,
		(unsigned long long)stats->cell.tasks - producers,
		share >= 0.75   ? "nearly full"
		: share <= 0.25 ? "nearly empty"
				: "neither full nor empty");
	par_metric_word(out, &length);
	par_text_format(out, " of %llu items", (unsigned long long)stats->cell.params[CAPACITY]);
}

static void word_lengths(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *many = find_cell(view, "fifo", 5, true);
	const struct par_cell_stats *few = find_cell(view, "fifo", 2, true);

	if (many != NULL && isfinite(par_metric_of(many, "length").value))
		add_length(out, many, true);
	if (few != NULL && isfinite(par_metric_of(few, "length").value))
		add_length(out, few, out->size == 0);
}

/* "Where an item takes 50 µs, 5 producers wait for room 60 % of their time, and ..." */
static void add_waits(struct par_text *out, const struct par_cell_stats *stats)
{
	struct par_metric full = par_metric_of(stats, "blocked_full");
	struct par_metric empty = par_metric_of(stats, "blocked_empty");
	unsigned long long producers = stats->cell.params[PRODUCERS];

	if (!isfinite(full.value) || !isfinite(empty.value))
		return;
	par_text_format(out, "Where an item takes %llu µs, %llu producers wait for room ",
		(unsigned long long)stats->cell.params[WAIT_US], producers);
	par_metric_word(out, &full);
	par_text_add(out, " of their time");
	par_text_format(out, ", and %llu consumers for items ", stats->cell.tasks - producers);
	par_metric_word(out, &empty);
}

static void word_waits(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *slow = find_cell(view, "fifo", 5, true);
	const struct par_cell_stats *fifo = find_cell(view, "fifo", 5, false);
	const struct par_cell_stats *marks = find_cell(view, "watermarks", 5, false);
	struct par_compared compared;

	if (slow != NULL)
		add_waits(out, slow);
	if (out->size == 0 || fifo == NULL || marks == NULL ||
		par_metric_compare(&compared, fifo, marks, "items_per_second", 1) < 0 ||
		!isfinite(compared.ratio))
		return;
	if (compared.ratio > 1 / ALIKE && compared.ratio < ALIKE)
		par_text_add(out, "; watermarks change the rate little");
	else
		par_text_format(out, "; with watermarks %s× as many items pass",
			par_label_ratio(compared.ratio).text);
	if (isfinite(compared.low) && isfinite(compared.high))
		par_text_format(out, " (%s to %s)", par_label_ratio(compared.low).text,
			par_label_ratio(compared.high).text);
}

/* "From 1,000 items to 1,000,000 the rate of threads goes from ... to ..." */
static void word_counts(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_lesson_pick low = {
		.model = "thread_pool", .tasks = 2, .param = "items", .value = 1000
	};
	const struct par_lesson_pick high = {
		.model = "thread_pool", .tasks = 2, .param = "items", .value = 1000000
	};
	const struct par_cell_stats *few = par_lesson_find(view, &low);
	const struct par_cell_stats *many = par_lesson_find(view, &high);
	struct par_metric a, b;

	if (few == NULL || many == NULL)
		return;
	a = par_metric_of(few, view->sheet->metric);
	b = par_metric_of(many, view->sheet->metric);
	if (!isfinite(a.value) || !isfinite(b.value))
		return;
	par_text_add(out, "Between two threads 1000 items pass at ");
	par_metric_word(out, &a);
	par_text_add(out, ", and a million at ");
	par_metric_word(out, &b);
}

static const struct par_lesson_sheet sheets[] = {
	{
		.stem = "pipeline_rates",
		.kind = PAR_LESSON_LADDER,
		.what = "Producers : consumers around a queue of 64 items, which do nothing else",
		.metric = "items_per_second",
		.metric_label = "items per second",
		.more_is_better = true,
		.aside = "fairness",
		.aside_label = "fairness",
		.takes = takes_ratios,
		.name = name_cell,
		.word = word_rates,
	},
	{
		.stem = "pipeline_lengths",
		.kind = PAR_LESSON_TRACE,
		.what = "How many items are in the queue over a run, when each takes 50 µs of "
			"waiting "
			"to make and as long to use",
		.metric = "length",
		.metric_label = "items in the queue",
		.linear = true,
		.takes = takes_lengths,
		.name = name_cell,
		.word = word_lengths,
	},
	{
		.stem = "pipeline_waits",
		.kind = PAR_LESSON_LADDER,
		.what = "What share of their time producers wait for room; beside it, consumers "
			"for an item",
		.metric = "blocked_full",
		.metric_label = "producers' time spent waiting for room",
		.linear = true,
		.aside = "blocked_empty",
		.aside_label = "consumers",
		.takes = takes_waits,
		.name = name_cell,
		.word = word_waits,
	},
	{
		.stem = "pipeline_counts",
		.kind = PAR_LESSON_CURVES,
		.what = "The same with few items and with many",
		.metric = "items_per_second",
		.metric_label = "items per second",
		.more_is_better = true,
		.axis = "items",
		.axis_label = "items of each producer",
		.takes = takes_counts,
		.name = name_cell,
		.word = word_counts,
	},
	{ .stem = NULL },
};

static const struct par_lesson lesson = {
	.title = "Pipelines",
	.teaches = "producers and consumers: bounded queues, blocking, watermarks, and how to end",
	.howto = "- **Rates**: a row is so many producers and so many consumers. A queue costs "
		 "little while nobody sleeps at it; waking a sleeper costs microseconds, so the "
		 "rate depends on how often somebody must. Coroutines switch in nanoseconds but "
		 "share one CPU. If items are small, put many into one message.\n"
		 "- **Lengths**: a queue only evens out bursts. Where producers are faster it is "
		 "full, where consumers are faster it is empty, and a larger one only takes "
		 "longer to get there. Items take their time here, as from a disk. Bound your "
		 "queues: an unbounded one hides the same thing "
		 "in memory until there is none. To find the bottleneck, look which queue is "
		 "full: it is what stands behind it.\n"
		 "- **Waits**: at a full queue each item that is taken wakes a producer, who puts "
		 "one and sleeps again. *Watermarks* let producers sleep until the queue is half "
		 "empty, so that one wake pays for many items.\n"
		 "- **Ending**: close the queue when all producers are done; consumers then get "
		 "what is left and an end of file. *Sentinels* need to know how many consumers "
		 "there are, and fit no stack or heap. *Join* also tells that every item was "
		 "dealt with, not only taken; it costs a lock more per item. *Fairness* is 100 % "
		 "when all consumers got as many items.\n",
	.sheets = sheets,
};

const struct par_experiment par_experiment_pipeline = {
	.name = NAME,
	.summary = "producers and consumers around bounded queues of several kinds",
	.question = "How much passes through a queue, and who waits for whom?",
	.plan = pipeline_plan,
	.lesson = &lesson,
};
