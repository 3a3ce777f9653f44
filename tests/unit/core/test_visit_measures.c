/*
 * What a visit tells besides its time, and what it takes for the truth.
 */
#include "core_fixture.h"

#include <errno.h>

#include "visit.h"

/* What the made-up work does wrong, and what it was asked; one test at a time. */
struct stage {
	int verdict; /* of verify() */
	unsigned runs, resets, verified;
	uint64_t tasks_of_run; /* of the last run */
	char variant[PAR_NAME_MAX];
	unsigned workers;
	bool isolated;
};
static struct stage stage;

static int stage_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	(void)error;
	snprintf(stage.variant, sizeof stage.variant, "%s", setup->variant);
	stage.workers = setup->workers;
	stage.isolated = setup->isolated;
	*state = &stage;
	return 0;
}

static int stage_reset(void *state)
{
	struct stage *at = state;

	at->resets++;
	at->tasks_of_run = 0;
	return 0;
}

static uint64_t stage_task(void *state, uint64_t index, struct par_io *io)
{
	struct stage *at = state;

	(void)io;
	at->tasks_of_run++;
	return par_mix64(index);
}

static int stage_verify(void *state, struct par_error *error)
{
	struct stage *at = state;

	at->verified++;
	return at->verdict == 0 ? 0 : par_fail(error, at->verdict, "one item came twice");
}

static void stage_measure(void *state, double *values)
{
	(void)state;
	values[0] = ++stage.runs;
	values[1] = NAN;
}

static size_t stage_trace(void *state, double *values)
{
	(void)state;
	values[0] = 1;
	values[1] = 2.5;
	return 2;
}

static const struct par_measure_kind kinds[] = { { "runs", "how often", PAR_UNIT_COUNT },
	{ "secret", "never told", PAR_UNIT_NS }, { .name = NULL } };
static const struct par_measure_kind traced = { "length", "a length", PAR_UNIT_COUNT };
static const struct par_variant variants[] = {
	{ .name = "lossy", .label = "lossy", .summary = "loses", .traits = PAR_VARIANT_LOSSY },
	{ .name = "blocks", .label = "blocks", .summary = "waits", .traits = PAR_VARIANT_BLOCKS },
	{ .name = "near", .label = "near", .summary = "threads", .traits = PAR_VARIANT_THREADS },
	{ .name = "loop", .label = "loop", .summary = "a loop", .traits = PAR_VARIANT_LOOP },
	{ .name = "alone", .label = "alone", .summary = "makes", .traits = PAR_VARIANT_SERIAL },
	{ .name = NULL },
};

static const struct par_workload staged = { .name = "staged",
	.label = "staged",
	.summary = "a play",
	.tasks = { 4, 4, 4 },
	.variants = variants,
	.variant_needed = true,
	.together = true,
	.open = stage_open,
	.reset = stage_reset,
	.task = stage_task,
	.verify = stage_verify,
	.measures = kinds,
	.measure = stage_measure,
	.traced = &traced,
	.trace = stage_trace,
	.close = fake_close };

static const struct par_model loop = { .name = "loop",
	.label = "loop",
	.short_label = "loop",
	.summary = "one loop",
	.traits = PAR_TRAIT_LOOP,
	.open = fake_team_open,
	.run = fake_team_run,
	.close = fake_team_close };
static const struct par_model processes = { .name = "processes",
	.label = "processes",
	.short_label = "proc",
	.summary = "many",
	.traits = PAR_TRAIT_PROCESS,
	.open = fake_team_open,
	.run = fake_team_run,
	.close = fake_team_close };

static const struct par_model *const models[] = { &fake_pool, &loop, &processes, NULL };
static const struct par_workload *const workloads[] = { &staged, NULL };
static const struct par_registry registry = { models, workloads };

static int parse(struct par_cell *cell, const char *spec, struct par_error *error)
{
	return par_cell_parse(cell, spec, &registry, error);
}

/* Samples taken in one visit of the spec; its record. */
static json_t *visit(const char *spec)
{
	static const int no_pin[8] = { -1, -1, -1, -1, -1, -1, -1, -1 };
	struct par_error error = PAR_ERROR_INIT;
	struct par_cell cell;
	struct par_visit_spec visit = {
		.cell = &cell, .pus = no_pin, .scratch = "/tmp", .timed_ns = 100000, .samples = 3
	};
	json_t *record = NULL;

	assert_int_equal(parse(&cell, spec, &error), 0);
	assert_int_equal(par_visit_run(&record, &visit), 0);
	return record;
}

static const char *text_of(const json_t *record, const char *name)
{
	const char *text = json_string_value(json_object_get(record, name));

	return text != NULL ? text : "";
}

static int begin(void **state)
{
	(void)state;
	stage = (struct stage){ 0 };
	return 0;
}

static void measures_are_medians_over_the_samples(void **state)
{
	json_t *record = visit("x/staged/pool/variant=blocks/workers=4");
	const json_t *measures = json_object_get(record, "measures");

	(void)state;
	assert_true(json_real_value(json_object_get(measures, "runs")) == 2);
	assert_true(json_is_null(json_object_get(measures, "secret")));
	assert_int_equal(json_array_size(json_object_get(record, "trace")), 2);
	json_decref(record);
}

