/* How small a task may be, from a run in which each model pays a known cost for each task. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "grain.h"
#include "synthetic_more.h"

enum { FORK = 1, COROUTINE = 5 };

struct fixture {
	struct par_synthetic run;
	struct par_analysis analysis;
	struct par_grain grain;
};

static struct fixture fixture;

static void make(unsigned rounds)
{
	struct par_error error = PAR_ERROR_INIT;

	assert_int_equal(par_synthetic_make(&fixture.run, 2, rounds, 7, 0.01, false), 0);
	assert_int_equal(par_synthetic_add_grain(&fixture.run, rounds), 0);
	assert_int_equal(
		par_analysis_init(&fixture.analysis, &fixture.run.registry, &fixture.run.machine,
			&fixture.run.plan, &fixture.run.records, fixture.run.run, &error),
		0);
	par_grain_gather(&fixture.grain, &fixture.analysis, "granularity");
}

static void unmake(void)
{
	par_analysis_fini(&fixture.analysis);
	par_synthetic_fini(&fixture.run);
}

static const struct par_grain_curve *curve_of(size_t model)
{
	for (size_t i = 0; i < fixture.grain.count; i++)
		if (fixture.grain.curves[i].model == &par_synthetic_models[model])
			return &fixture.grain.curves[i];
	fail_msg("no curve of %s", par_synthetic_models[model].name);
	return NULL;
}

static void test_a_curve_for_each_model_but_serial(void **state)
{
	(void)state;
	make(6);
	assert_int_equal(fixture.grain.count, PAR_SYNTHETIC_MODELS - 1);
	assert_int_equal(fixture.grain.cores, 2);
	for (size_t i = 0; i < fixture.grain.count; i++) {
		const struct par_grain_curve *curve = &fixture.grain.curves[i];

		assert_int_equal(curve->count, PAR_SYNTHETIC_LENGTHS);
		for (size_t j = 0; j < curve->count; j++) {
			const struct par_grain_point *point = &curve->points[j];
			double cost = par_synthetic_grain[curve->model - par_synthetic_models];
			double expected = point->length_ns / (point->length_ns + cost);

			assert_true(fabs(point->efficiency - expected) < 0.01 * expected);
			assert_true(isfinite(point->ci[0]));
		}
	}
	unmake();
}

/* At half efficiency a task is as long as what it costs, and models are ordered by that. */
static void test_finds_the_costs_again(void **state)
{
	double before = 0;

	(void)state;
	make(3);
	assert_ptr_equal(fixture.grain.curves[0].model, &par_synthetic_models[COROUTINE]);
	assert_int_equal(fixture.grain.curves[0].metg.verdict, PAR_METG_ALWAYS);
	for (size_t i = 1; i < fixture.grain.count; i++) {
		const struct par_grain_curve *curve = &fixture.grain.curves[i];
		double cost = par_synthetic_grain[curve->model - par_synthetic_models];

		assert_int_equal(curve->metg.verdict, PAR_METG_FOUND);
		assert_true(curve->metg.length > 0.7 * cost && curve->metg.length < 1.4 * cost);
		assert_true(curve->metg.length >= before);
		before = curve->metg.length;
	}
	unmake();
}

static void test_words(void **state)
{
	struct par_text text = PAR_TEXT_INIT;

	(void)state;
	make(3);
	par_grain_word(&text, &fixture.grain);
	assert_non_null(strstr(text.data, "2 cores at half their speed"));
	assert_non_null(strstr(text.data, "with a thread pool"));
	assert_non_null(strstr(text.data, "with fork"));
	assert_null(strstr(text.data, "."));           /* two digits */
	assert_null(strstr(text.data, "coroutines,")); /* one core is no use of two */
	par_text_clear(&text);
	par_grain_word_curve(&text, curve_of(FORK));
	assert_non_null(strstr(text.data, "between those measured, 100 µs and 1.00 ms"));
	par_text_clear(&text);
	par_grain_word_curve(&text, curve_of(COROUTINE));
	assert_non_null(strstr(text.data, "already at the shortest task, < 10"));
	par_text_fini(&text);
	unmake();
}

