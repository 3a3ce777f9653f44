/*
 * Which cells are still to be told apart: pure functions of the times so far.
 */
#include "core_fixture.h"

#include "contest.h"

#define ROUNDS 40

struct field {
	struct par_plan plan;
	struct par_contests contests;
	double times[8][ROUNDS];
	uint32_t rounds[ROUNDS];
	struct par_series series[8];
	bool open[8], goes_on[8];
};

static void plan_cell(struct field *field, const char *spec)
{
	struct par_cell cell = fake_cell(spec);

	assert_int_equal(par_plan_add_read(&field->plan, &cell, NULL), 0);
}

static void begin(struct field *field)
{
	assert_int_equal(par_contests_init(&field->contests, &field->plan), 0);
	for (uint32_t round = 0; round < ROUNDS; round++)
		field->rounds[round] = round + 1;
	for (size_t i = 0; i < 8; i++)
		field->goes_on[i] = true;
}

/* `n` visits around `ms` with that relative noise, the same drift for all. */
static void measure(struct field *field, size_t cell, size_t n, double ms, double noise)
{
	struct par_rng rng;

	par_rng_init(&rng, 7 + cell);
	for (size_t i = 0; i < n; i++)
		field->times[cell][i] = ms * 1e6 * (1 + 0.05 * sin((double)i)) *
					(1 + noise * (2 * par_rng_unit(&rng) - 1));
	field->series[cell] = (struct par_series){ field->times[cell], field->rounds, n };
}

static void judge(struct field *field)
{
	assert_int_equal(par_contests_judge(field->open, &field->contests, field->series,
				 field->goes_on, 0.02),
		0);
}

static void end(struct field *field)
{
	par_contests_fini(&field->contests);
	par_plan_fini(&field->plan);
}

static void two_models_close_together_are_open_until_told_apart(void **state)
{
	struct field field = { 0 };

	(void)state;
	plan_cell(&field, "scaling/hash/serial");
	plan_cell(&field, "scaling/hash/pool");
	begin(&field);
	measure(&field, 0, 6, 100, 0.03);
	measure(&field, 1, 6, 103, 0.03);
	judge(&field);
	assert_true(field.open[0] && field.open[1]);
	measure(&field, 0, ROUNDS, 100, 0.01);
	measure(&field, 1, ROUNDS, 103, 0.01);
	judge(&field);
	assert_false(field.open[0] || field.open[1]);
	end(&field);
}

static void equal_models_are_settled_as_a_tie(void **state)
{
	struct field field = { 0 };

	(void)state;
	plan_cell(&field, "scaling/hash/serial");
	plan_cell(&field, "scaling/hash/pool");
	begin(&field);
	measure(&field, 0, ROUNDS, 100, 0.01);
	measure(&field, 1, ROUNDS, 100, 0.01);
	judge(&field);
	assert_false(field.open[0] || field.open[1]);
	end(&field);
}

static void only_the_fastest_cell_of_a_model_takes_part(void **state)
{
	struct field field = { 0 };

	(void)state;
	plan_cell(&field, "scaling/hash/serial");
	plan_cell(&field, "scaling/hash/pool/cores=2/workers=2");
	plan_cell(&field, "scaling/hash/pool/cores=1/workers=1");
	begin(&field);
	measure(&field, 0, 6, 100, 0.03);
	measure(&field, 1, 6, 50, 0.03);
	measure(&field, 2, 6, 50.5, 0.03);
	judge(&field);
	assert_false(field.open[0] || field.open[1] || field.open[2]);
	end(&field);
}

static void other_work_is_another_contest(void **state)
{
	struct field field = { 0 };

	(void)state;
	plan_cell(&field, "scaling/hash/serial/tasks=10");
	plan_cell(&field, "scaling/hash/pool/tasks=20");
	plan_cell(&field, "other/hash/pool/tasks=10");
	begin(&field);
	for (size_t i = 0; i < 3; i++)
		measure(&field, i, 6, 100, 0.03);
	judge(&field);
	assert_false(field.open[0] || field.open[1] || field.open[2]);
	end(&field);
}

static void a_cell_without_times_is_no_entrant(void **state)
{
	struct field field = { 0 };

	(void)state;
	plan_cell(&field, "scaling/hash/pool/cores=2/workers=2");
	plan_cell(&field, "scaling/hash/pool");
	plan_cell(&field, "scaling/hash/serial");
	begin(&field);
	measure(&field, 1, 6, 100, 0.03);
	measure(&field, 2, 6, 101, 0.03);
	judge(&field);
	assert_false(field.open[0]);
	assert_true(field.open[1] && field.open[2]);
	end(&field);
}

/* More visits of one alone would make no pairs. */
static void a_cell_that_ends_closes_its_comparisons(void **state)
{
	struct field field = { 0 };

	(void)state;
	plan_cell(&field, "scaling/hash/serial");
	plan_cell(&field, "scaling/hash/pool");
	begin(&field);
	measure(&field, 0, 6, 100, 0.03);
	measure(&field, 1, 6, 101, 0.03);
	judge(&field);
	assert_true(field.open[0] && field.open[1]);
	field.goes_on[1] = false;
	judge(&field);
	assert_false(field.open[0] || field.open[1]);
	end(&field);
}

static void unranked_work_has_no_contest(void **state)
{
	struct par_workload unranked = fake_hash;
	struct field field = { 0 };

	(void)state;
	plan_cell(&field, "scaling/hash/serial");
	plan_cell(&field, "scaling/hash/pool");
	unranked.unranked = true;
	field.plan.cells[0].cell.workload = field.plan.cells[1].cell.workload = &unranked;
	begin(&field);
	measure(&field, 0, 6, 100, 0.03);
	measure(&field, 1, 6, 101, 0.03);
	judge(&field);
	assert_false(field.open[0] || field.open[1]);
	end(&field);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_models_close_together_are_open_until_told_apart),
		cmocka_unit_test(equal_models_are_settled_as_a_tie),
		cmocka_unit_test(only_the_fastest_cell_of_a_model_takes_part),
		cmocka_unit_test(other_work_is_another_contest),
		cmocka_unit_test(a_cell_without_times_is_no_entrant),
		cmocka_unit_test(a_cell_that_ends_closes_its_comparisons),
		cmocka_unit_test(unranked_work_has_no_contest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
