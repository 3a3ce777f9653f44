/*
 * synthetic: a made-up run for tests: a machine, models, workloads, a plan and records.
 *
 * Times follow the Universal Scalability Law with seeded noise, so a test knows what the analysis
 * should find: thread_pool and process_pool tie on CPU work, memory stops at a quarter of the
 * cores, coroutines win the waits. One cell each was skipped, failed, wrong and two-humped.
 */
#ifndef PAR_SYNTHETIC_H
#define PAR_SYNTHETIC_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "rng.h"

#define PAR_SYNTHETIC_CORES_MAX 64

struct par_synthetic {
	struct par_machine machine;
	struct par_pu pus[2 * PAR_SYNTHETIC_CORES_MAX]; /* two PUs a core when cores > 2 */
	struct par_registry registry;
	struct par_plan plan;
	struct par_records records;
	json_t *run; /* as run.json */
	struct par_rng rng;
	double noise; /* relative standard deviation of a visit's time */
	bool trouble; /* with the skipped, failed, wrong, untrustworthy and two-humped cells */
};

/* What a model costs: time of n workers = T1 * base * (1 + sigma (n-1) + kappa n (n-1)) / n. */
struct par_synthetic_cost {
	double base, sigma, kappa;
};

enum { PAR_SYNTHETIC_MODELS = 7, PAR_SYNTHETIC_WORKLOADS = 5 };

static const struct par_model par_synthetic_models[PAR_SYNTHETIC_MODELS] = {
	{ .name = "serial",
		.label = "serial",
		.short_label = "serial",
		.summary = "one task after the other",
		.traits = PAR_TRAIT_SERIAL | PAR_TRAIT_ONE_CORE,
		.simplicity = 0,
		.look = { "#111418", "#EEF3F8", "#24292F", "#EEF3F8", 2 } },
	{ .name = "fork",
		.label = "fork",
		.short_label = "fork",
		.summary = "a process per task",
		.traits = PAR_TRAIT_PROCESS | PAR_TRAIT_PER_TASK,
		.simplicity = 30,
		.look = { "#BE4C07", "#FB8C5A", "#A8410A", "#FB8C5A", 9 } },
	{ .name = "process_pool",
		.label = "process pool",
		.short_label = "proc pool",
		.summary = "pre-forked processes",
		.traits = PAR_TRAIT_PROCESS,
		.simplicity = 40,
		.look = { "#E0870F", "#F4D567", "#8F5A00", "#F4D567", 5 } },
	{ .name = "thread",
		.label = "thread per task",
		.short_label = "thread",
		.summary = "a thread per task",
		.traits = PAR_TRAIT_PER_TASK,
		.simplicity = 10,
		.look = { "#822746", "#E83D5C", "#822746", "#E83D5C", 13 } },
	{ .name = "thread_pool",
		.label = "thread pool",
		.short_label = "thread pool",
		.summary = "threads that stay",
		.traits = 0,
		.simplicity = 20,
		.look = { "#194997", "#999DFE", "#194997", "#999DFE", 7 } },
	{ .name = "coroutine",
		.label = "coroutines",
		.short_label = "coroutines",
		.summary = "one thread, an event loop",
		.traits = PAR_TRAIT_ONE_CORE | PAR_TRAIT_LOOP,
		.simplicity = 50,
		.look = { "#2BAA91", "#55DBC7", "#0B7261", "#55DBC7", 11 } },
	{ .name = "thread_coroutine",
		.label = "coroutines x threads",
		.short_label = "coro x thr",
		.summary = "a loop per thread",
		.traits = PAR_TRAIT_LOOP,
		.simplicity = 60,
		.look = { "#2A74A8", "#4086B8", "#1F6696", "#4086B8", 15 } },
};

static const struct par_param par_synthetic_bytes[] = {
	{ .name = "bytes", .summary = "bytes a task", .value = 65536, .low = 1, .high = 1 << 30 },
	{ .name = NULL }
};
static const struct par_param par_synthetic_wait[] = { { .name = "wait_ns",
							       .summary = "length of a wait",
							       .value = 10000000,
							       .low = 1,
							       .high = 1000000000 },
	{ .name = NULL } };

