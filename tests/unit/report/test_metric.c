/* One number of a cell by its name: values, intervals, words, and ratios within rounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lesson_fixture.h"

static struct par_synthetic run;
static struct par_analysis analysis;

static int set_up(void **state)
{
	(void)state;
	if (par_synthetic_make(&run, 16, 0, 7, 0.0, false) < 0)
		return -1;
	par_plan_fini(&run.plan);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	par_analysis_fini(&analysis);
	par_synthetic_fini(&run);
	return 0;
}

/* A cell of the counter; the lost share of round r is lost[r - 1], its time 1000 + r. */
static void add_counter(const char *variant, const double *lost, unsigned rounds)
{
	struct par_cell cell;

	par_cell_init(
		&cell, "sharing", &par_demo_counter, &par_synthetic_models[4], PAR_SCALE_DEFAULT);
	snprintf(cell.variant, sizeof cell.variant, "%s", variant);
	cell.tasks = 10;
	assert_int_equal(par_plan_add(&run.plan, &cell, NULL, &run.machine), 0);
	for (uint32_t round = 1; round <= rounds; round++) {
		const struct par_measured measures[] = { { "handed", 5.0 * round },
			{ "lost", lost[round - 1] } };
		const double trace[] = { round, 0.0 };
		uint64_t sample = 1000 + round;
		struct par_record record = PAR_RECORD_INIT;

		record.cell = run.plan.cells[run.plan.count - 1].cell.id;
		record.round = round;
		record.samples_ns = &sample;
		record.sample_count = 1;
		record.close_ns = 100 * round;
		record.cpu_ns = 7 * round;
		record.pss_bytes = 4096;
		record.latency_n = 100;
		record.latency_ns[PAR_LATENCY_P50] = 50 * round;
		record.measures = measures;
		record.measure_count = 2;
		record.trace = trace;
		record.trace_count = 2;
		assert_int_equal(par_records_add(&run.records, &record), 0);
	}
}

static const struct par_cell_stats *analyse(void)
{
	struct par_error error = PAR_ERROR_INIT;

	assert_int_equal(par_analysis_init(&analysis, &run.registry, &run.machine, &run.plan,
				 &run.records, run.run, &error),
		0);
	return analysis.cells;
}

static void check(const struct par_cell_stats *stats, const char *name, double value, double low,
	double high, enum par_unit unit)
{
	struct par_metric metric = par_metric_of(stats, name);

	assert_int_equal(metric.unit, unit);
	if (!(fabs(metric.value - value) <= 1e-9 * value))
		fail_msg("%s is %g, not %g", name, metric.value, value);
	if (isnan(low)) {
		assert_true(isnan(metric.ci[0]) && isnan(metric.ci[1]));
		return;
	}
	if (!(fabs(metric.ci[0] - low) <= 1e-9 * low && fabs(metric.ci[1] - high) <= 1e-9 * high))
		fail_msg("%s: %g to %g, not %g to %g", name, metric.ci[0], metric.ci[1], low, high);
}

static void test_every_metric(void **state)
{
	static const double lost[] = { 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7 };
	const struct par_cell_stats *stats;

	(void)state;
	add_counter("unlocked", lost, 7);
	stats = analyse();
	/* of seven values the interval of the median reaches from the first to the last */
	check(stats, "time", 1004, 1001, 1007, PAR_UNIT_NS);
	check(stats, "task_time", 100.4, 100.1, 100.7, PAR_UNIT_NS);
	check(stats, "tasks_per_second", 1e10 / 1004, 1e10 / 1007, 1e10 / 1001,
		PAR_UNIT_PER_SECOND);
	check(stats, "cpu", 28, 7, 49, PAR_UNIT_NS);
	check(stats, "close", 400, 100, 700, PAR_UNIT_NS);
	check(stats, "pss", 4096, 4096, 4096, PAR_UNIT_BYTES);
	check(stats, "p50", 200, 50, 350, PAR_UNIT_NS);
	check(stats, "lost", 0.4, 0.1, 0.7, PAR_UNIT_SHARE);
	check(stats, "handed", 20, 5, 35, PAR_UNIT_PER_SECOND);
	assert_true(isnan(par_metric_of(stats, "p99").value));
	assert_true(isnan(par_metric_of(stats, "peak").value));
	assert_true(isnan(par_metric_of(stats, "speedup").value)); /* no serial cell */
	assert_true(isnan(par_metric_of(stats, "nonsense").value));
	assert_true(isnan(par_metric_of(stats, NULL).value));
}

static void test_few_visits_have_no_interval(void **state)
{
	static const double lost[] = { 0.1, NAN, 0.3, 0.4, 0.5 };
	const struct par_cell_stats *stats;

	(void)state;
	add_counter("unlocked", lost, 5);
	stats = analyse();
	check(stats, "time", 1003, NAN, NAN, PAR_UNIT_NS);
	check(stats, "close", 300, NAN, NAN, PAR_UNIT_NS);
	check(stats, "lost", 0.35, NAN, NAN, PAR_UNIT_SHARE); /* of the four that tell it */
	assert_int_equal(stats->measures[0].n, 4);
}

static void test_cell_without_visits_tells_nothing(void **state)
{
	(void)state;
	add_counter("unlocked", NULL, 0);
	analyse();
	assert_int_equal(analysis.cells[0].measure_count, 2);
	assert_string_equal(analysis.cells[0].measures[0].name, "lost");
	assert_true(isnan(par_metric_of(&analysis.cells[0], "lost").value));
	assert_true(isnan(par_metric_of(&analysis.cells[0], "time").value));
	assert_int_equal(analysis.cells[0].trace_count, 0);
}

