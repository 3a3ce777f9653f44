/* What is said of two runs: which cells meet, the verdicts, the outcome, how the runs differ. */
#include "comparison_fixture.h"

#include <math.h>

enum { CORES = 40, ROUNDS = 8 };

/* 80 cells, two of which take `ratio` times as long in the new run. */
static void make_runs(struct runs *runs, double ratio)
{
	for (unsigned run = 0; run < 2; run++)
		for (unsigned cores = 1; cores <= CORES; cores++) {
			double factor = run == 1 && (cores == 7 || cores == 30) ? ratio : 1.0;

			noisy_cell(
				runs, run, SHA256, THREAD_POOL, cores, 10.0 * factor, 0.01, ROUNDS);
			noisy_cell(runs, run, PRIMES, FORK, cores, 20.0, 0.01, ROUNDS);
		}
}

static const struct par_pair *only_pair(struct runs *runs)
{
	const struct par_compared_runs *found = compare_runs(runs, 2);

	assert_int_equal(found->rows, 1);
	return par_comparison_pair(found, 0, 0);
}

static void test_a_run_and_its_like_show_no_regression(void **state)
{
	const struct par_compared_runs *found;

	make_runs(*state, 1.0);
	found = compare_runs(*state, 2);
	assert_int_equal(found->rows, 2 * CORES);
	assert_int_equal(found->comparisons, 2 * CORES);
	assert_int_equal(found->with[0].tally.changes[PAR_CHANGE_REGRESSION], 0);
	assert_int_equal(found->with[0].tally.changes[PAR_CHANGE_TIE], 2 * CORES);
	assert_int_equal(found->outcome, PAR_OUTCOME_NONE);
	assert_string_equal(found->headline, "No cell is slower by more than 5 % (80 compared)");
	assert_true(fabs(found->with[0].middle - 1.0) < 0.01);
}

static void test_planted_regressions_are_found_and_only_they(void **state)
{
	const struct par_compared_runs *found;
	size_t seen = 0;

	make_runs(*state, 1.1);
	found = compare_runs(*state, 2);
	for (size_t row = 0; row < found->rows; row++) {
		const struct par_pair *pair = par_comparison_pair(found, row, 0);
		unsigned cores = pair->base->cell.cores;
		bool planted = pair->base->cell.workload == &par_synthetic_workloads[SHA256] &&
			       (cores == 7 || cores == 30);

		assert_int_equal(pair->change == PAR_CHANGE_REGRESSION, planted);
		seen += planted;
	}
	assert_int_equal(seen, 2);
	assert_int_equal(found->outcome, PAR_OUTCOME_REGRESSION);
	assert_string_equal(found->headline, "2 regressions (80 compared)");
}

static void test_faster_is_no_regression(void **state)
{
	const struct par_compared_runs *found;

	make_runs(*state, 0.8);
	found = compare_runs(*state, 2);
	assert_int_equal(found->with[0].tally.changes[PAR_CHANGE_FASTER], 2);
	assert_int_equal(found->outcome, PAR_OUTCOME_NONE);
}

static void test_noise_that_could_hide_one_is_not_sure(void **state)
{
	struct runs *runs = *state;
	const struct par_pair *pair;

	noisy_cell(runs, 0, SHA256, FORK, 2, 10.0, 0.3, ROUNDS);
	noisy_cell(runs, 1, SHA256, FORK, 2, 10.0, 0.3, ROUNDS);
	pair = only_pair(runs);
	assert_int_equal(pair->change, PAR_CHANGE_NOT_SURE);
	assert_true(pair->may_hide);
	assert_true(pair->needed > 2 * ROUNDS);
	assert_int_equal(runs->found.outcome, PAR_OUTCOME_NOT_SURE);
	assert_true(runs->found.with[0].settle_half == pair->needed);
}

