/*
 * gil: why do threads under a global interpreter lock wait well and compute badly?
 *
 * Axes: the way to run tasks, and whether they compute or wait. C and CPython do the same tasks,
 * each with sizes of its own (an interpreted step takes some hundred times as long), and each is
 * compared with its own serial time: CPython against CPython, so what is shown is what more workers
 * are worth, not which language is faster.
 */
#include <math.h>
#include <string.h>

#include "experiment.h"
#include "ratio.h"

#define NAME "gil"

#define WORKERS_MOST    8   /* that compute */
#define GAIN            1.1 /* a speedup worth the name */
#define WAITING_WORKERS 8

/* A job of C and one of CPython. */
struct size {
	uint64_t tasks, param;
};

static const struct size compute[2] = { { 200, 50000 }, { 100, 500 } };
/* Other waits in CPython, so that its cells have the serial time of CPython for a base. */
static const struct size waiting[2] = { { 16, 2000 }, { 16, 3000 } };

struct entry {
	const char *workload, *model;
	enum par_scale from; /* the smallest plan that has it */
};

static const struct entry entries[] = {
	{ "spin", "serial", PAR_SCALE_QUICK },
	{ "spin", "gil", PAR_SCALE_QUICK },
	{ "spin", "thread_pool", PAR_SCALE_QUICK },
	{ "spin", "process_pool", PAR_SCALE_DEFAULT },
	{ "spin", "coroutine", PAR_SCALE_FULL },
	{ "spin", "python_serial", PAR_SCALE_DEFAULT },
	{ "spin", "python_threading", PAR_SCALE_DEFAULT },
	{ "spin", "python_multiprocessing", PAR_SCALE_DEFAULT },
	{ "spin", "python_asyncio", PAR_SCALE_DEFAULT },
	{ "nap", "serial", PAR_SCALE_QUICK },
	{ "nap", "gil", PAR_SCALE_QUICK },
	{ "nap", "thread_pool", PAR_SCALE_DEFAULT },
	{ "nap", "process_pool", PAR_SCALE_DEFAULT },
	{ "nap", "coroutine", PAR_SCALE_DEFAULT },
	{ "nap", "python_serial", PAR_SCALE_DEFAULT },
	{ "nap", "python_threading", PAR_SCALE_DEFAULT },
	{ "nap", "python_multiprocessing", PAR_SCALE_FULL },
	{ "nap", "python_asyncio", PAR_SCALE_DEFAULT },
};

static bool computes(const struct par_cell *cell)
{
	return strcmp(cell->workload->name, "spin") == 0;
}

static bool waits(const struct par_cell *cell)
{
	return !computes(cell);
}

/* At least two, so that there is somebody to take turns with. */
static unsigned workers_for(const struct par_cell *cell, unsigned pus)
{
	if ((cell->model->traits & PAR_TRAIT_ONE_CORE) != 0)
		return 1;
	if (waits(cell))
		return WAITING_WORKERS;
	return pus < 2 ? 2 : pus < WORKERS_MOST ? pus : WORKERS_MOST;
}

static int add_cell(struct par_plan *plan, const struct par_machine *machine,
	const struct par_choice *choice, const struct entry *entry)
{
	const struct par_workload *workload = par_choice_workload(choice, entry->workload);
	const struct par_model *model = par_choice_model(choice, entry->model);
	unsigned pus = par_choice_pus(choice, machine);
	const struct size *size;
	struct par_cell cell;

	if (workload == NULL || model == NULL)
		return 0;
	par_cell_init(&cell, NAME, workload, model, choice->scale);
	size = &(computes(&cell) ? compute : waiting)[model->outside != NULL];
	cell.tasks = size->tasks;
	cell.params[0] = size->param;
	cell.workers = workers_for(&cell, pus);
	cell.cores = cell.workers < pus ? cell.workers : pus;
	return par_plan_add(plan, &cell, NULL, machine);
}

static int gil_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < sizeof entries / sizeof *entries; i++)
		if (choice->scale >= entries[i].from)
			status = add_cell(plan, machine, choice, &entries[i]);
	return status;
}

static const struct par_cell_stats *find(const struct par_lesson_view *view, const char *model)
{
	const struct par_cell_stats *stats =
		par_lesson_find(view, &(struct par_lesson_pick){ .model = model });

	if (stats == NULL || !isfinite(par_metric_of(stats, "speedup").value))
		return NULL;
	return stats;
}

