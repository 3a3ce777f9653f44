/*
 * What every model of the catalogue owes: each task once with the right answer, errors told,
 * nothing left behind. A new model is tested here without a new test.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "leftovers.h"

#include "catalogue.h"
#include "crew.h"
#include "rng.h"
#include "shared.h"

#define MOST_WORKERS 5

/* --- workloads that exist only here --- */

static uint64_t compute_task(void *state, uint64_t index, struct par_io *io)
{
	uint64_t x = index;

	(void)state, (void)io;
	for (int i = 0; i < 100; i++)
		x = par_mix64(x);
	return x;
}

/* Sleeps of different length, so that tasks end in another order than they began. */
static uint64_t sleep_task(void *state, uint64_t index, struct par_io *io)
{
	(void)state;
	if (par_io_sleep(io, 1000 * (1 + index % 7)) != 0)
		par_io_fail(io, -ETIME);
	return index;
}

/* Gives way, then reads from a pipe of its own what it wrote there. */
static uint64_t pipe_task(void *state, uint64_t index, struct par_io *io)
{
	uint64_t got = 0;
	int ends[2];
	int code;

	(void)state;
	if (pipe2(ends, O_CLOEXEC) != 0) {
		par_io_fail(io, -errno);
		return 0;
	}
	par_io_yield(io);
	code = par_io_write_all(io, ends[1], &index, sizeof(index));
	if (!code)
		code = par_io_read_all(io, ends[0], &got, sizeof(got));
	if (code)
		par_io_fail(io, code);
	par_io_close(io, ends[0]);
	par_io_close(io, ends[1]);
	return got;
}

#define BAD_TASK 5

static uint64_t failing_task(void *state, uint64_t index, struct par_io *io)
{
	(void)state;
	if (index == BAD_TASK)
		par_io_fail(io, -EXDEV);
	return index;
}

static uint64_t crashing_task(void *state, uint64_t index, struct par_io *io)
{
	(void)state, (void)io;
	if (index == BAD_TASK)
		kill(getpid(), SIGKILL);
	return index;
}

static const struct par_workload compute = { .name = "compute", .task = compute_task };
static const struct par_workload sleeping = { .name = "sleeping", .task = sleep_task };
static const struct par_workload piping = { .name = "piping", .task = pipe_task };
static const struct par_workload failing = { .name = "failing", .task = failing_task };
static const struct par_workload crashing = { .name = "crashing", .task = crashing_task };

/* --- a bench to put a model on --- */

struct stand {
	const struct par_model *model;
	struct par_team_spec spec;
	struct par_team *team;
	int pus[MOST_WORKERS];
};

static void stand_open(struct stand *stand, const struct par_model *model,
	const struct par_workload *workload, unsigned workers, int pu)
{
	void *tallies;

	*stand = (struct stand){ .model = model };
	assert_int_equal(par_shared_open(&tallies, MOST_WORKERS * sizeof(struct par_tally)), 0);
	for (unsigned i = 0; i < MOST_WORKERS; i++)
		stand->pus[i] = pu;
	stand->spec = (struct par_team_spec){
		.work = { .workload = workload },
		.variant = "-",
		.workers = model->traits & PAR_TRAIT_ONE_CORE ? 1 : workers,
		.pus = stand->pus,
		.spin = workers == 1,
		.in_flight = model->traits & PAR_TRAIT_LOOP ? 64 : workers,
		.tallies = tallies,
	};
	assert_int_equal(model->open(&stand->team, &stand->spec), 0);
	assert_non_null(stand->team);
}

static void stand_close(struct stand *stand)
{
	stand->model->close(stand->team);
	par_shared_close(stand->spec.tallies, MOST_WORKERS * sizeof(struct par_tally));
}

/* The tallies of the workers together; they are zeroed for the next run. */
static struct par_tally stand_take(struct stand *stand)
{
	struct par_tally sum = { 0 };

	for (unsigned i = 0; i < stand->spec.workers; i++) {
		struct par_tally *one = &stand->spec.tallies[i];

		sum.digest += one->digest;
		sum.tasks += one->tasks;
		sum.busy_ns += one->busy_ns;
		sum.error = sum.error ? sum.error : one->error;
		*one = (struct par_tally){ 0 };
	}
	return sum;
}