static void test_too_few_visits_tell_how_many_it_takes(void **state)
{
	struct runs *runs = *state;
	const struct par_pair *pair;

	noisy_cell(runs, 0, SHA256, FORK, 2, 10.0, 0.01, ROUNDS);
	noisy_cell(runs, 1, SHA256, FORK, 2, 30.0, 0.01, 3);
	pair = only_pair(runs);
	assert_int_equal(pair->change, PAR_CHANGE_NOT_SURE);
	assert_true(pair->needed == 6.0);
	assert_true(fabs(pair->found.ratio - 3.0) < 0.1);
}

static void expect_state(
	struct runs *runs, enum par_pair_state state, enum par_outcome outcome, const char *reason)
{
	const struct par_pair *pair = only_pair(runs);

	assert_int_equal(pair->state, state);
	assert_int_equal(runs->found.outcome, outcome);
	assert_non_null(strstr(pair->reason, reason));
}

static void test_wrong_in_the_new_run_is_a_regression(void **state)
{
	struct runs *runs = *state;
	size_t cell;

	noisy_cell(runs, 0, SHA256, FORK, 2, 10.0, 0.01, ROUNDS);
	cell = noisy_cell(runs, 1, SHA256, FORK, 2, 10.0, 0.01, ROUNDS);
	add_record(runs->run[1], cell, ROUNDS + 1, PAR_STATUS_WRONG, 0, "digest of task 3");
	expect_state(runs, PAR_PAIR_BROKEN, PAR_OUTCOME_REGRESSION, "wrong: digest of task 3");
	assert_string_equal(runs->found.headline, "1 cell wrong or failing");
}

static void test_failing_in_the_new_run_is_a_regression(void **state)
{
	struct runs *runs = *state;
	size_t cell;

	noisy_cell(runs, 0, SHA256, FORK, 2, 10.0, 0.01, ROUNDS);
	cell = noisy_cell(runs, 1, SHA256, FORK, 2, 10.0, 0.01, 2);
	for (unsigned i = 3; i <= 6; i++)
		add_record(runs->run[1], cell, i, PAR_STATUS_TIMEOUT, 0, "ran past its deadline");
	expect_state(runs, PAR_PAIR_BROKEN, PAR_OUTCOME_REGRESSION, "failing: ");
}

static void test_failing_in_both_is_not_judged(void **state)
{
	struct runs *runs = *state;

	for (size_t run = 0; run < 2; run++) {
		size_t cell = plan_cell(runs->run[run], SHA256, FORK, 2, NULL);

		add_record(runs->run[run], cell, 1, PAR_STATUS_FAILED, 0, "EAGAIN");
	}
	expect_state(runs, PAR_PAIR_BASELESS, PAR_OUTCOME_NOTHING, "failing in both: EAGAIN");
}

static void test_restless_machine_is_told_apart_from_slower(void **state)
{
	struct runs *runs = *state;
	size_t cell;

	noisy_cell(runs, 0, SHA256, FORK, 2, 10.0, 0.01, ROUNDS);
	cell = plan_cell(runs->run[1], SHA256, FORK, 2, NULL);
	add_record(runs->run[1], cell, 1, PAR_STATUS_UNTRUSTWORTHY, 99000000, "stolen time");
	expect_state(runs, PAR_PAIR_UNTRUSTED, PAR_OUTCOME_NOTHING, "stolen time");
	assert_int_equal(runs->found.with[0].tally.may_hide, 1);
	noisy_cell(runs, 0, PRIMES, FORK, 2, 10.0, 0.01, ROUNDS);
	noisy_cell(runs, 1, PRIMES, FORK, 2, 10.0, 0.01, ROUNDS);
	compare_runs(runs, 2);
	assert_int_equal(runs->found.outcome, PAR_OUTCOME_NOT_SURE);
}

