/*
 * dispatch: what does each way of handing work to a pool cost?
 *
 * Thread pool and process pool, on every PU: by every call on tasks of about a microsecond, and by
 * chunks of a map on empty tasks, where all there is to see is what a chunk costs. Three sheets:
 * how many tasks a second, when the first result is there, and how large chunks should be.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiment.h"
#include "phrase.h"

#define NAME "dispatch"

#define STEPS         500  /* of a task, about a microsecond */
#define TASKS         2048 /* of a job, at least */
#define TASKS_A_PU    64   /* likewise: a chunk for each worker is never a single task */
#define EMPTY_FOR_ONE 16   /* so many times more tasks where they are empty */
#define CHUNK_FROM    "map_"
#define CHUNK_MOST    16384 /* the largest there is a variant of; each is 4 times the one before */
#define CHUNK_SHARE   "map_N" /* stands for the largest that leaves a chunk for each worker */

#define ALIKE 1.05 /* times as much: not worth a word */

/* A call on tasks of that length: from which scale on with the process pool, with the thread pool.
 */
struct line {
	const char *variant;
	uint64_t steps;
	enum par_scale processes, threads;
};

static const struct line lines[] = {
	{ "apply", STEPS, PAR_SCALE_QUICK, PAR_SCALE_QUICK },
	{ "async", STEPS, PAR_SCALE_QUICK, PAR_SCALE_QUICK },
	{ "timeout", STEPS, PAR_SCALE_DEFAULT, PAR_SCALE_FULL },
	{ "callback", STEPS, PAR_SCALE_DEFAULT, PAR_SCALE_FULL },
	{ "imap", STEPS, PAR_SCALE_DEFAULT, PAR_SCALE_DEFAULT },
	{ "imap_unordered", STEPS, PAR_SCALE_DEFAULT, PAR_SCALE_DEFAULT },
	{ "map_1", STEPS, PAR_SCALE_FULL, PAR_SCALE_FULL },
	{ "map_16", STEPS, PAR_SCALE_FULL, PAR_SCALE_FULL },
	{ "map_auto", STEPS, PAR_SCALE_DEFAULT, PAR_SCALE_DEFAULT },
	{ "map_1", 0, PAR_SCALE_DEFAULT, PAR_SCALE_QUICK },
	{ "map_4", 0, PAR_SCALE_FULL, PAR_SCALE_FULL },
	{ "map_16", 0, PAR_SCALE_FULL, PAR_SCALE_QUICK },
	{ "map_64", 0, PAR_SCALE_FULL, PAR_SCALE_FULL },
	{ "map_256", 0, PAR_SCALE_FULL, PAR_SCALE_FULL },
	{ "map_1024", 0, PAR_SCALE_FULL, PAR_SCALE_FULL },
	{ "map_4096", 0, PAR_SCALE_FULL, PAR_SCALE_FULL },
	{ CHUNK_SHARE, 0, PAR_SCALE_DEFAULT, PAR_SCALE_DEFAULT },
	{ "map_auto", 0, PAR_SCALE_FULL, PAR_SCALE_DEFAULT },
	{ "apply", 0, PAR_SCALE_FULL, PAR_SCALE_FULL },
	{ "async", 0, PAR_SCALE_FULL, PAR_SCALE_FULL },
	{ "timeout", 0, PAR_SCALE_FULL, PAR_SCALE_FULL },
	{ "callback", 0, PAR_SCALE_FULL, PAR_SCALE_FULL },
	{ "imap", 0, PAR_SCALE_FULL, PAR_SCALE_FULL },
	{ "imap_unordered", 0, PAR_SCALE_FULL, PAR_SCALE_FULL },
};

static uint64_t tasks_for(unsigned pus, uint64_t steps)
{
	uint64_t tasks = TASKS;

	while (tasks < (uint64_t)TASKS_A_PU * pus)
		tasks *= 2;
	return steps > 0 ? tasks : EMPTY_FOR_ONE * tasks;
}

/* The largest chunk that leaves one for each worker. */
static uint64_t largest_chunk(unsigned pus, uint64_t tasks)
{
	uint64_t chunk = CHUNK_MOST;

	while (chunk * pus > tasks)
		chunk /= 4;
	return chunk;
}

static uint64_t chunk_of(const char *variant)
{
	return strtoull(variant + strlen(CHUNK_FROM), NULL, 10);
}

static bool is_map(const char *variant)
{
	return strncmp(variant, CHUNK_FROM, strlen(CHUNK_FROM)) == 0;
}

