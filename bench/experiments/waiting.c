/*
 * waiting: how many waits at once, and at what memory and CPU time?
 *
 * Axes: each way to wait (a process, a thread, a coroutine for each; loops on epoll or io_uring)
 * and how many tasks wait at once, as timers and as open connections. A model with a worker for
 * each wait is asked for as many as a machine can be expected to make; with --full for more, and
 * the errno is what is found. Beside them: what a blocking call does to a loop, and what coroutines
 * are worth where nothing waits.
 */
#include <string.h>

#include "waiting_words.h"

#define NAME "waiting"

#define POINTS_MAX 8

/* How many waits a model is asked for at each scale; a list ends with 0. */
struct series {
	const char *workload, *model, *variant;
	uint64_t tasks[PAR_SCALES][POINTS_MAX];
};

/* clang-format off */
static const struct series all_series[] = {
	{ "waits", "fork", "-", { { 100 }, { 1, 100 }, { 1, 10, 100, 1000 } } },
	{ "waits", "process_pool", "-", { { 0 }, { 100 }, { 1, 10, 100, 1000 } } },
	{ "waits", "thread", "-", { { 100 }, { 1, 100, 1000 }, { 1, 10, 100, 1000, 10000 } } },
	{ "waits", "thread_pool", "-", { { 0 }, { 100, 1000 }, { 1, 10, 100, 1000, 10000 } } },
	{ "waits", "coroutine", "-",
		{ { 100, 10000 }, { 1, 100, 10000 }, { 1, 10, 100, 1000, 10000, 100000 } } },
	{ "waits", "coroutine", "uring",
		{ { 10000 }, { 100, 10000 }, { 1, 10, 100, 1000, 10000, 100000 } } },
	{ "waits", "thread_coroutine", "-", { { 0 }, { 10000 }, { 100, 1000, 10000, 100000 } } },
	{ "waits", "process_coroutine", "-", { { 0 }, { 10000 }, { 100, 1000, 10000, 100000 } } },
	{ "hold", "fork", "-", { { 0 }, { 0 }, { 100, 1000 } } },
	{ "hold", "thread", "-", { { 0 }, { 1000 }, { 1, 10, 100, 1000, 10000 } } },
	{ "hold", "coroutine", "-", { { 0 }, { 1000 }, { 1, 10, 100, 1000, 10000, 20000 } } },
	{ "hold", "coroutine", "uring", { { 0 }, { 1000 }, { 1, 10, 100, 1000, 10000, 20000 } } },
	{ "hold", "process_coroutine", "-", { { 0 }, { 0 }, { 1000, 10000, 20000 } } },
};
/* clang-format on */

#define BLOCKING_TASKS   20
#define BLOCKING_WAIT_US 1000
#define COMPUTE_TASKS    100
#define COMPUTE_STEPS    50000 /* about 0.1 ms */

/* A worker for each wait, or a loop for each core asked for. */
static unsigned workers_for(const struct par_model *model, uint64_t tasks,
	const struct par_choice *choice, const struct par_machine *machine)
{
	unsigned pus = par_choice_pus(choice, machine);

	if ((model->traits & PAR_TRAIT_ONE_CORE) != 0)
		return 1;
	if ((model->traits & PAR_TRAIT_LOOP) == 0)
		return (unsigned)tasks;
	return pus < tasks ? pus : (unsigned)tasks;
}

static int add_cell(struct par_plan *plan, const struct par_machine *machine,
	const struct par_choice *choice, const struct series *series, uint64_t tasks)
{
	const struct par_workload *workload = par_choice_workload(choice, series->workload);
	const struct par_model *model = par_choice_model(choice, series->model);
	unsigned pus = par_choice_pus(choice, machine);
	struct par_cell cell;

	if (workload == NULL || model == NULL)
		return 0;
	par_cell_init(&cell, NAME, workload, model, choice->scale);
	memcpy(cell.variant, series->variant, strlen(series->variant) + 1);
	cell.tasks = tasks;
	cell.workers = workers_for(model, tasks, choice, machine);
	cell.cores = cell.workers < pus ? cell.workers : pus;
	return par_plan_add(plan, &cell, NULL, machine);
}

static int add_blocking(struct par_plan *plan, const struct par_machine *machine,
	const struct par_choice *choice, const char *variant)
{
	const struct par_workload *workload = par_choice_workload(choice, "timer");
	const struct par_model *model = par_choice_model(choice, "coroutine");
	struct par_cell cell;

	if (workload == NULL || model == NULL)
		return 0;
	par_cell_init(&cell, NAME, workload, model, choice->scale);
	memcpy(cell.variant, variant, strlen(variant) + 1);
	cell.tasks = BLOCKING_TASKS;
	cell.params[0] = BLOCKING_WAIT_US;
	return par_plan_add(plan, &cell, NULL, machine);
}

static int add_compute(struct par_plan *plan, const struct par_machine *machine,
	const struct par_choice *choice, const char *name)
{
	const struct par_workload *workload = par_choice_workload(choice, "spin");
	const struct par_model *model = par_choice_model(choice, name);
	struct par_cell cell;

	if (workload == NULL || model == NULL)
		return 0;
	par_cell_init(&cell, NAME, workload, model, choice->scale);
	cell.tasks = COMPUTE_TASKS;
	cell.params[0] = COMPUTE_STEPS;
	return par_plan_add(plan, &cell, NULL, machine);
}

