/*
 * Cells that another program runs: CPython, whose answers are those of C, and programs that break
 * the contract in every way.
 */
#include "workload_fixture.h"

#include <errno.h>

#include "cell.h"
#include "visit.h"

static const int no_pin[4] = { -1, -1, -1, -1 };

static json_t *visit(const struct par_cell *cell, uint32_t samples)
{
	struct par_visit_spec spec = { .cell = cell,
		.pus = no_pin,
		.scratch = "/tmp",
		.timed_ns = 1000000,
		.samples = samples };
	json_t *record = NULL;

	assert_int_equal(par_visit_run(&record, &spec), 0);
	return record;
}

static const char *text_of(const json_t *record, const char *name)
{
	const char *text = json_string_value(json_object_get(record, name));

	return text != NULL ? text : "";
}

static bool has_a_time(const json_t *record)
{
	const char *status = text_of(record, "status");

	/* Beside other tests a visit may well be disturbed: its answer is right all the same. */
	return strcmp(status, "ok") == 0 || strcmp(status, "untrustworthy") == 0;
}

static struct par_cell make_cell(const char *workload, const struct par_model *model)
{
	struct par_cell cell;

	par_cell_init(&cell, "gil", workload_named(workload), model, PAR_SCALE_QUICK);
	cell.tasks = 10;
	cell.params[0] = 50;
	if ((model->traits & PAR_TRAIT_ONE_CORE) == 0)
		cell.workers = 3;
	assert_int_equal(par_cell_seal(&cell), 0);
	return cell;
}

/* The visit compares the digest with the one that C computes. */
static void python_gives_the_answers_of_c(void **state)
{
	static const char *const workloads[] = { "spin", "nap" };
	const struct par_registry *registry = par_catalogue_registry();

	(void)state;
	for (size_t i = 0; registry->models[i] != NULL; i++) {
		const struct par_model *model = registry->models[i];

		if (model->outside == NULL || model->unavailable(NULL) != NULL)
			continue;
		for (size_t w = 0; w < 2; w++) {
			struct par_cell cell = make_cell(workloads[w], model);
			json_t *record = visit(&cell, 2);

			if (!has_a_time(record))
				fail_msg("%s: %s: %s", cell.id, text_of(record, "status"),
					text_of(record, "reason"));
			assert_int_equal(json_array_size(json_object_get(record, "samples_ns")), 2);
			json_decref(record);
		}
	}
}

static void other_workloads_are_refused(void **state)
{
	const struct par_model *model =
		par_registry_model(par_catalogue_registry(), "python_threading");
	struct par_cell cell = make_cell("timer", model);

	(void)state;
	assert_null(par_cell_refusal(&cell));
	snprintf(cell.variant, sizeof cell.variant, "blocking");
	assert_non_null(par_cell_refusal(&cell));
	cell = make_cell("primes", model);
	assert_non_null(strstr(par_cell_refusal(&cell), "no such workload"));
}

static void without_python_there_is_a_reason(void **state)
{
	char *path = strdup(getenv("PATH"));

	(void)state;
	assert_non_null(path);
	for (size_t i = 0; par_catalogue_registry()->models[i] != NULL; i++) {
		const struct par_model *model = par_catalogue_registry()->models[i];

		if (model->outside == NULL)
			continue;
		assert_int_equal(setenv("PATH", "/nowhere:", 1), 0);
		assert_non_null(strstr(model->unavailable(NULL), "python3"));
		assert_int_equal(setenv("PATH", path, 1), 0);
	}
	free(path);
}

/* A visit of ten `spin` tasks by a shell script that ignores what it is asked. */
static json_t *visit_script(const char *script)
{
	static const char *const workloads[] = { "spin", NULL };
	const char *const command[] = { "sh", "-c", script, NULL };
	const struct par_outside outside = { command, workloads };
	const struct par_model model = { .name = "script",
		.label = "script",
		.short_label = "script",
		.summary = "-",
		.traits = PAR_TRAIT_ONE_CORE,
		.outside = &outside };
	struct par_cell cell = make_cell("spin", &model);

	return visit(&cell, 1);
}