static int add_cell(struct par_plan *plan, const struct par_machine *machine,
	const struct par_choice *choice, const struct line *line, bool processes)
{
	const struct par_workload *workload = par_choice_workload(choice, "spin");
	const struct par_model *model =
		par_choice_model(choice, processes ? "process_pool" : "thread_pool");
	unsigned pus = par_choice_pus(choice, machine);
	uint64_t largest;
	struct par_cell cell;

	if (workload == NULL || model == NULL ||
		choice->scale < (processes ? line->processes : line->threads))
		return 0;
	par_cell_init(&cell, NAME, workload, model, choice->scale);
	cell.cores = cell.workers = pus;
	cell.tasks = tasks_for(pus, line->steps);
	cell.params[0] = line->steps;
	largest = largest_chunk(pus, cell.tasks);
	if (strcmp(line->variant, CHUNK_SHARE) == 0)
		snprintf(cell.variant, sizeof cell.variant, CHUNK_FROM "%llu",
			(unsigned long long)largest);
	else
		snprintf(cell.variant, sizeof cell.variant, "%s", line->variant);
	if (is_map(cell.variant) && chunk_of(cell.variant) > largest)
		return 0;
	return par_plan_add(plan, &cell, NULL, machine);
}

static int dispatch_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	int status = 0;

	for (int processes = 0; processes < 2; processes++)
		for (size_t i = 0; status == 0 && i < sizeof lines / sizeof *lines; i++)
			status = add_cell(plan, machine, choice, &lines[i], processes != 0);
	return status;
}

/* --- what the sheets show --- */

static bool is_empty(const struct par_cell *cell)
{
	return cell->params[0] == 0;
}

static bool takes_calls(const struct par_cell *cell)
{
	return !is_empty(cell) || !is_map(cell->variant);
}

static bool takes_chunks(const struct par_cell *cell)
{
	return is_empty(cell) && is_map(cell->variant);
}

static bool is_process(const struct par_cell *cell)
{
	return (cell->model->traits & PAR_TRAIT_PROCESS) != 0;
}

/* "imap, processes"; brief "imap p" */
static void name_call(struct par_text *out, const struct par_cell *cell, bool brief)
{
	const struct par_variant *variant = par_cell_form(cell);
	const char *name = cell->variant;

	if (strcmp(name, "imap_unordered") == 0)
		name = "unordered";
	par_text_add(out, brief ? name : variant->label);
	if (is_process(cell))
		par_text_add(out, brief ? " p" : ", processes");
	else if (!brief)
		par_text_add(out, ", threads");
	if (is_empty(cell))
		par_text_add(out, brief ? " 0" : ", empty tasks");
}

static void name_pool(struct par_text *out, const struct par_cell *cell, bool brief)
{
	par_text_add(out, brief ? cell->model->short_label : cell->model->label);
}

/* --- what they say: of threads, or where these were left out, of processes --- */

/* The cells of one pool that a sentence is about. */
static const struct par_cell_stats *find(
	const struct par_lesson_view *view, bool processes, const char *variant, uint64_t steps)
{
	const struct par_lesson_pick pick = { .model = processes ? "process_pool" : "thread_pool",
		.variant = variant,
		.param = "steps",
		.value = steps };

	return par_lesson_find(view, &pick);
}

/* The first two of these calls that one pool has. */
static bool find_two(const struct par_cell_stats *out[2], const struct par_lesson_view *view,
	const char *const first[], const char *const second[])
{
	for (int processes = 0; processes < 2; processes++) {
		out[0] = out[1] = NULL;
		for (size_t i = 0; out[0] == NULL && first[i] != NULL; i++)
			out[0] = find(view, processes, first[i], STEPS);
		for (size_t i = 0; out[1] == NULL && second[i] != NULL; i++)
			out[1] = find(view, processes, second[i], STEPS);
		if (out[0] != NULL && out[1] != NULL)
			return true;
	}
	return false;
}

static const char *pool_of(const struct par_cell_stats *stats)
{
	return is_process(&stats->cell) ? "processes" : "threads";
}

/* "5.2 %", and "(4.9 to 5.5)" where there is an interval. */
static void add_share(struct par_text *out, const struct par_compared *share)
{
	struct par_metric metric = {
		.value = share->ratio, .ci = { share->low, share->high }, .unit = PAR_UNIT_SHARE
	};

	par_metric_word(out, &metric);
}

/* How apply's share of the rate of async stands to that of one worker that is always busy. */
static void add_against_one(
	struct par_text *out, const struct par_compared *share, unsigned workers)
{
	double one = 1.0 / workers;
	bool sure = isfinite(share->low) && isfinite(share->high);
	const char *stands = (sure ? share->high : share->ratio) < one  ? "less than"
			     : (sure ? share->low : share->ratio) > one ? "more than"
									: "about";

