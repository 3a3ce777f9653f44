/*
 * A visit by models that break it on purpose: what is wrong can never have a time.
 */
#include "core_fixture.h"

#include <errno.h>

#include "visit.h"

static int no_pin[64] = { -1, -1, -1, -1 };

static json_t *visit(const struct par_cell *cell, const uint64_t *expected)
{
	struct par_visit_spec spec = { .cell = cell,
		.pus = no_pin,
		.scratch = "/tmp",
		.has_expected = expected != NULL,
		.expected = expected != NULL ? *expected : 0,
		.timed_ns = 100000 };
	json_t *record = NULL;

	assert_int_equal(par_visit_run(&record, &spec), 0);
	return record;
}

static const char *text_of(const json_t *record, const char *name)
{
	const char *text = json_string_value(json_object_get(record, name));

	return text != NULL ? text : "";
}

static json_int_t number_of(const json_t *record, const char *name)
{
	return json_integer_value(json_object_get(record, name));
}

/* The machine may be disturbed while tests run: then the visit says so and still has its samples.
 */
static bool measured(const json_t *record)
{
	return strcmp(text_of(record, "status"), "ok") == 0 ||
	       strcmp(text_of(record, "status"), "untrustworthy") == 0;
}

static uint64_t serial_digest(uint64_t tasks)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < tasks; i++)
		sum += par_task_digest(i, par_mix64(i));
	return sum;
}

static void a_good_visit_has_times_and_the_serial_digest(void **state)
{
	struct par_cell cell = fake_cell("x/hash/pool/workers=3/tasks=500");
	json_t *record = visit(&cell, NULL);
	char digest[32];

	(void)state;
	assert_true(measured(record));
	assert_string_equal(text_of(record, "cell"), cell.id);
	assert_true(json_array_size(json_object_get(record, "samples_ns")) > 0);
	assert_true(number_of(record, "run_ns") >= 100000);
	assert_int_equal(number_of(record, "tasks"), 500);
	snprintf(digest, sizeof digest, "0x%016llx", (unsigned long long)serial_digest(500));
	assert_string_equal(text_of(record, "digest"), digest);
	assert_int_equal(json_array_size(json_object_get(record, "workers")), 3);
	json_decref(record);
}

static void a_short_job_is_repeated_within_a_sample(void **state)
{
	struct par_cell cell = fake_cell("x/hash/serial/tasks=1");
	uint64_t expected = serial_digest(1);
	json_t *record = visit(&cell, &expected);

	(void)state;
	assert_true(measured(record));
	assert_true(number_of(record, "repeat") > 1);
	json_decref(record);
}

static void samples_are_as_many_as_asked_for(void **state)
{
	struct par_cell cell = fake_cell("x/hash/serial/tasks=50");
	static const uint32_t counts[] = { 1, 7, PAR_SAMPLES_MAX };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct par_visit_spec spec = { .cell = &cell,
			.pus = no_pin,
			.scratch = "/tmp",
			.timed_ns = 100000,
			.samples = counts[i] };
		json_t *record = NULL;

		assert_int_equal(par_visit_run(&record, &spec), 0);
		assert_true(measured(record));
		assert_int_equal(json_array_size(json_object_get(record, "samples_ns")), counts[i]);
		json_decref(record);
	}
}

/* What is null has a reason, and what is not has none. */
static void check_absent(const json_t *record, const json_t *value, const char *name)
{
	const json_t *reason = json_object_get(json_object_get(record, "absent"), name);

	assert_non_null(value);
	assert_int_equal(json_is_null(value), json_is_string(reason));
}

