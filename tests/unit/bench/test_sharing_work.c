/*
 * Workloads that share state: what is lost is noticed, whoever loses it, and a lock that is missing
 * or held by the dead does not go unseen.
 */
#include "workload_fixture.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <unistd.h>

#include "cell.h"
#include "visit.h"
#include "workloads/hammer.h"

enum { VISITS_MOST = 50 };

/* --- visits of a workload of the catalogue, changed for a test --- */

static const struct par_workload *original;
static struct par_variant honest[32]; /* its variants without the trait that they lose */

static json_t *visit(const struct par_workload *workload, const char *model, const char *variant,
	uint64_t tasks, const uint64_t *params)
{
	static const int no_pin[8] = { -1, -1, -1, -1, -1, -1, -1, -1 };
	struct par_cell cell;
	struct par_visit_spec spec = {
		.cell = &cell, .pus = no_pin, .scratch = "/tmp", .timed_ns = 1000000, .samples = 2
	};
	json_t *record = NULL;

	par_cell_init(&cell, "x", workload, par_registry_model(par_catalogue_registry(), model),
		PAR_SCALE_QUICK);
	snprintf(cell.variant, sizeof cell.variant, "%s", variant);
	cell.tasks = tasks;
	cell.workers = (cell.model->traits & PAR_TRAIT_LOOP) != 0 ? 1 : (unsigned)tasks;
	for (size_t i = 0; params != NULL && i < par_workload_param_count(workload); i++)
		if (params[i] != UINT64_MAX)
			cell.params[i] = params[i];
	assert_int_equal(par_cell_seal(&cell), 0);
	assert_null(par_cell_refusal(&cell));
	assert_int_equal(par_visit_run(&record, &spec), 0);
	return record;
}

static const char *text_of(const json_t *record, const char *name)
{
	const char *text = json_string_value(json_object_get(record, name));

	return text != NULL ? text : "";
}

static double measure_of(const json_t *record, const char *name)
{
	const json_t *value = json_object_get(json_object_get(record, "measures"), name);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

static void assert_status(json_t *record, const char *status)
{
	if (strcmp(text_of(record, "status"), status) != 0)
		fail_msg("%s: %s (%s), not %s", text_of(record, "cell"), text_of(record, "status"),
			text_of(record, "reason"), status);
	json_decref(record);
}

/* A clean visit; one beside a busy machine counts as well. */
static void assert_right(const json_t *record)
{
	if (strcmp(text_of(record, "status"), "untrustworthy") != 0 &&
		strcmp(text_of(record, "status"), "ok") != 0)
		fail_msg("%s: %s (%s)", text_of(record, "cell"), text_of(record, "status"),
			text_of(record, "reason"));
}

/* The workload with every variant held to the truth. */
static struct par_workload held_to_truth(const char *name)
{
	struct par_workload workload = *workload_named(name);
	size_t count = par_variant_count(workload.variants);

	original = workload_named(name);
	assert_true(count < sizeof honest / sizeof *honest);
	memset(honest, 0, sizeof honest);
	for (size_t i = 0; i < count; i++) {
		honest[i] = original->variants[i];
		honest[i].traits &= ~(unsigned)PAR_VARIANT_LOSSY;
	}
	workload.variants = honest;
	return workload;
}

/* --- one is dropped --- */

static struct par_hammer *hammer_of(void *state)
{
	return *(struct par_hammer **)state;
}

/* The first part believes to have made one turn more than is there. */
static uint64_t dropping_task(void *state, uint64_t index, struct par_io *io)
{
	uint64_t digest = original->task(state, index, io);

	if (index == 0)
		hammer_of(state)->parts[0].done++;
	return digest;
}

static void drop_one_of(const char *name)
{
	struct par_workload workload = held_to_truth(name);
	size_t count = par_variant_count(original->variants);

	workload.task = dropping_task;
	for (size_t i = 0; i < count; i++) {
		const struct par_variant *variant = &original->variants[i];

		if ((variant->traits & (PAR_VARIANT_LOSSY | PAR_VARIANT_LOOP)) != 0)
			continue;
		assert_status(visit(&workload, "thread_pool", variant->name, 2, NULL), "wrong");
		/* What processes add to an ordinary variable nobody sees: one more or less. */
		if (strcmp(variant->name, "plain") != 0)
			assert_status(
				visit(&workload, "process_pool", variant->name, 2, NULL), "wrong");
	}
}

static void one_lost_update_is_wrong(void **state)
{
	(void)state;
	drop_one_of("counter");
	drop_one_of("histogram");
	drop_one_of("table");
}

/* A plain variable that forked workers did share would be as wrong. */

static int shared_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct par_setup other = *setup;

	other.isolated = !setup->isolated;
	return original->open(state, &other, error);
}

static void isolation_is_checked_both_ways(void **state)
{
	struct par_workload workload = held_to_truth("counter");

	(void)state;
	workload.open = shared_open; /* believes the contrary of what is */
	assert_status(visit(&workload, "process_pool", "plain", 2, NULL), "wrong");
	assert_status(visit(&workload, "thread_pool", "plain", 2, NULL), "wrong");
}

/* --- the lock is missing --- */

/* Load, wait, store: on one loop it loses every time. */
static void missing_lock_is_wrong_among_coroutines(void **state)
{
	struct par_workload workload = held_to_truth("counter");

	(void)state;
	assert_status(visit(&workload, "coroutine", "unlocked_wait", 2, NULL), "wrong");
}

