/*
 * coordination: order and limits. What does it cost that workers act in turn, that only so many are
 * somewhere at once, that all wait for all; and what happens when two locks are taken in opposite
 * orders?
 *
 * Four workloads, each over the ways to do it: turns (A, B, C), admit (k of n), phases (a barrier)
 * and transfer (a deadlock and its cures). The ways that block are run by threads, and where
 * processes could differ by these too; coroutines take part where they have a way of their own.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "experiment.h"
#include "phrase.h"

#define NAME "coordination"

#define TURNS_PARTS   3
#define MOVERS_MOST   16
#define CROSSERS_MOST 64

#define ALIKE 1.1 /* times as long: not worth a word */

/* A line of the plan: from which scale on, with how many parts; 0: one for each PU, at least 2. */
struct line {
	enum par_scale from;
	const char *workload, *model, *variant;
	unsigned parts;
};

static const struct line lines[] = {
	{ PAR_SCALE_QUICK, "turns", "thread_pool", "park", TURNS_PARTS },
	{ PAR_SCALE_DEFAULT, "turns", "thread_pool", "semaphore", TURNS_PARTS },
	{ PAR_SCALE_DEFAULT, "turns", "thread_pool", "condition", TURNS_PARTS },
	{ PAR_SCALE_DEFAULT, "turns", "thread_pool", "pipe", TURNS_PARTS },
	{ PAR_SCALE_DEFAULT, "turns", "thread_pool", "spin", TURNS_PARTS },
	{ PAR_SCALE_DEFAULT, "turns", "process_pool", "park", TURNS_PARTS },
	{ PAR_SCALE_FULL, "turns", "process_pool", "semaphore", TURNS_PARTS },
	{ PAR_SCALE_FULL, "turns", "process_pool", "condition", TURNS_PARTS },
	{ PAR_SCALE_FULL, "turns", "process_pool", "pipe", TURNS_PARTS },
	{ PAR_SCALE_DEFAULT, "turns", "coroutine", "park", TURNS_PARTS },
	{ PAR_SCALE_QUICK, "turns", "coroutine", "switch", TURNS_PARTS },
	{ PAR_SCALE_DEFAULT, "admit", "thread_pool", "permits", 20 },
	{ PAR_SCALE_DEFAULT, "admit", "coroutine", "permits", 20 },
	{ PAR_SCALE_FULL, "admit", "thread_pool", "semaphore", 20 },
	{ PAR_SCALE_FULL, "admit", "thread_pool", "condition", 20 },
	{ PAR_SCALE_FULL, "admit", "process_pool", "permits", 20 },
	{ PAR_SCALE_DEFAULT, "admit", "thread_pool", "permits", 100 },
	{ PAR_SCALE_FULL, "admit", "coroutine", "permits", 100 },
	{ PAR_SCALE_DEFAULT, "phases", "thread_pool", "gate", 0 },
	{ PAR_SCALE_DEFAULT, "phases", "thread_pool", "posix", 0 },
	{ PAR_SCALE_FULL, "phases", "process_pool", "gate", 0 },
	{ PAR_SCALE_FULL, "phases", "process_pool", "posix", 0 },
	{ PAR_SCALE_QUICK, "transfer", "thread_pool", "opposite", 0 },
	{ PAR_SCALE_QUICK, "transfer", "thread_pool", "order", 0 },
	{ PAR_SCALE_DEFAULT, "transfer", "thread_pool", "backoff", 0 },
	{ PAR_SCALE_DEFAULT, "transfer", "thread_pool", "trylock", 0 },
	{ PAR_SCALE_DEFAULT, "transfer", "thread_pool", "one", 0 },
	{ PAR_SCALE_FULL, "transfer", "process_pool", "opposite", 0 },
	{ PAR_SCALE_FULL, "transfer", "process_pool", "order", 0 },
};

static unsigned parts_of(const struct line *line, unsigned pus)
{
	unsigned most = strcmp(line->workload, "transfer") == 0 ? MOVERS_MOST : CROSSERS_MOST;

	if (line->parts != 0)
		return line->parts;
	if (pus < 2)
		return 2;
	return pus < most ? pus : most;
}

static int add_line(struct par_plan *plan, const struct line *line, const struct par_choice *choice,
	const struct par_machine *machine)
{
	const struct par_workload *workload = par_choice_workload(choice, line->workload);
	const struct par_model *model = par_choice_model(choice, line->model);
	unsigned pus = par_choice_pus(choice, machine), parts = parts_of(line, pus);
	struct par_cell cell;

	if (workload == NULL || model == NULL || choice->scale < line->from)
		return 0;
	par_cell_init(&cell, NAME, workload, model, choice->scale);
	snprintf(cell.variant, sizeof cell.variant, "%s", line->variant);
	cell.tasks = parts;
	if ((model->traits & PAR_TRAIT_LOOP) == 0) {
		cell.workers = parts;
		cell.cores = parts < pus ? parts : pus;
	}
	return par_plan_add(plan, &cell, NULL, machine);
}

