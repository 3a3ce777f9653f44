/* Which model is recommended, where, and how sure that is. */
#include "analysis_fixture.h"

#include <math.h>

static const struct par_answer *only_answer(struct fixture *fixture)
{
	const struct par_analysis *analysis = analyse(fixture);

	assert_int_equal(analysis->answer_count, 1);
	return &analysis->answers[0];
}

static void test_clear(void **state)
{
	struct fixture *fixture = *state;
	size_t serial = steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 10);
	size_t two = steady_cell(fixture, SHA256, THREAD_POOL, 2, 2000000, 10);
	size_t four = steady_cell(fixture, SHA256, THREAD_POOL, 4, 1000000, 10);
	size_t fork = steady_cell(fixture, SHA256, FORK, 4, 1500000, 10);
	const struct par_answer *answer = only_answer(fixture);

	(void)two;
	assert_ptr_equal(answer->workload, &par_synthetic_workloads[SHA256]);
	assert_int_equal(answer->verdict, PAR_VERDICT_FASTER);
	assert_int_equal(answer->serial, serial);
	assert_true(answer->t1_ns == fixture->analysis.cells[serial].median_ns);
	assert_int_equal(answer->rank_count, 3);
	assert_int_equal(answer->ranks[0].cell, four);
	assert_int_equal(answer->ranks[1].cell, fork);
	assert_int_equal(answer->ranks[2].cell, serial);
	assert_true(answer->ranks[0].ratio == 1.0);
	assert_true(fabs(answer->ranks[1].ratio - 1.5) < 0.01);
	assert_true(answer->ranks[1].ratio_ci[0] > 1.4 && answer->ranks[1].ratio_ci[1] < 1.6);
	assert_false(answer->ranks[1].tie);
	assert_int_equal(answer->ranks[1].pairs, 10);
	assert_ptr_equal(answer->recommended, &par_synthetic_models[THREAD_POOL]);
	assert_int_equal(answer->recommended_cell, four);
	assert_int_equal(answer->cores_90, 4);
}

static void test_tie_recommends_simplest(void **state)
{
	struct fixture *fixture = *state;
	size_t threads;
	const struct par_answer *answer;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 10);
	steady_cell(fixture, SHA256, PROCESS_POOL, 4, 1000000, 10);
	threads = steady_cell(fixture, SHA256, THREAD, 4, 1004000, 10);
	steady_cell(fixture, SHA256, FORK, 4, 1500000, 10);
	answer = only_answer(fixture);
	assert_int_equal(answer->verdict, PAR_VERDICT_TIE);
	assert_ptr_equal(answer->ranks[0].model, &par_synthetic_models[PROCESS_POOL]);
	assert_true(answer->ranks[1].tie);
	assert_false(answer->ranks[2].tie);
	assert_ptr_equal(answer->recommended, &par_synthetic_models[THREAD]);
	assert_int_equal(answer->recommended_cell, threads);
}

/* Three rounds prove nothing; but the far slower serial must not be recommended as the simplest. */
static void test_too_few_rounds(void **state)
{
	struct fixture *fixture = *state;
	const struct par_answer *answer;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 3);
	steady_cell(fixture, SHA256, THREAD_POOL, 4, 1000000, 3);
	steady_cell(fixture, SHA256, PROCESS_POOL, 4, 1001000, 3);
	answer = only_answer(fixture);
	assert_int_equal(answer->verdict, PAR_VERDICT_NOT_SURE);
	assert_ptr_equal(answer->recommended, &par_synthetic_models[THREAD_POOL]);
	assert_true(answer->ranks[1].tie);
	assert_false(answer->ranks[2].tie);
	assert_true(isnan(answer->ranks[1].ratio_ci[0]));
}

/* So noisy that a difference of 30 % cannot be excluded: no tie, and the faster one is kept. */
static void test_too_much_noise(void **state)
{
	static const uint64_t pool[] = { 100, 140, 70, 100, 140, 70, 100 };
	static const uint64_t threads[] = { 160, 80, 120, 160, 80, 120, 120 };
	struct fixture *fixture = *state;
	const struct par_answer *answer;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000, 7);
	add_times(fixture, plan_cell(fixture, SHA256, THREAD_POOL, 4, NULL), pool, 7);
	add_times(fixture, plan_cell(fixture, SHA256, THREAD, 4, NULL), threads, 7);
	answer = only_answer(fixture);
	assert_int_equal(answer->verdict, PAR_VERDICT_NOT_SURE);
	assert_true(answer->ranks[1].tie);
	assert_ptr_equal(answer->recommended, &par_synthetic_models[THREAD_POOL]);
}

/* Rounds that do not meet, as after lost visits: the intervals themselves can still tell. */
static void test_without_common_rounds(void **state)
{
	struct fixture *fixture = *state;
	size_t pool = plan_cell(fixture, SHA256, THREAD_POOL, 4, NULL);
	const struct par_answer *answer;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 8);
	for (unsigned i = 1; i <= 8; i++)
		add_record(fixture, pool, 100 + i, PAR_STATUS_OK, 1000000 + i, "");
	answer = only_answer(fixture);
	assert_int_equal(answer->ranks[1].pairs, 0);
	assert_int_equal(answer->verdict, PAR_VERDICT_FASTER);
	assert_true(answer->ranks[1].ratio_ci[0] > 3.9 && answer->ranks[1].ratio_ci[1] < 4.1);
}

