/*
 * scaling: which model wins for which workload, on how many cores, and is it real?
 *
 * Axes: every model and workload; core counts of the topology with one worker a core; `spread`
 * beside `close` where they differ; `none` at the full count, since pinning alone has reversed
 * published conclusions; more workers than PUs. The last two are asked of pools, and with --full of
 * all. Work that waits gets a workers axis at the full count, since waiting wants more workers than
 * cores; event loops do not, since one loop holds many waits.
 */
#include <stdio.h>

#include "experiment.h"

#define IO_WORKERS_MOST    256
#define QUICK_WORKERS_MOST 64

/* One corner of the plan: a workload under a model. */
struct corner {
	struct par_plan *plan;
	const struct par_machine *machine;
	const struct par_choice *choice;
	const struct par_workload *workload;
	const struct par_model *model;
};

static bool waits(const struct par_workload *workload)
{
	return workload->bound == PAR_BOUND_IO || workload->bound == PAR_BOUND_MIXED;
}

static bool one_core(const struct corner *corner)
{
	return (corner->model->traits & PAR_TRAIT_ONE_CORE) != 0;
}

static int add(
	const struct corner *corner, unsigned cores, unsigned workers, enum par_placement placement)
{
	struct par_cell cell;
	const char *skip = NULL;

	par_cell_init(&cell, "scaling", corner->workload, corner->model, corner->choice->scale);
	cell.cores = cores;
	cell.workers = workers;
	cell.placement = placement;
	if (corner->workload->in_flight_max != 0 && workers > corner->workload->in_flight_max)
		skip = "more workers than this workload can have under way at once";
	return par_plan_add(corner->plan, &cell, skip, corner->machine);
}

/* `workers` workers on `cores` PUs, close, and spread where it differs. */
static int add_placed(const struct corner *corner, unsigned cores, unsigned workers)
{
	int status = add(corner, cores, workers, PAR_PLACE_CLOSE);

	if (status == 0 && workers == cores && corner->choice->scale != PAR_SCALE_QUICK &&
		par_placement_differs(corner->machine, cores))
		status = add(corner, cores, workers, PAR_PLACE_SPREAD);
	return status;
}

/* A worker a PU; past the PUs, on all of them. */
static int add_pinned(const struct corner *corner, unsigned workers)
{
	unsigned pus = corner->machine->allowed_pus;

	return add_placed(corner, workers < pus ? workers : pus, workers);
}

/*
 * Work that waits: fourfold steps past `cores` workers, at least one; of these --quick takes one,
 * the last up to 64, and the default leaves out the first of three.
 */
static int add_waiting_workers(const struct corner *corner, unsigned cores)
{
	bool quick = corner->choice->scale == PAR_SCALE_QUICK;
	bool full = corner->choice->scale == PAR_SCALE_FULL;
	unsigned floor = quick ? QUICK_WORKERS_MOST : IO_WORKERS_MOST;
	unsigned most = 4 * cores > floor ? 4 * cores : floor;
	int status = 0;

	if (!waits(corner->workload) || (corner->model->traits & PAR_TRAIT_LOOP) != 0)
		return 0;
	if (corner->workload->in_flight_max != 0 && corner->workload->in_flight_max < most)
		most = corner->workload->in_flight_max;
	if (most > PAR_WORKERS_MAX)
		most = PAR_WORKERS_MAX;
	for (unsigned workers = 4 * cores; status == 0 && workers <= most; workers *= 4) {
		bool last = 4 * workers > most;
		bool early = !full && workers == 4 * cores && 16 * workers <= most;

		if (last || !(quick || early))
			status = add_placed(corner, cores, workers);
	}
	return status;
}

static int add_asked(const struct corner *corner)
{
	const struct par_choice *choice = corner->choice;
	unsigned most = choice->cores[choice->core_count - 1], pus = corner->machine->allowed_pus;
	int status = 0;

	if (one_core(corner))
		return add_pinned(corner, 1);
	for (size_t i = 0; status == 0 && i < choice->core_count; i++)
		status = add_pinned(corner, choice->cores[i]);
	return status < 0 ? status : add_waiting_workers(corner, most < pus ? most : pus);
}

/*
 * --quick takes only the full count, and so do workers that block on work that waits, unless --full
 * asks: there the workers axis tells more, and one waiting worker a core is no more than serial,
 * wherever it sits.
 */
