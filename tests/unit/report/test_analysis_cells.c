/* What is said of each cell: its status, its time, its speedup. */
#include "analysis_fixture.h"

#include <math.h>

static void test_status(void **state)
{
	struct fixture *fixture = *state;
	size_t fine = plan_cell(fixture, SHA256, SERIAL, 1, NULL);
	size_t shaky = plan_cell(fixture, SHA256, FORK, 2, NULL);
	size_t wrong = plan_cell(fixture, SHA256, THREAD, 2, NULL);
	size_t restless = plan_cell(fixture, SHA256, THREAD_POOL, 2, NULL);
	size_t skipped = plan_cell(fixture, SHA256, COROUTINE, 1, "no such thing here");
	size_t missing = plan_cell(fixture, SHA256, PROCESS_POOL, 2, NULL);
	const struct par_cell_stats *cells;

	add_record(fixture, fine, 1, PAR_STATUS_OK, 100, "");
	add_record(fixture, shaky, 1, PAR_STATUS_OK, 60, "");
	add_record(fixture, shaky, 2, PAR_STATUS_TIMEOUT, 0, "ran past its deadline");
	add_record(fixture, wrong, 1, PAR_STATUS_OK, 10, "");
	add_record(fixture, wrong, 2, PAR_STATUS_WRONG, 0, "digest is not that of serial");
	add_record(fixture, wrong, 3, PAR_STATUS_OK, 10, "");
	add_record(fixture, restless, 1, PAR_STATUS_UNTRUSTWORTHY, 5, "stolen time");
	cells = analyse(fixture)->cells;
	assert_int_equal(fixture->analysis.cell_count, 6);
	assert_int_equal(cells[fine].status, PAR_STATUS_OK);
	assert_string_equal(cells[fine].reason, "");
	assert_int_equal(cells[shaky].status, PAR_STATUS_OK);
	assert_int_equal(cells[shaky].failed, 1);
	assert_int_equal(cells[shaky].n, 1);
	assert_int_equal(cells[shaky].visits, 2);
	assert_int_equal(cells[wrong].status, PAR_STATUS_WRONG);
	assert_string_equal(cells[wrong].reason, "digest is not that of serial");
	assert_true(isnan(cells[wrong].speedup));
	assert_int_equal(cells[restless].status, PAR_STATUS_UNTRUSTWORTHY);
	assert_int_equal(cells[restless].untrustworthy, 1);
	assert_int_equal(cells[restless].n, 0);
	assert_true(isnan(cells[restless].median_ns));
	assert_int_equal(cells[skipped].status, PAR_STATUS_SKIPPED);
	assert_string_equal(cells[skipped].reason, "no such thing here");
	assert_int_equal(cells[missing].status, PAR_STATUS_FAILED);
	assert_string_equal(cells[missing].reason, "not visited");
}

static void test_median_and_interval(void **state)
{
	static const uint64_t six[] = { 15, 11, 13, 16, 12, 14 };
	struct fixture *fixture = *state;
	size_t enough = plan_cell(fixture, SHA256, SERIAL, 1, NULL);
	size_t few = plan_cell(fixture, SHA256, FORK, 2, NULL);
	const struct par_cell_stats *cells;

	add_times(fixture, enough, six, 6);
	add_times(fixture, few, six, 5);
	cells = analyse(fixture)->cells;
	assert_int_equal(cells[enough].n, 6);
	assert_true(cells[enough].median_ns == 13.5);
	assert_true(cells[enough].ci_ns[0] == 11.0 && cells[enough].ci_ns[1] == 16.0);
	assert_true(cells[enough].times_ns[0] == 15.0); /* in the order of rounds */
	assert_true(cells[few].median_ns == 13.0);
	assert_true(isnan(cells[few].ci_ns[0]) && isnan(cells[few].ci_ns[1]));
}

/* A resumed journal need not be in the order of rounds, and may hold cells of no plan. */
static void test_odd_records(void **state)
{
	struct fixture *fixture = *state;
	size_t cell = plan_cell(fixture, SHA256, SERIAL, 1, NULL);
	const uint64_t sample = 1;
	struct par_record stranger = {
		.round = 1, .cell = "scaling/none/none", .sample_count = 1, .samples_ns = &sample
	};

	add_record(fixture, cell, 3, PAR_STATUS_OK, 30, "");
	add_record(fixture, cell, 1, PAR_STATUS_OK, 10, "");
	assert_int_equal(par_records_add(&fixture->run.records, &stranger), 0);
	add_record(fixture, cell, 2, PAR_STATUS_OK, 20, "");
	analyse(fixture);
	assert_int_equal(fixture->analysis.cells[cell].n, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(fixture->analysis.cells[cell].rounds[i], i + 1);
		assert_true(fixture->analysis.cells[cell].times_ns[i] == 10.0 * (i + 1));
	}
}