static void missing_lock_is_wrong(const char *name, const char *model, const uint64_t *params)
{
	struct par_workload workload = held_to_truth(name);

	for (int i = 0; i < VISITS_MOST; i++) {
		json_t *record = visit(&workload, model, "unlocked", 4, params);
		bool wrong = strcmp(text_of(record, "status"), "wrong") == 0;

		json_decref(record);
		if (wrong)
			return;
	}
	/* One PU may let each run to its end. */
	assert_true(sysconf(_SC_NPROCESSORS_ONLN) == 1);
}

static void missing_lock_is_wrong_among_workers(void **state)
{
	static const uint64_t many_writes[] = { UINT64_MAX, 500, 64, UINT64_MAX };

	(void)state;
	missing_lock_is_wrong("counter", "thread_pool", NULL);
	missing_lock_is_wrong("counter", "process_pool", NULL);
	missing_lock_is_wrong("histogram", "thread_pool", NULL);
	missing_lock_is_wrong("table", "thread_pool", many_writes);
	missing_lock_is_wrong("table", "process_pool", many_writes);
}

/* --- the holder dies --- */

static uint64_t dying_task(void *state, uint64_t index, struct par_io *io)
{
	struct par_hammer *hammer = hammer_of(state);

	if (index != 0)
		return original->task(state, index, io);
	(void)par_hammer_meet(hammer, 0, io);
	(void)par_lock_take(hammer->state, PAR_LOCK_MUTEX, &hammer->parts[0].node);
	kill(getpid(), SIGKILL);
	return 0;
}

/* The others wait for its lock for ever, and yet the visit ends. */
static void dead_holder_fails_the_visit(void **state)
{
	struct par_workload workload = held_to_truth("counter");

	(void)state;
	workload.task = dying_task;
	assert_status(visit(&workload, "process_pool", "mutex", 3, NULL), "failed");
}

/* --- what is measured --- */

static void nothing_is_lost_between_waits(void **state)
{
	json_t *record = visit(workload_named("counter"), "coroutine", "one_loop", 4, NULL);

	(void)state;
	assert_right(record);
	assert_true(measure_of(record, "lost") == 0);
	json_decref(record);
}

/* Two coroutines that always read the same number lose every second increment. */
static void half_is_lost_across_a_wait(void **state)
{
	static const uint64_t params[] = { 10000, UINT64_MAX, 1000000, UINT64_MAX };
	json_t *record = visit(workload_named("counter"), "coroutine", "unlocked_wait", 2, params);

	(void)state;
	assert_right(record);
	assert_true(fabs(measure_of(record, "lost") - 0.5) < 0.001);
	json_decref(record);
}

static void threads_see_a_plain_variable_and_processes_do_not(void **state)
{
	static const char *const models[] = { "thread_pool", "process_pool" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		json_t *record = visit(workload_named("counter"), models[i], "plain", 3, NULL);

		assert_right(record);
		assert_true(measure_of(record, "seen") == (i == 0 ? 1 : 0));
		assert_true(i == 0 ? measure_of(record, "lost") == 0
				   : isnan(measure_of(record, "lost")));
		json_decref(record);
	}
}

/* All sections count the same; one that is not a divisor is cut. */
static void sections_of_any_length_count_right(void **state)
{
	static const uint64_t sections[] = { 1, 7, 1000, 0 };
	static const char *const ways[] = { "mutex", "mcs", "trylock" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t j = 0; j < 4; j++) {
			uint64_t params[] = { 5001, sections[j], 1000000, UINT64_MAX };
			json_t *record =
				visit(workload_named("counter"), "thread_pool", ways[i], 3, params);

			assert_right(record);
			assert_true(measure_of(record, "seen") == 1);
			assert_true(measure_of(record, "increment") > 0);
			json_decref(record);
		}
	}
}

static void what_takes_no_lock_has_no_section(void **state)
{
	struct par_error error = PAR_ERROR_INIT;
	struct bench bench = bench_make(workload_named("counter"), 1);

	(void)state;
	bench.setup.variant = "atomic";
	bench.setup.params[1] = 0;
	assert_int_equal(bench_try_open(&bench, &error), -EINVAL);
	assert_non_null(strstr(error.text, "section"));
	bench.setup.variant = "-";
	assert_int_equal(bench_try_open(&bench, &error), -EINVAL);
	assert_int_equal(par_dir_remove(bench.scratch), 0);
	bench = bench_make(workload_named("histogram"), 1);
	bench.setup.variant = "atomic";
	bench.setup.params[2] = 16;
	assert_int_equal(bench_try_open(&bench, &error), -EINVAL);
	assert_int_equal(par_dir_remove(bench.scratch), 0);
}

/* A run ends at its limit, however many turns are left. */
static void a_run_ends_at_its_limit(void **state)
{
	static const uint64_t params[] = { 1000000000, UINT64_MAX, 1, UINT64_MAX };
	json_t *record = visit(workload_named("counter"), "thread_pool", "ticket", 5, params);

	(void)state;
	assert_right(record);
	assert_true(measure_of(record, "seen") == 1);
	assert_true(measure_of(record, "increment") > 0);
	json_decref(record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_lost_update_is_wrong),
		cmocka_unit_test(isolation_is_checked_both_ways),
		cmocka_unit_test(missing_lock_is_wrong_among_coroutines),
		cmocka_unit_test(missing_lock_is_wrong_among_workers),
		cmocka_unit_test(dead_holder_fails_the_visit),
		cmocka_unit_test(nothing_is_lost_between_waits),
		cmocka_unit_test(half_is_lost_across_a_wait),
		cmocka_unit_test(threads_see_a_plain_variable_and_processes_do_not),
		cmocka_unit_test(sections_of_any_length_count_right),
		cmocka_unit_test(what_takes_no_lock_has_no_section),
		cmocka_unit_test(a_run_ends_at_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
