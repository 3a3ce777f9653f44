/*
 * lesson_fixture: made-up experiments that teach: a counter shared in several ways (curves with an
 * aside, a ladder, a trace), and tasks that wait until a model fails (curves with failures).
 */
#ifndef PAR_LESSON_FIXTURE_H
#define PAR_LESSON_FIXTURE_H

#include "experiment.h"
#include "synthetic.h"

static const char *par_demo_never(void)
{
	return "there is no such lock here";
}

static const struct par_variant par_demo_variants[] = {
	{ "private", "per-thread, merged", "-", 0, "coroutine", NULL },
	{ "atomic", "atomic add", "-", 0, "process_pool", NULL },
	{ "mutex", "pthread mutex", "-", 0, "thread", NULL },
	{ "spin", "spin lock", "-", 0, NULL, NULL },
	{ "ticket", "ticket lock", "-", 0, NULL, NULL },
	{ "mcs", "MCS lock", "-", 0, NULL, NULL },
	{ "unlocked", "unlocked", "-", PAR_VARIANT_LOSSY, NULL, NULL },
	{ "exotic", "exotic lock", "-", 0, NULL, par_demo_never },
	{ NULL, NULL, NULL, 0, NULL, NULL },
};
enum { PAR_DEMO_VARIANTS = 7 };

static const struct par_measure_kind par_demo_measures[] = {
	{ "lost", "updates lost, of those made", PAR_UNIT_SHARE },
	{ "handed", "hand-overs", PAR_UNIT_PER_SECOND },
	{ NULL, NULL, PAR_UNIT_NS },
};
static const struct par_measure_kind par_demo_traced = { "queue", "items waiting", PAR_UNIT_COUNT };
static const struct par_param par_demo_params[] = {
	{ .name = "bytes", .summary = "of a message", .value = 64, .low = 0, .high = 1 << 30 },
	{ .name = NULL }
};

static const struct par_workload par_demo_counter = { .name = "counter",
	.label = "counter",
	.summary = "adds one",
	.bound = PAR_BOUND_CPU,
	.params = par_demo_params,
	.tasks = { 1000, 10000, 100000 },
	.cpu_ns = 100,
	.variants = par_demo_variants,
	.measures = par_demo_measures,
	.traced = &par_demo_traced,
	.unranked = true };
static const struct par_workload par_demo_sleep = { .name = "sleep",
	.label = "sleep",
	.summary = "waits",
	.bound = PAR_BOUND_IO,
	.tasks = { 100, 100, 100 },
	.wait_ns = 10000000,
	.unranked = true };

/* ns an increment at n workers, by variant. */
static inline double par_demo_cost(size_t variant, unsigned workers)
{
	static const double alone[PAR_DEMO_VARIANTS] = { 2.4, 6, 18, 14, 15, 16, 2.5 };
	static const double shared[PAR_DEMO_VARIANTS] = { 0, 25, 120, 180, 310, 140, 3 };

	return variant == 0 ? alone[0] / workers
			    : alone[variant] +
				      shared[variant] * (1 - 1.0 / workers) * (1 + 0.05 * workers);
}

static inline int par_demo_visits(struct par_synthetic *s, const struct par_cell *cell,
	struct par_record *record, double time_ns, unsigned rounds)
{
	int status = par_plan_add(&s->plan, cell, NULL, &s->machine);
	uint64_t sample;

	for (uint32_t round = 1; round <= rounds && status == 0; round++) {
		sample = (uint64_t)(time_ns * exp(s->noise * par_synthetic_normal(&s->rng)));
		record->cell = s->plan.cells[s->plan.count - 1].cell.id;
		record->round = round;
		record->samples_ns = &sample;
		record->sample_count = record->status == PAR_STATUS_OK;
		status = par_records_add(&s->records, record);
	}
	return status;
}

static inline int par_demo_add_variant(
	struct par_synthetic *s, size_t variant, unsigned workers, unsigned rounds)
{
	struct par_record record = PAR_RECORD_INIT;
	struct par_measured measures[2] = { { "lost", 0 }, { "handed", 0 } };
	double trace[48];
	struct par_cell cell;
	double cost = par_demo_cost(variant, workers);

	par_cell_init(
		&cell, "sharing", &par_demo_counter, &par_synthetic_models[4], PAR_SCALE_DEFAULT);
	snprintf(cell.variant, sizeof cell.variant, "%s", par_demo_variants[variant].name);
	cell.workers = workers;
	cell.cores = workers < s->machine.allowed_pus ? workers : s->machine.allowed_pus;
	cell.params[0] = 64 << variant;
	if (variant == 6)
		measures[0].value = 0.85 * (1 - 1.0 / workers);
	measures[1].value = 1e9 / cost;
	for (size_t i = 0; i < 48; i++)
		trace[i] = fmax(
			0, 20.0 * (double)variant * (1 + sin((double)i / (3.0 + (double)variant))));
	record.measures = measures;
	record.measure_count = 2;
	record.trace = trace;
	record.trace_count = 48;
	record.worker_pss_bytes = 4096.0 * (double)(1 + 3 * variant);
	record.pss_bytes = 1e6;
	return par_demo_visits(s, &cell, &record, cost * (double)cell.tasks, rounds);
}

static inline int par_demo_add_sleep(
	struct par_synthetic *s, size_t model, uint64_t tasks, unsigned rounds)
{
	static const uint64_t most[PAR_SYNTHETIC_MODELS] = { 1 << 20, 3000, 300, 5000, 1 << 20,
		1 << 20, 1 << 20 };
	static const double over[PAR_SYNTHETIC_MODELS] = { 0, 250, 120, 60, 40, 1.2, 0.8 };
	struct par_record record = PAR_RECORD_INIT;
	struct par_cell cell;