static void test_a_cell_of_one_run_is_listed(void **state)
{
	struct runs *runs = *state;
	const struct par_compared_runs *found;

	noisy_cell(runs, 0, SHA256, FORK, 2, 10.0, 0.01, ROUNDS);
	plan_cell(runs->run[1], SHA256, FORK, 2, "no memory for it");
	noisy_cell(runs, 1, PRIMES, THREAD, 2, 10.0, 0.01, ROUNDS);
	noisy_cell(runs, 0, TRIAD, FORK, 2, 10.0, 0.01, ROUNDS);
	noisy_cell(runs, 1, TRIAD, FORK, 2, 10.0, 0.01, ROUNDS);
	plan_cell(runs->run[0], TIMER, FORK, 2, "never visited anywhere");
	found = compare_runs(runs, 2);
	assert_int_equal(found->rows, 3);
	assert_int_equal(par_comparison_pair(found, 0, 0)->state, PAR_PAIR_ONLY_BASE);
	assert_non_null(strstr(par_comparison_pair(found, 0, 0)->reason, "no memory for it"));
	assert_int_equal(par_comparison_pair(found, 1, 0)->state, PAR_PAIR_COMPARED);
	assert_int_equal(par_comparison_pair(found, 2, 0)->state, PAR_PAIR_ONLY_NEW);
	assert_int_equal(found->comparisons, 1);
	assert_int_equal(found->outcome, PAR_OUTCOME_NONE);
}

static void add_digest(struct runs *runs, size_t run, size_t cell, uint64_t digest)
{
	struct par_record record = PAR_RECORD_INIT;
	uint64_t time = 10000000;

	record.cell = runs->run[run]->run.plan.cells[cell].cell.id;
	record.round = 100;
	record.samples_ns = &time;
	record.sample_count = 1;
	record.digest = digest;
	assert_int_equal(par_records_add(&runs->run[run]->run.records, &record), 0);
}

static void test_other_results_are_other_work(void **state)
{
	struct runs *runs = *state;
	size_t base = noisy_cell(runs, 0, SHA256, FORK, 2, 10.0, 0.01, ROUNDS);
	size_t other = noisy_cell(runs, 1, SHA256, FORK, 2, 30.0, 0.01, ROUNDS);

	add_digest(runs, 0, base, 17);
	add_digest(runs, 1, other, 18);
	expect_state(runs, PAR_PAIR_OTHER_WORK, PAR_OUTCOME_NOTHING, "work differs");
}

static void test_other_parameters_are_other_work(void **state)
{
	struct runs *runs = *state;
	struct par_cell cell;
	const struct par_compared_runs *found;

	noisy_cell(runs, 0, SHA256, FORK, 1, 10.0, 0.01, ROUNDS);
	par_cell_init(&cell, "scaling", &par_synthetic_workloads[SHA256],
		&par_synthetic_models[FORK], PAR_SCALE_DEFAULT);
	cell.params[0] = 1024;
	assert_int_equal(
		par_plan_add(&runs->run[1]->run.plan, &cell, NULL, &runs->run[1]->run.machine), 0);
	add_record(runs->run[1], 0, 1, PAR_STATUS_OK, 1000, "");
	found = compare_runs(runs, 2);
	assert_int_equal(found->rows, 2);
	for (size_t row = 0; row < 2; row++) {
		assert_int_equal(par_comparison_pair(found, row, 0)->state, PAR_PAIR_OTHER_WORK);
		assert_non_null(strstr(
			par_comparison_pair(found, row, 0)->reason, "other tasks or parameters"));
	}
	assert_int_equal(found->outcome, PAR_OUTCOME_NOTHING);
}

static bool is_primes(const void *context, const struct par_cell *cell)
{
	return cell->workload == context;
}