static bool only_full_count(const struct corner *corner)
{
	bool blocks = (corner->model->traits & PAR_TRAIT_LOOP) == 0;

	return corner->choice->scale == PAR_SCALE_QUICK ||
	       (corner->choice->scale == PAR_SCALE_DEFAULT && blocks && waits(corner->workload));
}

static int add_core_counts(const struct corner *corner)
{
	unsigned counts[PAR_CORE_COUNTS_MAX];
	size_t count = par_placement_core_counts(counts, corner->machine);
	int status = 0;

	for (size_t i = 0; status == 0 && i < count; i++) {
		if (i + 1 == count || !only_full_count(corner))
			status = add_pinned(corner, counts[i]);
	}
	return status;
}

/* Workers that stand and block: what placement does to them, it does to those made for each task.
 */
static bool is_pool(const struct corner *corner)
{
	return (corner->model->traits & (PAR_TRAIT_LOOP | PAR_TRAIT_PER_TASK)) == 0;
}

/* All PUs and not pinned, and two workers a PU for work that computes: what oversubscription
 * costs. */
static int add_displaced(const struct corner *corner)
{
	unsigned pus = corner->machine->allowed_pus;
	bool full = corner->choice->scale == PAR_SCALE_FULL;
	int status = 0;

	if (corner->choice->scale == PAR_SCALE_QUICK || (!full && !is_pool(corner)))
		return 0;
	if (!waits(corner->workload))
		status = add_pinned(corner, 2 * pus);
	if (status == 0 && pus > 1 && !only_full_count(corner))
		status = add(corner, pus, pus, PAR_PLACE_NONE);
	return status;
}

static int plan_corner(const struct corner *corner)
{
	unsigned pus = corner->machine->allowed_pus;
	int status;

	if (corner->choice->cores != NULL)
		return add_asked(corner);
	if (one_core(corner))
		return add_pinned(corner, 1);
	status = add_core_counts(corner);
	if (status < 0)
		return status;
	status = add_waiting_workers(corner, pus);
	return status < 0 ? status : add_displaced(corner);
}

static int scaling_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	struct corner corner = { .plan = plan, .machine = machine, .choice = choice };
	int status = 0;

	for (size_t i = 0; status == 0 && choice->workloads[i] != NULL; i++) {
		corner.workload = choice->workloads[i];
		if (corner.workload->unranked)
			continue;
		for (size_t j = 0; status == 0 && choice->models[j] != NULL; j++) {
			corner.model = choice->models[j];
			status = plan_corner(&corner);
		}
	}
	return status;
}

/* "SHA-256: thread pool, 1.97x serial (T1 = 0.041 s) on 2 cores; faster: ..." */
static int find_answer(struct par_analysis *analysis, const struct par_answer *answer)
{
	const struct par_cell_stats *best = &analysis->cells[answer->recommended_cell];
	struct par_finding finding = { .experiment = "scaling", .cell_count = 1 };

	finding.cells[0] = answer->recommended_cell;
	if (answer->serial != SIZE_MAX)
		finding.cells[finding.cell_count++] = answer->serial;
	for (size_t i = 0; i < answer->rank_count && finding.cell_count < PAR_FINDING_CELLS_MAX;
		i++) {
		if (answer->ranks[i].cell != answer->recommended_cell &&
			answer->ranks[i].cell != answer->serial)
			finding.cells[finding.cell_count++] = answer->ranks[i].cell;
	}
	snprintf(finding.headline, sizeof finding.headline,
		"%s: %s with %u worker%s on %u core%s, %.3g times serial (T1 = %.3g s); %.120s",
		answer->workload->label, answer->recommended->label, best->cell.workers,
		best->cell.workers == 1 ? "" : "s", best->cell.cores,
		best->cell.cores == 1 ? "" : "s", best->speedup, answer->t1_ns / 1e9,
		answer->verdict_text);
	return par_analysis_add_finding(analysis, &finding);
}

static int scaling_find(struct par_analysis *analysis)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < analysis->answer_count; i++) {
		const struct par_answer *answer = &analysis->answers[i];

		if (answer->serial != SIZE_MAX && answer->recommended != NULL)
			status = find_answer(analysis, answer);
	}
	return status;
}

static const char *const scaling_charts[] = { "heatmap", "speedup", "dots", "samples", NULL };

const struct par_experiment par_experiment_scaling = {
	.name = "scaling",
	.summary = "every model on every workload, over core counts and placements",
	.question = "Which model wins for which workload, on how many cores, and is it real?",
	.plan = scaling_plan,
	.find = scaling_find,
	.charts = scaling_charts,
};
