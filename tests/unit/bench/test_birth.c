/*
 * The workload `birth`, and how it is broken on purpose: a worker that leaves no mark is wrong, one
 * that dies is a failure, and a parent too big for the machine is refused.
 */
#include "workload_fixture.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../bench/workloads/birth.h"
#include "cell.h"
#include "leftovers.h"
#include "visit.h"

static const struct par_workload *real(void)
{
	return workload_named("birth");
}

/* What a broken visit has instead of the true work. */
static void (*broken_mark)(struct birth *birth, uint64_t index);
static const char *const *broken_program, *const *broken_echo;

static int broken_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	int code = real()->open(state, setup, error);
	struct birth *birth = *state;

	if (code < 0)
		return code;
	if (broken_mark != NULL)
		birth->leave_mark = broken_mark;
	if (broken_program != NULL)
		birth->program = broken_program;
	if (broken_echo != NULL)
		birth->echo = broken_echo;
	return 0;
}

static void mark_nothing(struct birth *birth, uint64_t index)
{
	(void)birth, (void)index;
}

/* Only every third worker is broken: all of a run are looked at. */
static void mark_some(struct birth *birth, uint64_t index)
{
	if (index % 3 != 2)
		birth_leave_mark(birth, index);
}

static void die_instead(struct birth *birth, uint64_t index)
{
	(void)birth, (void)index;
	kill(getpid(), SIGKILL);
}

static json_t *visit(const char *variant)
{
	static const int no_pin[1] = { -1 };
	struct par_workload broken = *real();
	struct par_cell cell;
	struct par_visit_spec spec = {
		.cell = &cell, .pus = no_pin, .scratch = "/tmp", .timed_ns = 100000, .samples = 2
	};
	json_t *record = NULL;

	broken.open = broken_open;
	par_cell_init(&cell, "x", &broken, par_registry_model(par_catalogue_registry(), "serial"),
		PAR_SCALE_QUICK);
	snprintf(cell.variant, sizeof cell.variant, "%s", variant);
	assert_int_equal(par_cell_seal(&cell), 0);
	assert_int_equal(par_visit_run(&record, &spec), 0);
	return record;
}

static int mend(void **state)
{
	(void)state;
	broken_mark = NULL;
	broken_program = broken_echo = NULL;
	return 0;
}

static void check(const char *variant, const char *status, const char *says)
{
	struct leftovers before = leftovers_now();
	json_t *record = visit(variant);
	const char *reason = json_string_value(json_object_get(record, "reason"));

	if (strcmp(json_string_value(json_object_get(record, "status")), status) != 0 ||
		strstr(reason, says) == NULL)
		fail_msg("%s: %s: %s", variant,
			json_string_value(json_object_get(record, "status")), reason);
	json_decref(record);
	leftovers_none_since(&before);
}

static void a_worker_without_a_mark_is_wrong(void **state)
{
	static const char *const variants[] = { "fork", "fork_huge", "vfork", "spawn", "subprocess",
		"thread", "thread_small", "coroutine", "pool_threads", "pool_processes" };

	(void)state;
	for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
		const struct par_variant *variant = par_variant_find(real()->variants, variants[i]);

		if (variant->unavailable != NULL && variant->unavailable() != NULL)
			continue;
		broken_mark = mark_nothing;
		check(variants[i], "wrong", "left no mark");
		broken_mark = mark_some;
		check(variants[i], "wrong", "left no mark");
	}
	assert_int_equal(par_variant_count(real()->variants), sizeof variants / sizeof *variants);
}

static void a_worker_that_dies_is_a_failure(void **state)
{
	static const char *const variants[] = { "fork", "fork_huge", "pool_processes" };

	(void)state;
	broken_mark = die_instead;
	for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
		const struct par_variant *variant = par_variant_find(real()->variants, variants[i]);

		if (variant->unavailable == NULL || variant->unavailable() == NULL)
			check(variants[i], "failed", "a task failed");
	}
}

static void leave_with_an_error(struct birth *birth, uint64_t index)
{
	birth_leave_mark(birth, index);
	_exit(3);
}

