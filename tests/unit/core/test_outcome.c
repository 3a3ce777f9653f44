/* What the time in which nothing ran does to a record. */
#include "core_fixture.h"

#include "clock.h"
#include "outcome.h"

/* One visit of ten seconds that says it went well; `own` of `gap` was the harness's alone. */
static void expect_told(uint64_t gap_s, uint64_t own_s, enum par_status status, uint64_t wall_s)
{
	static const char *const argv[] = { "parbench", "cell", NULL };
	static const struct par_machine machine = { .memory_limit_bytes = 0 };
	struct par_records records = PAR_RECORDS_INIT;
	struct par_cell cell = fake_cell("scaling/hash/serial");
	char output[1024];
	int size = snprintf(output, sizeof output,
		"{\"schema\":1,\"cell\":\"%s\",\"status\":\"ok\",\"reason\":null,"
		"\"samples_ns\":[7],\"open_ns\":0,\"warmup_ns\":5,\"run_ns\":7,\"close_ns\":0,"
		"\"cpu_ns\":0,\"digest\":\"0x0000000000000abc\"}\n",
		cell.id);
	const struct par_child_result result = {
		.output = output,
		.output_size = (size_t)size,
		.gap_ns = gap_s * PAR_NS_PER_S,
		.own_gap_ns = own_s * PAR_NS_PER_S,
		.wall_ns = 10 * PAR_NS_PER_S,
	};
	struct par_outcome outcome = {
		.cell = &cell,
		.machine = &machine,
		.argv = argv,
		.result = &result,
		.round = 1,
		.visit = 1,
	};
	json_t *json = par_outcome_tell(&outcome, &records);

	assert_non_null(json);
	assert_int_equal(records.count, 1);
	assert_int_equal(records.items[0].status, status);
	assert_int_equal(records.items[0].wall_ns, wall_s * PAR_NS_PER_S);
	json_decref(json);
	par_records_fini(&records);
}

static void a_gap_of_all_is_not_trusted(void **state)
{
	(void)state;
	expect_told(0, 0, PAR_STATUS_OK, 10);
	expect_told(3, 0, PAR_STATUS_UNTRUSTWORTHY, 7);
}

/* The visit went on meanwhile: nothing is wrong with it, and it took as long as it did. */
static void a_gap_of_ours_is_no_fault_of_the_visit(void **state)
{
	(void)state;
	expect_told(3, 3, PAR_STATUS_OK, 10);
	expect_told(5, 3, PAR_STATUS_UNTRUSTWORTHY, 8);
	expect_told(20, 0, PAR_STATUS_OK, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gap_of_all_is_not_trusted),
		cmocka_unit_test(a_gap_of_ours_is_no_fault_of_the_visit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
