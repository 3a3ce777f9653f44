/*
 * The calls by which pools are handed work: each comes out right, and is found out when it loses a
 * task, runs one twice or runs another, or when a task kills its worker.
 */
#include "broken.h"

#include <signal.h>
#include <unistd.h>

#include "../common/leftovers.h"

#include "job.h"
#include "rng.h"

enum bend { BEND_NOTHING, BEND_DROP, BEND_TWICE, BEND_SWAP, BEND_KILL };

/* What is bent in the workers; set before they are made. */
static enum bend bend;

#define BENT_TASK 3 /* each job has it: one visit's least part is as many tasks as workers */

static void bent_job_work(const struct par_work *work, uint64_t first, uint64_t last,
	struct par_io *io, struct par_tally *tally)
{
	bool has = first <= BENT_TASK && BENT_TASK < last;

	if (has && bend == BEND_DROP) {
		par_job_work(work, first, BENT_TASK, io, tally);
		first = BENT_TASK + 1;
	}
	if (has && bend == BEND_TWICE)
		par_job_work(work, BENT_TASK, BENT_TASK + 1, io, tally);
	if (has && bend == BEND_SWAP) {
		par_job_work(work, first, BENT_TASK, io, tally);
		par_job_work(work, 1000, 1001, io, tally);
		first = BENT_TASK + 1;
	}
	if (has && bend == BEND_KILL)
		kill(getpid(), SIGKILL);
	par_job_work(work, first, last, io, tally);
}

/* The calls with their workers bent; the library's own are then not linked. */
#define par_job_work bent_job_work
#include "../../../bench/models/dispatch.c"
#undef par_job_work

#define TASKS 40

static uint64_t mix_task(void *state, uint64_t index, struct par_io *io)
{
	(void)state, (void)io;
	return par_mix64(index);
}

static uint64_t failing_task(void *state, uint64_t index, struct par_io *io)
{
	(void)state;
	if (index == BENT_TASK)
		par_io_fail(io, -EXDEV);
	return index;
}

static int open_nothing(void **state, const struct par_setup *setup, struct par_error *error)
{
	(void)setup, (void)error;
	*state = NULL;
	return 0;
}

static void close_nothing(void *state)
{
	(void)state;
}

static const struct par_workload mixing = { .name = "mixing",
	.label = "mixing",
	.tasks = { TASKS, TASKS, TASKS },
	.open = open_nothing,
	.task = mix_task,
	.close = close_nothing };

static const char *const pools[] = { "thread_pool", "process_pool" };

/* One visit for each call of each pool. */
static void for_each_call(enum bend how, const struct par_workload *workload,
	void (*check)(json_t *record, const char *model, const char *variant))
{
	bend = how;
	for (size_t i = 0; i < 2; i++) {
		for (size_t v = 0; par_dispatch_variants[v].name != NULL; v++) {
			const char *variant = par_dispatch_variants[v].name;

			if (how == BEND_KILL && i == 0)
				continue;
			check(broken_visit(workload, pools[i], variant, 2), pools[i], variant);
		}
	}
	bend = BEND_NOTHING;
}

static double measure_of(const json_t *record, const char *name)
{
	return json_number_value(json_object_get(json_object_get(record, "measures"), name));
}

static void check_right(json_t *record, const char *model, const char *variant)
{
	const char *status = json_string_value(json_object_get(record, "status"));
	double in_order = measure_of(record, "in_order");

	if (strcmp(status, "ok") != 0 && strcmp(status, "untrustworthy") != 0)
		fail_msg("%s, %s: %s: %s", model, variant, status,
			json_string_value(json_object_get(record, "reason")));
	assert_true(measure_of(record, "first_ns") > 0);
	assert_true(measure_of(record, "held_bytes") > 0);
	if (strcmp(variant, "callback") == 0 || strcmp(variant, "imap_unordered") == 0)
		assert_true(in_order >= 0 && in_order <= 1);
	else if (in_order != 1)
		fail_msg("%s, %s: only %g in order", model, variant, in_order);
	json_decref(record);
}

static void every_call_comes_out_right(void **state)
{
	struct leftovers before = leftovers_now();

	(void)state;
	for_each_call(BEND_NOTHING, &mixing, check_right);
	leftovers_none_since(&before);
}

static void check_count(json_t *record, const char *model, const char *variant)
{
	(void)model, (void)variant;
	broken_check(record, "wrong", "tasks ran instead of");
}

