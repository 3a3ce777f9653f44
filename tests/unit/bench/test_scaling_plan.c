/*
 * The scaling experiment's plan on machines that stand nowhere.
 */
#include "../common/machines.h"

#include "catalogue.h"
#include "cell.h"

static const struct par_experiment *scaling(void)
{
	const struct par_experiment *const *experiments = par_catalogue_experiments();

	for (size_t i = 0; experiments[i] != NULL; i++) {
		if (strcmp(experiments[i]->name, "scaling") == 0)
			return experiments[i];
	}
	fail_msg("there is no experiment 'scaling'");
	return NULL;
}

/* The plan of one workload and one model; NULL: all. */
static struct par_plan plan_of(const struct par_machine *machine, enum par_scale scale,
	const char *workload, const char *model, const unsigned *cores, size_t core_count)
{
	const struct par_registry *registry = par_catalogue_registry();
	const struct par_model *models[] = { NULL, NULL };
	const struct par_workload *workloads[] = { NULL, NULL };
	struct par_choice choice = { .scale = scale,
		.cores = cores,
		.core_count = core_count,
		.models = registry->models,
		.workloads = registry->workloads };
	struct par_plan plan = PAR_PLAN_INIT;

	if (model != NULL) {
		models[0] = par_registry_model(registry, model);
		assert_non_null(models[0]);
		choice.models = models;
	}
	if (workload != NULL) {
		workloads[0] = par_registry_workload(registry, workload);
		assert_non_null(workloads[0]);
		choice.workloads = workloads;
	}
	assert_int_equal(scaling()->plan(&plan, machine, &choice), 0);
	return plan;
}

/* "1/1c 2/2c 2/4c 2/2n": cores/workers and the first letter of the placement, in plan order. */
static void expect(struct par_plan plan, const char *expected)
{
	char text[2048] = "";
	size_t used = 0;

	for (size_t i = 0; i < plan.count; i++) {
		const struct par_cell *cell = &plan.cells[i].cell;

		used += (size_t)snprintf(text + used, sizeof text - used, "%s%u/%u%c",
			i == 0 ? "" : " ", cell->cores, cell->workers,
			par_placement_name(cell->placement)[0]);
		assert_true(used < sizeof text);
	}
	assert_string_equal(text, expected);
	par_plan_fini(&plan);
}

static void one_core(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_ONE_CORE);

	(void)state;
	expect(plan_of(&machine, PAR_SCALE_DEFAULT, "sha256", "serial", NULL, 0), "1/1c");
	expect(plan_of(&machine, PAR_SCALE_DEFAULT, "sha256", "thread_pool", NULL, 0), "1/1c 1/2c");
	expect(plan_of(&machine, PAR_SCALE_DEFAULT, "timer", "thread_pool", NULL, 0),
		"1/1c 1/16c 1/64c 1/256c");
	par_machine_fini(&machine);
}

static void two_cores(void **state)
{
	struct par_machine machine = machine_synthetic("pack:1 core:2 pu:1");

	(void)state;
	expect(plan_of(&machine, PAR_SCALE_DEFAULT, "sha256", "coroutine", NULL, 0), "1/1c");
	expect(plan_of(&machine, PAR_SCALE_DEFAULT, "sha256", "fork", NULL, 0), "1/1c 2/2c");
	expect(plan_of(&machine, PAR_SCALE_FULL, "sha256", "fork", NULL, 0), "1/1c 2/2c 2/4c 2/2n");
	expect(plan_of(&machine, PAR_SCALE_DEFAULT, "sha256", "thread_pool", NULL, 0),
		"1/1c 2/2c 2/4c 2/2n");
	expect(plan_of(&machine, PAR_SCALE_DEFAULT, "timer", "fork", NULL, 0), "2/2c 2/32c 2/128c");
	expect(plan_of(&machine, PAR_SCALE_DEFAULT, "timer", "thread_coroutine", NULL, 0),
		"1/1c 2/2c");
	expect(plan_of(&machine, PAR_SCALE_FULL, "timer", "fork", NULL, 0),
		"1/1c 2/2c 2/8c 2/32c 2/128c 2/2n");
	expect(plan_of(&machine, PAR_SCALE_QUICK, "sha256", "fork", NULL, 0), "2/2c");
	expect(plan_of(&machine, PAR_SCALE_QUICK, "timer", "fork", NULL, 0), "2/2c 2/32c");
	par_machine_fini(&machine);
}

