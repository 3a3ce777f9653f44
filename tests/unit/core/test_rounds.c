/*
 * The scheduler with a clock turned by hand and visits that only say what they would have found.
 */
#include "core_fixture.h"

#include <errno.h>

#include "rounds.h"

#define LOG_MAX 4096

struct stage {
	struct par_plan plan;
	uint64_t now, visit_ns;
	uint32_t cells[LOG_MAX], rounds[LOG_MAX];
	size_t visits;
	size_t announced; /* cells that begin_round named, all rounds together */
	size_t stop_after;
	double spread[16]; /* relative noise of each cell */
	uint64_t sample;   /* of the last visit */
	enum par_status status[16];
	struct par_rng rng;
	size_t most_finished;
	const char *why[16]; /* each cell is no longer visited */
};

static uint64_t stage_now(void *context)
{
	return ((struct stage *)context)->now;
}

static int stage_visit(
	void *context, const struct par_visit_order *order, struct par_record *record)
{
	struct stage *stage = context;
	size_t cell = order->cell;
	double noise = stage->spread[cell] * (2 * par_rng_unit(&stage->rng) - 1);

	assert_true(stage->visits < LOG_MAX);
	stage->cells[stage->visits] = (uint32_t)cell;
	stage->rounds[stage->visits++] = order->round;
	stage->now += stage->visit_ns;
	record->status = stage->status[cell];
	record->wall_ns = stage->visit_ns;
	if (record->status == PAR_STATUS_OK || record->status == PAR_STATUS_UNTRUSTWORTHY) {
		stage->sample = (uint64_t)(1e9 * fmax(1 + noise, 0.01));
		record->sample_count = 1;
		record->samples_ns = &stage->sample;
	}
	return 0;
}

static int stage_round(void *context, uint32_t round, const uint32_t *order, size_t count)
{
	(void)round;
	(void)order;
	((struct stage *)context)->announced += count;
	return 0;
}

static void stage_progress(void *context, const struct par_progress *progress)
{
	struct stage *stage = context;

	if (progress->finished > stage->most_finished)
		stage->most_finished = progress->finished;
	assert_true(progress->finished <= progress->cells);
	assert_true(progress->in_round < progress->round_size);
}

static bool stage_stop(void *context)
{
	struct stage *stage = context;

	return stage->stop_after != 0 && stage->visits >= stage->stop_after;
}

static int stage_finished(void *context, size_t cell, const char *why)
{
	((struct stage *)context)->why[cell] = why;
	return 0;
}

static void stage_init(struct stage *stage, unsigned cells)
{
	*stage = (struct stage){ .plan = fake_plan(cells), .visit_ns = PAR_NS_PER_S };
	par_rng_init(&stage->rng, 1);
}

static enum par_ending play(struct stage *stage, uint64_t budget_s, const struct par_records *done)
{
	struct par_rounds_spec spec = {
		.plan = &stage->plan,
		.done = done,
		.seed = 42,
		.budget_ns = budget_s * PAR_NS_PER_S,
		.target = 0.02,
		.clock = { stage_now, stage },
		.calls = { stage, stage_visit, stage_round, stage_progress, stage_stop,
			stage_finished },
	};
	enum par_ending ending;

	assert_int_equal(par_rounds_run(&ending, &spec), 0);
	return ending;
}

static size_t visits_of(const struct stage *stage, uint32_t cell)
{
	size_t count = 0;

	for (size_t i = 0; i < stage->visits; i++)
		count += stage->cells[i] == cell;
	return count;
}

static void each_round_visits_each_cell_once(void **state)
{
	struct stage stage;

	(void)state;
	stage_init(&stage, 8);
	assert_int_equal(play(&stage, 1000000, NULL), PAR_ENDING_COMPLETE);
	assert_int_equal(stage.visits, 8 * PAR_ROUNDS_MIN);
	assert_int_equal(stage.announced, stage.visits);
	for (size_t i = 0; i < stage.visits; i++)
		assert_int_equal(stage.rounds[i], i / 8 + 1);
	for (uint32_t cell = 0; cell < 8; cell++)
		assert_int_equal(visits_of(&stage, cell), PAR_ROUNDS_MIN);
	assert_memory_not_equal(stage.cells, stage.cells + 8, 8 * sizeof stage.cells[0]);
	par_plan_fini(&stage.plan);
}

