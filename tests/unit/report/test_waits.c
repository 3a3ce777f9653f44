/* How long requests wait, from a run whose latencies are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "synthetic_more.h"
#include "waits.h"

struct fixture {
	struct par_synthetic run;
	struct par_analysis analysis;
	struct par_waits waits;
};

static struct fixture fixture;

static void analyse(void)
{
	struct par_error error = PAR_ERROR_INIT;

	assert_int_equal(
		par_analysis_init(&fixture.analysis, &fixture.run.registry, &fixture.run.machine,
			&fixture.run.plan, &fixture.run.records, fixture.run.run, &error),
		0);
	par_waits_gather(&fixture.waits, &fixture.analysis, "latency");
}

static void make(unsigned rounds)
{
	assert_int_equal(par_synthetic_make(&fixture.run, 2, rounds, 7, 0.01, false), 0);
	assert_int_equal(par_synthetic_add_waits(&fixture.run, rounds), 0);
}

static void unmake(void)
{
	par_analysis_fini(&fixture.analysis);
	par_synthetic_fini(&fixture.run);
}

/* Four blocking models at two sizes, and a loop, at each rate; the shortest tail first. */
static void test_rates_ascend_and_tails_too(void **state)
{
	(void)state;
	make(6);
	analyse();
	assert_int_equal(fixture.waits.count, 3);
	assert_int_equal(fixture.waits.requests, 300);
	for (size_t i = 0; i < 3; i++) {
		const struct par_waits_rate *rate = &fixture.waits.rates[i];

		assert_int_equal(rate->count, 9);
		assert_true(i == 0 || rate->per_second > rate[-1].per_second);
		for (size_t j = 1; j < rate->count; j++)
			assert_true(par_waits_tail(rate->cells[j - 1]) <=
				    par_waits_tail(rate->cells[j]));
	}
	unmake();
}

static void test_medians_and_intervals_over_visits(void **state)
{
	const struct par_cell_latency *latency;

	(void)state;
	make(6);
	/* The last cell's visits: 1, 2, ... 6 ms in the middle. */
	for (size_t i = 0; i < 6; i++)
		fixture.run.records.items[fixture.run.records.count - 1 - i]
			.latency_ns[PAR_LATENCY_P50] = 1000000 * (i + 1);
	analyse();
	latency = &fixture.analysis.cells[fixture.analysis.cell_count - 1].latency;
	assert_int_equal(latency->visits, 6);
	assert_int_equal(latency->n, 3000);
	assert_true(latency->ns[PAR_LATENCY_P50] == 3.5e6);
	assert_true(latency->ci_ns[PAR_LATENCY_P50][0] == 1e6);
	assert_true(latency->ci_ns[PAR_LATENCY_P50][1] == 6e6);
	assert_true(isnan(fixture.analysis.cells[0].latency.ns[PAR_LATENCY_P50]));
	assert_int_equal(fixture.analysis.cells[0].latency.visits, 0);
	unmake();
}

/* One visit with too few requests is enough: half a cell would be another measurement. */
static void test_a_percentile_that_one_visit_cannot_tell_is_not_told(void **state)
{
	const struct par_cell_latency *latency;

	(void)state;
	make(6);
	fixture.run.records.items[fixture.run.records.count - 3].latency_ns[PAR_LATENCY_P99] = 0;
	analyse();
	latency = &fixture.analysis.cells[fixture.analysis.cell_count - 1].latency;
	assert_true(isnan(latency->ns[PAR_LATENCY_P99]));
	assert_true(isfinite(latency->ns[PAR_LATENCY_P50]));
	unmake();
}

/* Names are named only where intervals tell them apart: not with three rounds. */
static void test_words(void **state)
{
	struct par_text text = PAR_TEXT_INIT;

	(void)state;
	make(6);
	analyse();
	par_waits_word(&text, &fixture.waits.rates[2]);
	assert_non_null(strstr(text.data, "At 10 000 requests a second, 99 of 100 are"));
	assert_non_null(strstr(text.data, "with 32 workers, and within"));
	unmake();
	par_text_clear(&text);
	make(3);
	analyse();
	par_waits_word(&text, &fixture.waits.rates[2]);
	assert_non_null(strstr(text.data, "not sure"));
	assert_null(strstr(text.data, "workers"));
	par_text_fini(&text);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates_ascend_and_tails_too),
		cmocka_unit_test(test_medians_and_intervals_over_visits),
		cmocka_unit_test(test_a_percentile_that_one_visit_cannot_tell_is_not_told),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