static uint64_t expected_digest(const struct par_workload *workload, struct par_job job)
{
	struct par_work work = { .workload = workload };
	struct par_tally tally = { 0 };
	struct par_io io;

	par_io_init_blocking(&io);
	par_job_work(&work, job.first, job.first + job.count, &io, &tally);
	return tally.digest;
}

static void run_and_check(struct stand *stand, struct par_job job)
{
	struct par_tally sum;

	assert_int_equal(stand->model->run(stand->team, &job), 0);
	sum = stand_take(stand);
	assert_int_equal(sum.error, 0);
	assert_int_equal(sum.tasks, job.count);
	assert_int_equal(sum.digest, expected_digest(stand->spec.work.workload, job));
	assert_true(job.count == 0 || sum.busy_ns > 0);
}

static const struct par_model *nth_model(size_t index)
{
	return par_catalogue_registry()->models[index];
}

#define for_each_listed(model)                                                                     \
	for (size_t model##_at = 0; nth_model(model##_at); model##_at++)                           \
		for (const struct par_model *model = nth_model(model##_at); model; model = NULL)

/* Those whose workers are this program's: the others are in test_outside.c. */
#define for_each_model(model) for_each_listed(model) if (model->outside == NULL)

/* --- the tests --- */

static void check_tasks(
	const struct par_model *model, const struct par_workload *workload, const unsigned *counts)
{
	static const unsigned workers[] = { 1, 2, MOST_WORKERS };
	struct leftovers before = leftovers_now();
	struct stand stand;

	print_message("  %s, %s\n", model->name, workload->name);
	for (size_t w = 0; w < sizeof(workers) / sizeof(*workers); w++) {
		stand_open(&stand, model, workload, workers[w], -1);
		/* One team runs job after job. */
		for (size_t c = 0; c < 4; c++)
			run_and_check(&stand, (struct par_job){ 10 * c, counts[c] });
		stand_close(&stand);
	}
	leftovers_none_since(&before);
}

static void test_computing(void **state)
{
	static const unsigned counts[] = { 0, 1, 7, 1000 };

	(void)state;
	for_each_model(model) check_tasks(model, &compute, counts);
}

static void test_waiting(void **state)
{
	static const unsigned counts[] = { 1, 0, 200, 7 };

	(void)state;
	for_each_model(model)
	{
		check_tasks(model, &sleeping, counts);
		check_tasks(model, &piping, counts);
	}
}

static void test_task_error_is_told_once(void **state)
{
	struct par_job with = { 0, 20 }, without = { 100, 20 };
	struct stand stand;
	struct par_tally sum;

	(void)state;
	for_each_model(model)
	{
		stand_open(&stand, model, &failing, 2, -1);
		assert_int_equal(model->run(stand.team, &with), 0);
		sum = stand_take(&stand);
		assert_int_equal(sum.error, -EXDEV);
		assert_int_equal(sum.tasks, with.count);
		run_and_check(&stand, without);
		stand_close(&stand);
	}
}

static void test_crash_of_a_process_is_told(void **state)
{
	struct leftovers before = leftovers_now();
	struct par_job job = { 0, 20 };
	struct stand stand;

	(void)state;
	for_each_model(model)
	{
		if (!(model->traits & PAR_TRAIT_PROCESS))
			continue;
		stand_open(&stand, model, &crashing, 2, -1);
		assert_int_equal(model->run(stand.team, &job), PAR_WORKER_DIED);
		stand_close(&stand);
	}
	leftovers_none_since(&before);
}

/* Where this process may run, at most 1,024 PUs: enough for the machines tests run on. */
static cpu_set_t affinity(void)
{
	cpu_set_t set;

	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	return set;
}

static uint64_t where_task(void *state, uint64_t index, struct par_io *io)
{
	cpu_set_t set;

	(void)state, (void)index;
	if (sched_getaffinity(0, sizeof(set), &set) != 0 || CPU_COUNT(&set) != 1)
		par_io_fail(io, -EXDEV);
	return (uint64_t)sched_getcpu();
}

/* Workers run where they are put, and the caller may run where it could before. */
static void test_pinning(void **state)
{
	static const struct par_workload where = { .name = "where", .task = where_task };
	const cpu_set_t before = affinity();
	struct par_job job = { 0, 9 };
	struct stand stand;
	struct par_tally sum;
	uint64_t expected = 0;
	cpu_set_t after;
	int pu = 0;

	(void)state;
	while (!CPU_ISSET(pu, &before))
		pu++;
	for (uint64_t i = 0; i < job.count; i++)
		expected += par_task_digest(i, (uint64_t)pu);
	for_each_model(model)
	{
		stand_open(&stand, model, &where, 1, pu);
		assert_int_equal(model->run(stand.team, &job), 0);
		sum = stand_take(&stand);
		assert_int_equal(sum.error, 0);
		assert_int_equal(sum.digest, expected);
		stand_close(&stand);
		after = affinity();
		assert_true(CPU_EQUAL(&before, &after));
	}
}

static void test_impossible_pu_leaves_nothing(void **state)
{
	struct leftovers before = leftovers_now();
	const int pus[] = { -1, 900000 }, first[] = { 900000, -1 };
	struct par_tally tallies[2] = { 0 };
	struct par_job job = { 0, 2 };
	struct par_team *team;

	(void)state;
	for_each_model(model)
	{
		struct par_team_spec spec = {
			.work = { .workload = &compute },
			.variant = "-",
			.workers = model->traits & PAR_TRAIT_ONE_CORE ? 1 : 2,
			.pus = model->traits & PAR_TRAIT_ONE_CORE ? first : pus,
			.in_flight = 2,
			.tallies = tallies,
		};
		int code = model->open(&team, &spec);

		/* A model with a worker per task finds out when it runs. */
		if (code == 0) {
			assert_true(model->traits & PAR_TRAIT_PER_TASK);
			code = model->run(team, &job);
			model->close(team);
		}
		assert_int_equal(code, -EINVAL);
	}
	leftovers_none_since(&before);
}

static void test_many_open_and_close(void **state)
{
	struct leftovers before = leftovers_now();
	struct stand stand;

	(void)state;
	for_each_model(model)
	{
		for (int i = 0; i < 50; i++) {
			stand_open(&stand, model, &compute, 1 + i % 3, -1);
			if (i % 2)
				run_and_check(&stand, (struct par_job){ 0, 3 });
			stand_close(&stand);
		}
		model->close(NULL);
	}
	leftovers_none_since(&before);
}

static void test_digest_tells_what_went_wrong(void **state)
{
	const uint64_t right = par_task_digest(0, 5) + par_task_digest(1, 9);

	(void)state;
	assert_int_not_equal(par_task_digest(0, 9) + par_task_digest(1, 5), right); /* swapped */
	assert_int_not_equal(par_task_digest(0, 5) + par_task_digest(0, 5), right); /* run twice */
	assert_int_not_equal(par_task_digest(0, 5), right);                         /* left out */
	assert_int_not_equal(par_task_digest(0, 4) + par_task_digest(1, 9), right); /* wrong */
}

static bool is_colour(const char *text)
{
	return text && strlen(text) == 7 && text[0] == '#' &&
	       strspn(text + 1, "0123456789ABCDEF") == 6;
}

static void test_description(void **state)
{
	unsigned ranks = 0;

	(void)state;
	for_each_listed(model)
	{
		assert_int_equal(strspn(model->name, "abcdefghijklmnopqrstuvwxyz0123456789_"),
			strlen(model->name));
		assert_true(strlen(model->short_label) <= 12); /* 11 letters, "×" takes two bytes */
		assert_non_null(model->label);
		assert_non_null(model->summary);
		assert_true(is_colour(model->look.light) && is_colour(model->look.dark));
		assert_true(is_colour(model->look.ink) && is_colour(model->look.ink_dark));
		assert_true((model->traits & PAR_TRAIT_SERIAL) == 0 || model->simplicity == 0);
		assert_true(model->simplicity < 32);
		if (model->only == NULL) { /* a tie has one simplest model */
			assert_false(ranks & 1u << model->simplicity);
			ranks |= 1u << model->simplicity;
		}
		for_each_listed(other)
		{
			if (other == model)
				continue;
			assert_string_not_equal(other->name, model->name);
			assert_string_not_equal(other->look.light, model->look.light);
			assert_string_not_equal(other->look.dark, model->look.dark);
			assert_int_not_equal(other->look.point, model->look.point);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_computing),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_task_error_is_told_once),
		cmocka_unit_test(test_crash_of_a_process_is_told),
		cmocka_unit_test(test_pinning),
		cmocka_unit_test(test_impossible_pu_leaves_nothing),
		cmocka_unit_test(test_many_open_and_close),
		cmocka_unit_test(test_digest_tells_what_went_wrong),
		cmocka_unit_test(test_description),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
