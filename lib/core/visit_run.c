/*
 * The part of a visit in which the team runs: warm-up, a counted run, samples.
 */
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "limit.h"
#include "visit_state.h"

/* The run that is counted is about as long, where the tasks are short enough. */
#define COUNTED_NS (5 * PAR_NS_PER_MS)

int par_visit_fail(struct par_visit *visit, enum par_status status, int code, const char *what)
{
	struct par_error cause;

	visit->status = status;
	if (visit->reason.text[0] == '\0')
		par_fail(&visit->reason, code, "%s: %.400s", what, par_limit_explain(&cause, code));
	return code;
}

int par_visit_fail_start(struct par_visit *visit, int code, const char *what)
{
	struct par_error cause;

	visit->status = PAR_STATUS_FAILED;
	if (visit->reason.text[0] == '\0')
		par_fail(&visit->reason, code, "%s: %.400s", what,
			par_limit_explain_start(&cause, code));
	return code;
}

size_t par_visit_tallies_size(const struct par_visit *visit)
{
	return visit->cell->workers * sizeof *visit->tallies;
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
			return par_visit_fail(visit, PAR_STATUS_FAILED,
				(int)visit->tallies[i].error, "a task failed");
	}
	if (tasks == expected_tasks)
		return 0;
	visit->status = PAR_STATUS_WRONG;
	return par_fail(&visit->reason, -EBADMSG, "%llu tasks ran instead of %llu",
		(unsigned long long)tasks, (unsigned long long)expected_tasks);
}

static int reset_work(struct par_visit *visit)
{
	int status;

	if (visit->sampling)
		par_visit_meter_pause(&visit->meter);
	status = visit->cell->workload->reset(visit->work.state);
	if (visit->sampling)
		par_visit_meter_resume(&visit->meter);
	return status;
}

/* Whether what the tasks did together is right. */
static int verify_work(struct par_visit *visit)
{
	const struct par_variant *variant = par_cell_variant(visit->cell);
	struct par_error error = PAR_ERROR_INIT;
	int status;

	if (visit->cell->workload->verify == NULL ||
		(variant != NULL && (variant->traits & PAR_VARIANT_LOSSY) != 0))
		return 0;
	status = visit->cell->workload->verify(visit->work.state, &error);
	if (status == 0)
		return 0;
	visit->status = PAR_STATUS_WRONG;
	if (error.text[0] == '\0')
		par_fail(&error, status, "the work did not come out right: %s",
			par_error_text(status));
	return par_fail(&visit->reason, -EBADMSG, "%s", error.text);
}

/* One run of the first `tasks` tasks, `repeat` times over; its whole time goes to *elapsed. */
static int run_job(struct par_visit *visit, uint64_t tasks, uint32_t repeat, uint64_t *elapsed)
{
	const struct par_workload *workload = visit->cell->workload;
	struct par_job job = { 0, tasks };
	uint64_t start;
	int status = workload->reset != NULL ? reset_work(visit) : 0;

	if (status < 0)
		return par_visit_fail(
			visit, PAR_STATUS_FAILED, status, "workload could not be reset");
	memset(visit->tallies, 0, par_visit_tallies_size(visit));
	start = par_now_ns();
	for (uint32_t i = 0; status == 0 && i < repeat; i++)
		status = visit->cell->model->run(visit->team, &job);
	*elapsed = par_now_ns() - start;
	if (status < 0)
		return par_visit_fail_start(visit, status, "the model could not run the job");
	status = add_up(visit, tasks * repeat);
	return status < 0 ? status : verify_work(visit);
}

/* What happens between its runs: then a sample is one of them. A model with variants measures those
 * alone, so that its plain form is timed as other models are. */
static bool runs_alone(const struct par_cell *cell)
{
	const struct par_workload *workload = cell->workload;
	const struct par_model *model = cell->model;

	return workload->reset != NULL || workload->verify != NULL || workload->measures != NULL ||
	       (model->measures != NULL &&
		       (model->variants == NULL ||
			       par_variant_find(model->variants, cell->variant) != NULL));
}

