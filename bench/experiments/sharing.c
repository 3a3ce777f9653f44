/*
 * sharing: what does sharing state cost, and what does a missing lock lose?
 *
 * Axes: the way to share one counter, and 1 to 2N workers for N PUs, as threads and as processes;
 * beside them a lock held for the whole loop, an ordinary variable, and coroutines of one loop.
 * --full adds every lock everywhere, a histogram under one lock and many, and a read-mostly table.
 *
 * Fewer workers than PUs are spread over the machine; on all of them placement makes no difference.
 */
#include "sharing.h"

#include <stdio.h>

#include "experiment.h"

/* Beyond these a run of a lock that collapses would take seconds. */
#define PUS_MOST 64

/* Where workers outnumber PUs: some time slices of the scheduler. */
#define CROWDED_LIMIT_US 10000

#define COROUTINES 2

struct corner {
	struct par_plan *plan;
	const struct par_machine *machine;
	const struct par_choice *choice;
	unsigned pus;
};

/* --full only; the lists end with NULL. */
static const char *const all_ways[] = { "unlocked", "private", "private_shared_line", "atomic",
	"cas", "mutex", "adaptive", "robust", "futex", "spin", "ticket", "mcs", "rwlock",
	"semaphore", "trylock", NULL };
static const char *const curve_ways[] = { "unlocked", "private", "private_shared_line", "atomic",
	"mutex", "futex", "spin", "ticket", "mcs", NULL };
static const char *const loop_ways[] = { "one_loop", "unlocked_wait", "private", "atomic", "plain",
	NULL };
static const char *const histogram_ways[] = { "unlocked", "private", "atomic", NULL };
static const char *const histogram_locks[] = { "mutex", "futex", "spin", "ticket", "mcs", NULL };
static const char *const table_ways[] = { "unlocked", "seqlock", "rwlock", "mutex", "futex", "spin",
	NULL };
static const uint64_t lock_counts[] = { 1, 16, 256, 0 };
static const uint64_t write_shares[] = { 1, 10, 100, 500, 0 };

/* A cell of `workload` as it is planned, on as many PUs as it has workers. False: it, or its model,
 * was not asked for. */
static bool make(struct par_cell *cell, const struct corner *corner, const char *workload,
	const char *model, const char *variant, unsigned workers)
{
	const struct par_workload *work = par_choice_workload(corner->choice, workload);
	const struct par_model *by = par_choice_model(corner->choice, model);

	if (work == NULL || by == NULL)
		return false;
	par_cell_init(cell, PAR_SHARING_NAME, work, by, corner->choice->scale);
	snprintf(cell->variant, sizeof cell->variant, "%s", variant);
	cell->workers = workers;
	cell->tasks = workers;
	cell->cores = workers < corner->pus ? workers : corner->pus;
	if (workers > 1 && workers < corner->pus)
		cell->placement = PAR_PLACE_SPREAD;
	return true;
}

static int add(const struct corner *corner, const struct par_cell *cell)
{
	return par_plan_add(corner->plan, cell, NULL, corner->machine);
}

static int add_counter(
	const struct corner *corner, const char *model, const char *variant, unsigned workers)
{
	struct par_cell cell;

	if (!make(&cell, corner, "counter", model, variant, workers))
		return 0;
	if (workers > corner->pus)
		cell.params[PAR_COUNTER_LIMIT] = CROWDED_LIMIT_US;
	return add(corner, &cell);
}

static int add_counters(const struct corner *corner, const char *model, const char *const *variants,
	unsigned workers)
{
	int status = 0;

	for (; status == 0 && *variants != NULL; variants++)
		status = add_counter(corner, model, *variants, workers);
	return status;
}

static int add_section(const struct corner *corner, const char *variant, uint64_t section)
{
	struct par_cell cell;

	if (!make(&cell, corner, "counter", "thread_pool", variant, corner->pus))
		return 0;
	cell.params[PAR_COUNTER_SECTION] = section;
	return add(corner, &cell);
}

/* All of a loop's coroutines are one worker's. */
static int add_coroutines(const struct corner *corner, const char *const *variants)
{
	struct par_cell cell;
	int status = 0;

	for (; status == 0 && *variants != NULL; variants++) {
		if (!make(&cell, corner, "counter", "coroutine", *variants, 1))
			return 0;
		cell.tasks = COROUTINES;
		status = add(corner, &cell);
	}
	return status;
}

/* --- quick and default --- */

static int plan_quick(const struct corner *corner)
{
	static const char *const ways[] = { "unlocked", "private", "mutex", "ticket", NULL };
	static const char *const crowded[] = { "mutex", "ticket", NULL };
	static const char *const isolated[] = { "plain", NULL };
	int status = add_counters(corner, "thread_pool", ways, corner->pus);

	if (status == 0)
		status = add_counters(corner, "thread_pool", crowded, 2 * corner->pus);
	return status < 0 ? status : add_counters(corner, "process_pool", isolated, corner->pus);
}