static int coordination_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < sizeof lines / sizeof *lines; i++)
		status = add_line(plan, &lines[i], choice, machine);
	return status;
}

static bool is_work(const struct par_cell *cell, const char *name)
{
	return strcmp(cell->workload->name, name) == 0;
}

static bool takes_turns(const struct par_cell *cell)
{
	return is_work(cell, "turns");
}

static bool takes_transfer(const struct par_cell *cell)
{
	return is_work(cell, "transfer");
}

static bool takes_admit(const struct par_cell *cell)
{
	return is_work(cell, "admit");
}

static bool takes_phases(const struct par_cell *cell)
{
	return is_work(cell, "phases");
}

/* "futex, processes": the way, and who if not threads. */
static void name_way(struct par_text *out, const struct par_cell *cell, bool brief)
{
	const struct par_variant *variant = par_cell_form(cell);

	if (brief)
		par_text_format(out, "%.14s", variant->name);
	else
		par_text_add(out, variant->label);
	if ((cell->model->traits & PAR_TRAIT_PROCESS) != 0)
		par_text_add(out, brief ? " p" : ", processes");
	else if ((cell->model->traits & PAR_TRAIT_LOOP) != 0 &&
		 (variant->traits & PAR_VARIANT_LOOP) == 0)
		par_text_add(out, brief ? " c" : ", coroutines");
	else if (!brief && (cell->model->traits & PAR_TRAIT_LOOP) == 0)
		par_text_add(out, ", threads");
}

/* "5 of 100, threads, POSIX semaphore" */
static void name_admit(struct par_text *out, const struct par_cell *cell, bool brief)
{
	par_text_format(out, "%llu of %llu, ", (unsigned long long)cell->params[0],
		(unsigned long long)cell->tasks);
	if (brief)
		par_text_format(out, "%.4s", cell->model->short_label);
	else
		name_way(out, cell, brief);
}

static void add_name(
	struct par_text *out, const struct par_lesson_view *view, const struct par_cell *cell)
{
	view->sheet->name(out, cell, false);
}

/* "A hand-over takes 44 ns by coroutine switch, threads and 24 µs by pipes, ..." */
static void word_ends(struct par_text *out, const struct par_lesson_view *view, const char *what)
{
	const struct par_cell_stats *ranks[32];
	size_t count = par_lesson_rank(ranks, sizeof ranks / sizeof *ranks, view);
	struct par_metric best, worst;

	if (count < 2)
		return;
	best = par_metric_of(ranks[0], view->sheet->metric);
	worst = par_metric_of(ranks[count - 1], view->sheet->metric);
	par_text_format(out, "%s takes ", what);
	par_metric_word(out, &best);
	if (worst.value < ALIKE * best.value || par_metric_meet(&best, &worst)) {
		par_text_add(out, ", whichever way it is done");
		return;
	}
	par_text_add(out, " with ");
	add_name(out, view, &ranks[0]->cell);
	par_text_format(out, ", and %s times as long with ",
		par_label_ratio(worst.value / best.value).text);
	add_name(out, view, &ranks[count - 1]->cell);
}

static void word_turns(struct par_text *out, const struct par_lesson_view *view)
{
	word_ends(out, view, "Handing a turn to the next");
}

static void word_phases(struct par_text *out, const struct par_lesson_view *view)
{
	word_ends(out, view, "Waiting for all at a barrier");
}

/* Lossy ones come last in the ranks: also where they met no deadlock they are no cure. */
static void word_fastest_cure(
	struct par_text *out, const struct par_lesson_view *view, const char *begin)
{
	const struct par_cell_stats *ranks[16];
	size_t count = par_lesson_rank(ranks, sizeof ranks / sizeof *ranks, view), ties = 0;
	struct par_metric best;

	if (count == 0 || par_lesson_is_lossy(&ranks[0]->cell))
		return;
	best = par_metric_of(ranks[0], "transfer_ns");
	for (size_t i = 1; i < count && !par_lesson_is_lossy(&ranks[i]->cell); i++) {
		struct par_metric other = par_metric_of(ranks[i], "transfer_ns");

		ties += par_metric_meet(&best, &other);
	}
	par_text_format(out, "%s%s, ", begin, par_cell_form(&ranks[0]->cell)->label);
	par_metric_word(out, &best);
	par_text_add(out, " a transfer");
	if (ties > 0)
		par_text_format(
			out, ", which %zu other%s cannot be told from", ties, par_phrase_s(ties));
}

