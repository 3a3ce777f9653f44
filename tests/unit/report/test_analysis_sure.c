/* What keeps a verdict from being surer than its visits, and from contradicting its interval. */
#include "analysis_fixture.h"

#include <math.h>

#include "analysis_parts.h"

static const struct par_answer *only_answer(struct fixture *fixture)
{
	const struct par_analysis *analysis = analyse(fixture);

	assert_int_equal(analysis->answer_count, 1);
	return &analysis->answers[0];
}

/*
 * The pool's fastest cell has three visits. Its slower cell has eight, but must not stand for it:
 * fork would win clearly.
 */
static void test_fastest_cell_with_few_visits(void **state)
{
	struct fixture *fixture = *state;
	size_t fastest;
	const struct par_answer *answer;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 8);
	steady_cell(fixture, SHA256, FORK, 4, 900000, 8);
	steady_cell(fixture, SHA256, THREAD_POOL, 4, 1000000, 8);
	fastest = steady_cell(fixture, SHA256, THREAD_POOL, 3, 700000, 3);
	answer = only_answer(fixture);
	assert_int_equal(answer->ranks[0].cell, fastest);
	assert_int_equal(answer->ranks[1].comparison, PAR_COMPARISON_NOT_SURE);
	assert_int_equal(answer->verdict, PAR_VERDICT_NOT_SURE);
	assert_string_equal(answer->verdict_text, "not sure: fewer than 6 rounds");
}

/* The same where the cell with few visits comes second. */
static void test_second_with_few_visits(void **state)
{
	struct fixture *fixture = *state;
	size_t few;
	const struct par_answer *answer;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 8);
	steady_cell(fixture, SHA256, FORK, 4, 900000, 8);
	steady_cell(fixture, SHA256, THREAD_POOL, 4, 1500000, 8);
	few = steady_cell(fixture, SHA256, THREAD_POOL, 3, 920000, 3);
	answer = only_answer(fixture);
	assert_int_equal(answer->ranks[1].cell, few);
	assert_int_equal(answer->verdict, PAR_VERDICT_NOT_SURE);
}

/* One per cent more speed is not worth another worker; a tenth is. */
static void test_fewer_workers_where_they_do_as_well(void **state)
{
	struct fixture *fixture = *state;
	size_t fewer, fastest;
	const struct par_answer *answer;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 8);
	fewer = steady_cell(fixture, SHA256, THREAD_POOL, 3, 1010000, 8);
	fastest = steady_cell(fixture, SHA256, THREAD_POOL, 4, 1000000, 8);
	answer = only_answer(fixture);
	assert_int_equal(answer->ranks[0].cell, fastest);
	assert_int_equal(answer->recommended_cell, fewer);
	fastest = steady_cell(fixture, SHA256, THREAD_POOL, 5, 900000, 8);
	assert_int_equal(only_answer(fixture)->recommended_cell, fastest);
}

static void add_clear(struct fixture *fixture)
{
	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 8);
	steady_cell(fixture, SHA256, THREAD_POOL, 4, 1000000, 8);
}

static void test_unvisited_model(void **state)
{
	struct fixture *fixture = *state;
	const struct par_answer *answer;

	add_clear(fixture);
	plan_cell(fixture, SHA256, FORK, 4, NULL);
	answer = only_answer(fixture);
	assert_int_equal(answer->verdict, PAR_VERDICT_NOT_SURE);
	assert_string_equal(answer->verdict_text, "not sure: no trusted visit of fork");
	assert_int_equal(par_answer_count_absent(answer, PAR_ABSENT_UNTRUSTED), 1);
	assert_ptr_equal(answer->recommended, &par_synthetic_models[THREAD_POOL]);
}

/* A tie is capped too, and the names are few. */
static void test_untrusted_models(void **state)
{
	static const unsigned models[] = { FORK, THREAD, THREAD_COROUTINE };
	struct fixture *fixture = *state;
	const struct par_answer *answer;

	add_clear(fixture);
	steady_cell(fixture, SHA256, PROCESS_POOL, 4, 1001000, 8);
	assert_int_equal(only_answer(fixture)->verdict, PAR_VERDICT_TIE);
	for (size_t i = 0; i < 3; i++)
		add_record(fixture, plan_cell(fixture, SHA256, models[i], 4, NULL), 1,
			PAR_STATUS_UNTRUSTWORTHY, 10, "stolen time");
	answer = only_answer(fixture);
	assert_int_equal(answer->verdict, PAR_VERDICT_NOT_SURE);
	assert_string_equal(answer->verdict_text,
		"not sure: no trusted visit of fork, thread per task and 1 more");
}