static int plan_default(const struct corner *corner)
{
	static const char *const alone[] = { "unlocked", "private", "atomic", "mutex", "futex",
		"spin", "ticket", "mcs", NULL };
	static const char *const ways[] = { "unlocked", "private", "private_shared_line", "atomic",
		"mutex", "futex", "spin", "ticket", "mcs", "plain", NULL };
	static const char *const crowded[] = { "unlocked", "private", "atomic", "mutex", "futex",
		"spin", "ticket", "mcs", NULL };
	static const char *const processes[] = { "mutex", "plain", NULL };
	static const char *const loop[] = { "one_loop", "unlocked_wait", NULL };
	int status = add_counters(corner, "thread_pool", alone, 1);

	if (status == 0)
		status = add_counters(corner, "thread_pool", ways, corner->pus);
	if (status == 0)
		status = add_section(corner, "mutex", 0);
	if (status == 0)
		status = add_counters(corner, "thread_pool", crowded, 2 * corner->pus);
	if (status == 0)
		status = add_counters(corner, "process_pool", processes, corner->pus);
	return status < 0 ? status : add_coroutines(corner, loop);
}

/* --- everything --- */

static int add_curves(const struct corner *corner, const char *model)
{
	unsigned pus = corner->pus;
	int status = add_counters(corner, model, all_ways, 1);

	for (unsigned workers = 2; status == 0 && workers < pus; workers *= 2)
		status = add_counters(corner, model, curve_ways, workers);
	if (status == 0)
		status = add_counters(corner, model, all_ways, pus);
	if (status == 0)
		status = add_counters(corner, model, curve_ways, pus + (pus + 1) / 2);
	return status < 0 ? status : add_counters(corner, model, curve_ways, 2 * pus);
}

static int add_histogram(const struct corner *corner, const char *variant, uint64_t locks)
{
	struct par_cell cell;

	if (!make(&cell, corner, "histogram", "thread_pool", variant, corner->pus))
		return 0;
	cell.params[PAR_HISTOGRAM_LOCKS] = locks;
	return add(corner, &cell);
}

static int add_histograms(const struct corner *corner)
{
	int status = 0;

	for (size_t i = 0; status == 0 && histogram_ways[i] != NULL; i++)
		status = add_histogram(corner, histogram_ways[i], 1);
	for (size_t i = 0; status == 0 && histogram_locks[i] != NULL; i++)
		for (size_t j = 0; status == 0 && lock_counts[j] != 0; j++)
			status = add_histogram(corner, histogram_locks[i], lock_counts[j]);
	return status;
}

static int add_table(const struct corner *corner, const char *variant, uint64_t writes)
{
	struct par_cell cell;

	if (!make(&cell, corner, "table", "thread_pool", variant, corner->pus))
		return 0;
	cell.params[PAR_TABLE_WRITES] = writes;
	return add(corner, &cell);
}

static int add_tables(const struct corner *corner)
{
	int status = 0;

	for (size_t i = 0; status == 0 && table_ways[i] != NULL; i++)
		for (size_t j = 0; status == 0 && write_shares[j] != 0; j++)
			status = add_table(corner, table_ways[i], write_shares[j]);
	return status;
}

static int plan_rest(const struct corner *corner)
{
	static const char *const plain[] = { "plain", NULL };
	int status = add_curves(corner, "thread_pool");

	if (status == 0)
		status = add_section(corner, "mutex", 100);
	if (status == 0)
		status = add_curves(corner, "process_pool");
	if (status == 0)
		status = add_counters(corner, "process_pool", plain, corner->pus);
	if (status == 0)
		status = add_coroutines(corner, loop_ways);
	if (status == 0)
		status = add_histograms(corner);
	return status < 0 ? status : add_tables(corner);
}

static int sharing_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	struct corner corner = { .plan = plan, .machine = machine, .choice = choice };
	int status;

	corner.pus = par_choice_pus(choice, machine);
	if (corner.pus > PUS_MOST)
		corner.pus = PUS_MOST;
	if (choice->scale == PAR_SCALE_QUICK)
		return plan_quick(&corner);
	status = plan_default(&corner);
	if (status == 0 && choice->scale == PAR_SCALE_FULL)
		status = plan_rest(&corner);
	return status;
}

const struct par_experiment par_experiment_sharing = {
	.name = PAR_SHARING_NAME,
	.summary = "one counter shared in every way, by threads, processes and coroutines",
	.question = "What does sharing state cost, and what does a missing lock lose?",
	.plan = sharing_plan,
	.lesson = &par_sharing_lesson,
};