static void asked_core_counts(void **state)
{
	static const unsigned cores[] = { 1, 2, 4 };
	struct par_machine machine = machine_synthetic("pack:1 core:2 pu:1");

	(void)state;
	expect(plan_of(&machine, PAR_SCALE_DEFAULT, "sha256", "fork", cores, 3), "1/1c 2/2c 2/4c");
	expect(plan_of(&machine, PAR_SCALE_DEFAULT, "sha256", "serial", cores + 1, 2), "1/1c");
	expect(plan_of(&machine, PAR_SCALE_DEFAULT, "timer", "thread", cores, 1),
		"1/1c 1/16c 1/64c 1/256c");
	par_machine_fini(&machine);
}

/* What holds on every machine. */
static void check_plan(const struct par_machine *machine, enum par_scale scale)
{
	struct par_plan plan = plan_of(machine, scale, NULL, NULL, NULL, 0);
	bool full = false;

	assert_true(plan.count > 0);
	for (size_t i = 0; i < plan.count; i++) {
		const struct par_cell *cell = &plan.cells[i].cell;
		struct par_cell again;
		struct par_error error = PAR_ERROR_INIT;

		assert_in_range(cell->cores, 1, machine->allowed_pus);
		assert_true(cell->workers >= cell->cores);
		if ((cell->model->traits & PAR_TRAIT_ONE_CORE) != 0)
			assert_int_equal(cell->workers, 1);
		full |= cell->cores == machine->allowed_pus;
		/* Every cell can be pasted: its id reads back as itself. */
		if (par_cell_parse(&again, cell->id, par_catalogue_registry(), &error) < 0)
			fail_msg("%s", error.text);
		assert_string_equal(again.id, cell->id);
	}
	assert_true(full);
	par_plan_fini(&plan);
}

static void work_that_waits_has_more_workers_than_pus_on_any_machine(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_256);

	(void)state;
	for (unsigned scale = 0; scale < PAR_SCALES; scale++) {
		struct par_plan plan =
			plan_of(&machine, (enum par_scale)scale, "timer", "thread_pool", NULL, 0);
		unsigned most = 0;

		for (size_t i = 0; i < plan.count; i++)
			most = plan.cells[i].cell.workers > most ? plan.cells[i].cell.workers
								 : most;
		assert_int_equal(most, 4 * 256);
		par_plan_fini(&plan);
	}
	par_machine_fini(&machine);
}

static void invariants_on_many_machines(void **state)
{
	static const char *const synthetic[] = { MACHINE_ONE_CORE, "pack:1 core:2 pu:1",
		MACHINE_2X2X8X2, MACHINE_256, "pack:1 core:3 pu:2" };
	static const char *const fixtures[] = { "hybrid_8p16e.xml", "half_hidden.xml" };

	(void)state;
	for (size_t i = 0; i < sizeof synthetic / sizeof synthetic[0]; i++) {
		struct par_machine machine = machine_synthetic(synthetic[i]);

		for (unsigned scale = 0; scale < PAR_SCALES; scale++)
			check_plan(&machine, (enum par_scale)scale);
		par_machine_fini(&machine);
	}
	for (size_t i = 0; i < sizeof fixtures / sizeof fixtures[0]; i++) {
		struct par_machine machine = machine_fixture(fixtures[i]);

		check_plan(&machine, PAR_SCALE_DEFAULT);
		par_machine_fini(&machine);
	}
}

static void big_machines_stay_within_twelve_counts(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_256);
	struct par_plan plan =
		plan_of(&machine, PAR_SCALE_DEFAULT, "sha256", "thread_pool", NULL, 0);
	unsigned counts = 0, seen[64];

	(void)state;
	for (size_t i = 0; i < plan.count; i++) {
		const struct par_cell *cell = &plan.cells[i].cell;
		bool known = cell->workers > machine.allowed_pus;

		for (unsigned j = 0; j < counts; j++)
			known |= seen[j] == cell->cores;
		if (!known)
			seen[counts++] = cell->cores;
	}
	assert_in_range(counts, 4, PAR_CORE_COUNTS_MAX);
	assert_true(plan.count > counts); /* spread differs from close here */
	par_plan_fini(&plan);
	par_machine_fini(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_core),
		cmocka_unit_test(two_cores),
		cmocka_unit_test(asked_core_counts),
		cmocka_unit_test(work_that_waits_has_more_workers_than_pus_on_any_machine),
		cmocka_unit_test(invariants_on_many_machines),
		cmocka_unit_test(big_machines_stay_within_twelve_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
