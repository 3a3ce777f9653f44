/*
 * granularity: how small may a task be before handing it out costs as much as the task?
 *
 * Axes: every model on every core, and the length of a task from about 10 ns to 1 ms (100 ms with
 * --full). All models do the same job at one length: about 10 ms of work, but never more than a
 * thousand tasks, each of which costs the slowest model a process, and never so few that a worker
 * could go without. Beside them tasks that only wait, by a small pool and by a worker for each:
 * there the grain says nothing, and few workers are what is dear.
 */
#include <math.h>
#include <string.h>

#include "clock.h"
#include "experiment.h"
#include "grain.h"
#include "lesson.h"
#include "phrase.h"

#define NAME "granularity"

#define JOB_STEPS    6000000 /* of 1 to 2 ns */
#define TASKS_MOST   1000
#define TASKS_A_CORE 8 /* at least */
/* Of the longest tasks fewer do: what is handed out hardly matters, and seconds are seconds. */
#define LONG_STEPS  5000000
#define LONG_A_CORE 2

/* 12 s of serial work: twice as much, warmed up and timed, would be ended by its deadline. */
#define JOB_STEPS_MOST 6000000000

#define LENGTHS_MAX 11

/* Steps of a task; the lists end with 0. */
static const uint64_t lengths[PAR_SCALES][LENGTHS_MAX + 1] = {
	[PAR_SCALE_QUICK] = { 30, 4000, 500000 },
	[PAR_SCALE_DEFAULT] = { 6, 90, 1500, 30000, 600000 },
	[PAR_SCALE_FULL] = { 6, 30, 150, 700, 3000, 15000, 70000, 300000, 1500000, 8000000,
		60000000 },
};

/* The tasks that wait. */
#define WAIT_US       2000
#define WAITS_A_PLACE 16 /* tasks for each worker of the pool */
#define POOL_MOST     4

static uint64_t tasks_for(uint64_t steps, unsigned cores)
{
	uint64_t tasks = JOB_STEPS / steps;
	uint64_t least = (uint64_t)(steps > LONG_STEPS ? LONG_A_CORE : TASKS_A_CORE) * cores;

	if (tasks > TASKS_MOST)
		tasks = TASKS_MOST;
	return tasks < least ? least : tasks;
}

static unsigned usable_cores(const struct par_machine *machine, const struct par_choice *choice)
{
	unsigned cores = machine->allowed_cores;

	if (choice->cores != NULL && choice->cores[choice->core_count - 1] < cores)
		cores = choice->cores[choice->core_count - 1];
	return cores;
}

static const char *why_not(const struct par_cell *cell)
{
	return cell->tasks * cell->params[0] > JOB_STEPS_MOST
		       ? "the serial job of so long tasks for so many cores would not end in time"
		       : NULL;
}

/* One worker a core: siblings that share a core would halve the efficiency of every model. */
static int add_cell(struct par_plan *plan, const struct par_machine *machine,
	const struct par_choice *choice, const struct par_workload *workload,
	const struct par_model *model, uint64_t steps)
{
	unsigned cores = usable_cores(machine, choice);
	struct par_cell cell;

	par_cell_init(&cell, NAME, workload, model, choice->scale);
	cell.tasks = tasks_for(steps, cores);
	cell.params[0] = steps;
	if ((model->traits & PAR_TRAIT_ONE_CORE) == 0)
		cell.cores = cell.workers = cores;
	return par_plan_add(plan, &cell, why_not(&cell), machine);
}

/* A pool of few, and a worker for each: of threads and of processes. */
static const char *const waiters[] = { "thread_pool", "thread", "process_pool", "fork" };
#define WAITERS (sizeof waiters / sizeof waiters[0])

static int add_waits(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	const struct par_workload *timer = par_choice_workload(choice, "timer");
	unsigned pool = usable_cores(machine, choice);
	int status = 0;

	pool = pool < POOL_MOST ? pool : POOL_MOST;
	for (size_t i = 0; timer != NULL && status == 0 && i < WAITERS; i++) {
		const struct par_model *model = par_choice_model(choice, waiters[i]);
		struct par_cell cell;

		if (model == NULL)
			continue;
		par_cell_init(&cell, NAME, timer, model, choice->scale);
		cell.tasks = (uint64_t)WAITS_A_PLACE * pool;
		cell.params[0] = WAIT_US;
		cell.cores = pool;
		cell.workers =
			(model->traits & PAR_TRAIT_PER_TASK) != 0 ? (unsigned)cell.tasks : pool;
		status = par_plan_add(plan, &cell, NULL, machine);
	}
	return status;
}