static void an_exit_status_counts(void **state)
{
	static const char *const no[] = { "/bin/false", NULL };

	(void)state;
	broken_mark = leave_with_an_error;
	check("vfork", "failed", "a task failed");
	check("fork", "failed", "a task failed");
	broken_mark = NULL;
	broken_program = broken_echo = no;
	check("spawn", "failed", "a task failed");
	check("subprocess", "failed", "a task failed");
}

static void a_program_that_is_not_there_is_a_failure(void **state)
{
	static const char *const none[] = { "/nonexistent/program", NULL };

	(void)state;
	broken_program = broken_echo = none;
	check("spawn", "failed", "No such file");
	check("subprocess", "failed", "No such file");
}

/* It takes its input and says something else. */
static void another_answer_is_wrong(void **state)
{
	static const char *const other[] = { "/usr/bin/wc", NULL };

	(void)state;
	broken_echo = other;
	check("subprocess", "wrong", "left no mark");
}

static void too_much_memory_is_refused(void **state)
{
	struct bench bench = bench_make(real(), 1);
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	bench.setup.variant = "fork";
	bench.setup.params[0] = 1ULL << 30; /* a PiB */
	assert_int_equal(bench_try_open(&bench, &error), -ENOMEM);
	assert_non_null(strstr(error.text, "available here"));
	bench.setup.params[0] = 1;
	bench.setup.variant = "spoon";
	assert_int_equal(bench_try_open(&bench, &error), -EINVAL);
	assert_int_equal(par_dir_remove(bench.scratch), 0);
}

/* Told where it applies, null where it does not, never negative. */
static void measures_are_told_where_they_apply(void **state)
{
	static const struct {
		const char *variant;
		bool told[BIRTH_MEASURES]; /* in the order of enum birth_measure */
	} cases[] = {
		{ "fork", { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 } },
		{ "vfork", { 1, 1, 1, 1, 0, 0, 0, 0, 0, 0 } },
		{ "spawn", { 1, 0, 0, 1, 1, 1, 1, 1, 1, 1 } },
		{ "subprocess", { 0, 1, 0, 0, 1, 1, 1, 1, 1, 1 } },
		{ "thread", { 1, 1, 1, 1, 1, 1, 1, 1, 1, 0 } },
		{ "coroutine", { 0, 0, 0, 0, 1, 1, 0, 0, 0, 0 } },
		{ "pool_processes", { 1, 0, 1, 0, 1, 1, 0, 0, 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *record = visit(cases[i].variant);
		const json_t *measures = json_object_get(record, "measures");

		for (size_t j = 0; j < BIRTH_MEASURES; j++) {
			const char *name = real()->measures[j].name;
			const json_t *value = json_object_get(measures, name);

			if (json_is_real(value) != cases[i].told[j] ||
				(json_is_real(value) && json_real_value(value) < 0))
				fail_msg("%s: %s", cases[i].variant, name);
		}
		json_decref(record);
	}
}

/* Here because no file can be opened. */
static void weights_that_cannot_be_read_are_not_told(void **state)
{
	static const char *const variants[] = { "fork", "thread", "coroutine", "pool_processes" };

	(void)state;
	for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
		struct par_setup setup = {
			.variant = variants[i], .tasks = 8, .in_flight = 1, .params = { 1 }
		};
		struct par_error error = PAR_ERROR_INIT;
		struct rlimit before, none;
		void *birth = NULL;
		int code;

		assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
		none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
		code = real()->open(&birth, &setup, &error);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		if (code < 0)
			fail_msg("%s: %s", variants[i], error.text);
		assert_true(isnan(((struct birth *)birth)->values[BIRTH_BYTES]));
		assert_true(isnan(((struct birth *)birth)->values[BIRTH_TABLES]));
		real()->close(birth);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_worker_without_a_mark_is_wrong, mend),
		cmocka_unit_test_setup(a_worker_that_dies_is_a_failure, mend),
		cmocka_unit_test_setup(an_exit_status_counts, mend),
		cmocka_unit_test_setup(a_program_that_is_not_there_is_a_failure, mend),
		cmocka_unit_test_setup(another_answer_is_wrong, mend),
		cmocka_unit_test_setup(too_much_memory_is_refused, mend),
		cmocka_unit_test_setup(measures_are_told_where_they_apply, mend),
		cmocka_unit_test_setup(weights_that_cannot_be_read_are_not_told, mend),
	};

	return cmocka_run_group_tests_name("birth", tests, NULL, NULL);
}
