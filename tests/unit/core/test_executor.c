/*
 * Visits whose child misbehaves. The child is this very program, started again as `cell SPEC`; the
 * number of tasks in the spec says how it behaves.
 */
#include "core_fixture.h"

#include <errno.h>
#include <signal.h>

#include "child.h"
#include "executor.h"
#include "file.h"

enum behaviour { GOOD = 1, CRASH, EXIT_3, GARBAGE, SILENT, HUGE_OUTPUT, OTHER_CELL, NO_TIME, HANG };

static void print_record(const char *cell, const char *samples)
{
	printf("{\"schema\":1,\"cell\":\"%s\",\"status\":\"ok\",\"reason\":null,"
	       "\"samples_ns\":[%s],\"open_ns\":0,\"warmup_ns\":5,\"run_ns\":7,\"close_ns\":0,"
	       "\"cpu_ns\":0,\"digest\":\"0x0000000000000abc\"}\n",
		cell, samples);
}

static int behave(const char *spec)
{
	const char *tasks = strstr(spec, "/tasks=");

	switch (tasks != NULL ? atoi(tasks + 7) : 0) {
	case GOOD: print_record(spec, "7"); return 0;
	case CRASH:
		signal(SIGSEGV, SIG_DFL); /* a sanitizer would turn it into an exit status */
		raise(SIGSEGV);
		return 0;
	case EXIT_3: fputs("out of luck\n", stderr); return 3;
	case GARBAGE: puts("{\"schema\":1,"); return 0;
	case SILENT: return 0;
	case HUGE_OUTPUT:
		for (int i = 0; i < 300000; i++)
			puts("a very long story");
		return 0;
	case OTHER_CELL: print_record("a/b/c", "7"); return 0;
	case HANG: pause(); return 0;
	case NO_TIME: print_record(spec, ""); return 0;
	default: return 99;
	}
}

/* An executor on a made-up machine of one PU, with a journal in a folder of its own. */
struct desk {
	char folder[64], path[96], program[4096];
	struct par_pu pu;
	struct par_machine machine;
	struct par_journal journal;
	struct par_executor executor;
};

static int set_up(void **state)
{
	struct desk *desk = calloc(1, sizeof *desk);
	ssize_t size = readlink("/proc/self/exe", desk->program, sizeof desk->program - 1);

	assert_true(size > 0);
	fake_folder(desk->folder);
	snprintf(desk->path, sizeof desk->path, "%s/cells.jsonl", desk->folder);
	assert_int_equal(par_journal_open(&desk->journal, desk->path, NULL), 0);
	desk->pu.allowed = true;
	desk->machine = (struct par_machine){
		.pus = &desk->pu, .pu_count = 1, .allowed_pus = 1, .allowed_cores = 1, .cores = 1
	};
	desk->executor = (struct par_executor){ .program = desk->program,
		.scratch = desk->folder,
		.machine = &desk->machine,
		.journal = &desk->journal,
		.timed_ns = 1000,
		.expected = json_object() };
	*state = desk;
	return 0;
}

static int tear_down(void **state)
{
	struct desk *desk = *state;

	json_decref(desk->executor.expected);
	par_records_fini(&desk->executor.last);
	par_journal_close(&desk->journal);
	par_dir_remove(desk->folder);
	free(desk);
	return 0;
}

static struct par_record visit(struct desk *desk, enum behaviour behaviour, uint32_t round)
{
	char spec[PAR_CELL_ID_MAX];
	struct par_cell cell;
	struct par_record record;
	struct par_error error = PAR_ERROR_INIT;

	snprintf(spec, sizeof spec, "scaling/hash/pool/tasks=%d", (int)behaviour);
	cell = fake_cell(spec);
	if (par_executor_visit(&desk->executor, &cell, round, &record, &error) < 0)
		fail_msg("%s", error.text);
	assert_string_equal(record.cell, cell.id);
	assert_int_equal(record.round, round);
	return record;
}

static void a_good_child_gives_its_record(void **state)
{
	struct desk *desk = *state;
	struct par_record record = visit(desk, GOOD, 4);
	struct par_records records = PAR_RECORDS_INIT;

	assert_int_equal(record.status, PAR_STATUS_OK);
	assert_int_equal(record.samples_ns[0], 7);
	assert_true(record.wall_ns > 0);
	assert_int_equal(desk->executor.measured_ns, 12);
	assert_int_equal(par_journal_read(&records, desk->path, NULL), 0);
	assert_int_equal(records.count, 1);
	par_records_fini(&records);
	assert_string_equal(json_string_value(json_object_get(
				    desk->executor.expected, "hash/tasks=1/bytes=64/turns=3")),
		"0x0000000000000abc");
}

static void every_misbehaviour_costs_one_record(void **state)
{
	static const struct {
		enum behaviour behaviour;
		const char *reason;
	} cases[] = {
		{ CRASH, "ended by signal 11" },
		{ EXIT_3, "exit status 3: out of luck" },
		{ GARBAGE, "no valid record" },
		{ SILENT, "no valid record" },
		{ HUGE_OUTPUT, "printed more than" },
		{ OTHER_CELL, "no valid record" },
		{ NO_TIME, "no valid record" },
	};
	struct desk *desk = *state;
	struct par_records records = PAR_RECORDS_INIT;
	size_t count = sizeof cases / sizeof cases[0];

	for (size_t i = 0; i < count; i++) {
		struct par_record record = visit(desk, cases[i].behaviour, 1);

		assert_int_equal(record.status, PAR_STATUS_FAILED);
		assert_int_equal(record.sample_count, 0);
		if (strstr(record.reason, cases[i].reason) == NULL)
			fail_msg("case %zu: %s", i, record.reason);
	}
	assert_int_equal(par_journal_read(&records, desk->path, NULL), 0);
	assert_int_equal(records.count, count);
	par_records_fini(&records);
}

static void a_missing_program_is_a_failure(void **state)
{
	struct desk *desk = *state;
	struct par_record record;

	desk->executor.program = "/nowhere/parbench";
	record = visit(desk, GOOD, 1);
	assert_int_equal(record.status, PAR_STATUS_FAILED);
	assert_non_null(strstr(record.reason, "could not be started"));
}

static bool at_once(void *context)
{
	(void)context;
	return true;
}

static void a_stop_leaves_no_record(void **state)
{
	struct desk *desk = *state;
	struct par_cell cell = fake_cell("scaling/hash/pool/tasks=9");
	struct par_records records = PAR_RECORDS_INIT;
	struct par_record record;
	struct par_error error = PAR_ERROR_INIT;

	desk->executor.stop = at_once;
	assert_int_equal(
		par_executor_visit(&desk->executor, &cell, 1, &record, &error), -ECANCELED);
	assert_int_equal(par_journal_read(&records, desk->path, NULL), 0);
	assert_int_equal(records.count, 0);
	par_records_fini(&records);
}

#define WITH_DESK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		WITH_DESK(a_good_child_gives_its_record),
		WITH_DESK(every_misbehaviour_costs_one_record),
		WITH_DESK(a_missing_program_is_a_failure),
		WITH_DESK(a_stop_leaves_no_record),
	};

	if (argc > 2 && strcmp(argv[1], "cell") == 0)
		return behave(argv[2]);
	if (par_child_adopt() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