/* The trace is that of the visit in the middle, not of the first or the last. */
static void test_trace_of_the_median_visit(void **state)
{
	static const double lost[7] = { 0 };

	(void)state;
	add_counter("unlocked", lost, 7);
	analyse();
	assert_int_equal(analysis.cells[0].trace_count, 2);
	assert_true(analysis.cells[0].trace[0] == 4.0);
}

static void test_ratio_within_rounds(void **state)
{
	/* noise that hits both alike cancels: the ratio is exactly three */
	static const double base[] = { 0.1, 0.2, 0.05, 0.3, 0.15, 0.25, 0.12 };
	double other[7];
	struct par_compared compared;

	(void)state;
	for (size_t i = 0; i < 7; i++)
		other[i] = 3 * base[i];
	add_counter("unlocked", base, 7);
	add_counter("atomic", other, 7);
	analyse();
	assert_int_equal(
		par_metric_compare(&compared, &analysis.cells[0], &analysis.cells[1], "lost", 1),
		0);
	assert_int_equal(compared.pairs, 7);
	assert_true(fabs(compared.ratio - 3) < 1e-9);
	assert_true(compared.low > 2.99 && compared.high < 3.01);
	assert_int_equal(compared.verdict, PAR_COMPARISON_FASTER);
	assert_int_equal(
		par_metric_compare(&compared, &analysis.cells[0], &analysis.cells[1], "time", 1),
		0);
	assert_int_equal(compared.verdict, PAR_COMPARISON_TIE);
}

static void test_ratio_that_nobody_can_tell(void **state)
{
	static const double some[] = { 0.1, 0.2, 0.05, 0.3, 0.15, 0.25, 0.12 };
	static const double none[7] = { 0 };
	static const char *const names[] = { "lost", "speedup", "nonsense", "p99" };

	(void)state;
	add_counter("unlocked", some, 7);
	add_counter("atomic", none, 7);
	add_counter("mutex", NULL, 0);
	analyse();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t other = 1; other < 3; other++) {
			struct par_compared compared;

			assert_int_equal(par_metric_compare(&compared, &analysis.cells[0],
						 &analysis.cells[other], names[i], 1),
				0);
			assert_int_equal(compared.verdict, PAR_COMPARISON_NOT_SURE);
			assert_true(isnan(compared.low));
		}
}

static void check_label(const char *text, double value, enum par_unit unit)
{
	assert_string_equal(par_metric_label(value, unit).text, text);
}

static void test_labels(void **state)
{
	(void)state;
	check_label("850 ns", 850, PAR_UNIT_NS);
	check_label("12.3 µs", 12345, PAR_UNIT_NS);
	check_label("1.00 ms", 999600, PAR_UNIT_NS);
	check_label("0.15 ns", 0.15, PAR_UNIT_NS);
	check_label("0 ns", 0, PAR_UNIT_NS);
	check_label("4.30 KiB", 4403.2, PAR_UNIT_BYTES);
	check_label("512 B", 512, PAR_UNIT_BYTES);
	check_label("64 MiB", 64.0 * (1 << 20), PAR_UNIT_BYTES);
	check_label("37 %", 0.3701, PAR_UNIT_SHARE);
	check_label("0 %", 0, PAR_UNIT_SHARE);
	check_label("0.31 %", 0.0031, PAR_UNIT_SHARE);
	check_label("100 %", 1, PAR_UNIT_SHARE);
	check_label("99.9 %", 0.9994, PAR_UNIT_SHARE);
	check_label("99.9 %", 0.999, PAR_UNIT_SHARE);
	check_label("99.9 %", 0.99997, PAR_UNIT_SHARE);
	check_label("100 %", 1, PAR_UNIT_SHARE);
	check_label("1.20 M/s", 1.2e6, PAR_UNIT_PER_SECOND);
	check_label("250/s", 250, PAR_UNIT_PER_SECOND);
	check_label("10 000", 10000, PAR_UNIT_COUNT);
	check_label("3", 3, PAR_UNIT_COUNT);
	check_label("3.50", 3.5, PAR_UNIT_COUNT);
	check_label("0.0042", 0.0042, PAR_UNIT_COUNT);
	check_label("< 0.001", 0.00042, PAR_UNIT_COUNT);
	check_label("2.50 M", 2.5e6, PAR_UNIT_COUNT);
	for (int unit = 0; unit <= PAR_UNIT_PER_SECOND; unit++) {
		check_label("–", NAN, (enum par_unit)unit);
		check_label("–", INFINITY, (enum par_unit)unit);
	}
}

static void check_word(const char *text, const struct par_metric *metric)
{
	struct par_text out = PAR_TEXT_INIT;

	par_metric_word(&out, metric);
	assert_string_equal(par_text_get(&out), text);
	par_text_fini(&out);
}

static void test_words(void **state)
{
	(void)state;
	check_word("12.3 µs (11.9 to 12.8)",
		&(struct par_metric){ 12300, { 11900, 12800 }, PAR_UNIT_NS });
	check_word("1.01 ms (998 µs to 1.03 ms)",
		&(struct par_metric){ 1010000, { 998000, 1030000 }, PAR_UNIT_NS });
	check_word("12.3 µs", &(struct par_metric){ 12300, { NAN, NAN }, PAR_UNIT_NS });
	check_word("43 % (41 to 45)", &(struct par_metric){ 0.43, { 0.41, 0.45 }, PAR_UNIT_SHARE });
	check_word("–", &(struct par_metric){ NAN, { NAN, NAN }, PAR_UNIT_SHARE });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_metric, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_few_visits_have_no_interval, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_cell_without_visits_tells_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_trace_of_the_median_visit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ratio_within_rounds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ratio_that_nobody_can_tell, set_up, tear_down),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
