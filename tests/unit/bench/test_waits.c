/* Waits that are all under way at once: what counts as right, and what is told of them. */
#include "workload_fixture.h"

#include <errno.h>
#include <math.h>

#include "cell.h"
#include "loop.h"
#include "visit.h"
#include "workloads/crowd.h"

#define TASKS 12

static const struct par_workload *real; /* that the wrappers below stand for */

/* Task 3 is never begun. */
static uint64_t forget_one(void *state, uint64_t index, struct par_io *io)
{
	return index == 3 ? par_mix64(index) : real->task(state, index, io);
}

/* Task 4 waits instead of task 3. */
static uint64_t swap_one(void *state, uint64_t index, struct par_io *io)
{
	(void)real->task(state, index == 3 ? 4 : index, io);
	return par_mix64(index);
}

static uint64_t one_twice(void *state, uint64_t index, struct par_io *io)
{
	if (index == 3)
		(void)real->task(state, index, io);
	return real->task(state, index, io);
}

static const char *status_of(const char *workload, const char *model, const char *variant,
	uint64_t (*task)(void *, uint64_t, struct par_io *), json_t **record)
{
	static const int no_pin[TASKS] = { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 };
	const struct par_registry *registry = par_catalogue_registry();
	struct par_workload broken;
	struct par_cell cell;
	struct par_visit_spec spec = {
		.cell = &cell, .pus = no_pin, .scratch = "/tmp", .timed_ns = 1000000, .samples = 2
	};

	real = workload_named(workload);
	broken = *real;
	if (task != NULL)
		broken.task = task;
	par_cell_init(&cell, "x", &broken, par_registry_model(registry, model), PAR_SCALE_QUICK);
	cell.tasks = TASKS;
	cell.params[0] = 1000;
	snprintf(cell.variant, sizeof cell.variant, "%s", variant);
	if ((cell.model->traits & PAR_TRAIT_LOOP) == 0)
		cell.workers = TASKS;
	assert_int_equal(par_cell_seal(&cell), 0);
	assert_int_equal(par_visit_run(record, &spec), 0);
	return json_string_value(json_object_get(*record, "status"));
}

static void check_status(const char *workload, const char *model, const char *variant,
	uint64_t (*task)(void *, uint64_t, struct par_io *), const char *expected)
{
	json_t *record;
	const char *status = status_of(workload, model, variant, task, &record);

	/* Beside other tests a visit may well be disturbed: its answer is right all the same. */
	if (strcmp(status, expected) != 0 &&
		!(strcmp(expected, "ok") == 0 && strcmp(status, "untrustworthy") == 0))
		fail_msg("%s on %s (%s): %s instead of %s", workload, model, variant, status,
			expected);
	json_decref(record);
}

static const char *const kinds[][2] = {
	{ "coroutine", "-" },
	{ "coroutine", "uring" },
	{ "thread", "-" },
	{ "process_pool", "-" },
};

static bool is_here(const char *variant)
{
	return strcmp(variant, "uring") != 0 || par_loop_uring_unavailable() == NULL;
}

static void each_must_come_exactly_once(void **state)
{
	static const char *const workloads[] = { "waits", "hold" };

	(void)state;
	for (size_t w = 0; w < 2; w++) {
		for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
			if (!is_here(kinds[k][1]))
				continue;
			check_status(workloads[w], kinds[k][0], kinds[k][1], NULL, "ok");
			check_status(workloads[w], kinds[k][0], kinds[k][1], one_twice, "wrong");
		}
		check_status(workloads[w], "thread", "-", forget_one, "wrong");
	}
	check_status("waits", "coroutine", "-", swap_one, "wrong");
}

/* A loop holds all at once, so it has read the memory, and pages cost something. */
static void memory_is_read_while_all_wait(void **state)
{
	json_t *record;
	const json_t *measures;

	(void)state;
	(void)status_of("waits", "coroutine", "-", NULL, &record);
	measures = json_object_get(record, "measures");
	assert_int_equal(json_number_value(json_object_get(measures, "at_once")), TASKS);
	assert_true(json_number_value(json_object_get(measures, "memory")) > 0);
	assert_true(json_number_value(json_object_get(measures, "task_cpu")) > 0);
	json_decref(record);
}

/* One worker cannot hold two: it gives up, and nobody waits for ever. */
static void nobody_waits_for_a_crowd_that_does_not_come(void **state)
{
	struct bench bench = bench_make(workload_named("waits"), 2);
	struct par_error error = PAR_ERROR_INIT;
	double values[3];

	(void)state;
	bench.setup.params[0] = 10;
	bench_open(&bench);
	(void)bench_run(&bench);
	assert_int_equal(bench.workload->verify(bench.state, &error), 0);
	bench.workload->measure(bench.state, values);
	assert_true(isnan(values[0]));
	assert_true(values[2] == 1);
	bench_end(&bench);
}

/* Of two that are answered together one never asks. */
static void nobody_waits_for_ever_for_an_answer(void **state)
{
	struct bench bench = bench_make(workload_named("hold"), 2);

	(void)state;
	bench_open(&bench);
	assert_int_equal(bench.workload->reset(bench.state), 0);
	assert_true(bench_task(&bench, 0) == par_mix64(0));
	bench_end(&bench);
}

static unsigned sleeps;

static int count_sleep(struct par_io *io, uint64_t ns)
{
	(void)io, (void)ns;
	sleeps++;
	return 0;
}

/* The blocking variant gives the same answer, and its loop knows nothing of it. */
static void a_blocking_sleep_does_not_ask_the_loop(void **state)
{
	static const struct par_io_ops ops = { .name = "counting", .sleep = count_sleep };
	static const char *const variants[] = { "-", "blocking" };
	uint64_t digests[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct bench bench = bench_make(workload_named("timer"), 1);

		bench.setup.variant = variants[i];
		bench.setup.params[0] = 1;
		bench.io.ops = &ops;
		sleeps = 0;
		bench_open(&bench);
		digests[i] = bench_task(&bench, 0);
		assert_int_equal(sleeps, i == 0 ? 1 : 0);
		bench_end(&bench);
	}
	assert_true(digests[0] == digests[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_must_come_exactly_once),
		cmocka_unit_test(memory_is_read_while_all_wait),
		cmocka_unit_test(nobody_waits_for_a_crowd_that_does_not_come),
		cmocka_unit_test(nobody_waits_for_ever_for_an_answer),
		cmocka_unit_test(a_blocking_sleep_does_not_ask_the_loop),
	};

	return cmocka_run_group_tests_name("waits", tests, NULL, NULL);
}