static void word_transfer(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_lesson_pick pick = { .variant = "opposite" };
	const struct par_cell_stats *opposite = par_lesson_find(view, &pick);
	struct par_metric share, before;

	if (opposite == NULL) {
		word_fastest_cure(out, view, "The fastest way that cannot deadlock is ");
		return;
	}
	share = par_metric_of(opposite, "deadlocked");
	before = par_metric_of(opposite, "before_deadlock");
	if (share.value >= 0.5 && isfinite(before.value))
		par_text_format(out, "Locks in opposite orders deadlock after %s transfer%s",
			par_metric_label(before.value, PAR_UNIT_COUNT).text,
			before.value == 1 ? "" : "s");
	else
		par_text_add(out, "Locks in opposite orders did not deadlock here, but may");
	word_fastest_cure(out, view, "; fastest without is ");
}

/* That no more were inside than may be was verified in every visit. */
static void word_admit(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *ranks[16];
	size_t count = par_lesson_rank(ranks, sizeof ranks / sizeof *ranks, view);
	struct par_metric metric;
	uint64_t parts = 0;
	double most = 0;

	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++) {
		most = fmax(most, par_metric_of(ranks[i], "most_inside").value);
		parts = ranks[i]->cell.tasks > parts ? ranks[i]->cell.tasks : parts;
	}
	metric = par_metric_of(ranks[0], view->sheet->metric);
	par_text_format(out,
		"Of %s parts never more than %s were inside at once, where %llu may be",
		par_label_count(parts).text, par_metric_label(most, PAR_UNIT_COUNT).text,
		(unsigned long long)ranks[0]->cell.params[0]);
	par_text_add(out, "; an entry takes ");
	par_metric_word(out, &metric);
	par_text_add(out, " with ");
	name_way(out, &ranks[0]->cell, false);
}

static const struct par_lesson_sheet sheets[] = {
	{
		.stem = "coordination_turns",
		.kind = PAR_LESSON_LADDER,
		.what = "Three parts that act strictly in turn, A, B, C: from one "
			"turn to the next",
		.metric = "handoff_ns",
		.metric_label = "time to hand over",
		.takes = takes_turns,
		.name = name_way,
		.word = word_turns,
	},
	{
		.stem = "coordination_transfer",
		.kind = PAR_LESSON_LADDER,
		.what = "Two accounts with a lock each, and money that moves both ways: the cures "
			"of "
			"a deadlock",
		.metric = "transfer_ns",
		.metric_label = "time for a transfer",
		.aside = "retries",
		.aside_label = "retries each",
		.takes = takes_transfer,
		.name = name_way,
		.word = word_transfer,
	},
	{
		.stem = "coordination_admit",
		.kind = PAR_LESSON_LADDER,
		.what = "Parts that wait 50 µs each in a room where only so many may be at once",
		.metric = "entry_ns",
		.metric_label = "time for an entry, over all parts",
		.aside = "most_inside",
		.aside_label = "most inside",
		.takes = takes_admit,
		.name = name_admit,
		.word = word_admit,
	},
	{
		.stem = "coordination_phases",
		.kind = PAR_LESSON_LADDER,
		.what = "Workers, one a CPU, that wait for each other after every step",
		.metric = "crossing_ns",
		.metric_label = "time for a crossing of all",
		.takes = takes_phases,
		.name = name_way,
		.word = word_phases,
	},
	{ .stem = NULL },
};

static const struct par_lesson lesson = {
	.title = "Order and limits",
	.teaches = "semaphores, strict turns, barriers, deadlock and its cures",
	.howto = "- **Turns**: the time from one part's turn to the next. Whoever sleeps must be "
		 "woken "
		 "by the kernel, which takes microseconds, more when it sits on another CPU; "
		 "coroutines "
		 "of one loop only switch stacks. If two workers always wait for each other, let "
		 "one "
		 "worker do both jobs.\n"
		 "- **Deadlock**: with *opposite orders* each part takes the lock it moves money "
		 "from "
		 "first. As soon as two hold one lock each and want the other's, all stand still: "
		 "the "
		 "visit finds the circle of who waits for whom, tells after how many transfers, "
		 "and ends. "
		 "It has no time. *One order for all* cures it for nothing: number your locks and "
		 "always "
		 "take the lower one first; give up and retry only where you cannot know all locks "
		 "beforehand.\n"
		 "- **Limits**: a semaphore of k lets k in. Each part waits inside, so k of them "
		 "overlap and "
		 "an entry takes about a k-th of the stay; every visit checks that no more were "
		 "inside. "
		 "Use one to protect what breaks under too many (connections, memory), not to "
		 "order.\n"
		 "- **Barriers**: everybody waits for the slowest, and then for being woken. Where "
		 "workers "
		 "have a CPU each, spinning for a moment first avoids the kernel; with more "
		 "workers than "
		 "CPUs it only steals time.\n",
	.sheets = sheets,
};

const struct par_experiment par_experiment_coordination = {
	.name = NAME,
	.summary = "turns, limits, barriers and a deadlock with its cures",
	.question = "What do order and limits cost, and what ends a deadlock?",
	.plan = coordination_plan,
	.lesson = &lesson,
};
