/*
 * The granularity experiment's plan on machines that stand nowhere.
 */
#include "../common/machines.h"

#include "catalogue.h"
#include "cell.h"
#include "plan_fixture.h"

static struct par_plan plan_of(
	const struct par_machine *machine, enum par_scale scale, const char *workload)
{
	return plan_experiment("granularity", machine, scale, workload);
}

/* Those that are made for another experiment have no part in this one. */
static size_t count_models(void)
{
	const struct par_registry *registry = par_catalogue_registry();
	size_t count = 0;

	for (size_t i = 0; registry->models[i] != NULL; i++)
		count += registry->models[i]->only == NULL;
	return count;
}

/* Every model has a cell at every length, and at one length all do the same work. */
static void check_plan(const struct par_machine *machine, enum par_scale scale, size_t lengths)
{
	struct par_plan plan = plan_of(machine, scale, "spin");
	size_t models = count_models();
	uint64_t before = 0;

	assert_int_equal(plan.count, lengths * models);
	for (size_t i = 0; i < plan.count; i++) {
		const struct par_cell *cell = &plan.cells[i].cell;
		const struct par_cell *first = &plan.cells[i / models * models].cell;
		bool one = (cell->model->traits & PAR_TRAIT_ONE_CORE) != 0;

		assert_string_equal(cell->workload->name, "spin");
		assert_int_equal(cell->params[0], first->params[0]);
		assert_int_equal(cell->tasks, first->tasks);
		assert_int_equal(cell->cores, one ? 1 : machine->allowed_cores);
		assert_int_equal(cell->workers, cell->cores);
		assert_true(cell->tasks >= 2 * (uint64_t)machine->allowed_cores);
		/* No job that a visit could not end: 30 s for two of them, at 2 ns a step. */
		assert_true(
			plan.cells[i].skip != NULL || cell->tasks * cell->params[0] < 7500000000);
		assert_true(plan.cells[i].skip == NULL || cell->params[0] == 60000000);
		if (i % models == 0)
			assert_true(cell->params[0] > before);
		before = cell->params[0];
	}
	plan_check_ids(&plan);
	par_plan_fini(&plan);
}

static void every_model_at_every_length(void **state)
{
	static const char *const synthetic[] = { MACHINE_ONE_CORE, "pack:1 core:2 pu:1",
		MACHINE_2X2X8X2, MACHINE_256 };

	(void)state;
	for (size_t i = 0; i < sizeof synthetic / sizeof synthetic[0]; i++) {
		struct par_machine machine = machine_synthetic(synthetic[i]);

		check_plan(&machine, PAR_SCALE_QUICK, 3);
		check_plan(&machine, PAR_SCALE_DEFAULT, 5);
		check_plan(&machine, PAR_SCALE_FULL, 11);
		par_machine_fini(&machine);
	}
}

/* Short tasks are not so many that a process for each would take for ever. */
static void jobs_are_bounded(void **state)
{
	struct par_machine machine = machine_synthetic("pack:1 core:2 pu:1");
	struct par_plan plan = plan_of(&machine, PAR_SCALE_DEFAULT, "spin");

	(void)state;
	for (size_t i = 0; i < plan.count; i++) {
		const struct par_cell *cell = &plan.cells[i].cell;

		assert_in_range(cell->tasks, 16, 1000);
		assert_in_range(cell->tasks * cell->params[0], 1000, 10000000);
	}
	par_plan_fini(&plan);
	par_machine_fini(&machine);
}

/* On any machine the pool is small, and who has a worker for each has all of them at once. */
static void waits_are_by_few_or_by_all(void **state)
{
	static const char *const synthetic[] = { MACHINE_ONE_CORE, MACHINE_2X2X8X2, MACHINE_256 };

	(void)state;
	for (size_t i = 0; i < sizeof synthetic / sizeof synthetic[0]; i++) {
		struct par_machine machine = machine_synthetic(synthetic[i]);
		struct par_plan plan = plan_of(&machine, PAR_SCALE_DEFAULT, NULL);
		size_t waits = 0;

		for (size_t j = 0; j < plan.count; j++) {
			const struct par_cell *cell = &plan.cells[j].cell;

			if (strcmp(cell->workload->name, "timer") != 0)
				continue;
			waits++;
			assert_null(plan.cells[j].skip);
			assert_true(cell->cores <= 4 && cell->cores <= machine.allowed_cores);
			assert_true(cell->tasks <= 64);
			assert_int_equal(cell->workers,
				(cell->model->traits & PAR_TRAIT_PER_TASK) != 0 ? cell->tasks
										: cell->cores);
		}
		assert_int_equal(waits, 4);
		plan_check_ids(&plan);
		par_plan_fini(&plan);
		par_machine_fini(&machine);
	}
}

static void other_workloads_have_no_part_in_it(void **state)
{
	struct par_machine machine = machine_synthetic("pack:1 core:2 pu:1");
	struct par_plan plan = plan_of(&machine, PAR_SCALE_DEFAULT, "sha256");

	(void)state;
	assert_int_equal(plan.count, 0);
	par_plan_fini(&plan);
	par_machine_fini(&machine);
}

static void scaling_leaves_its_workload_out(void **state)
{
	struct par_machine machine = machine_synthetic("pack:1 core:2 pu:1");
	struct par_plan plan = plan_experiment("scaling", &machine, PAR_SCALE_DEFAULT, NULL);

	(void)state;
	assert_true(plan.count > 0);
	for (size_t i = 0; i < plan.count; i++)
		assert_false(plan.cells[i].cell.workload->unranked);
	par_plan_fini(&plan);
	par_machine_fini(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_model_at_every_length),
		cmocka_unit_test(jobs_are_bounded),
		cmocka_unit_test(waits_are_by_few_or_by_all),
		cmocka_unit_test(other_workloads_have_no_part_in_it),
		cmocka_unit_test(scaling_leaves_its_workload_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
