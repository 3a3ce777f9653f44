/*
 * granularity: how small may a task be before handing it out costs as much as the task?
 *
 * Axes: every model on every core, and the length of a task from about 10 ns to 1 ms (3 ms with
 * --full). All models do the same job at one length: about 10 ms of work, but never more than a
 * thousand tasks, each of which costs the slowest model a process, and never so few that a worker
 * could go without.
 */
#include <string.h>

#include "experiment.h"
#include "grain.h"
#include "phrase.h"

#define NAME "granularity"

#define JOB_STEPS    6000000 /* of 1 to 2 ns */
#define TASKS_MOST   1000
#define TASKS_A_CORE 8 /* at least */

#define LENGTHS_MAX 9

/* Steps of a task; the lists end with 0. */
static const uint64_t lengths[PAR_SCALES][LENGTHS_MAX + 1] = {
	[PAR_SCALE_QUICK] = { 6, 300, 15000, 600000 },
	[PAR_SCALE_DEFAULT] = { 6, 60, 600, 6000, 60000, 600000 },
	[PAR_SCALE_FULL] = { 6, 30, 150, 700, 3000, 15000, 70000, 300000, 1500000 },
};

static uint64_t tasks_for(uint64_t steps, unsigned cores)
{
	uint64_t tasks = JOB_STEPS / steps, least = (uint64_t)TASKS_A_CORE * cores;

	if (tasks > TASKS_MOST)
		tasks = TASKS_MOST;
	return tasks < least ? least : tasks;
}

/* One worker a core: siblings that share a core would halve the efficiency of every model. */
static int add_cell(struct par_plan *plan, const struct par_machine *machine,
	const struct par_choice *choice, const struct par_workload *workload,
	const struct par_model *model, uint64_t steps)
{
	unsigned cores = machine->allowed_cores;
	struct par_cell cell;

	if (choice->cores != NULL && choice->cores[choice->core_count - 1] < cores)
		cores = choice->cores[choice->core_count - 1];
	par_cell_init(&cell, NAME, workload, model, choice->scale);
	cell.tasks = tasks_for(steps, cores);
	cell.params[0] = steps;
	if ((model->traits & PAR_TRAIT_ONE_CORE) == 0)
		cell.cores = cell.workers = cores;
	return par_plan_add(plan, &cell, NULL, machine);
}

static const struct par_workload *find_workload(const struct par_choice *choice)
{
	for (size_t i = 0; choice->workloads[i] != NULL; i++)
		if (strcmp(choice->workloads[i]->name, "spin") == 0)
			return choice->workloads[i];
	return NULL;
}

static int granularity_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	const struct par_workload *workload = find_workload(choice);
	const uint64_t *steps = lengths[choice->scale];
	int status = 0;

	for (; status == 0 && workload != NULL && *steps != 0; steps++)
		for (size_t i = 0; status == 0 && choice->models[i] != NULL; i++)
			status = add_cell(
				plan, machine, choice, workload, choice->models[i], *steps);
	return status;
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

static int granularity_find(struct par_analysis *analysis)
{
	struct par_grain grain;
	int status = 0;

	par_grain_gather(&grain, analysis, NAME);
	if (grain.count > 0)
		status = find_all(analysis, &grain);
	for (size_t i = 0; status == 0 && i < grain.count; i++)
		status = find_curve(analysis, &grain.curves[i]);
	return status;
}

static const char *const granularity_charts[] = { "granularity", NULL };

const struct par_experiment par_experiment_granularity = {
	.name = NAME,
	.summary = "every model on tasks from 10 ns up, on every core",
	.question = "How small may a task be?",
	.plan = granularity_plan,
	.find = granularity_find,
	.charts = granularity_charts,
};