/* Adds "a thread pool 1.97×" to a list. */
static void add_speedup(struct par_text *out, const struct par_lesson_view *view, const char *model,
	const char *words, unsigned *count)
{
	const struct par_cell_stats *stats = find(view, model);

	if (stats == NULL)
		return;
	par_text_format(out, "%s%s %s", *count > 0 ? ", " : "", words,
		par_label_times(par_metric_of(stats, "speedup").value).text);
	++*count;
}

static void add_gil(struct par_text *out, const struct par_cell_stats *stats)
{
	struct par_metric speedup = par_metric_of(stats, "speedup");
	struct par_ratio ratio = { speedup.value, speedup.ci[0], speedup.ci[1],
		PAR_COMPARISON_NOT_SURE };

	par_text_format(out, "%s %u threads with a GIL reach ",
		computes(&stats->cell) ? "Computing," : "Waiting,", stats->cell.workers);
	par_ratio_word(out, &ratio);
	par_text_add(out, " the speed of one");
	/* Only what the interval tells. */
	if (speedup.ci[0] > GAIN)
		par_text_add(out, ": a gain");
	else if (speedup.ci[1] < GAIN)
		par_text_add(out, ": no gain");
}

static void word(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *gil = find(view, "gil");
	struct par_text others = PAR_TEXT_INIT;
	unsigned count = 0;

	if (gil == NULL)
		return;
	add_gil(out, gil);
	add_speedup(&others, view, "thread_pool", "a thread pool", &count);
	add_speedup(&others, view, "process_pool", "a process pool", &count);
	add_speedup(&others, view, "coroutine", "coroutines", &count);
	if (count > 0)
		par_text_format(out, "; %s", par_text_get(&others));
	par_text_clear(&others);
	count = 0;
	add_speedup(&others, view, "python_threading", "threading", &count);
	add_speedup(&others, view, "python_multiprocessing", "multiprocessing", &count);
	add_speedup(&others, view, "python_asyncio", "asyncio", &count);
	if (count > 0)
		par_text_format(out, "; in CPython %s", par_text_get(&others));
	out->failed |= others.failed;
	par_text_fini(&others);
}

static void name_model(struct par_text *out, const struct par_cell *cell, bool brief)
{
	par_text_add(out, brief ? cell->model->short_label : cell->model->label);
	if (cell->workers > 1)
		par_text_format(out, brief ? " %u" : ", %u", cell->workers);
}

static const struct par_lesson_sheet sheets[] = {
	{ .stem = "gil_compute",
		.kind = PAR_LESSON_LADDER,
		.what = "What are more workers worth to tasks that compute? Each over its own "
			"language's serial time",
		.metric = "speedup",
		.metric_label = "speedup over serial",
		.linear = true,
		.more_is_better = true,
		.takes = computes,
		.name = name_model,
		.word = word },
	{ .stem = "gil_wait",
		.kind = PAR_LESSON_LADDER,
		.what = "What are more workers worth to tasks that wait? Each over its own "
			"language's serial time",
		.metric = "speedup",
		.metric_label = "speedup over serial",
		.linear = true,
		.more_is_better = true,
		.takes = waits,
		.name = name_model,
		.word = word },
	{ .stem = NULL },
};

static const struct par_lesson lesson = {
	.title = "GIL",
	.teaches =
		"under a global interpreter lock threads share one turn to compute, and wait side "
		"by side",
	.howto =
		"- Each row is a way to run the same tasks; the bar says how many times as fast as "
		"one after the other. C is compared with serial C and CPython with serial CPython, "
		"so the rows show what more workers are worth, not which language is faster.\n"
		"- A thread must hold the lock to compute, and lets it go while it waits. So "
		"computing threads take turns (5 ms each, by the switch interval) and end no "
		"sooner "
		"than one would; waiting threads all wait at once.\n"
		"- In real code: where Python waits (network, disk, subprocesses), threads or "
		"asyncio are enough; where it computes, use processes (multiprocessing, "
		"ProcessPoolExecutor), code that releases the lock (NumPy, C extensions), or a "
		"build without one (PEP 703). Mixed: keep what computes away from the threads that "
		"serve, which else wait an interval for each turn.\n",
	.sheets = sheets,
};

static int gil_find(struct par_analysis *analysis)
{
	return par_lesson_find_all(analysis, NAME, &lesson);
}

const struct par_experiment par_experiment_gil = {
	.name = NAME,
	.summary = "tasks that compute and tasks that wait under a global interpreter lock",
	.question = "Why do threads under a global interpreter lock wait well and compute badly?",
	.plan = gil_plan,
	.find = gil_find,
	.lesson = &lesson,
};