static void what_surrounds_a_visit_is_told_or_absent_with_a_reason(void **state)
{
	static const char *const counters[] = { "cycles", "branch_misses", "task_clock_ns",
		"migrations", "major_faults" };
	static const char *const memory[] = { "pss_bytes", "worker_pss_bytes", "peak_bytes" };
	struct par_cell cell = fake_cell("x/hash/serial/tasks=500");
	json_t *record = visit(&cell, NULL);
	const json_t *disturbance = json_object_get(record, "disturbance");

	(void)state;
	assert_true(number_of(record, "at_ns") > 0);
	assert_true(number_of(disturbance, "elapsed_ns") >= number_of(record, "run_ns"));
	check_absent(record, json_object_get(record, "scheduling"), "scheduling");
	check_absent(record, json_object_get(record, "energy_j"), "energy_j");
	check_absent(record, json_object_get(disturbance, "others_ns"), "others_ns");
	for (unsigned i = 0; i < 5; i++)
		check_absent(record,
			json_object_get(json_object_get(record, "counters"), counters[i]),
			counters[i]);
	for (unsigned i = 0; i < 3; i++)
		check_absent(record, json_object_get(json_object_get(record, "memory"), memory[i]),
			memory[i]);
	json_decref(record);
}

/* Each worker's running, runnable and blocked time make up the samples, or a little more. */
static void the_times_of_a_worker_make_up_the_samples(void **state)
{
	struct par_cell cell = fake_cell("x/hash/serial/tasks=500");
	json_t *record = visit(&cell, NULL);
	const json_t *sum = json_object_get(record, "scheduling");
	const json_t *worker = json_array_get(json_object_get(record, "workers"), 0);

	(void)state;
	if (!json_is_null(sum)) {
		assert_true(number_of(sum, "running_ns") + number_of(sum, "runnable_ns") +
				    number_of(sum, "blocked_ns") >=
			    number_of(record, "run_ns"));
		assert_int_equal(number_of(worker, "running_ns"), number_of(sum, "running_ns"));
	}
	json_decref(record);
}

static void workers_that_live_for_a_task_have_no_times(void **state)
{
	struct par_cell cell = fake_cell("x/hash/pool/workers=2/tasks=500");
	struct par_model model = fake_pool;
	json_t *record;

	(void)state;
	model.traits = PAR_TRAIT_PER_TASK;
	cell.model = &model;
	record = visit(&cell, NULL);
	assert_true(json_is_null(json_object_get(record, "scheduling")));
	check_absent(record, json_object_get(record, "scheduling"), "scheduling");
	json_decref(record);
}

static unsigned resets;

static int count_reset(void *state)
{
	(void)state;
	resets++;
	return 0;
}

/* Each run has its reset: parts of the warm-up, the counted run, the samples. */
static void every_sample_is_reset_before(void **state)
{
	struct par_workload workload = fake_hash;
	struct par_cell cell = fake_cell("x/hash/serial/tasks=10000");
	json_t *record;
	size_t samples;

	(void)state;
	workload.reset = count_reset;
	cell.workload = &workload;
	resets = 0;
	record = visit(&cell, NULL);
	samples = json_array_size(json_object_get(record, "samples_ns"));
	assert_true(samples > 0 && resets >= samples + 2);
	assert_int_equal(number_of(record, "repeat"), 1);
	json_decref(record);
}

/* Models and tasks that go wrong. */

static int run_one_less(struct par_team *team, const struct par_job *job)
{
	struct par_job less = { job->first, job->count - 1 };

	return fake_team_run(team, &less);
}

static int run_one_twice(struct par_team *team, const struct par_job *job)
{
	struct par_job less = { job->first, job->count - 1 }, again = { job->first, 1 };
	int status = fake_team_run(team, &less);

	return status < 0 ? status : fake_team_run(team, &again);
}

static int run_error(struct par_team *team, const struct par_job *job)
{
	(void)team;
	(void)job;
	return -EAGAIN;
}

static int open_error(struct par_team **team, const struct par_team_spec *spec)
{
	(void)team;
	(void)spec;
	return -ENOMEM;
}

static uint64_t other_answer(void *state, uint64_t index, struct par_io *io)
{
	(void)state;
	(void)io;
	return par_mix64(index) + (index == 3);
}