/* How many runs make a sample that the clock can resolve, and few enough samples. */
static uint32_t runs_per_sample(const struct par_visit *visit, uint64_t job_ns)
{
	uint64_t ticks = PAR_VISIT_TICKS * par_clock_tick_ns();
	uint64_t share = visit->spec->timed_ns / PAR_SAMPLES_MAX + 1;
	uint64_t least = ticks > share ? ticks : share;

	if (runs_alone(visit->cell) || job_ns >= least)
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

int par_visit_warm_up(struct par_visit *visit)
{
	uint64_t tasks = visit->cell->workers, elapsed = 0, part;
	int status = 0;

	if (tasks > visit->cell->tasks || visit->cell->workload->together)
		tasks = visit->cell->tasks;
	for (part = tasks; status == 0 && part > 0; part = next_part(visit, tasks, elapsed)) {
		tasks = part;
		status = run_job(visit, tasks, 1, &elapsed);
		visit->warmup_ns += elapsed;
	}
	visit->warm_tasks = tasks;
	visit->warm_ns = elapsed;
	if (status == 0 && tasks == visit->cell->tasks) {
		visit->repeat = runs_per_sample(visit, elapsed);
		if (!visit->has_serial)
			visit->serial = visit->digest;
		visit->has_serial = true;
	}
	return status;
}

int par_visit_wrong_digest(struct par_visit *visit, uint64_t digest)
{
	visit->status = PAR_STATUS_WRONG;
	return par_fail(&visit->reason, -EBADMSG, "the digest %016llx is not the serial %016llx",
		(unsigned long long)digest, (unsigned long long)visit->serial);
}

static bool enough_samples(const struct par_visit *visit)
{
	const struct par_visit_spec *spec = visit->spec;

	if (spec->samples > 0)
		return visit->sample_count >= spec->samples;
	return visit->sample_count >= PAR_SAMPLES_MAX || visit->run_ns >= spec->timed_ns;
}

/* Every sample must give the serial digest, or, while nobody knows it, that of the first. */
static int take_samples(struct par_visit *visit)
{
	while (!enough_samples(visit)) {
		uint64_t elapsed;
		int status = run_job(visit, visit->cell->tasks, visit->repeat, &elapsed);

		if (status < 0)
			return status;
		if (!visit->has_serial)
			visit->serial = visit->digest;
		visit->has_serial = true;
		if (visit->digest != visit->serial * visit->repeat)
			return par_visit_wrong_digest(visit, visit->digest);
		par_visit_measures_take(&visit->measures, &visit->work, visit->cell->model,
			visit->team, visit->sample_count);
		visit->samples_ns[visit->sample_count++] = elapsed / visit->repeat;
		visit->run_ns += elapsed;
	}
	return 0;
}

int par_visit_count_events(struct par_visit *visit)
{
	uint64_t tasks = visit->cell->tasks, elapsed;
	uint64_t least = visit->cell->workers;
	int status;

	if (visit->cell->workload->together && visit->warm_ns > COUNTED_NS) {
		par_visit_meter_count_nothing(&visit->meter);
		return 0;
	}
	if (visit->warm_ns > 0 && tasks / visit->warm_tasks > COUNTED_NS / visit->warm_ns)
		tasks = visit->warm_tasks * COUNTED_NS / visit->warm_ns;
	if (tasks < least)
		tasks = least;
	if (tasks > visit->cell->tasks || visit->cell->workload->together)
		tasks = visit->cell->tasks;
	par_visit_meter_count(&visit->meter);
	status = run_job(visit, tasks, 1, &elapsed);
	par_visit_meter_counted(&visit->meter, tasks);
	return status;
}

int par_visit_take_samples(struct par_visit *visit)
{
	int status;

	par_visit_meter_start(&visit->meter);
	visit->sampling = true;
	status = take_samples(visit);
	visit->sampling = false;
	par_visit_meter_stop(&visit->meter);
	return status;
}