	if (workers == 1)
		par_text_format(out, ": %s one worker that is never kept waiting does", stands);
	else
		par_text_format(out, ": %s the 1/%u of one busy worker", stands, workers);
}

/* The best cell of the sheet with tasks of that length, of one pool; automatic choices are left out
 * where chunks are compared. */
static const struct par_cell_stats *best_of(
	const struct par_lesson_view *view, uint64_t steps, const char *model)
{
	const struct par_cell_stats *ranks[64];
	size_t count = par_lesson_rank(ranks, sizeof ranks / sizeof *ranks, view);

	for (size_t i = 0; i < count; i++) {
		const struct par_cell *cell = &ranks[i]->cell;

		if (cell->params[0] == steps &&
			(model == NULL || (strcmp(cell->model->name, model) == 0 &&
						  strcmp(cell->variant, "map_auto") != 0)))
			return ranks[i];
	}
	return NULL;
}

/* How many others with tasks of that length cannot be told from the best. */
static size_t count_ties(const struct par_lesson_view *view, const struct par_cell_stats *best)
{
	const struct par_cell_stats *ranks[64];
	size_t count = par_lesson_rank(ranks, sizeof ranks / sizeof *ranks, view), ties = 0;
	struct par_metric metric = par_metric_of(best, view->sheet->metric);

	for (size_t i = 0; i < count; i++) {
		struct par_metric other = par_metric_of(ranks[i], view->sheet->metric);

		ties += ranks[i] != best && ranks[i]->cell.params[0] == best->cell.params[0] &&
			par_metric_meet(&metric, &other);
	}
	return ties;
}

static void add_fastest(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *best = best_of(view, STEPS, NULL);
	struct par_metric metric;
	size_t ties;

	if (best == NULL)
		return;
	metric = par_metric_of(best, view->sheet->metric);
	par_text_add(out, out->size > 0 ? "; fastest is " : "Fastest is ");
	name_call(out, &best->cell, false);
	par_text_add(out, ", ");
	par_metric_word(out, &metric);
	ties = count_ties(view, best);
	if (ties > 0)
		par_text_format(
			out, ", which %zu other%s cannot be told from", ties, par_phrase_s(ties));
}

static void word_rate(struct par_text *out, const struct par_lesson_view *view)
{
	static const char *const apply[] = { "apply", NULL }, *const async[] = { "async", NULL };
	const struct par_cell_stats *pair[2];
	struct par_compared share;

	/* The time of async over that of apply is the rate of apply over that of async. */
	if (find_two(pair, view, apply, async) &&
		par_metric_compare(&share, pair[0], pair[1], "time", 1) == 0 &&
		isfinite(share.ratio)) {
		par_text_format(out, "With %s apply does ", pool_of(pair[0]));
		add_share(out, &share);
		par_text_add(out, " of the tasks that async does in a second");
		add_against_one(out, &share, pair[0]->cell.workers);
	}
	add_fastest(out, view);
}

static void word_first(struct par_text *out, const struct par_lesson_view *view)
{
	static const char *const soon[] = { "imap", "imap_unordered", "apply", NULL };
	static const char *const late[] = { "map_auto", "async", NULL };
	const struct par_cell_stats *pair[2];
	struct par_metric first[2];
	double times;

	if (!find_two(pair, view, soon, late))
		return;
	first[0] = par_metric_of(pair[0], "first_ns");
	first[1] = par_metric_of(pair[1], "first_ns");
	times = first[1].value / first[0].value;
	if (!isfinite(times))
		return;
	par_text_format(out, "With %s the first result is there after ", pool_of(pair[0]));
	par_metric_word(out, &first[0]);
	par_text_format(out, " by %s, ", par_cell_form(&pair[0]->cell)->label);
	if ((times >= ALIKE || times <= 1 / ALIKE) && !par_metric_meet(&first[0], &first[1]))
		par_text_format(out, "%s times as %s by %s, after ",
			par_label_ratio(times >= 1 ? times : 1 / times).text,
			times >= 1 ? "late" : "early", par_cell_form(&pair[1]->cell)->label);
	else
		par_text_format(out, "as by %s, ", par_cell_form(&pair[1]->cell)->label);
	par_metric_word(out, &first[1]);
}

/* "1.30 (1.2 to 1.4) times as fast" */
static void add_times(struct par_text *out, const struct par_compared *compared)
{
	par_text_format(out, "%s", par_label_ratio(compared->ratio).text);
	if (isfinite(compared->low) && isfinite(compared->high))
		par_text_format(out, " (%s to %s)", par_label_ratio(compared->low).text,
			par_label_ratio(compared->high).text);
	par_text_add(out, " times");
}