static void test_never_ranked(void **state)
{
	struct fixture *fixture = *state;
	size_t wrong, failing;
	const struct par_answer *answer;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 8);
	steady_cell(fixture, SHA256, THREAD_POOL, 4, 1000000, 8);
	wrong = steady_cell(fixture, SHA256, THREAD, 4, 10, 8);
	add_record(fixture, wrong, 9, PAR_STATUS_WRONG, 0, "digest is not that of serial");
	failing = plan_cell(fixture, SHA256, FORK, 4, NULL);
	for (unsigned i = 1; i < 3; i++)
		add_record(fixture, failing, i, PAR_STATUS_TIMEOUT, 0, "ran past its deadline");
	answer = only_answer(fixture);
	assert_int_equal(answer->rank_count, 2);
	assert_ptr_equal(answer->ranks[0].model, &par_synthetic_models[THREAD_POOL]);
	assert_int_equal(answer->verdict, PAR_VERDICT_FASTER);
}

static void test_cores_90(void **state)
{
	struct fixture *fixture = *state;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 8);
	steady_cell(fixture, SHA256, THREAD_POOL, 2, 2000000, 8);
	steady_cell(fixture, SHA256, THREAD_POOL, 3, 1080000, 8);
	steady_cell(fixture, SHA256, THREAD_POOL, 4, 1000000, 8);
	assert_int_equal(only_answer(fixture)->cores_90, 3);
}

/* A workload with no serial time, or with nothing else, has no answer. */
static void test_no_answer(void **state)
{
	struct fixture *fixture = *state;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 8);
	steady_cell(fixture, TRIAD, THREAD_POOL, 4, 1000000, 8);
	assert_int_equal(analyse(fixture)->answer_count, 0);
	assert_string_equal(
		fixture->analysis.headline, "No answer: no model has a time beside a serial one");
}

static void test_usl_needs_four_counts(void **state)
{
	struct fixture *fixture = *state;
	const struct par_answer *answer;

	steady_cell(fixture, SHA256, SERIAL, 1, 8000000, 8);
	for (unsigned n = 1; n <= 4; n++)
		steady_cell(fixture, SHA256, THREAD_POOL, n, 8000000 / n, 8);
	for (unsigned n = 1; n <= 3; n++)
		steady_cell(fixture, SHA256, FORK, n, 9000000 / n, 8);
	answer = only_answer(fixture);
	assert_ptr_equal(answer->ranks[0].model, &par_synthetic_models[THREAD_POOL]);
	assert_true(answer->ranks[0].has_usl);
	/* 512 tasks in 8 ms */
	assert_true(fabs(answer->ranks[0].usl.gamma / 64000.0 - 1.0) < 0.02);
	assert_true(answer->ranks[0].usl.sigma < 0.02);
	assert_false(answer->ranks[1].has_usl);
}

/* More models than an answer holds: the slowest fall out, whatever their order. */
static void test_many_models(void **state)
{
	enum { MODELS = 20 };
	static char names[MODELS][16];
	static struct par_model models[MODELS];
	const struct par_model *table[MODELS + 1] = { NULL };
	struct fixture *fixture = *state;
	const struct par_answer *answer;

	for (unsigned i = 0; i < MODELS; i++) {
		models[i] = par_synthetic_models[i == 0 ? SERIAL : THREAD_POOL];
		snprintf(names[i], sizeof names[i], "model_%u", i);
		models[i].name = names[i];
		table[i] = &models[i];
	}
	fixture->run.registry.models = table;
	for (unsigned i = 0; i < MODELS; i++) {
		struct par_cell cell;

		par_cell_init(&cell, "scaling", &par_synthetic_workloads[SHA256], &models[i],
			PAR_SCALE_DEFAULT);
		assert_int_equal(
			par_plan_add(&fixture->run.plan, &cell, NULL, &fixture->run.machine), 0);
		add_record(fixture, i, 1, PAR_STATUS_OK, 1000 + 100 * (i * 7 % MODELS), "");
	}
	answer = only_answer(fixture);
	assert_int_equal(answer->rank_count, PAR_ANSWER_MODELS_MAX);
	for (size_t i = 0; i < answer->rank_count; i++)
		assert_true(fixture->analysis.cells[answer->ranks[i].cell].median_ns ==
			    1000.0 + 100.0 * (double)i);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		TEST(test_clear),
		TEST(test_tie_recommends_simplest),
		TEST(test_too_few_rounds),
		TEST(test_too_much_noise),
		TEST(test_without_common_rounds),
		TEST(test_never_ranked),
		TEST(test_cores_90),
		TEST(test_no_answer),
		TEST(test_usl_needs_four_counts),
		TEST(test_many_models),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