static const struct par_workload par_synthetic_workloads[PAR_SYNTHETIC_WORKLOADS] = {
	{ .name = "sha256",
		.label = "SHA-256",
		.summary = "hashes blocks",
		.bound = PAR_BOUND_CPU,
		.params = par_synthetic_bytes,
		.tasks = { 128, 512, 2048 },
		.cpu_ns = 200000 },
	{ .name = "primes",
		.label = "primes",
		.summary = "counts primes",
		.bound = PAR_BOUND_CPU,
		.tasks = { 64, 256, 1024 },
		.cpu_ns = 400000 },
	{ .name = "triad",
		.label = "triad",
		.summary = "streams memory",
		.bound = PAR_BOUND_MEMORY,
		.params = par_synthetic_bytes,
		.tasks = { 128, 512, 2048 },
		.cpu_ns = 100000 },
	{ .name = "timer",
		.label = "timer",
		.summary = "waits",
		.bound = PAR_BOUND_IO,
		.params = par_synthetic_wait,
		.tasks = { 200, 1000, 4000 },
		.wait_ns = 10000000 },
	{ .name = "crawl",
		.label = "crawl",
		.summary = "waits, then computes",
		.bound = PAR_BOUND_MIXED,
		.params = par_synthetic_wait,
		.tasks = { 100, 400, 1000 },
		.cpu_ns = 200000,
		.wait_ns = 2000000 },
};

static const struct par_model *const par_synthetic_model_table[PAR_SYNTHETIC_MODELS + 1] = {
	&par_synthetic_models[0], &par_synthetic_models[1], &par_synthetic_models[2],
	&par_synthetic_models[3], &par_synthetic_models[4], &par_synthetic_models[5],
	&par_synthetic_models[6], NULL
};
static const struct par_workload *const
	par_synthetic_workload_table[PAR_SYNTHETIC_WORKLOADS + 1] = { &par_synthetic_workloads[0],
		&par_synthetic_workloads[1], &par_synthetic_workloads[2],
		&par_synthetic_workloads[3], &par_synthetic_workloads[4], NULL };

/* In the order of the models, for computing on one worker of its own per core. */
static const struct par_synthetic_cost par_synthetic_costs[PAR_SYNTHETIC_MODELS] = {
	{ 1.000, 0.000, 0.0000 }, /* serial */
	{ 1.300, 0.060, 0.0030 }, /* fork */
	{ 1.004, 0.010, 0.0001 }, /* process_pool: as good as thread_pool */
	{ 1.100, 0.030, 0.0010 }, /* thread */
	{ 1.002, 0.010, 0.0001 }, /* thread_pool */
	{ 1.020, 0.000, 0.0000 }, /* coroutine */
	{ 1.080, 0.012, 0.0002 }, /* thread_coroutine */
};

/* A standard normal number (Box and Muller 1958). */
static inline double par_synthetic_normal(struct par_rng *rng)
{
	double radius = sqrt(-2.0 * log(1.0 - par_rng_unit(rng)));

	return radius * cos(2.0 * M_PI * par_rng_unit(rng));
}

/* The true time of a cell in ns. */
static inline double par_synthetic_time(const struct par_cell *cell)
{
	const struct par_synthetic_cost *cost =
		&par_synthetic_costs[cell->model - par_synthetic_models];
	double n = cell->workload->bound == PAR_BOUND_IO ? 1.0 : (double)cell->cores;
	double kappa = cost->kappa + (cell->workload->bound == PAR_BOUND_MEMORY ? 0.01 : 0.0);
	double compute = (double)cell->tasks * (double)cell->workload->cpu_ns * cost->base *
			 (1.0 + cost->sigma * (n - 1.0) + kappa * n * (n - 1.0)) / n;
	double at_once = (double)par_cell_in_flight(cell);
	double wait = ceil((double)cell->tasks / at_once) * (double)cell->workload->wait_ns;
	double over = (double)cell->tasks * 1000.0 * cost->base; /* the price of waiting at all */

	if (cell->workload->wait_ns == 0)
		over = 0.0;
	if (cell->placement == PAR_PLACE_NONE)
		compute *= 1.05;
	if (cell->workers > cell->cores)
		over += 5000.0 * (double)cell->workers * cost->base;
	return compute + wait + over;
}

static inline void par_synthetic_machine(struct par_synthetic *s, unsigned cores)
{
	unsigned siblings = cores > 2 ? 2 : 1;

	for (unsigned i = 0; i < cores * siblings; i++) {
		s->pus[i] = (struct par_pu){ .os_index = (int)(i / siblings + i % siblings * cores),
			.core = i / siblings,
			.smt_rank = i % siblings,
			.l3 = i / siblings / 8,
			.allowed = true };
	}
	s->machine = (struct par_machine){ .pus = s->pus,
		.pu_count = cores * siblings,
		.allowed_pus = cores * siblings,
		.allowed_cores = cores,
		.cores = cores,
		.packages = 1,
		.numa_nodes = 1,
		.l3_caches = (cores + 7) / 8,
		.kinds = 1,
		.l1d_bytes = 32768,
		.l2_bytes = 1 << 20,
		.llc_bytes = 32 << 20,
		.memory_bytes = 64ULL << 30 };
	snprintf(s->machine.cpu_model, sizeof s->machine.cpu_model, "Synthetic %u-Core", cores);
}