static void test_only_wanted_cells_take_part(void **state)
{
	struct runs *runs = *state;
	struct par_comparison_spec spec = { .run_count = 2,
		.tolerance = 0.05,
		.wanted = is_primes,
		.context = &par_synthetic_workloads[PRIMES] };

	make_runs(runs, 1.5);
	spec.runs[0] = (struct par_comparison_run){ "a", analyse(runs->run[0]) };
	spec.runs[1] = (struct par_comparison_run){ "b", analyse(runs->run[1]) };
	assert_int_equal(par_comparison_init(&runs->found, &spec, NULL), 0);
	assert_int_equal(runs->found.rows, CORES);
	assert_int_equal(runs->found.comparisons, CORES);
	assert_int_equal(runs->found.outcome, PAR_OUTCOME_NONE);
}

/* The correction is over all runs, and one bad run decides. */
static void test_several_new_runs(void **state)
{
	struct runs *runs = *state;
	const struct par_compared_runs *found;

	for (size_t run = 0; run < 3; run++) {
		noisy_cell(runs, run, SHA256, FORK, 2, run == 2 ? 15.0 : 10.0, 0.01, ROUNDS);
		if (run != 1)
			noisy_cell(runs, run, PRIMES, FORK, 2, 10.0, 0.01, ROUNDS);
	}
	found = compare_runs(runs, 3);
	assert_int_equal(found->comparisons, 3);
	assert_int_equal(found->with[0].tally.changes[PAR_CHANGE_TIE], 1);
	assert_int_equal(found->with[0].tally.states[PAR_PAIR_ONLY_BASE], 1);
	assert_int_equal(found->with[1].tally.changes[PAR_CHANGE_REGRESSION], 1);
	assert_int_equal(found->outcome, PAR_OUTCOME_REGRESSION);
}

static void set_fact(struct runs *runs, const char *group, const char *name, json_t *value)
{
	json_t *run = runs->run[1]->run.run;

	if (group != NULL)
		run = json_object_get(run, group);
	assert_int_equal(json_object_set_new(run, name, value), 0);
}

static void test_differences_of_machines_are_grave(void **state)
{
	struct runs *runs = *state;
	const struct par_compared_runs *found;

	noisy_cell(runs, 0, SHA256, FORK, 2, 10.0, 0.01, ROUNDS);
	noisy_cell(runs, 1, SHA256, FORK, 2, 10.0, 0.01, ROUNDS);
	found = compare_runs(runs, 2);
	assert_int_equal(found->with[0].difference_count, 0);
	set_fact(runs, "environment", "cpu_model", json_string("Another 4-Core"));
	set_fact(runs, "machine", "quota_cpus", json_real(1.5));
	set_fact(runs, NULL, "compiler", json_string("Clang 14.0.6"));
	found = compare_runs(runs, 2);
	assert_int_equal(found->with[0].difference_count, 3);
	assert_string_equal(found->with[0].differences[0].what, "processor");
	assert_string_equal(found->with[0].differences[0].other, "Another 4-Core");
	assert_true(found->with[0].differences[0].grave);
	assert_string_equal(found->with[0].differences[1].base, "none");
	assert_string_equal(found->with[0].differences[1].other, "1.5");
	assert_true(found->with[0].differences[1].grave);
	assert_false(found->with[0].differences[2].grave);
}

#define test(function) cmocka_unit_test_setup_teardown(function, runs_open, runs_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(test_a_run_and_its_like_show_no_regression),
		test(test_planted_regressions_are_found_and_only_they),
		test(test_faster_is_no_regression),
		test(test_noise_that_could_hide_one_is_not_sure),
		test(test_too_few_visits_tell_how_many_it_takes),
		test(test_wrong_in_the_new_run_is_a_regression),
		test(test_failing_in_the_new_run_is_a_regression),
		test(test_failing_in_both_is_not_judged),
		test(test_restless_machine_is_told_apart_from_slower),
		test(test_a_cell_of_one_run_is_listed),
		test(test_other_results_are_other_work),
		test(test_other_parameters_are_other_work),
		test(test_only_wanted_cells_take_part),
		test(test_several_new_runs),
		test(test_differences_of_machines_are_grave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