static int waiting_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	int status = 0;

	for (size_t i = 0; i < sizeof all_series / sizeof *all_series; i++) {
		const uint64_t *tasks = all_series[i].tasks[choice->scale];

		for (; status == 0 && *tasks != 0; tasks++)
			status = add_cell(plan, machine, choice, &all_series[i], *tasks);
	}
	if (status == 0)
		status = add_blocking(plan, machine, choice, "-");
	if (status == 0)
		status = add_blocking(plan, machine, choice, "blocking");
	if (choice->scale == PAR_SCALE_QUICK)
		return status;
	if (status == 0)
		status = add_compute(plan, machine, choice, "serial");
	if (status == 0)
		status = add_compute(plan, machine, choice, "coroutine");
	return status;
}

static bool is_timer(const struct par_cell *cell)
{
	return strcmp(cell->workload->name, "waits") == 0;
}

/* A few waits carry what a model costs at all. */
static bool is_crowd(const struct par_cell *cell)
{
	return is_timer(cell) && cell->tasks >= 100;
}

static bool is_connection(const struct par_cell *cell)
{
	return strcmp(cell->workload->name, "hold") == 0;
}

static bool is_on_one_thread(const struct par_cell *cell)
{
	return strcmp(cell->workload->name, "timer") == 0 ||
	       strcmp(cell->workload->name, "spin") == 0;
}

static void add_who(struct par_text *out, const struct par_cell *cell, bool brief)
{
	const struct par_variant *variant = par_cell_variant(cell);

	par_text_add(out, brief ? cell->model->short_label : cell->model->label);
	if (variant != NULL)
		par_text_format(out, brief ? " %s" : ", %s", brief ? "ring" : variant->label);
}

static void name_crowd(struct par_text *out, const struct par_cell *cell, bool brief)
{
	add_who(out, cell, brief);
	if (!brief)
		par_text_format(out, ", %s at once", par_label_count(cell->tasks).text);
}

static void name_on_one_thread(struct par_text *out, const struct par_cell *cell, bool brief)
{
	const struct par_variant *variant = par_cell_variant(cell);

	if (strcmp(cell->workload->name, "spin") == 0) {
		par_text_format(out, brief ? "CPU, %s" : "computing, %s",
			brief ? cell->model->short_label : cell->model->label);
		return;
	}
	if (variant != NULL)
		par_text_add(out, brief ? "blocking" : "coroutines that block");
	else
		par_text_add(out, brief ? "waiting" : "coroutines that wait");
}

static const struct par_lesson_sheet sheets[] = {
	{ .stem = "waiting_time",
		.kind = PAR_LESSON_CURVES,
		.what = "How long do waits of 10 ms take that all begin at once? 10 ms is perfect",
		.metric = "time",
		.metric_label = "wall time",
		.axis = "tasks",
		.axis_label = "waits at once",
		.takes = is_timer,
		.name = add_who,
		.word = par_waiting_word_time },
	{ .stem = "waiting_memory",
		.kind = PAR_LESSON_LADDER,
		.what = "What does a task take while it waits: its pages, page tables and kernel "
			"stack?",
		.metric = "memory",
		.metric_label = "memory for a waiting task",
		.aside = "task_cpu",
		.aside_label = "CPU time",
		.takes = is_crowd,
		.name = name_crowd,
		.word = par_waiting_word_memory },
	{ .stem = "waiting_connections",
		.kind = PAR_LESSON_LADDER,
		.what = "How long do loopback connections take that are all open at once? 10 ms is "
			"perfect",
		.metric = "time",
		.metric_label = "wall time",
		.aside = "task_cpu",
		.aside_label = "CPU time",
		.takes = is_connection,
		.name = name_crowd,
		.word = par_waiting_word_connections },
	{ .stem = "waiting_blocking",
		.kind = PAR_LESSON_LADDER,
		.what = "What does a blocking call do to a loop, and what is a loop worth without "
			"waits?",
		.metric = "time",
		.metric_label = "wall time",
		.takes = is_on_one_thread,
		.name = name_on_one_thread,
		.word = par_waiting_word_blocking },
	{ .stem = NULL },
};

static const struct par_lesson lesson = {
	.title = "Waiting",
	.teaches =
		"a wait needs a place to be kept, not a worker: what that place costs in memory, "
		"CPU time and limits",
	.howto =
		"- Each curve is a way to wait. All waits begin at once and last 10 ms, so a "
		"perfect "
		"model stays on a flat line at 10 ms; where a curve bends up, making and waking "
		"workers costs more than the waits. A cross is where a model gave up, with its "
		"errno.\n"
		"- A process for each wait pays for page tables and copied pages, a thread for two "
		"stacks, a coroutine for the one page of stack that it has touched: memory, and a "
		"kernel limit (pids, threads, open files), decide how many fit.\n"
		"- In real code: up to some hundred waits, threads are simple and cheap enough; "
		"for "
		"thousands use an event loop (async, coroutines), with one loop for each core when "
		"the work between the waits fills a core. Raise RLIMIT_NOFILE before you hold many "
		"connections.\n"
		"- A loop switches only where a task waits through it. One blocking call (a sleep, "
		"a "
		"plain file, a DNS look-up, long computing) stops all others: hand it to a pool. "
		"And "
		"without waits a loop gains nothing.\n",
	.sheets = sheets,
};

static int waiting_find(struct par_analysis *analysis)
{
	return par_lesson_find_all(analysis, NAME, &lesson);
}

const struct par_experiment par_experiment_waiting = {
	.name = NAME,
	.summary = "many waits at once: time, memory and CPU time of each way to wait",
	.question = "How many waits at once, and at what memory?",
	.plan = waiting_plan,
	.find = waiting_find,
	.lesson = &lesson,
};
