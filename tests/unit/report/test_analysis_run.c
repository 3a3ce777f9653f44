/* A whole synthetic run: what was put in is found, as data for scripts too, and a large one in
 * time. */
#include "analysis_fixture.h"

#include <math.h>
#include <time.h>

static void make(struct fixture *fixture, unsigned cores, unsigned rounds, double noise)
{
	par_synthetic_fini(&fixture->run);
	assert_int_equal(par_synthetic_make(&fixture->run, cores, rounds, 7, noise, true), 0);
	analyse(fixture);
}

static const struct par_answer *answer_of(const struct fixture *fixture, unsigned workload)
{
	for (size_t i = 0; i < fixture->analysis.answer_count; i++) {
		if (fixture->analysis.answers[i].workload == &par_synthetic_workloads[workload])
			return &fixture->analysis.answers[i];
	}
	fail_msg("no answer for %s", par_synthetic_workloads[workload].name);
	return NULL;
}

static const struct par_rank *rank_of(const struct par_answer *answer, unsigned model)
{
	for (size_t i = 0; i < answer->rank_count; i++) {
		if (answer->ranks[i].model == &par_synthetic_models[model])
			return &answer->ranks[i];
	}
	fail_msg("no rank for %s", par_synthetic_models[model].name);
	return NULL;
}

static void test_recommendations(void **state)
{
	struct fixture *fixture = *state;
	const struct par_answer *sha, *timer, *crawl;

	make(fixture, 16, 12, 0.01);
	sha = answer_of(fixture, SHA256);
	timer = answer_of(fixture, TIMER);
	crawl = answer_of(fixture, CRAWL);
	assert_ptr_equal(sha->recommended, &par_synthetic_models[THREAD_POOL]);
	assert_int_equal(sha->verdict, PAR_VERDICT_TIE);
	assert_true(rank_of(sha, PROCESS_POOL)->tie || sha->ranks[0].model->simplicity > 20);
	assert_false(rank_of(sha, FORK)->tie);
	assert_ptr_equal(timer->recommended, &par_synthetic_models[COROUTINE]);
	assert_int_equal(timer->cores_90, 1);
	assert_ptr_equal(crawl->recommended, &par_synthetic_models[THREAD_COROUTINE]);
	assert_int_equal(crawl->verdict, PAR_VERDICT_FASTER);
}

/* The laws that the times were made from are found again. */
static void test_usl(void **state)
{
	struct fixture *fixture = *state;
	const struct par_answer *primes, *triad;
	const struct par_usl *usl;

	make(fixture, 16, 12, 0.01);
	primes = answer_of(fixture, PRIMES);
	triad = answer_of(fixture, TRIAD);
	usl = &rank_of(primes, FORK)->usl;
	assert_true(rank_of(primes, FORK)->has_usl);
	assert_true(fabs(usl->sigma - 0.06) < 0.02);
	assert_true(fabs(usl->kappa - 0.003) < 0.001);
	assert_false(rank_of(primes, SERIAL)->has_usl);
	usl = &rank_of(triad, THREAD_POOL)->usl;
	assert_true(fabs(usl->peak - sqrt(0.99 / 0.0101)) < 1.5);
}

static void test_trouble_is_found(void **state)
{
	struct fixture *fixture = *state;
	size_t statuses[PAR_STATUSES] = { 0 }, humped = 0, humped_elsewhere = 0;

	make(fixture, 16, 20, 0.01);
	for (size_t i = 0; i < fixture->analysis.cell_count; i++) {
		const struct par_cell_stats *stats = &fixture->analysis.cells[i];
		bool expected = stats->cell.workload == &par_synthetic_workloads[PRIMES] &&
				stats->cell.model == &par_synthetic_models[THREAD];

		statuses[stats->status]++;
		humped += stats->two_humped && expected;
		humped_elsewhere += stats->two_humped && !expected;
	}
	assert_true(statuses[PAR_STATUS_WRONG] == 3);
	assert_true(statuses[PAR_STATUS_FAILED] == 3);
	assert_true(statuses[PAR_STATUS_SKIPPED] == 12);
	assert_int_equal(humped, 12);
	assert_true(humped_elsewhere <= fixture->analysis.cell_count / 50);
}

/* No member is NaN, which JSON cannot say, and every id that is named exists. */
static void test_json(void **state)
{
	struct fixture *fixture = *state;
	struct par_finding finding = {
		.experiment = "scaling", .headline = "One", .cell_count = 2
	};
	json_t *json, *cells, *again;
	char *text;

	make(fixture, 4, 8, 0.01);
	finding.cells[1] = 3;
	assert_int_equal(par_analysis_add_finding(&fixture->analysis, &finding), 0);
	json = par_analysis_json(&fixture->analysis);
	assert_non_null(json);
	text = json_dumps(json, 0);
	assert_non_null(text);
	again = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_true(json_equal(json, again));
	cells = json_object_get(json, "cells");
	assert_int_equal(json_array_size(cells), fixture->analysis.cell_count);
	assert_string_equal(
		json_string_value(json_array_get(
			json_object_get(
				json_array_get(json_object_get(json, "findings"), 0), "cells"),
			1)),
		fixture->analysis.cells[3].cell.id);
	json_decref(again);
	json_decref(json);
	free(text);
}

static void test_json_of_one_cell(void **state)
{
	struct fixture *fixture = *state;
	size_t cell = steady_cell(fixture, SHA256, SERIAL, 1, 1000000, 5);
	json_t *json, *entry;

	plan_cell(fixture, SHA256, FORK, 4, "why not");
	analyse(fixture);
	json = par_analysis_json(&fixture->analysis);
	entry = json_array_get(json_object_get(json, "cells"), cell);
	assert_int_equal(json_integer_value(json_object_get(entry, "n")), 5);
	assert_true(json_real_value(json_object_get(entry, "median_ns")) >= 1000000.0);
	assert_true(json_is_null(json_object_get(entry, "ci_ns")));
	assert_true(json_is_null(json_object_get(entry, "reason")));
	assert_true(json_is_null(json_object_get(entry, "variant")));
	entry = json_array_get(json_object_get(json, "cells"), 1);
	assert_string_equal(json_string_value(json_object_get(entry, "status")), "skipped");
	assert_string_equal(json_string_value(json_object_get(entry, "reason")), "why not");
	assert_true(json_is_null(json_object_get(entry, "median_ns")));
	json_decref(json);
}

static double analyse_for(struct fixture *fixture, unsigned rounds)
{
	clock_t begin;

	make(fixture, 4, rounds, 0.01);
	begin = clock();
	analyse(fixture);
	return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

/* Ten times the records take about ten times as long: nothing grows with their square. */
static void test_large_run(void **state)
{
	struct fixture *fixture = *state;
	double small = analyse_for(fixture, 20), large = analyse_for(fixture, 200);

	assert_true(fixture->run.records.count > 30000);
	assert_true(large < 40.0 * small + 0.5);
}

static void test_nothing_at_all(void **state)
{
	struct fixture *fixture = *state;
	json_t *json;

	analyse(fixture);
	assert_int_equal(fixture->analysis.cell_count, 0);
	assert_int_equal(fixture->analysis.answer_count, 0);
	json = par_analysis_json(&fixture->analysis);
	assert_non_null(json);
	json_decref(json);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		TEST(test_recommendations),
		TEST(test_usl),
		TEST(test_trouble_is_found),
		TEST(test_json),
		TEST(test_json_of_one_cell),
		TEST(test_large_run),
		TEST(test_nothing_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