static void test_speedup_base(void **state)
{
	struct fixture *fixture = *state;
	size_t serial = steady_cell(fixture, SHA256, SERIAL, 1, 1000000, 8);
	size_t pool = steady_cell(fixture, SHA256, THREAD_POOL, 4, 250000, 8);
	size_t other = steady_cell(fixture, TRIAD, THREAD_POOL, 4, 250000, 8);
	const struct par_cell_stats *cells = analyse(fixture)->cells;

	assert_true(cells[serial].speedup == 1.0);
	assert_int_equal(cells[serial].serial, serial);
	assert_int_equal(cells[pool].serial, serial);
	assert_true(fabs(cells[pool].speedup - 4.0) < 0.02);
	assert_true(fabs(cells[pool].efficiency - 1.0) < 0.01);
	assert_true(cells[pool].speedup_ci[0] <= cells[pool].speedup);
	assert_true(cells[pool].speedup_ci[1] >= cells[pool].speedup);
	assert_true(cells[other].serial == SIZE_MAX);
	assert_true(isnan(cells[other].speedup) && isnan(cells[other].efficiency));
}

/* Another number of tasks is other work: its serial time is no base. */
static void test_same_work_only(void **state)
{
	struct fixture *fixture = *state;
	size_t small = steady_cell(fixture, SHA256, SERIAL, 1, 1000, 6);
	size_t pool = steady_cell(fixture, SHA256, THREAD_POOL, 4, 250000, 6);
	struct par_cell cell = fixture->run.plan.cells[small].cell;

	cell.tasks *= 1000;
	assert_int_equal(par_plan_add(&fixture->run.plan, &cell, NULL, &fixture->run.machine), 0);
	add_record(fixture, 2, 1, PAR_STATUS_OK, 1000000, "");
	fixture->run.plan.cells[pool].cell.tasks = cell.tasks;
	analyse(fixture);
	assert_int_equal(fixture->analysis.cells[pool].serial, 2);
	assert_true(fabs(fixture->analysis.cells[pool].speedup - 4.0) < 0.02);
}

/* The machine slows to half: times spread by 2, but the pairs of each round agree. */
static void test_speedup_is_paired(void **state)
{
	struct fixture *fixture = *state;
	size_t serial = plan_cell(fixture, SHA256, SERIAL, 1, NULL);
	size_t pool = plan_cell(fixture, SHA256, THREAD_POOL, 4, NULL);
	const struct par_cell_stats *cells;

	for (unsigned i = 1; i <= 10; i++) {
		add_record(fixture, serial, i, PAR_STATUS_OK, 300000 + 30000 * i, "");
		add_record(fixture, pool, i, PAR_STATUS_OK, 100000 + 10000 * i, "");
	}
	cells = analyse(fixture)->cells;
	assert_true(cells[serial].ci_ns[1] / cells[serial].ci_ns[0] > 1.5);
	assert_true(fabs(cells[pool].speedup_ci[0] - 3.0) < 1e-9);
	assert_true(fabs(cells[pool].speedup_ci[1] - 3.0) < 1e-9);
}

/* No common round: all that both intervals allow. */
static void test_speedup_without_pairs(void **state)
{
	struct fixture *fixture = *state;
	size_t serial = plan_cell(fixture, SHA256, SERIAL, 1, NULL);
	size_t pool = plan_cell(fixture, SHA256, THREAD_POOL, 4, NULL);
	const struct par_cell_stats *cells;

	for (unsigned i = 1; i <= 6; i++) {
		add_record(fixture, serial, i, PAR_STATUS_OK, 300 + i, "");
		add_record(fixture, pool, 10 + i, PAR_STATUS_OK, 100 + i, "");
	}
	cells = analyse(fixture)->cells;
	assert_true(fabs(cells[pool].speedup_ci[0] - 301.0 / 106.0) < 1e-12);
	assert_true(fabs(cells[pool].speedup_ci[1] - 306.0 / 101.0) < 1e-12);
}

/* Samples that alternate within each visit are two behaviours; visits that differ by noise are not.
 */
static void test_humps_of_samples(void **state)
{
	struct fixture *fixture = *state;
	size_t both = plan_cell(fixture, SHA256, SERIAL, 1, NULL);
	size_t noisy = plan_cell(fixture, SHA256, FORK, 4, NULL);

	for (unsigned round = 1; round <= 6; round++) {
		uint64_t mixed_ns[10], plain_ns[10];
		struct par_record mixed = { .round = round,
			.cell = fixture->run.plan.cells[both].cell.id,
			.samples_ns = mixed_ns,
			.sample_count = 10 };
		struct par_record plain = mixed;

		plain.cell = fixture->run.plan.cells[noisy].cell.id;
		plain.samples_ns = plain_ns;
		for (unsigned i = 0; i < 10; i++) {
			mixed_ns[i] = (i % 2 == 0 ? 118000 : 541000) + 500 * i + 300 * round;
			plain_ns[i] = (round <= 3 ? 118000 : 161000) + 500 * i + 300 * round;
		}
		assert_int_equal(par_records_add(&fixture->run.records, &mixed), 0);
		assert_int_equal(par_records_add(&fixture->run.records, &plain), 0);
	}
	analyse(fixture);
	assert_true(fixture->analysis.cells[both].two_humped);
	assert_false(fixture->analysis.cells[noisy].two_humped);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		TEST(test_status),
		TEST(test_median_and_interval),
		TEST(test_odd_records),
		TEST(test_speedup_base),
		TEST(test_same_work_only),
		TEST(test_speedup_is_paired),
		TEST(test_speedup_without_pairs),
		TEST(test_humps_of_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
