/* Items that are dropped, doubled, altered or overtake, and parts that end early, are found. */
#include "broken.h"

#include <math.h>
#include <signal.h>
#include <unistd.h>

#include "../../../bench/workloads/pipeline.c"

/* Consumer `index` gets item number `nth` and does something else with it. */
static void consume_badly(struct pipeline *line, uint64_t index, struct par_io *io, uint64_t nth,
	void (*misdeed)(struct pipeline *line, struct part *part, struct item *item))
{
	struct part *part = &line->parts[index];
	struct item item;

	for (uint64_t i = 0; get(line, io, &item) == 1 && item.id != SENTINEL; i++) {
		if (i == nth)
			misdeed(line, part, &item);
		else
			take(line, part, &item);
		if (line->way.ending == END_JOIN)
			(void)par_queue_task_done(line->queue, io);
	}
}

static void drop(struct pipeline *line, struct part *part, struct item *item)
{
	(void)line, (void)part, (void)item;
}

static void double_it(struct pipeline *line, struct part *part, struct item *item)
{
	take(line, part, item);
	take(line, part, item);
}

static void alter(struct pipeline *line, struct part *part, struct item *item)
{
	item->check ^= 1;
	take(line, part, item);
}

/* Takes another item in its place: the counts are right, the items are not. */
static void replace(struct pipeline *line, struct part *part, struct item *item)
{
	struct item other = par_pipeline_item(item->id >> NUMBER_BITS, 1);

	(void)line;
	take(line, part, &other);
}

/* Takes the next one first. */
static void overtake(struct pipeline *line, struct part *part, struct item *item)
{
	struct item later = par_pipeline_item(0, (item->id & UINT32_MAX) + 1);

	take(line, part, &later);
	take(line, part, item);
	part->got--;
	part->sum -= later.id;
	part->mix ^= par_mix64(later.id);
	part->of[0]--;
}

static void (*misdeed_now)(struct pipeline *line, struct part *part, struct item *item);

static uint64_t misdo(void *state, uint64_t index, struct par_io *io)
{
	struct pipeline *line = state;

	if (index != line->producers)
		return pipeline_task(state, index, io);
	(void)par_meeting_join(&line->meeting, line->producers + line->consumers, line->spin, io);
	consume_badly(line, index, io, 17, misdeed_now);
	return par_mix64(index);
}

static json_t *visit_with(uint64_t (*task)(void *state, uint64_t index, struct par_io *io),
	const char *model, const char *variant)
{
	struct par_workload broken = par_workload_pipeline;

	broken.task = task;
	return broken_visit(&broken, model, variant, strcmp(model, "coroutine") == 0 ? 1 : 2);
}

static void misdeeds_are_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; variants[i].name != NULL; i++)
		for (unsigned model = 0; model < 2; model++) {
			const char *name = model ? "coroutine" : "thread_pool";

			misdeed_now = drop;
			broken_check(visit_with(misdo, name, variants[i].name), "wrong",
				"1999 items of producer 0 came instead of 2000");
			misdeed_now = double_it;
			broken_check(visit_with(misdo, name, variants[i].name), "wrong",
				"2001 items of producer 0 came instead of 2000");
			misdeed_now = alter;
			broken_check(visit_with(misdo, name, variants[i].name), "wrong",
				"1 items came altered");
			misdeed_now = replace;
			broken_check(visit_with(misdo, name, variants[i].name), "wrong",
				"some items came twice and others never");
		}
	misdeed_now = overtake;
	broken_check(visit_with(misdo, "coroutine", "fifo"), "wrong",
		"1 items overtook others of their producer");
}

/* --- parts that end early --- */

/* A consumer that fails: the producer is told and does not wait for it. */
static uint64_t fail_early(void *state, uint64_t index, struct par_io *io)
{
	struct pipeline *line = state;
	struct item item;

	if (index < line->producers)
		return pipeline_task(state, index, io);
	(void)par_meeting_join(&line->meeting, line->producers + line->consumers, line->spin, io);
	(void)get(line, io, &item);
	par_io_fail(io, -EIO);
	(void)close_queue(line, io);
	return par_mix64(index);
}

/* A coroutine that goes away without a word: the loop knows that nobody is left. */
static uint64_t go_away(void *state, uint64_t index, struct par_io *io)
{
	struct pipeline *line = state;

	if (index < line->producers)
		return pipeline_task(state, index, io);
	(void)par_meeting_join(&line->meeting, line->producers + line->consumers, line->spin, io);
	return par_mix64(index);
}