static inline int par_synthetic_plan_one(struct par_synthetic *s,
	const struct par_workload *workload, const struct par_model *model, unsigned cores,
	unsigned workers, enum par_placement placement)
{
	struct par_cell cell;
	const char *skip = NULL;

	if (s->trouble && workload == &par_synthetic_workloads[2] &&
		model == &par_synthetic_models[1])
		skip = "too little memory for one copy a process";
	par_cell_init(&cell, "scaling", workload, model, PAR_SCALE_DEFAULT);
	cell.cores = cores;
	cell.workers = workers;
	cell.placement = placement;
	return par_plan_add(&s->plan, &cell, skip, &s->machine);
}

static inline int par_synthetic_plan_pair(
	struct par_synthetic *s, const struct par_workload *workload, const struct par_model *model)
{
	static const unsigned waiting[] = { 10, 100, 1000 };
	unsigned pus = s->machine.allowed_pus;
	bool waits = workload->wait_ns > 0;
	int status = par_synthetic_plan_one(s, workload, model, 1, 1, PAR_PLACE_CLOSE);

	if ((model->traits & PAR_TRAIT_ONE_CORE) != 0)
		return status;
	for (unsigned n = 2; n <= pus && status == 0; n *= 2) {
		status = par_synthetic_plan_one(s, workload, model, n, n, PAR_PLACE_CLOSE);
		if (status == 0 && n >= 4)
			status = par_synthetic_plan_one(
				s, workload, model, 3 * n / 4, 3 * n / 4, PAR_PLACE_CLOSE);
	}
	if (status == 0)
		status = par_synthetic_plan_one(s, workload, model, pus, pus, PAR_PLACE_NONE);
	if (status == 0 && !waits)
		status = par_synthetic_plan_one(s, workload, model, pus, 2 * pus, PAR_PLACE_CLOSE);
	for (size_t i = 0; i < 3 && status == 0 && waits && (model->traits & PAR_TRAIT_LOOP) == 0;
		i++)
		status = par_synthetic_plan_one(
			s, workload, model, pus, pus * waiting[i], PAR_PLACE_CLOSE);
	return status;
}

static inline int par_synthetic_plan(struct par_synthetic *s)
{
	int status = 0;

	for (size_t w = 0; w < PAR_SYNTHETIC_WORKLOADS; w++) {
		for (size_t m = 0; m < PAR_SYNTHETIC_MODELS && status == 0; m++)
			status = par_synthetic_plan_pair(
				s, &par_synthetic_workloads[w], &par_synthetic_models[m]);
	}
	return status;
}

/* The trouble of this cell, if any: sha256's thread fails, its fork is wrong, ... */
static inline void par_synthetic_trouble(struct par_synthetic *s, const struct par_cell *cell,
	struct par_record *record, double *factor)
{
	size_t model = (size_t)(cell->model - par_synthetic_models);
	bool sha = cell->workload == &par_synthetic_workloads[0];
	bool last = cell->cores == s->machine.allowed_pus;

	if (sha && model == 3 && last) {
		record->status = PAR_STATUS_FAILED;
		record->reason = "pthread_create: EAGAIN";
	} else if (sha && model == 1 && last) {
		record->status = PAR_STATUS_WRONG;
		record->reason = "digest is not that of serial";
	} else if (sha && model == 6 && record->round % 5 == 0) {
		record->status = PAR_STATUS_UNTRUSTWORTHY;
		record->reason = "the fixed loop ran at another speed after the visit";
	} else if (cell->workload == &par_synthetic_workloads[1] && model == 3 &&
		   record->round % 2 == 0) {
		*factor = 1.4;
	}
}

static inline int par_synthetic_visit(
	struct par_synthetic *s, const struct par_cell *cell, uint32_t round)
{
	struct par_record record = PAR_RECORD_INIT;
	uint64_t samples[5];
	double time = par_synthetic_time(cell);
	double factor = exp(s->noise * par_synthetic_normal(&s->rng));

