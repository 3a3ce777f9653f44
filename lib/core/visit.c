#include "visit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "clock.h"
#include "pin.h"
#include "visit_state.h"

/* The whole visit stays on the cell's PUs: a cell of one core must not use two. */
static int stay_on_pus(const struct par_visit_spec *spec)
{
	struct par_affinity before;
	int status = par_affinity_confine(&before, spec->pus, spec->cell->workers);

	par_affinity_fini(&before);
	return status;
}

/* True when each worker has a PU of its own, so that waiting may spin for a moment. */
static bool own_pus(const struct par_visit_spec *spec)
{
	return spec->pus[0] >= 0 && spec->cell->workers <= spec->cell->cores;
}

/* The cell's variant if the table has it: a workload and a model see only their own. */
static const char *variant_in(const struct par_variant *table, const struct par_cell *cell)
{
	return par_variant_find(table, cell->variant) != NULL ? cell->variant : "-";
}

/* Of the model's table, unless the workload has one of this name. */
static const char *model_variant(const struct par_cell *cell)
{
	if (par_variant_find(cell->workload->variants, cell->variant) != NULL)
		return "-";
	return variant_in(cell->model->variants, cell);
}

static int open_work(struct par_visit *visit)
{
	const struct par_workload *workload = visit->cell->workload;
	const struct par_cell *cell = visit->cell;
	struct par_setup setup = {
		.tasks = cell->tasks,
		.scratch = visit->spec->scratch,
		.llc_bytes = visit->spec->llc_bytes,
		.in_flight = par_cell_in_flight(cell),
		.variant = variant_in(workload->variants, cell),
		.workers = cell->workers,
		.cores = cell->cores,
		.pus = visit->spec->pus,
		.spin = own_pus(visit->spec),
		.isolated = (cell->model->traits & PAR_TRAIT_PROCESS) != 0,
	};
	int status;

	memcpy(setup.params, visit->cell->params, sizeof setup.params);
	visit->work.workload = workload;
	status = workload->open(&visit->work.state, &setup, &visit->reason);
	if (status < 0)
		return par_visit_fail(
			visit, PAR_STATUS_FAILED, status, "workload could not be prepared");
	visit->work_open = true;
	return 0;
}

static int open_team(struct par_visit *visit)
{
	uint64_t start;
	int status;

	visit->team_spec = (struct par_team_spec){
		.work = visit->work,
		.variant = model_variant(visit->cell),
		.workers = visit->cell->workers,
		.pus = visit->spec->pus,
		.spin = own_pus(visit->spec),
		.in_flight = par_cell_in_flight(visit->cell),
		.tallies = visit->tallies,
	};
	start = par_now_ns();
	status = visit->cell->model->open(&visit->team, &visit->team_spec);
	visit->open_ns = par_now_ns() - start;
	if (status < 0)
		return par_visit_fail_start(visit, status, "workers could not be created");
	visit->team_open = true;
	return 0;
}

static void close_team(struct par_visit *visit)
{
	uint64_t start = par_now_ns();

	if (!visit->team_open)
		return;
	visit->cell->model->close(visit->team);
	visit->team_open = false;
	visit->close_ns = par_now_ns() - start;
}

/* Before anything else runs tasks: the latencies are those of the last run. */
static int take_latency(struct par_visit *visit)
{
	const struct par_workload *workload = visit->cell->workload;
	const uint64_t *ns = NULL;
	size_t n = 0;
	int status;

	if (workload->latencies != NULL)
		n = workload->latencies(visit->work.state, &ns);
	status = par_latency_describe(&visit->latency, ns, n);
	return status < 0 ? par_visit_fail(visit, PAR_STATUS_FAILED, status, "latencies") : 0;
}

/*
 * The serial digest by the same timed loop in this process, where nobody knew it before. Until now
 * the runs were only compared with the first of them. Tasks that need each other cannot run one by
 * one; what they did was verified after each run.
 */
static int check_against_serial(struct par_visit *visit)
{
	struct par_tally tally = { 0 };
	struct par_io io;

	if (visit->spec->has_expected || visit->cell->workload->together)
		return 0;
	par_io_init_blocking(&io);
	par_job_work(&visit->work, 0, visit->cell->tasks, &io, &tally);
	if (tally.error != 0)
		return par_visit_fail(visit, PAR_STATUS_FAILED, (int)tally.error,
			"a task failed in the serial check");
	if (tally.digest == visit->serial)
		return 0;
	visit->digest = visit->serial;
	visit->serial = tally.digest;
	return par_visit_wrong_digest(visit, visit->digest);
}

static void probe(const struct par_visit *visit, struct par_noise *noise)
{
	const int *pus = visit->spec->pus;
	bool pair = visit->cell->workers > 1 && visit->cell->cores > 1;

	/* Without a hand-off the rest of the probe still holds, and the verdict knows. */
	(void)par_noise_probe(noise, pair ? pus[0] : -1, pair ? pus[1] : -1);
}

/* The team's runs, in this process and its workers. */
static int run_inside(struct par_visit *visit)
{
	int status = open_team(visit);

	if (status == 0) {
		par_visit_meter_meet(
			&visit->meter, visit->cell->workers, par_cell_in_flight(visit->cell));
		status = par_visit_warm_up(visit);
	}
	if (status == 0)
		status = par_visit_count_events(visit);
	if (status == 0)
		status = par_visit_take_samples(visit);
	if (status == 0)
		status = take_latency(visit);
	if (status == 0)
		par_visit_measures_trace(&visit->measures, &visit->work);
	close_team(visit);
	return status;
}

static int measure(struct par_visit *visit)
{
	int status = stay_on_pus(visit->spec);

	if (status < 0)
		return par_visit_fail(
			visit, PAR_STATUS_FAILED, status, "cannot stay on the cell's PUs");
	status = open_work(visit);
	if (status < 0)
		return status;
	visit->at_ns = par_wall_ns();
	probe(visit, &visit->before);
	par_visit_meter_before(&visit->meter, visit->cell->model);
	status = visit->cell->model->outside != NULL ? par_visit_run_outside(visit)
						     : run_inside(visit);
	/* Before the workload's servers are reaped: they are not the model's cost. */
	getrusage(RUSAGE_SELF, &visit->usage_self);
	getrusage(RUSAGE_CHILDREN, &visit->usage_children);
	par_visit_meter_after(&visit->meter);
	probe(visit, &visit->after);
	return status < 0 ? status : check_against_serial(visit);
}

static void visit_fini(struct par_visit *visit)
{
	close_team(visit);
	par_visit_meter_fini(&visit->meter);
	if (visit->work_open)
		visit->cell->workload->close(visit->work.state);
	par_shared_close(visit->tallies, par_visit_tallies_size(visit));
}

int par_visit_run(json_t **record, const struct par_visit_spec *spec)
{
	struct par_visit visit = { .spec = spec,
		.cell = spec->cell,
		.serial = spec->expected,
		.has_serial = spec->has_expected,
		.repeat = 1 };
	const char *condition = NULL;
	int status = par_shared_open((void **)&visit.tallies, par_visit_tallies_size(&visit));

	if (status < 0)
		return status;
	status = measure(&visit);
	if (status == 0)
		par_visit_judge(&visit);
	if (visit.work_open && spec->cell->workload->condition != NULL)
		condition = spec->cell->workload->condition(visit.work.state);
	*record = par_visit_record(&visit, condition);
	visit_fini(&visit);
	return *record == NULL ? -ENOMEM : 0;
}