static void check_script(const char *script, const char *status, const char *reason)
{
	json_t *record = visit_script(script);

	if (strcmp(text_of(record, "status"), status) != 0 ||
		strstr(text_of(record, "reason"), reason) == NULL)
		fail_msg(
			"%s: %s: %s", script, text_of(record, "status"), text_of(record, "reason"));
	assert_int_equal(json_array_size(json_object_get(record, "samples_ns")), 0);
	json_decref(record);
}

#define LINE(digest, tasks, samples)                                                               \
	"echo '{\"samples_ns\":" samples ",\"digest\":\"" digest "\",\"tasks\":" tasks             \
	",\"open_ns\":0,\"warmup_ns\":0,\"close_ns\":0}'"

static void what_breaks_the_contract_has_no_time(void **state)
{
	(void)state;
	check_script(LINE("0x1", "10", "[5]"), "wrong", "digest");
	check_script(LINE("0x1", "9", "[5]"), "failed", "no line");
	check_script(LINE("one", "10", "[5]"), "failed", "no line");
	check_script(LINE("0x1", "10", "[]"), "failed", "no line");
	check_script(LINE("0x1", "10", "[0]"), "failed", "no line");
	check_script(LINE("0x1", "10", "[5,6]"), "failed", "no line");
	check_script(LINE("0x1", "10", "[\"5\"]"), "failed", "no line");
	check_script("echo '{}'", "failed", "no line");
	check_script("echo Traceback", "failed", "no line");
	check_script("exit 0", "failed", "printed nothing");
	check_script("echo cannot >&2; exit 3", "failed", "exit status 3: cannot");
	check_script("kill -9 $$", "failed", "signal 9");
	check_script("while :; do echo 0123456789012345678901234567890123456789; done", "failed",
		"more than one line");
}

/* The same script with the right digest has a time, so it was the digest that made it wrong. */
static void what_keeps_the_contract_has_one(void **state)
{
	struct par_cell cell =
		make_cell("spin", par_registry_model(par_catalogue_registry(), "serial"));
	json_t *serial = visit(&cell, 1), *record;
	char script[512];

	(void)state;
	snprintf(script, sizeof script,
		"echo '{\"samples_ns\":[5],\"digest\":\"%s\",\"tasks\":10,\"open_ns\":1,"
		"\"warmup_ns\":2,\"close_ns\":3}'",
		text_of(serial, "digest"));
	record = visit_script(script);
	if (!has_a_time(record))
		fail_msg("%s: %s", text_of(record, "status"), text_of(record, "reason"));
	assert_int_equal(json_integer_value(json_object_get(record, "open_ns")), 1);
	json_decref(record);
	json_decref(serial);
}

static void a_program_that_is_not_there_says_so(void **state)
{
	static const char *const workloads[] = { "spin", NULL };
	static const char *const command[] = { "/nowhere/at/all", NULL };
	static const struct par_outside outside = { command, workloads };
	static const struct par_model model = { .name = "nobody",
		.label = "nobody",
		.short_label = "nobody",
		.summary = "-",
		.traits = PAR_TRAIT_ONE_CORE,
		.outside = &outside };
	struct par_cell cell = make_cell("spin", &model);
	json_t *record = visit(&cell, 1);

	(void)state;
	assert_string_equal(text_of(record, "status"), "failed");
	assert_non_null(strstr(text_of(record, "reason"), "/nowhere/at/all"));
	json_decref(record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(python_gives_the_answers_of_c),
		cmocka_unit_test(other_workloads_are_refused),
		cmocka_unit_test(without_python_there_is_a_reason),
		cmocka_unit_test(what_breaks_the_contract_has_no_time),
		cmocka_unit_test(what_keeps_the_contract_has_one),
		cmocka_unit_test(a_program_that_is_not_there_says_so),
	};

	return cmocka_run_group_tests_name("outside", tests, NULL, NULL);
}