	par_cell_init(
		&cell, "waiting", &par_demo_sleep, &par_synthetic_models[model], PAR_SCALE_DEFAULT);
	cell.tasks = tasks;
	cell.workers = model == 4 ? 8 : 1;
	if (tasks > most[model]) {
		record.status = PAR_STATUS_FAILED;
		record.reason = model == 3   ? "pthread_create: ENOMEM (cannot allocate memory)"
				: model == 1 ? "fork: EAGAIN"
					     : "the queue is full, and nobody came";
	}
	record.pss_bytes = 2e6 + 1000.0 * (double)tasks * (over[model] + 4);
	return par_demo_visits(s, &cell, &record,
		1e7 * (model == 0          ? (double)tasks
			      : model == 4 ? ceil((double)tasks / 8)
					   : 1) +
			over[model] * 1000 * (double)tasks,
		rounds);
}

/* Adds the cells of both to a run. 0 or -errno. */
static inline int par_demo_add(struct par_synthetic *s, unsigned rounds)
{
	static const unsigned workers[] = { 1, 2, 4, 8, 12, 16 };
	static const uint64_t tasks[] = { 1, 10, 100, 1000, 10000 };
	int status = 0;

	for (size_t variant = 0; variant < PAR_DEMO_VARIANTS; variant++)
		for (size_t i = 0; i < 6 && status == 0; i++)
			status = par_demo_add_variant(s, variant, workers[i], rounds);
	for (size_t model = 1; model < PAR_SYNTHETIC_MODELS; model++)
		for (size_t i = 0; i < 5 && status == 0; i++)
			status = par_demo_add_sleep(s, model, tasks[i], rounds);
	return status;
}

static bool par_demo_crowded(const struct par_cell *cell)
{
	return cell->workers == 16;
}

static bool par_demo_few(const struct par_cell *cell)
{
	return cell->workers == 16 &&
	       (strcmp(cell->variant, "mutex") == 0 || strcmp(cell->variant, "spin") == 0 ||
		       strcmp(cell->variant, "private") == 0);
}

static void par_demo_word(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *ranked[PAR_DEMO_VARIANTS * 6];
	size_t count = par_lesson_rank(ranked, PAR_DEMO_VARIANTS * 6, view);
	struct par_metric best;

	if (count == 0)
		return;
	best = par_metric_of(ranked[0], view->sheet->metric);
	par_text_add(out, "The best is ");
	par_lesson_name(out, view, &ranked[0]->cell, false);
	par_text_add(out, " with ");
	par_metric_word(out, &best);
}

static const struct par_lesson_sheet par_demo_sharing_sheets[] = {
	{ .stem = "sharing_threads",
		.kind = PAR_LESSON_CURVES,
		.what = "What does a shared counter cost? Increments a second by number of threads",
		.metric = "handed",
		.metric_label = "increments per second",
		.more_is_better = true,
		.axis = "workers",
		.axis_label = "threads",
		.linear_axis = true,
		.aside = "lost",
		.aside_label = "updates lost",
		.word = par_demo_word },
	{ .stem = "sharing_locks",
		.kind = PAR_LESSON_LADDER,
		.what = "What does each lock cost with sixteen threads?",
		.metric = "task_time",
		.metric_label = "time for an increment",
		.takes = par_demo_crowded,
		.aside = "worker_pss",
		.aside_label = "memory a worker",
		.word = par_demo_word },
	{ .stem = "sharing_queue",
		.kind = PAR_LESSON_TRACE,
		.what = "How long is the queue over the run?",
		.metric = "time",
		.metric_label = "items waiting",
		.linear = true,
		.takes = par_demo_few,
		.word = NULL },
	{ .stem = "sharing_share",
		.kind = PAR_LESSON_LADDER,
		.what = "How much is lost?",
		.metric = "lost",
		.metric_label = "updates lost, of those made",
		.linear = true,
		.takes = par_demo_crowded },
	{ .stem = NULL },
};
static const struct par_lesson_sheet par_demo_waiting_sheets[] = {
	{ .stem = "waiting_time",
		.kind = PAR_LESSON_CURVES,
		.what = "How many waits at once?",
		.metric = "time",
		.metric_label = "wall time",
		.axis = "tasks",
		.axis_label = "tasks in flight at once",
		.aside = "pss",
		.aside_label = "memory of all processes",
		.word = par_demo_word },
	{ .stem = "waiting_all",
		.kind = PAR_LESSON_LADDER,
		.what = "All of them",
		.metric = "time",
		.metric_label = "wall time",
		.word = par_demo_word },
	{ .stem = NULL },
};

static const struct par_lesson par_demo_sharing_lesson = { .title = "Sharing",
	.teaches = "a lock costs more than the work that it guards",
	.howto = "- One thing to read.\n- Another, with `code`.\n- A third.\n",
	.sheets = par_demo_sharing_sheets };
static const struct par_lesson par_demo_waiting_lesson = { .title = "Many waits",
	.teaches = "coroutines wait for almost nothing",
	.howto = "- Each curve is a model.\n- A cross is a failure.\n- Use coroutines.\n",
	.sheets = par_demo_waiting_sheets };
static const struct par_experiment par_demo_sharing = { .name = "sharing",
	.summary = "-",
	.question = "What does sharing state cost, and what does a missing lock lose?",
	.lesson = &par_demo_sharing_lesson };
static const struct par_experiment par_demo_waiting = { .name = "waiting",
	.summary = "-",
	.question = "How many waits at once?",
	.lesson = &par_demo_waiting_lesson };
static const struct par_experiment *const par_demo_experiments[] = { &par_demo_sharing,
	&par_demo_waiting, NULL };

#endif