static void word_automatic(struct par_text *out, const struct par_cell_stats *best,
	const struct par_cell_stats *automatic)
{
	struct par_compared slower;

	if (automatic == NULL || par_metric_compare(&slower, best, automatic, "time", 2) != 0 ||
		!isfinite(slower.ratio))
		return;
	par_text_add(out, "; the automatic choice ");
	if (slower.verdict == PAR_COMPARISON_NOT_SURE) {
		par_text_add(out, "cannot be told from that");
		return;
	}
	if (slower.ratio < ALIKE) {
		par_text_add(out, slower.ratio < 1 / ALIKE ? "is faster still" : "does as well");
		return;
	}
	par_text_add(out, "takes ");
	add_times(out, &slower);
	par_text_add(out, " as long as that");
}

static void word_chunk(struct par_text *out, const struct par_lesson_view *view)
{
	for (int processes = 0; processes < 2; processes++) {
		const struct par_cell_stats *best =
			best_of(view, 0, processes ? "process_pool" : "thread_pool");
		const struct par_cell_stats *one = find(view, processes, "map_1", 0);
		struct par_compared faster;

		if (best == NULL || one == NULL ||
			par_metric_compare(&faster, best, one, "time", 2) != 0 ||
			!isfinite(faster.ratio))
			continue;
		if (best == one) {
			par_text_format(out, "With %s no chunk is better than 1", pool_of(one));
		} else if (isfinite(faster.low) && faster.verdict != PAR_COMPARISON_FASTER) {
			par_text_format(out,
				"With %s chunks of %s cannot be told from an item at a time",
				pool_of(one), best->cell.variant + strlen(CHUNK_FROM));
		} else {
			par_text_format(out, "With %s chunks of %s make empty tasks ", pool_of(one),
				best->cell.variant + strlen(CHUNK_FROM));
			add_times(out, &faster);
			par_text_add(out, " as fast as an item at a time");
		}
		word_automatic(out, best, find(view, processes, "map_auto", 0));
		return;
	}
}

static const struct par_lesson_sheet sheets[] = {
	{
		.stem = "dispatch_rate",
		.kind = PAR_LESSON_LADDER,
		.takes = takes_calls,
		.what = "Tasks of about a microsecond, handed to a pool with a worker for each "
			"CPU, by call",
		.metric = "tasks_per_second",
		.metric_label = "tasks a second",
		.more_is_better = true,
		.aside = "in_order",
		.aside_label = "in order",
		.name = name_call,
		.word = word_rate,
	},
	{
		.stem = "dispatch_first",
		.kind = PAR_LESSON_LADDER,
		.takes = takes_calls,
		.what = "From the beginning of the job until the caller has the first result",
		.metric = "first_ns",
		.metric_label = "time to the first result",
		.aside = "held_bytes",
		.aside_label = "memory held",
		.name = name_call,
		.word = word_first,
	},
	{
		.stem = "dispatch_chunk",
		.kind = PAR_LESSON_CURVES,
		.what = "A map over empty tasks, by how many a worker takes at once",
		.metric = "tasks_per_second",
		.metric_label = "tasks a second",
		.more_is_better = true,
		.axis = "variant",
		.axis_label = "tasks of a chunk",
		.takes = takes_chunks,
		.name = name_pool,
		.word = word_chunk,
	},
	{ .stem = NULL },
};

static const struct par_lesson lesson = {
	.title = "Dispatch",
	.teaches = "apply, async, callbacks, map and its chunks, imap: what each call of a pool "
		   "costs",
	/* clang-format off */
	.howto =
		"- **apply** waits for each task before it hands over the next: one worker works at a "
		"time, and between two tasks both sides wait to be woken. If you only want a result "
		"after the other, call the function yourself.\n"
		"- **async** hands all over first, so every worker is busy; a get with a timeout and a "
		"callback cost about the same. Keep what you have handed over bounded: each result "
		"that nobody has taken holds memory.\n"
		"- **map** costs least, since workers take the items themselves: with larger chunks "
		"they meet less often, but the last chunk keeps everybody waiting when its items are "
		"slow. Leave the size to the automatic choice unless you have measured.\n"
		"- **imap** gives results while others are under way: use it where the first result "
		"counts, or where all of them would not fit into memory, and imap_unordered where "
		"their order does not matter, so that a slow task holds up no other.\n"
		"- **in order** tells how many results came right behind the one before them. A task "
		"that fails or kills its worker gives an error to its caller in every call, and the "
		"pool goes on with a new worker.\n",
	/* clang-format on */
	.sheets = sheets,
};

const struct par_experiment par_experiment_dispatch = {
	.name = NAME,
	.summary = "every call by which a pool is handed tasks, threads and processes",
	.question = "What does each way of handing work to a pool cost?",
	.plan = dispatch_plan,
	.lesson = &lesson,
};