/* Some cell of the model failed, another was not visited: it might still win. */
static void test_half_failed_model(void **state)
{
	struct fixture *fixture = *state;

	add_clear(fixture);
	add_record(fixture, plan_cell(fixture, SHA256, FORK, 2, NULL), 1, PAR_STATUS_FAILED, 0,
		"signal 11");
	plan_cell(fixture, SHA256, FORK, 4, NULL);
	assert_int_equal(only_answer(fixture)->verdict, PAR_VERDICT_NOT_SURE);
}

static void test_wrong_and_failed_are_named(void **state)
{
	struct fixture *fixture = *state;
	const struct par_answer *answer;

	add_clear(fixture);
	add_record(fixture, plan_cell(fixture, SHA256, FORK, 4, NULL), 1, PAR_STATUS_WRONG, 0,
		"digest is not that of serial");
	add_record(fixture, plan_cell(fixture, SHA256, THREAD, 4, NULL), 1, PAR_STATUS_TIMEOUT, 0,
		"ran past its deadline");
	answer = only_answer(fixture);
	assert_int_equal(answer->verdict, PAR_VERDICT_FASTER);
	assert_string_equal(answer->verdict_text,
		"faster: next is serial, takes 4.00× as long; wrong results: fork; failed: "
		"thread per task");
}

/* Skipped models, models of other experiments and of other work have no part in the answer. */
static void test_no_part_in_it(void **state)
{
	struct fixture *fixture = *state;
	struct par_plan *plan = &fixture->run.plan;
	struct par_cell cell;
	const struct par_answer *answer;

	add_clear(fixture);
	plan_cell(fixture, SHA256, FORK, 4, "too little memory");
	plan_cell(fixture, TRIAD, PROCESS_POOL, 4, NULL);
	par_cell_init(&cell, "locks", &par_synthetic_workloads[SHA256],
		&par_synthetic_models[THREAD], PAR_SCALE_DEFAULT);
	assert_int_equal(par_plan_add(plan, &cell, NULL, &fixture->run.machine), 0);
	answer = only_answer(fixture);
	assert_int_equal(answer->absent_count, 0);
	assert_int_equal(answer->verdict, PAR_VERDICT_FASTER);
}

/*
 * In the rounds that both have, the pool is 5 % slower; by its other rounds its median is the
 * faster one. That is neither a win nor a tie.
 */
static void test_first_is_slower_in_pairs(void **state)
{
	struct fixture *fixture = *state;
	size_t pool, fork;
	const struct par_answer *answer;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 8);
	pool = plan_cell(fixture, SHA256, THREAD_POOL, 4, NULL);
	fork = plan_cell(fixture, SHA256, FORK, 4, NULL);
	for (unsigned i = 1; i <= 8; i++) {
		add_record(fixture, pool, i, PAR_STATUS_OK, 1050000 + i, "");
		add_record(fixture, fork, i, PAR_STATUS_OK, 1000000 + i, "");
	}
	for (unsigned i = 9; i <= 20; i++)
		add_record(fixture, pool, i, PAR_STATUS_OK, 990000 + i, "");
	answer = only_answer(fixture);
	assert_ptr_equal(answer->ranks[0].model, &par_synthetic_models[THREAD_POOL]);
	assert_ptr_equal(answer->ranks[1].model, &par_synthetic_models[FORK]);
	assert_int_equal(answer->ranks[1].comparison, PAR_COMPARISON_NOT_SURE);
	assert_true(answer->ranks[1].ratio_ci[1] >= answer->ranks[1].ratio);
	assert_int_equal(answer->verdict, PAR_VERDICT_NOT_SURE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		TEST(test_fastest_cell_with_few_visits),
		TEST(test_second_with_few_visits),
		TEST(test_fewer_workers_where_they_do_as_well),
		TEST(test_unvisited_model),
		TEST(test_untrusted_models),
		TEST(test_half_failed_model),
		TEST(test_wrong_and_failed_are_named),
		TEST(test_no_part_in_it),
		TEST(test_first_is_slower_in_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
