/*
 * The latency experiment's plan on machines that stand nowhere, and what its workload promises.
 */
#include "../common/machines.h"

#include "latency.h"
#include "plan_fixture.h"
#include "workload_fixture.h"

enum { RATE = 1 }; /* of the parameters */

static void check_cell(const struct par_cell *cell, const struct par_machine *machine)
{
	bool loop = (cell->model->traits & PAR_TRAIT_LOOP) != 0;
	unsigned pus = machine->allowed_pus < 16 ? machine->allowed_pus : 16;

	assert_string_equal(cell->workload->name, "paced");
	assert_int_equal(cell->model->traits & PAR_TRAIT_ONE_CORE, 0);
	assert_int_equal(cell->cores, pus);
	assert_true(cell->workers == pus * (loop ? 1 : 4) || cell->workers == pus * 16);
	assert_true(cell->tasks >= 299); /* the 99th percentile can be told */
	/* Nobody waits for long: the schedule ends within a second. */
	assert_true(cell->tasks <= cell->params[RATE]);
}

static void cells_on_many_machines(void **state)
{
	static const char *const synthetic[] = { MACHINE_ONE_CORE, "pack:1 core:2 pu:1",
		MACHINE_2X2X8X2, MACHINE_256 };

	(void)state;
	for (size_t i = 0; i < sizeof synthetic / sizeof synthetic[0]; i++) {
		struct par_machine machine = machine_synthetic(synthetic[i]);

		for (unsigned scale = 0; scale < PAR_SCALES; scale++) {
			struct par_plan plan =
				plan_experiment("latency", &machine, (enum par_scale)scale, NULL);

			assert_true(plan.count > 0);
			for (size_t j = 0; j < plan.count; j++)
				check_cell(&plan.cells[j].cell, &machine);
			plan_check_ids(&plan);
			par_plan_fini(&plan);
		}
		par_machine_fini(&machine);
	}
}

/* A pool stands with few workers, which queue at the highest rate, and with many, which do not. */
static void pools_have_two_sizes(void **state)
{
	struct par_machine machine = machine_synthetic("pack:1 core:2 pu:1");
	struct par_plan plan = plan_experiment("latency", &machine, PAR_SCALE_FULL, NULL);
	unsigned few = 0, many = 0;

	(void)state;
	for (size_t i = 0; i < plan.count; i++) {
		const struct par_cell *cell = &plan.cells[i].cell;

		if (strcmp(cell->model->name, "thread_pool") != 0)
			continue;
		few += cell->workers == 8;
		many += cell->workers == 32;
	}
	assert_int_equal(few, 3); /* rates */
	assert_int_equal(many, 3);
	par_plan_fini(&plan);
	par_machine_fini(&machine);
}

/* The paced workload in this process, which can serve one request at a time. */
static struct bench open_paced(uint64_t tasks, uint64_t rate, uint64_t wait_us)
{
	struct bench bench = bench_make(workload_named("paced"), tasks);

	bench.setup.params[0] = 0;
	bench.setup.params[RATE] = rate;
	bench.setup.params[2] = wait_us;
	bench_open(&bench);
	return bench;
}

/* Ten thousand a second with 5 ms each: the k-th waits for those before it, and that shows. */
static void latency_counts_from_the_scheduled_arrival(void **state)
{
	enum { TASKS = 10, WAIT_US = 5000 };
	struct bench bench = open_paced(TASKS, 10000, WAIT_US);
	const uint64_t *ns;

	(void)state;
	bench_run(&bench);
	assert_int_equal(bench.workload->latencies(bench.state, &ns), TASKS);
	for (uint64_t i = 0; i < TASKS; i++) {
		/* On this schedule, always the same, gaps are far below 1 ms. */
		assert_true(ns[i] + i * 1000000 >= (i + 1) * WAIT_US * 1000);
		assert_true(i == 0 || ns[i] > ns[i - 1]);
	}
	bench_end(&bench);
}

/* Whatever its index, the first task to begin serves the first request. */
static void requests_stand_in_one_queue(void **state)
{
	enum { TASKS = 6 };
	struct bench bench = open_paced(TASKS, 100000, 1000);
	const uint64_t *ns;

	(void)state;
	assert_int_equal(bench.workload->reset(bench.state), 0);
	for (uint64_t i = TASKS; i-- > 0;)
		bench_task(&bench, i);
	assert_int_equal(bench.workload->latencies(bench.state, &ns), TASKS);
	for (uint64_t i = 1; i < TASKS; i++)
		assert_true(ns[i] > ns[i - 1]);
	bench_end(&bench);
}

/* Those beyond the schedule, as in a check of digests, wait for nobody and are not counted. */
static void tasks_beyond_the_schedule_are_not_timed(void **state)
{
	struct bench bench = open_paced(5, 100000, 1000);
	const uint64_t *ns;
	uint64_t last;

	(void)state;
	bench_run(&bench);
	(void)bench.workload->latencies(bench.state, &ns);
	last = ns[4];
	for (uint64_t i = 0; i < 5; i++)
		bench_task(&bench, i);
	assert_int_equal(bench.workload->latencies(bench.state, &ns), 5);
	assert_int_equal(ns[4], last);
	bench_end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_on_many_machines),
		cmocka_unit_test(pools_have_two_sizes),
		cmocka_unit_test(latency_counts_from_the_scheduled_arrival),
		cmocka_unit_test(requests_stand_in_one_queue),
		cmocka_unit_test(tasks_beyond_the_schedule_are_not_timed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