static uint64_t unstable_answer(void *state, uint64_t index, struct par_io *io)
{
	static uint64_t turn;

	(void)state;
	(void)io;
	return par_mix64(index) + turn++;
}

static uint64_t failing_task(void *state, uint64_t index, struct par_io *io)
{
	(void)state;
	if (index == 7)
		par_io_fail(io, -ECONNREFUSED);
	return 0;
}

static int open_refused(void **state, const struct par_setup *setup, struct par_error *error)
{
	(void)state;
	(void)setup;
	return par_fail(error, -ENOENT, "no such folder: /nowhere");
}

static void expect(const struct par_model *model, const struct par_workload *workload,
	const char *status, const char *reason)
{
	struct par_cell cell = fake_cell("x/hash/pool/workers=2/tasks=20");
	uint64_t expected = serial_digest(20);
	json_t *record;

	cell.model = model != NULL ? model : cell.model;
	cell.workload = workload != NULL ? workload : cell.workload;
	record = visit(&cell, &expected);
	assert_string_equal(text_of(record, "status"), status);
	if (strstr(text_of(record, "reason"), reason) == NULL)
		fail_msg("reason: %s", text_of(record, "reason"));
	assert_int_equal(json_array_size(json_object_get(record, "samples_ns")), 0);
	json_decref(record);
}

static void a_lost_task_is_wrong(void **state)
{
	struct par_model model = fake_pool;

	(void)state;
	model.run = run_one_less;
	expect(&model, NULL, "wrong", "tasks ran instead of");
}

static void a_task_in_place_of_another_is_wrong(void **state)
{
	struct par_model model = fake_pool;

	(void)state;
	model.run = run_one_twice;
	expect(&model, NULL, "wrong", "is not the serial");
}

static void another_answer_is_wrong(void **state)
{
	struct par_workload workload = fake_hash;

	(void)state;
	workload.task = other_answer;
	expect(NULL, &workload, "wrong", "is not the serial");
}

static void an_answer_that_changes_is_wrong_even_without_an_expected_one(void **state)
{
	struct par_workload workload = fake_hash;
	struct par_cell cell = fake_cell("x/hash/serial/tasks=20");
	json_t *record;

	(void)state;
	workload.task = unstable_answer;
	cell.workload = &workload;
	record = visit(&cell, NULL);
	assert_string_equal(text_of(record, "status"), "wrong");
	json_decref(record);
}

static void errors_are_failures_with_their_errno(void **state)
{
	struct par_model model = fake_pool;
	struct par_workload workload = fake_hash;

	(void)state;
	model.run = run_error;
	expect(&model, NULL, "failed", "Resource temporarily unavailable");
	model = fake_pool;
	model.open = open_error;
	expect(&model, NULL, "failed", "Cannot allocate memory");
	workload.task = failing_task;
	expect(NULL, &workload, "failed", "Connection refused");
	workload = fake_hash;
	workload.open = open_refused;
	expect(NULL, &workload, "failed", "no such folder: /nowhere");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_visit_has_times_and_the_serial_digest),
		cmocka_unit_test(a_short_job_is_repeated_within_a_sample),
		cmocka_unit_test(samples_are_as_many_as_asked_for),
		cmocka_unit_test(what_surrounds_a_visit_is_told_or_absent_with_a_reason),
		cmocka_unit_test(the_times_of_a_worker_make_up_the_samples),
		cmocka_unit_test(workers_that_live_for_a_task_have_no_times),
		cmocka_unit_test(every_sample_is_reset_before),
		cmocka_unit_test(a_lost_task_is_wrong),
		cmocka_unit_test(a_task_in_place_of_another_is_wrong),
		cmocka_unit_test(another_answer_is_wrong),
		cmocka_unit_test(an_answer_that_changes_is_wrong_even_without_an_expected_one),
		cmocka_unit_test(errors_are_failures_with_their_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