static uint64_t die(void *state, uint64_t index, struct par_io *io)
{
	struct pipeline *line = state;
	struct item item;

	if (index < line->producers)
		return pipeline_task(state, index, io);
	(void)par_meeting_join(&line->meeting, line->producers + line->consumers, line->spin, io);
	(void)get(line, io, &item);
	(void)kill(getpid(), SIGKILL);
	return 0;
}

/* It has the queue's lock, too. */
static uint64_t die_inside(void *state, uint64_t index, struct par_io *io)
{
	struct pipeline *line = state;
	struct par_queue *queue = line->queue;

	if (index < line->producers)
		return pipeline_task(state, index, io);
	(void)par_meeting_join(&line->meeting, line->producers + line->consumers, line->spin, io);
	(void)pthread_mutex_lock(&queue->lock);
	(void)kill(getpid(), SIGKILL);
	return 0;
}

static void parts_that_end_early_are_failures(void **state)
{
	(void)state;
	for (size_t i = 0; variants[i].name != NULL; i++) {
		broken_check(visit_with(fail_early, "thread_pool", variants[i].name), "failed", "");
		broken_check(
			visit_with(fail_early, "process_pool", variants[i].name), "failed", "");
		broken_check(visit_with(fail_early, "coroutine", variants[i].name), "failed", "");
		broken_check(visit_with(go_away, "coroutine", variants[i].name), "failed", "");
		broken_check(visit_with(die, "process_pool", variants[i].name), "failed", "");
		if (strcmp(variants[i].name, "ring") != 0)
			broken_check(visit_with(die_inside, "process_pool", variants[i].name),
				"failed", "");
	}
}

/* --- what it tells --- */

static struct pipeline *made_up(unsigned producers, unsigned consumers)
{
	struct par_setup setup = {
		.tasks = producers + consumers, .params = { producers, 10, 4, 0 }, .variant = "fifo"
	};
	struct par_error error = PAR_ERROR_INIT;
	void *state = NULL;

	assert_int_equal(pipeline_open(&state, &setup, &error), 0);
	assert_int_equal(pipeline_reset(state), 0);
	return state;
}

static void fairness_is_that_of_jain(void **state)
{
	struct pipeline *line = made_up(2, 4);

	(void)state;
	assert_true(isnan(par_pipeline_fairness(line)));
	line->parts[3].got = 20;
	assert_float_equal(par_pipeline_fairness(line), 0.25, 1e-9);
	for (unsigned i = 2; i < 6; i++)
		line->parts[i].got = 5;
	assert_float_equal(par_pipeline_fairness(line), 1, 1e-9);
	pipeline_close(line);
}

static void a_trace_has_equal_steps(void **state)
{
	struct pipeline *line = made_up(1, 1);
	double values[PAR_TRACE_MAX];

	(void)state;
	assert_int_equal(par_pipeline_trace(line, values), 0);
	line->span.first = 1000;
	line->span.last = 1000 + 100 * PAR_TRACE_MAX;
	line->parts[0].looks[0] = (struct look){ 1000 + 250, 3 };
	line->parts[1].looks[0] = (struct look){ 1000 + 299, 4 };
	line->parts[1].looks[1] = (struct look){ 1000 + 100 * PAR_TRACE_MAX, 1 };
	line->parts[0].look_count = 1;
	line->parts[1].look_count = 2;
	assert_int_equal(par_pipeline_trace(line, values), PAR_TRACE_MAX);
	assert_float_equal(values[1], 0, 0);
	assert_float_equal(values[2], 3.5, 0);
	assert_float_equal(values[PAR_TRACE_MAX - 2], 3.5, 0);
	assert_float_equal(values[PAR_TRACE_MAX - 1], 1, 0);
	pipeline_close(line);
}

static void nonsense_is_refused(void **state)
{
	struct par_setup setups[] = {
		{ .tasks = 2, .params = { 2, 10, 4, 0 }, .variant = "fifo" },
		{ .tasks = PARTS_MAX + 1, .params = { 2, 10, 4, 0 }, .variant = "fifo" },
		{ .tasks = 2, .params = { 1, 10, 5, 0 }, .variant = "ring" },
		{ .tasks = 2, .params = { 1, 10, 4, 0 }, .variant = "-" },
	};
	void *line = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof setups / sizeof *setups; i++) {
		struct par_error error = PAR_ERROR_INIT;

		assert_int_equal(pipeline_open(&line, &setups[i], &error), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(misdeeds_are_wrong),
		cmocka_unit_test(parts_that_end_early_are_failures),
		cmocka_unit_test(fairness_is_that_of_jain),
		cmocka_unit_test(a_trace_has_equal_steps),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests_name("pipeline broken", tests, NULL, NULL);
}