	record.cell = cell->id;
	record.round = round;
	record.samples_ns = samples;
	if (s->trouble)
		par_synthetic_trouble(s, cell, &record, &factor);
	for (uint32_t i = 0; i < 5 && (record.status == PAR_STATUS_OK ||
					      record.status == PAR_STATUS_UNTRUSTWORTHY);
		i++) {
		double part = exp(0.3 * s->noise * par_synthetic_normal(&s->rng));

		samples[record.sample_count++] = (uint64_t)(time * factor * part);
		record.run_ns += samples[i];
	}
	record.warmup_ns = (uint64_t)time;
	record.open_ns = 50000ULL * cell->workers;
	record.close_ns = 10000ULL * cell->workers;
	record.wall_ns = record.run_ns + record.warmup_ns + record.open_ns + 5000000;
	record.cpu_ns = (uint64_t)((double)cell->tasks * (double)cell->workload->cpu_ns * 6.0);
	record.digest = par_mix64(cell->tasks);
	return par_records_add(&s->records, &record);
}

static inline json_t *par_synthetic_run(unsigned rounds, const struct par_machine *machine)
{
	return json_pack(
		"{s:i, s:[s,s,s], s:i, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s,"
		" s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:I, "
		"s:I},"
		" s:{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:I, s:I, s:I, s:n, s:n, s:s},"
		" s:[], s:[], s:i, s:i, s:{s:I, s:I, s:f}}",
		"schema", PAR_SCHEMA_VERSION, "command", "./parbench", "run", "--seed=7", "seed", 7,
		"run_id", "20261120-000000-synthetic", "started", "2026-11-20T00:00:00Z",
		"finished", "2026-11-20T00:05:00Z", "ended", "complete", "scale", "default",
		"budget_ns", (json_int_t)300000000000, "git_revision", "0123456789ab", "version",
		"0.1.0", "compiler", "GNU 12.2.0", "flags", "-O2 -g -std=c11", "build_type",
		"Release", "environment", "host", "synthetic", "kernel", "Linux 6.1.0",
		"architecture", "x86_64", "distribution", "Debian GNU/Linux 12", "hypervisor", "",
		"cpu_model", machine->cpu_model, "governor", "performance", "turbo", "off", "smt",
		"on", "thp", "madvise", "clocksource", "tsc", "cgroup", "/", "cpuset", "0-31",
		"load_1m", 0.1, "memory_bytes", (json_int_t)machine->memory_bytes,
		"memory_available_bytes", (json_int_t)machine->memory_bytes / 2, "machine",
		"packages", (int)machine->packages, "numa_nodes", (int)machine->numa_nodes, "cores",
		(int)machine->cores, "pus", (int)machine->pu_count, "allowed_pus",
		(int)machine->allowed_pus, "allowed_cores", (int)machine->allowed_cores, "kinds",
		(int)machine->kinds, "l3_caches", (int)machine->l3_caches, "l1d_bytes",
		(json_int_t)machine->l1d_bytes, "l2_bytes", (json_int_t)machine->l2_bytes,
		"llc_bytes", (json_int_t)machine->llc_bytes, "quota_cpus", "memory_limit_bytes",
		"hwloc", "2.9.0", "plan", "order", "rounds", (int)rounds, "visits", 0, "timing",
		"wall_ns", (json_int_t)300000000000, "measured_ns", (json_int_t)255000000000,
		"measured_share", 0.85);
}

static inline void par_synthetic_fini(struct par_synthetic *s)
{
	par_records_fini(&s->records);
	par_plan_fini(&s->plan);
	json_decref(s->run);
	memset(s, 0, sizeof *s);
}

/*
 * A run of `rounds` rounds on `cores` cores (<= PAR_SYNTHETIC_CORES_MAX; two PUs each above 2).
 * `noise` is the relative standard deviation of a visit (0.01 is a quiet machine). The struct is
 * too large for a small stack and must not move: others point into it. 0 or -errno.
 */
static inline int par_synthetic_make(struct par_synthetic *s, unsigned cores, unsigned rounds,
	uint64_t seed, double noise, bool trouble)
{
	int status;

	memset(s, 0, sizeof *s);
	s->noise = noise;
	s->trouble = trouble;
	s->registry =
		(struct par_registry){ par_synthetic_model_table, par_synthetic_workload_table };
	par_rng_init(&s->rng, seed);
	par_synthetic_machine(s, cores);
	s->run = par_synthetic_run(rounds, &s->machine);
	status = s->run == NULL ? -1 : par_synthetic_plan(s);
	for (unsigned round = 1; round <= rounds && status == 0; round++) {
		for (size_t i = 0; i < s->plan.count && status == 0; i++) {
			if (s->plan.cells[i].skip == NULL)
				status = par_synthetic_visit(s, &s->plan.cells[i].cell, round);
		}
	}
	return status;
}

#endif
