#include "core_fixture.h"

#include <errno.h>

#include "machine.h"

static void every_cell_is_found_however_many_there_are(void **state)
{
	struct par_plan plan = fake_plan(500);

	(void)state;
	assert_int_equal(plan.count, 500);
	for (size_t i = 0; i < plan.count; i++)
		assert_int_equal(par_plan_find(&plan, plan.cells[i].cell.id), i);
	assert_int_equal(par_plan_find(&plan, "scaling/hash/pool"), SIZE_MAX);
	par_plan_fini(&plan);
	assert_int_equal(par_plan_find(&plan, "scaling/hash/pool"), SIZE_MAX);
}

static void a_cell_is_planned_once(void **state)
{
	struct par_plan plan = PAR_PLAN_INIT;
	struct par_machine machine = PAR_MACHINE_INIT;
	struct par_cell cell = fake_cell("scaling/hash/pool");

	(void)state;
	assert_int_equal(par_plan_add(&plan, &cell, NULL, &machine), 0);
	assert_int_equal(par_plan_add(&plan, &cell, "too late", &machine), 0);
	assert_int_equal(plan.count, 1);
	assert_null(plan.cells[0].skip);
	assert_int_equal(par_plan_add_read(&plan, &cell, NULL), -EEXIST);
	par_plan_fini(&plan);
}

static void a_reason_that_was_read_outlives_its_text(void **state)
{
	struct par_plan plan = PAR_PLAN_INIT;
	struct par_cell one = fake_cell("scaling/hash/pool/tasks=1");
	struct par_cell two = fake_cell("scaling/hash/pool/tasks=2");
	char reason[] = "not here";

	(void)state;
	assert_int_equal(par_plan_add_read(&plan, &one, reason), 0);
	assert_int_equal(par_plan_add_read(&plan, &two, reason), 0);
	reason[0] = 'X';
	assert_string_equal(plan.cells[0].skip, "not here");
	assert_string_equal(plan.cells[1].skip, "not here");
	par_plan_fini(&plan);
}

static const char *never(const struct par_machine *machine)
{
	(void)machine;
	return "it is not built";
}

static void what_is_unavailable_stays_with_its_reason(void **state)
{
	struct par_plan plan = PAR_PLAN_INIT;
	struct par_machine machine = PAR_MACHINE_INIT;
	struct par_model model = fake_pool;
	struct par_cell cell = fake_cell("scaling/hash/pool");

	(void)state;
	model.unavailable = never;
	cell.model = &model;
	assert_int_equal(par_plan_add(&plan, &cell, NULL, &machine), 0);
	assert_string_equal(plan.cells[0].skip, "it is not built");
	par_plan_fini(&plan);
}

static void a_model_made_for_one_experiment_has_no_part_in_others(void **state)
{
	struct par_plan plan = PAR_PLAN_INIT;
	struct par_machine machine = PAR_MACHINE_INIT;
	struct par_model model = fake_pool;
	struct par_cell cell = fake_cell("scaling/hash/pool");

	(void)state;
	model.only = "gil";
	cell.model = &model;
	assert_int_equal(par_plan_add(&plan, &cell, NULL, &machine), 0);
	assert_int_equal(plan.count, 0);
	snprintf(cell.experiment, sizeof cell.experiment, "gil");
	assert_int_equal(par_plan_add(&plan, &cell, NULL, &machine), 0);
	assert_int_equal(plan.count, 1);
	par_plan_fini(&plan);
}

static void who_takes_turns_is_refused_parts_that_spin(void **state)
{
	struct par_model model = fake_pool;
	struct par_workload workload;
	struct par_cell cell = fake_cell("scaling/hash/pool");

	(void)state;
	workload = *cell.workload;
	workload.together = true;
	cell.workload = &workload;
	cell.tasks = cell.workers = 2;
	assert_null(par_cell_refusal(&cell));
	model.traits |= PAR_TRAIT_TURNS;
	cell.model = &model;
	assert_non_null(strstr(par_cell_refusal(&cell), "computes at a time"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_is_found_however_many_there_are),
		cmocka_unit_test(a_cell_is_planned_once),
		cmocka_unit_test(a_reason_that_was_read_outlives_its_text),
		cmocka_unit_test(what_is_unavailable_stays_with_its_reason),
		cmocka_unit_test(a_model_made_for_one_experiment_has_no_part_in_others),
		cmocka_unit_test(who_takes_turns_is_refused_parts_that_spin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
