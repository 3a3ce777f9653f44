#include "visit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "clock.h"
#include "pin.h"
#include "visit_state.h"

static int fail(struct par_visit *visit, enum par_status status, int code, const char *what)
{
	visit->status = status;
	if (visit->reason.text[0] == '\0')
		par_fail(&visit->reason, code, "%s: %s", what, par_error_text(code));
	return code;
}

static size_t tallies_size(const struct par_visit *visit)
{
	return visit->cell->workers * sizeof *visit->tallies;
}

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

static int open_work(struct par_visit *visit)
{
	const struct par_workload *workload = visit->cell->workload;
	struct par_setup setup = {
		.tasks = visit->cell->tasks,
		.scratch = visit->spec->scratch,
		.llc_bytes = visit->spec->llc_bytes,
		.in_flight = par_cell_in_flight(visit->cell),
	};
	int status;

	memcpy(setup.params, visit->cell->params, sizeof setup.params);
	visit->work.workload = workload;
	status = workload->open(&visit->work.state, &setup, &visit->reason);
	if (status < 0)
		return fail(visit, PAR_STATUS_FAILED, status, "workload could not be prepared");
	visit->work_open = true;
	return 0;
}

static int open_team(struct par_visit *visit)
{
	uint64_t start;
	int status;

	visit->team_spec = (struct par_team_spec){
		.work = visit->work,
		.variant = visit->cell->variant,
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
		return fail(visit, PAR_STATUS_FAILED, status, "workers could not be created");
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

/* Sums what the workers did; a task that reported an error, or ran twice or not at all, ends it. */
static int add_up(struct par_visit *visit, uint64_t expected_tasks)
{
	uint64_t tasks = 0;

	visit->digest = 0;
	for (unsigned i = 0; i < visit->cell->workers; i++) {
		visit->digest += visit->tallies[i].digest;
		tasks += visit->tallies[i].tasks;
		if (visit->tallies[i].error != 0)
			return fail(visit, PAR_STATUS_FAILED, (int)visit->tallies[i].error,
				"a task failed");
	}
	if (tasks == expected_tasks)
		return 0;
	visit->status = PAR_STATUS_WRONG;
	return par_fail(&visit->reason, -EBADMSG, "%llu tasks ran instead of %llu",
		(unsigned long long)tasks, (unsigned long long)expected_tasks);
}

/* One run of the first `tasks` tasks, `repeat` times over; its whole time goes to *elapsed. */
static int run_job(struct par_visit *visit, uint64_t tasks, uint32_t repeat, uint64_t *elapsed)
{
	const struct par_workload *workload = visit->cell->workload;
	struct par_job job = { 0, tasks };
	uint64_t start;
	int status = workload->reset != NULL ? workload->reset(visit->work.state) : 0;

	if (status < 0)
		return fail(visit, PAR_STATUS_FAILED, status, "workload could not be reset");
	memset(visit->tallies, 0, tallies_size(visit));
	start = par_now_ns();
	for (uint32_t i = 0; status == 0 && i < repeat; i++)
		status = visit->cell->model->run(visit->team, &job);
	*elapsed = par_now_ns() - start;
	if (status < 0)
		return fail(visit, PAR_STATUS_FAILED, status, "the model could not run the job");
	return add_up(visit, tasks * repeat);
}

/* How many runs make a sample that the clock can resolve, and few enough samples. A workload to be
 * reset is run once. */
static uint32_t runs_per_sample(const struct par_visit *visit, uint64_t job_ns)
{
	uint64_t ticks = PAR_VISIT_TICKS * par_clock_tick_ns();
	uint64_t share = visit->spec->timed_ns / PAR_SAMPLES_MAX + 1;
	uint64_t least = ticks > share ? ticks : share;

	if (visit->cell->workload->reset != NULL || job_ns >= least)
		return 1;
	return (uint32_t)(least / (job_ns == 0 ? 1 : job_ns)) + 1;
}

/*
 * The next part of the job to warm up with: eightfold, or what the rest of the time reaches for at
 * the speed of the last part. 0: enough.
 */
static uint64_t next_part(const struct par_visit *visit, uint64_t tasks, uint64_t elapsed)
{
	uint64_t left = visit->spec->timed_ns - visit->warmup_ns;
	uint64_t next = 8 * tasks;

	if (tasks >= visit->cell->tasks || visit->warmup_ns >= visit->spec->timed_ns)
		return 0;
	if (elapsed > 0 && left / elapsed < 8)
		next = tasks * left / elapsed;
	return next < visit->cell->tasks ? next : visit->cell->tasks;
}

/*
 * Growing parts of the job, so that a long job of a slow model costs little and a short one is run
 * whole: stacks, caches and pages are then as the samples will find them.
 */
static int warm_up(struct par_visit *visit)
{
	uint64_t tasks = visit->cell->workers, elapsed = 0, part;
	int status = 0;

	if (tasks > visit->cell->tasks)
		tasks = visit->cell->tasks;
	for (part = tasks; status == 0 && part > 0; part = next_part(visit, tasks, elapsed)) {
		tasks = part;
		status = run_job(visit, tasks, 1, &elapsed);
		visit->warmup_ns += elapsed;
	}
	if (status == 0 && tasks == visit->cell->tasks) {
		visit->repeat = runs_per_sample(visit, elapsed);
		if (!visit->has_serial)
			visit->serial = visit->digest;
		visit->has_serial = true;
	}
	return status;
}

static int wrong_digest(struct par_visit *visit, uint64_t digest)
{
	visit->status = PAR_STATUS_WRONG;
	return par_fail(&visit->reason, -EBADMSG, "the digest %016llx is not the serial %016llx",
		(unsigned long long)digest, (unsigned long long)visit->serial);
}

/* Every sample must give the serial digest, or, while nobody knows it, that of the first. */
static int take_samples(struct par_visit *visit)
{
	while (visit->sample_count < PAR_SAMPLES_MAX && visit->run_ns < visit->spec->timed_ns) {
		uint64_t elapsed;
		int status = run_job(visit, visit->cell->tasks, visit->repeat, &elapsed);

		if (status < 0)
			return status;
		if (!visit->has_serial)
			visit->serial = visit->digest;
		visit->has_serial = true;
		if (visit->digest != visit->serial * visit->repeat)
			return wrong_digest(visit, visit->digest);
		visit->samples_ns[visit->sample_count++] = elapsed / visit->repeat;
		visit->run_ns += elapsed;
	}
	return 0;
}

/*
 * The serial digest by the same timed loop in this process, where nobody knew it before. Until now
 * the runs were only compared with the first of them.
 */
static int check_against_serial(struct par_visit *visit)
{
	struct par_tally tally = { 0 };
	struct par_io io;

	if (visit->spec->has_expected)
		return 0;
	par_io_init_blocking(&io);
	par_job_work(&visit->work, 0, visit->cell->tasks, &io, &tally);
	if (tally.error != 0)
		return fail(visit, PAR_STATUS_FAILED, (int)tally.error,
			"a task failed in the serial check");
	if (tally.digest == visit->serial)
		return 0;
	visit->digest = visit->serial;
	visit->serial = tally.digest;
	return wrong_digest(visit, visit->digest);
}

static void probe(const struct par_visit *visit, struct par_noise *noise)
{
	const int *pus = visit->spec->pus;
	bool pair = visit->cell->workers > 1 && visit->cell->cores > 1;

	/* Without a hand-off the rest of the probe still holds, and the verdict knows. */
	(void)par_noise_probe(noise, pair ? pus[0] : -1, pair ? pus[1] : -1);
}

static int measure(struct par_visit *visit)
{
	int status = stay_on_pus(visit->spec);

	if (status < 0)
		return fail(visit, PAR_STATUS_FAILED, status, "cannot stay on the cell's PUs");
	status = open_work(visit);
	if (status < 0)
		return status;
	probe(visit, &visit->before);
	status = open_team(visit);
	if (status == 0)
		status = warm_up(visit);
	if (status == 0)
		status = take_samples(visit);
	close_team(visit);
	/* Before the workload's servers are reaped: they are not the model's cost. */
	getrusage(RUSAGE_SELF, &visit->usage_self);
	getrusage(RUSAGE_CHILDREN, &visit->usage_children);
	probe(visit, &visit->after);
	return status < 0 ? status : check_against_serial(visit);
}

static void judge_noise(struct par_visit *visit)
{
	const char *reason = par_noise_verdict(&visit->before, &visit->after);

	if (reason == NULL)
		return;
	visit->status = PAR_STATUS_UNTRUSTWORTHY;
	par_fail(&visit->reason, 0, "%s", reason);
}

static void visit_fini(struct par_visit *visit)
{
	close_team(visit);
	if (visit->work_open)
		visit->cell->workload->close(visit->work.state);
	par_shared_close(visit->tallies, tallies_size(visit));
}

int par_visit_run(json_t **record, const struct par_visit_spec *spec)
{
	struct par_visit visit = { .spec = spec,
		.cell = spec->cell,
		.serial = spec->expected,
		.has_serial = spec->has_expected,
		.repeat = 1 };
	const char *condition = NULL;
	int status = par_shared_open((void **)&visit.tallies, tallies_size(&visit));

	if (status < 0)
		return status;
	status = measure(&visit);
	if (status == 0)
		judge_noise(&visit);
	if (visit.work_open && spec->cell->workload->condition != NULL)
		condition = spec->cell->workload->condition(visit.work.state);
	*record = par_visit_record(&visit, condition);
	visit_fini(&visit);
	return *record == NULL ? -ENOMEM : 0;
}