static void a_lost_task_is_found(void **state)
{
	(void)state;
	for_each_call(BEND_DROP, &mixing, check_count);
}

static void a_task_run_twice_is_found(void **state)
{
	(void)state;
	for_each_call(BEND_TWICE, &mixing, check_count);
}

static void check_digest(json_t *record, const char *model, const char *variant)
{
	(void)model, (void)variant;
	broken_check(record, "wrong", "digest");
}

static void another_task_is_found(void **state)
{
	(void)state;
	for_each_call(BEND_SWAP, &mixing, check_digest);
}

static void check_died(json_t *record, const char *model, const char *variant)
{
	(void)model, (void)variant;
	broken_check(record, "failed", par_error_text(PAR_WORKER_DIED));
}

static void a_killed_worker_is_told(void **state)
{
	struct leftovers before = leftovers_now();

	(void)state;
	for_each_call(BEND_KILL, &mixing, check_died);
	leftovers_none_since(&before);
}

static void check_failed(json_t *record, const char *model, const char *variant)
{
	(void)model, (void)variant;
	broken_check(record, "failed", par_error_text(-EXDEV));
}

static void a_failing_task_is_told(void **state)
{
	struct par_workload failing = mixing;

	(void)state;
	failing.task = failing_task;
	for_each_call(BEND_NOTHING, &failing, check_failed);
}

/* The pool goes on after a task has killed its worker: the next job comes out right. */
static void the_pool_survives_a_killed_worker(void **state)
{
	static int no_pin[2] = { -1, -1 };
	struct par_job with = { 0, 20 }, without = { 100, 20 };
	void *tallies;

	(void)state;
	assert_int_equal(par_shared_open(&tallies, 2 * sizeof(struct par_tally)), 0);
	bend = BEND_KILL;
	for (size_t v = 0; par_dispatch_variants[v].name != NULL; v++) {
		struct par_team_spec spec = { .work = { .workload = &mixing },
			.variant = par_dispatch_variants[v].name,
			.workers = 2,
			.pus = no_pin,
			.tallies = tallies };
		const struct par_tally *tally = tallies;
		struct par_dispatch *dispatch;

		assert_int_equal(par_dispatch_open(&dispatch, &spec, true), 0);
		assert_int_equal(par_dispatch_run(dispatch, &with), PAR_WORKER_DIED);
		memset(tallies, 0, 2 * sizeof(struct par_tally));
		assert_int_equal(par_dispatch_run(dispatch, &without), 0);
		assert_int_equal(tally[0].tasks + tally[1].tasks, without.count);
		memset(tallies, 0, 2 * sizeof(struct par_tally));
		par_dispatch_close(dispatch);
	}
	bend = BEND_NOTHING;
	par_shared_close(tallies, 2 * sizeof(struct par_tally));
}

/* The pools measure their calls only: the plain form's short jobs are still repeated. */
static void the_plain_form_is_timed_as_before(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		json_t *plain = broken_visit(&mixing, pools[i], "-", 2);
		json_t *call = broken_visit(&mixing, pools[i], "map_auto", 2);

		assert_int_equal(json_integer_value(json_object_get(call, "repeat")), 1);
		assert_true(json_integer_value(json_object_get(plain, "repeat")) >= 1);
		assert_true(json_is_null(
			json_object_get(json_object_get(plain, "measures"), "first_ns")));
		json_decref(plain);
		json_decref(call);
	}
}

static void an_unknown_call_is_refused(void **state)
{
	struct par_team_spec spec = { .variant = "telepathy", .workers = 1 };
	struct par_dispatch *dispatch;

	(void)state;
	assert_int_equal(par_dispatch_open(&dispatch, &spec, false), -EINVAL);
	assert_null(dispatch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_comes_out_right),
		cmocka_unit_test(a_lost_task_is_found),
		cmocka_unit_test(a_task_run_twice_is_found),
		cmocka_unit_test(another_task_is_found),
		cmocka_unit_test(a_killed_worker_is_told),
		cmocka_unit_test(a_failing_task_is_told),
		cmocka_unit_test(the_pool_survives_a_killed_worker),
		cmocka_unit_test(the_plain_form_is_timed_as_before),
		cmocka_unit_test(an_unknown_call_is_refused),
	};

	return cmocka_run_group_tests_name("dispatch calls", tests, NULL, NULL);
}