static int granularity_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	const struct par_workload *workload = par_choice_workload(choice, "spin");
	const uint64_t *steps = lengths[choice->scale];
	int status = 0;

	if (workload == NULL)
		return 0;
	for (; status == 0 && *steps != 0; steps++)
		for (size_t i = 0; status == 0 && choice->models[i] != NULL; i++)
			status = add_cell(
				plan, machine, choice, workload, choice->models[i], *steps);
	return status < 0 || choice->scale == PAR_SCALE_QUICK ? status
							      : add_waits(plan, machine, choice);
}

static int add_finding(
	struct par_analysis *analysis, struct par_finding *finding, struct par_text *headline)
{
	int status = par_phrase_take(finding->headline, sizeof finding->headline, headline);

	return status < 0 ? status : par_analysis_add_finding(analysis, finding);
}

static size_t index_of(const struct par_analysis *analysis, const struct par_grain_point *point)
{
	return (size_t)(point->stats - analysis->cells);
}

/* What is said of all rests on the longest tasks that are too short for each model. */
static int find_all(struct par_analysis *analysis, const struct par_grain *grain)
{
	struct par_finding finding = { .experiment = NAME };
	struct par_text text = PAR_TEXT_INIT;

	for (size_t i = 0; i < grain->count && i < PAR_FINDING_CELLS_MAX; i++) {
		const struct par_grain_curve *curve = &grain->curves[i];
		size_t last = curve->count - 1;

		while (last > 0 && curve->points[last].efficiency >= PAR_METG_SHARE)
			last--;
		finding.cells[finding.cell_count++] = index_of(analysis, &curve->points[last]);
	}
	par_grain_word(&text, grain);
	return add_finding(analysis, &finding, &text);
}

static int find_curve(struct par_analysis *analysis, const struct par_grain_curve *curve)
{
	struct par_finding finding = { .experiment = NAME };
	struct par_text text = PAR_TEXT_INIT;

	for (size_t i = 0; i < curve->count && i < PAR_FINDING_CELLS_MAX; i++)
		finding.cells[finding.cell_count++] = index_of(analysis, &curve->points[i]);
	par_grain_word_curve(&text, curve);
	return add_finding(analysis, &finding, &text);
}

/* Pairs of which one is more at hand: at which lengths is the other worth the trouble? */
static const char *const pairs[][2] = { { "process_pool", "fork" }, { "thread_pool", "thread" },
	{ "thread", "fork" }, { "thread_pool", "process_pool" } };
#define PAIRS (sizeof pairs / sizeof pairs[0])

/* What all that is said of crossings begins with. */
static void begin_crossings(struct par_text *out)
{
	par_text_format(out, "By more than %.0f %%, ", 100 * (1 - PAR_GRAIN_MATTERS));
}

static int find_crossing(
	struct par_analysis *analysis, const struct par_grain *grain, const char *const pair[2])
{
	struct par_finding finding = { .experiment = NAME };
	struct par_text text = PAR_TEXT_INIT;
	struct par_grain_crossing crossing;

	if (!par_grain_cross(&crossing, grain, pair[0], pair[1]))
		return 0;
	for (size_t i = 0; i < crossing.coarser->count && i < PAR_FINDING_CELLS_MAX; i++)
		finding.cells[finding.cell_count++] =
			index_of(analysis, &crossing.coarser->points[i]);
	begin_crossings(&text);
	par_grain_word_crossing(&text, &crossing);
	return add_finding(analysis, &finding, &text);
}

static bool is_crossing(const struct par_cell *cell)
{
	for (size_t i = 0; i < WAITERS; i++)
		if (strcmp(cell->model->name, waiters[i]) == 0)
			return strcmp(cell->workload->name, "spin") == 0;
	return false;
}

/* Two sorts of worker, and each of them with and without a pool: as many as fit in a sentence. */
static void word_crossings(struct par_text *out, const struct par_lesson_view *view)
{
	struct par_grain grain;
	size_t said = 0;

	par_grain_gather(&grain, view->analysis, NAME);
	for (size_t i = 0; i < PAIRS && said < 2; i += 2) {
		struct par_grain_crossing crossing;

		if (!par_grain_cross(&crossing, &grain, pairs[i][0], pairs[i][1]))
			continue;
		if (said++ == 0)
			begin_crossings(out);
		else
			par_text_add(out, "; ");
		par_grain_word_crossing(out, &crossing);
	}
}

static bool is_waiting(const struct par_cell *cell)
{
	return cell->workload->bound == PAR_BOUND_IO;
}

static void name_waiter(struct par_text *out, const struct par_cell *cell, bool brief)
{
	bool each = (cell->model->traits & PAR_TRAIT_PER_TASK) != 0;

	par_text_add(out, brief ? cell->model->short_label : cell->model->label);
	if (!each)
		par_text_format(out, brief ? " %u" : " of %u", cell->workers);
}

/*
 * The wait from which a worker for each beats the pool, if a round of the pool and the making of
 * all workers cost what they cost now: NaN where it never does.
 */