static void the_seed_decides_the_order(void **state)
{
	struct stage one, two;

	(void)state;
	stage_init(&one, 8);
	stage_init(&two, 8);
	play(&one, 1000000, NULL);
	play(&two, 1000000, NULL);
	assert_memory_equal(one.cells, two.cells, sizeof one.cells);
	par_plan_fini(&one.plan);
	par_plan_fini(&two.plan);
}

static void a_noisy_cell_gets_more_visits(void **state)
{
	struct stage stage;

	(void)state;
	stage_init(&stage, 4);
	stage.spread[2] = 0.1;
	assert_int_equal(play(&stage, 1000000, NULL), PAR_ENDING_COMPLETE);
	assert_int_equal(visits_of(&stage, 0), PAR_ROUNDS_MIN);
	assert_true(visits_of(&stage, 2) > PAR_ROUNDS_MIN);
	par_plan_fini(&stage.plan);
}

static void the_budget_ends_a_run_and_goes_to_the_neediest(void **state)
{
	struct stage stage;

	(void)state;
	stage_init(&stage, 4);
	for (size_t i = 0; i < 4; i++)
		stage.spread[i] = 0.5;
	stage.spread[1] = 3.0; /* by far the widest */
	assert_int_equal(play(&stage, 4 * 8 + 3, NULL), PAR_ENDING_BUDGET);
	assert_true(stage.now <= (4 * 8 + 3) * PAR_NS_PER_S);
	assert_int_equal(stage.now, (4 * 8 + 3) * PAR_NS_PER_S); /* nothing is left unused */
	assert_true(visits_of(&stage, 1) >= 9);
	par_plan_fini(&stage.plan);
}

static void the_first_round_is_whole_whatever_the_budget(void **state)
{
	struct stage stage;

	(void)state;
	stage_init(&stage, 8);
	assert_int_equal(play(&stage, 1, NULL), PAR_ENDING_BUDGET);
	assert_int_equal(stage.visits, 8);
	par_plan_fini(&stage.plan);
}

static void a_stop_ends_after_the_visit(void **state)
{
	struct stage stage;

	(void)state;
	stage_init(&stage, 8);
	stage.stop_after = 11;
	assert_int_equal(play(&stage, 1000000, NULL), PAR_ENDING_INTERRUPTED);
	assert_int_equal(stage.visits, 11);
	par_plan_fini(&stage.plan);
}

static void a_failing_cell_is_given_up(void **state)
{
	static const enum par_status bad[] = { PAR_STATUS_FAILED, PAR_STATUS_TIMEOUT,
		PAR_STATUS_WRONG };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct stage stage;

		stage_init(&stage, 4);
		stage.status[3] = bad[i];
		assert_int_equal(play(&stage, 1000000, NULL), PAR_ENDING_COMPLETE);
		assert_int_equal(visits_of(&stage, 3), PAR_ROUNDS_FAILURES);
		assert_int_equal(visits_of(&stage, 0), PAR_ROUNDS_MIN);
		par_plan_fini(&stage.plan);
	}
}

static void an_untrustworthy_visit_is_repeated_with_a_limit(void **state)
{
	struct stage stage;

	(void)state;
	stage_init(&stage, 2);
	stage.status[1] = PAR_STATUS_UNTRUSTWORTHY;
	assert_int_equal(play(&stage, 1000000, NULL), PAR_ENDING_COMPLETE);
	assert_int_equal(visits_of(&stage, 1), PAR_ROUNDS_MAX);
	par_plan_fini(&stage.plan);
}

static void a_skipped_cell_is_never_visited(void **state)
{
	struct stage stage;

	(void)state;
	stage_init(&stage, 3);
	stage.plan.cells[1].skip = "not here";
	play(&stage, 1000000, NULL);
	assert_int_equal(visits_of(&stage, 1), 0);
	assert_int_equal(stage.visits, 2 * PAR_ROUNDS_MIN);
	par_plan_fini(&stage.plan);
}

/* What was done before a stop or a kill, as the journal would give it back. */
static struct par_records records_of(const struct stage *stage, size_t count)
{
	static const uint64_t sample = 1000000000;
	struct par_records records = PAR_RECORDS_INIT;