static void a_record_is_read_back_with_its_measures(void **state)
{
	json_t *record = visit("x/staged/pool/variant=blocks/workers=4");
	struct par_records records = PAR_RECORDS_INIT;
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	json_object_set_new(record, "round", json_integer(1));
	json_object_set_new(record, "wall_ns", json_integer(1));
	if (par_records_read(&records, record, &error) < 0)
		fail_msg("%s", error.text);
	assert_int_equal(records.items[0].measure_count, 2);
	assert_string_equal(records.items[0].measures[0].name, "runs");
	assert_true(records.items[0].measures[0].value == 2);
	assert_true(isnan(records.items[0].measures[1].value));
	assert_int_equal(records.items[0].trace_count, 2);
	assert_true(records.items[0].trace[1] == 2.5);
	par_records_fini(&records);
	json_object_set_new(json_object_get(record, "measures"), "runs", json_string("two"));
	assert_int_equal(par_records_read(&records, record, &error), -EINVAL);
	assert_non_null(strstr(error.text, "measures.runs"));
	par_records_fini(&records);
	json_decref(record);
}

static void parts_that_need_each_other_are_run_whole(void **state)
{
	json_t *record = visit("x/staged/pool/variant=blocks/workers=4");

	(void)state;
	assert_int_equal(stage.tasks_of_run, 4);
	assert_int_equal(stage.verified, stage.resets); /* after each run, never alone */
	assert_string_equal(stage.variant, "blocks");
	assert_int_equal(stage.workers, 4);
	assert_false(stage.isolated);
	json_decref(record);
	record = visit("x/staged/processes/variant=blocks/workers=4");
	assert_true(stage.isolated);
	json_decref(record);
}

static void what_is_not_right_is_wrong_and_has_no_time(void **state)
{
	json_t *record;

	(void)state;
	stage.verdict = -EBADMSG;
	record = visit("x/staged/pool/variant=blocks/workers=4");
	assert_string_equal(text_of(record, "status"), "wrong");
	assert_string_equal(text_of(record, "reason"), "one item came twice");
	assert_int_equal(json_array_size(json_object_get(record, "samples_ns")), 0);
	assert_null(json_object_get(record, "measures"));
	json_decref(record);
}

static void what_is_wrong_on_purpose_is_not_asked(void **state)
{
	json_t *record;

	(void)state;
	stage.verdict = -EBADMSG;
	record = visit("x/staged/pool/variant=lossy/workers=4");
	assert_string_not_equal(text_of(record, "status"), "wrong");
	assert_int_equal(stage.verified, 0);
	json_decref(record);
}

static void a_model_refuses_what_it_cannot_run(void **state)
{
	static const struct {
		const char *spec, *says;
	} cases[] = {
		{ "x/staged/pool/workers=4", "needs a variant" },
		{ "x/staged/pool/variant=blocks/workers=3", "a worker for each" },
		{ "x/staged/loop/variant=blocks", "event loop" },
		{ "x/staged/pool/variant=alone/workers=4", "serial model" },
		{ "x/staged/processes/variant=near/workers=4", "one address space" },
		{ "x/staged/pool/variant=loop/workers=4", "coroutines of one event loop" },
		{ "x/staged/pool/variant=mutexes/workers=4", "has such a variant" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct par_error error = PAR_ERROR_INIT;
		struct par_cell cell;

		assert_int_equal(parse(&cell, cases[i].spec, &error), -EINVAL);
		if (strstr(error.text, cases[i].says) == NULL)
			fail_msg("'%s' gave: %s", cases[i].spec, error.text);
	}
}

static void a_plan_says_why_a_cell_cannot_run(void **state)
{
	struct par_plan plan = PAR_PLAN_INIT;
	struct par_cell cell;

	(void)state;
	par_cell_init(&cell, "x", &staged, &loop, PAR_SCALE_QUICK);
	snprintf(cell.variant, sizeof cell.variant, "blocks");
	assert_int_equal(par_plan_add(&plan, &cell, NULL, NULL), 0);
	assert_non_null(strstr(plan.cells[0].skip, "event loop"));
	par_plan_fini(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(measures_are_medians_over_the_samples, begin),
		cmocka_unit_test_setup(a_record_is_read_back_with_its_measures, begin),
		cmocka_unit_test_setup(parts_that_need_each_other_are_run_whole, begin),
		cmocka_unit_test_setup(what_is_not_right_is_wrong_and_has_no_time, begin),
		cmocka_unit_test_setup(what_is_wrong_on_purpose_is_not_asked, begin),
		cmocka_unit_test_setup(a_model_refuses_what_it_cannot_run, begin),
		cmocka_unit_test_setup(a_plan_says_why_a_cell_cannot_run, begin),
	};

	return cmocka_run_group_tests_name("visit measures", tests, NULL, NULL);
}