static double break_even(const struct par_cell_stats *pool, const struct par_cell_stats *each)
{
	double rounds = ceil((double)pool->cell.tasks / pool->cell.workers);
	double wait = (double)pool->cell.params[0] * PAR_NS_PER_US;
	double round_cost = pool->median_ns / rounds - wait, making = each->median_ns - wait;

	return rounds > 1 ? fmax((making - rounds * round_cost) / (rounds - 1), 0) : NAN;
}

static bool add_waiter(struct par_text *out, const struct par_lesson_view *view, const char *pool,
	const char *each, bool first)
{
	const struct par_cell_stats *base =
		par_lesson_find(view, &(struct par_lesson_pick){ .model = pool });
	const struct par_cell_stats *other =
		par_lesson_find(view, &(struct par_lesson_pick){ .model = each });
	struct par_compared compared;
	double even;

	if (base == NULL || other == NULL ||
		par_metric_compare(&compared, base, other, "time", 1) < 0 || isnan(compared.ratio))
		return false;
	if (first)
		par_text_format(out, "%llu waits of %s: ", (unsigned long long)base->cell.tasks,
			par_label_time((double)base->cell.params[0] * PAR_NS_PER_US).text);
	else
		par_text_add(out, "; ");
	name_waiter(out, &other->cell, false);
	par_text_format(out, " takes %s", par_label_times(compared.ratio).text);
	if (!isnan(compared.low))
		par_text_format(out, " (%s to %s)", par_label_ratio(compared.low).text,
			par_label_ratio(compared.high).text);
	par_text_add(out, " as long as ");
	name_waiter(out, &base->cell, false);
	even = break_even(base, other);
	if (even > 0)
		par_text_format(out, " and wins from some %s on", par_label_time(even).text);
	return true;
}

static void word_waits(struct par_text *out, const struct par_lesson_view *view)
{
	bool said = add_waiter(out, view, "thread_pool", "thread", true);

	(void)add_waiter(out, view, "process_pool", "fork", !said);
}

static const struct par_lesson_sheet sheets[] = {
	{ .stem = "granularity_crossings",
		.kind = PAR_LESSON_CURVES,
		.what = "When is a pool, or a thread, worth the trouble? Speedup by length of task",
		.metric = "speedup",
		.metric_label = "speedup over serial",
		.more_is_better = true,
		.axis = "steps",
		.axis_label = "dependent steps of a task, of 1 to 2 ns",
		.takes = is_crossing,
		.word = word_crossings },
	{ .stem = "granularity_waits",
		.kind = PAR_LESSON_LADDER,
		.what = "And for tasks that only wait? A small pool, and a worker for each",
		.metric = "time",
		.metric_label = "time for all waits",
		.takes = is_waiting,
		.name = name_waiter,
		.aside = "cpu",
		.aside_label = "CPU time",
		.word = word_waits },
	{ .stem = NULL },
};

static const struct par_lesson lesson = {
	.title = "Pool or not",
	.teaches = "how long a task must be to be worth a worker of its own",
	.howto =
		"- **Left of a crossing** the making of workers costs more than the work: keep a "
		"pool, or put many small tasks into one. **Right of it** a worker for each task is "
		"as fast, simpler, and isolates tasks from each other when it is a process.\n"
		"- Two models count as equal from where the slower one takes at most a ninth more; "
		"the range behind a length are the lengths that were measured on both sides.\n"
		"- **Waiting turns it round.** A pool of N does N waits at a time, however short "
		"its hand-over is; a worker for each does all at once and pays its making. So size "
		"a pool for what its tasks wait, not for the cores, or use coroutines, which wait "
		"for almost nothing.\n"
		"- The wait from which a worker for each wins is computed from both costs as they "
		"were measured, not measured itself.\n",
	.sheets = sheets,
};

static int granularity_find(struct par_analysis *analysis)
{
	struct par_grain grain;
	int status = 0;

	par_grain_gather(&grain, analysis, NAME);
	if (grain.count > 0)
		status = find_all(analysis, &grain);
	for (size_t i = 0; status == 0 && i < grain.count; i++)
		status = find_curve(analysis, &grain.curves[i]);
	for (size_t i = 0; status == 0 && i < PAIRS; i++)
		status = find_crossing(analysis, &grain, pairs[i]);
	return status < 0 ? status : par_lesson_find_all(analysis, NAME, &lesson);
}

static const char *const granularity_charts[] = { "granularity", NULL };

const struct par_experiment par_experiment_granularity = {
	.name = NAME,
	.summary = "every model on tasks from 10 ns up, on every core; and tasks that wait",
	.question = "How small may a task be?",
	.plan = granularity_plan,
	.find = granularity_find,
	.charts = granularity_charts,
	.lesson = &lesson,
};