	for (size_t i = 0; i < count; i++) {
		struct par_record record = { .cell = stage->plan.cells[stage->cells[i]].cell.id,
			.round = stage->rounds[i],
			.status = PAR_STATUS_OK,
			.sample_count = 1,
			.samples_ns = &sample,
			.wall_ns = stage->visit_ns };

		assert_int_equal(par_records_add(&records, &record), 0);
	}
	return records;
}

static void a_resumed_run_visits_nothing_twice(void **state)
{
	(void)state;
	for (size_t cut = 0; cut <= 48; cut++) {
		struct stage before, after;
		struct par_records records;
		bool seen[8][PAR_ROUNDS_MIN + 1] = { { false } };

		stage_init(&before, 8);
		stage_init(&after, 8);
		play(&before, 1000000, NULL);
		records = records_of(&before, cut);
		assert_int_equal(play(&after, 1000000, &records), PAR_ENDING_COMPLETE);
		assert_int_equal(cut + after.visits, 48);
		for (size_t i = 0; i < 48; i++) {
			const struct stage *stage = i < cut ? &before : &after;
			size_t at = i < cut ? i : i - cut;

			assert_false(seen[stage->cells[at]][stage->rounds[at]]);
			seen[stage->cells[at]][stage->rounds[at]] = true;
		}
		par_records_fini(&records);
		par_plan_fini(&before.plan);
		par_plan_fini(&after.plan);
	}
}

/* Every way in which a cell may end, told at the end of the run. */
static void each_cell_says_why_it_was_left(void **state)
{
	struct stage stage;

	(void)state;
	stage_init(&stage, 5);
	stage.spread[1] = 0.5;
	stage.status[2] = PAR_STATUS_WRONG;
	stage.plan.cells[3].skip = "not here";
	stage.status[4] = PAR_STATUS_UNTRUSTWORTHY;
	assert_int_equal(play(&stage, 1000000, NULL), PAR_ENDING_COMPLETE);
	assert_string_equal(stage.why[0], "precise");
	assert_string_equal(stage.why[1], "plateau");
	assert_string_equal(stage.why[2], "failing");
	assert_string_equal(stage.why[3], "skipped");
	assert_string_equal(stage.why[4], "limit");
	par_plan_fini(&stage.plan);

	stage_init(&stage, 2);
	stage.spread[1] = 0.5;
	assert_int_equal(play(&stage, 2 * 7, NULL), PAR_ENDING_BUDGET);
	assert_string_equal(stage.why[0], "precise");
	assert_string_equal(stage.why[1], "budget");
	par_plan_fini(&stage.plan);

	stage_init(&stage, 2);
	stage.stop_after = 3;
	assert_int_equal(play(&stage, 1000000, NULL), PAR_ENDING_INTERRUPTED);
	assert_string_equal(stage.why[1], "interrupted");
	par_plan_fini(&stage.plan);
}

static int broken_visit(
	void *context, const struct par_visit_order *order, struct par_record *record)
{
	(void)context;
	(void)order;
	(void)record;
	return -ENOSPC;
}

static void trouble_of_the_harness_ends_the_run(void **state)
{
	struct stage stage;
	struct par_rounds_spec spec = { .plan = &stage.plan,
		.clock = { stage_now, &stage },
		.calls = { .context = &stage, .visit = broken_visit } };
	enum par_ending ending;

	(void)state;
	stage_init(&stage, 3);
	assert_int_equal(par_rounds_run(&ending, &spec), -ENOSPC);
	par_plan_fini(&stage.plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_round_visits_each_cell_once),
		cmocka_unit_test(the_seed_decides_the_order),
		cmocka_unit_test(a_noisy_cell_gets_more_visits),
		cmocka_unit_test(the_budget_ends_a_run_and_goes_to_the_neediest),
		cmocka_unit_test(the_first_round_is_whole_whatever_the_budget),
		cmocka_unit_test(a_stop_ends_after_the_visit),
		cmocka_unit_test(a_failing_cell_is_given_up),
		cmocka_unit_test(an_untrustworthy_visit_is_repeated_with_a_limit),
		cmocka_unit_test(a_skipped_cell_is_never_visited),
		cmocka_unit_test(a_resumed_run_visits_nothing_twice),
		cmocka_unit_test(each_cell_says_why_it_was_left),
		cmocka_unit_test(trouble_of_the_harness_ends_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