/* Who pays `cost` for a task is within a tenth of who pays nothing from nine times that on. */
static void test_crossings_are_where_costs_no_longer_matter(void **state)
{
	struct par_grain_crossing crossing;
	struct par_text text = PAR_TEXT_INIT;
	const char *fork = par_synthetic_models[FORK].name, *cheap = par_synthetic_models[2].name;

	(void)state;
	make(3);
	/* 200 us and 100 ns a task: beyond the longest task. */
	assert_true(par_grain_cross(&crossing, &fixture.grain, fork, cheap));
	assert_ptr_equal(crossing.coarser->model, &par_synthetic_models[FORK]);
	par_grain_word_crossing(&text, &crossing);
	assert_non_null(strstr(text.data, "at every length up to 1.00 ms"));
	par_text_clear(&text);
	/* 40 us and 30 ns: at some 360 us; in whatever order they are named. */
	for (int turn = 0; turn < 2; turn++) {
		assert_true(par_grain_cross(&crossing, &fixture.grain,
			par_synthetic_models[turn == 0 ? 3 : 4].name,
			par_synthetic_models[turn == 0 ? 4 : 3].name));
		assert_ptr_equal(crossing.finer->model, &par_synthetic_models[4]);
		assert_int_equal(crossing.found.verdict, PAR_METG_FOUND);
		assert_true(crossing.found.length > 200e3 && crossing.found.length < 600e3);
	}
	par_grain_word_crossing(&text, &crossing);
	assert_non_null(strstr(text.data, " beats "));
	assert_non_null(strstr(text.data, "(100 µs to 1.00 ms)"));
	par_text_fini(&text);
	assert_false(par_grain_cross(&crossing, &fixture.grain, fork, "nobody"));
	unmake();
}

/* A point that falls below again is no proof of all shorter ones. */
static void test_a_model_that_falls_behind_again_is_not_said_to_lose_always(void **state)
{
	struct par_grain_crossing crossing;
	struct par_text text = PAR_TEXT_INIT;
	struct par_grain_curve *curve;
	const char *one = par_synthetic_models[3].name, *other = par_synthetic_models[4].name;

	(void)state;
	make(6);
	assert_true(par_grain_cross(&crossing, &fixture.grain, one, other));
	curve = (struct par_grain_curve *)(uintptr_t)crossing.coarser;
	assert_int_equal(crossing.found.verdict, PAR_METG_FOUND);
	assert_int_equal(crossing.found.crossings, 1);
	curve->points[1].efficiency = 1e3;
	assert_true(par_grain_cross(&crossing, &fixture.grain, one, other));
	par_grain_word_crossing(&text, &crossing);
	assert_non_null(strstr(text.data, "but not at every length before"));
	par_text_clear(&text);
	curve->points[curve->count - 1].efficiency /= 2;
	assert_true(par_grain_cross(&crossing, &fixture.grain, one, other));
	assert_int_equal(crossing.found.verdict, PAR_METG_LOST);
	par_grain_word_crossing(&text, &crossing);
	assert_non_null(strstr(text.data, " at the longest tasks, "));
	assert_non_null(strstr(text.data, "but not at every length before"));
	par_text_fini(&text);
	unmake();
}

static void test_models_that_cost_the_same_do_not_cross(void **state)
{
	struct par_grain_crossing crossing;
	struct par_text text = PAR_TEXT_INIT;
	const char *name = par_synthetic_models[FORK].name;

	(void)state;
	make(3);
	assert_true(par_grain_cross(&crossing, &fixture.grain, name, name));
	assert_int_equal(crossing.found.verdict, PAR_METG_ALWAYS);
	par_grain_word_crossing(&text, &crossing);
	assert_non_null(strstr(text.data, "differ by less at every length"));
	par_text_fini(&text);
	unmake();
}

static void test_no_answer_ranks_models_by_it(void **state)
{
	(void)state;
	make(3);
	for (size_t i = 0; i < fixture.analysis.answer_count; i++)
		assert_ptr_not_equal(fixture.analysis.answers[i].workload, &par_synthetic_spin);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_curve_for_each_model_but_serial),
		cmocka_unit_test(test_finds_the_costs_again),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_crossings_are_where_costs_no_longer_matter),
		cmocka_unit_test(test_a_model_that_falls_behind_again_is_not_said_to_lose_always),
		cmocka_unit_test(test_models_that_cost_the_same_do_not_cross),
		cmocka_unit_test(test_no_answer_ranks_models_by_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
