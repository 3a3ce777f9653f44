#include "core_fixture.h"

#include <errno.h>

static void a_full_spec_is_its_own_id(void **state)
{
	const char *spec = "scaling/hash/pool/variant=mutex/cores=2/workers=4/place=spread/tasks=7/"
			   "bytes=128/turns=9";
	struct par_cell cell = fake_cell(spec);

	(void)state;
	assert_string_equal(cell.id, spec);
	assert_ptr_equal(cell.workload, &fake_hash);
	assert_ptr_equal(cell.model, &fake_pool);
	assert_string_equal(cell.variant, "mutex");
	assert_int_equal(cell.cores, 2);
	assert_int_equal(cell.workers, 4);
	assert_int_equal(cell.placement, PAR_PLACE_SPREAD);
	assert_int_equal(cell.tasks, 7);
	assert_int_equal(cell.params[0], 128);
	assert_int_equal(cell.params[1], 9);
}

static void missing_parts_take_defaults(void **state)
{
	(void)state;
	assert_string_equal(fake_cell("x/hash/serial").id,
		"x/hash/serial/cores=1/workers=1/place=close/tasks=100/bytes=64/turns=3");
	assert_string_equal(fake_cell("x/wait/pool/cores=3").id,
		"x/wait/pool/cores=3/workers=3/place=close/tasks=100");
	assert_string_equal(fake_cell("x/wait/pool/workers=3").id,
		"x/wait/pool/cores=1/workers=3/place=close/tasks=100");
}

static void keys_in_any_order_give_one_id(void **state)
{
	(void)state;
	assert_string_equal(fake_cell("x/hash/pool/turns=1/tasks=5/workers=2/bytes=2").id,
		fake_cell("x/hash/pool/bytes=2/workers=2/turns=1/tasks=5").id);
}

static void bad_specs_say_what_is_wrong(void **state)
{
	static const struct {
		const char *spec, *says;
	} cases[] = {
		{ "", "expected experiment/workload/model" },
		{ "scaling/hash", "expected experiment/workload/model" },
		{ "Scaling/hash/pool", "experiment 'Scaling'" },
		{ "scaling/hasch/pool", "did you mean 'hash'" },
		{ "scaling/hash/pol", "did you mean 'pool'" },
		{ "scaling/hash/zzzzzzzz", "parbench list" },
		{ "scaling/hash/pool/cores", "expected key=value" },
		{ "scaling/hash/pool/cores=0", "cores" },
		{ "scaling/hash/pool/cores=two", "cores" },
		{ "scaling/hash/pool/workers=99999", "workers" },
		{ "scaling/hash/pool/place=near", "close, spread or none" },
		{ "scaling/hash/pool/tasks=-1", "tasks" },
		{ "scaling/hash/pool/bytes=0", "bytes" },
		{ "scaling/hash/pool/bytes=5000", "bytes" },
		{ "scaling/hash/pool/colour=1", "unknown key 'colour'" },
		{ "scaling/hash/pool/variant=A;B", "variant" },
		{ "scaling/hash/pool/variant=spin", "has such a variant" },
		{ "scaling/hash/pool/cores=4/workers=2", "cores=4 is more than workers=2" },
		{ "scaling/hash/serial/workers=2", "has one worker" },
		{ "scaling/hash/pool/cores=2/workers=4/cores=1", "cores= stands twice" },
		{ "scaling/hash/pool//cores=2", "expected key=value after each '/'" },
		{ "scaling/hash/pool/cores=2/", "expected key=value after each '/'" },
		{ "scaling/hash/pool/=2", "unknown key ''" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct par_error error = PAR_ERROR_INIT;
		struct par_cell cell;
		int status = par_cell_parse(&cell, cases[i].spec, &fake_registry, &error);

		assert_true(status == -EINVAL || status == -ERANGE);
		if (strstr(error.text, cases[i].says) == NULL)
			fail_msg("'%s' gave: %s", cases[i].spec, error.text);
	}
}

static void a_spec_may_not_be_endless(void **state)
{
	char spec[2 * PAR_CELL_ID_MAX];
	struct par_cell cell;
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	memset(spec, 'a', sizeof spec);
	spec[sizeof spec - 1] = '\0';
	assert_int_equal(par_cell_parse(&cell, spec, &fake_registry, &error), -EINVAL);
	assert_non_null(strstr(error.text, "longer than"));
}

/* A workload whose parameters do not fit into an id. */
static const struct par_param long_params[] = {
	{ "a_name_that_is_very_long_1234567890", "-", UINT64_MAX, 0, UINT64_MAX },
	{ "b_name_that_is_very_long_1234567890", "-", UINT64_MAX, 0, UINT64_MAX },
	{ "c_name_that_is_very_long_1234567890", "-", UINT64_MAX, 0, UINT64_MAX },
	{ "d_name_that_is_very_long_1234567890", "-", UINT64_MAX, 0, UINT64_MAX },
	{ 0 },
};

static void an_id_may_not_be_endless(void **state)
{
	const struct par_workload workload = { .name = "long", .params = long_params };
	const struct par_workload *const workloads[] = { &workload, NULL };
	const struct par_registry registry = { fake_registry.models, workloads };
	struct par_cell cell;
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	assert_int_equal(par_cell_parse(&cell, "x/long/serial", &registry, &error), -EINVAL);
	assert_non_null(strstr(error.text, "with all its parameters"));
}

static void the_work_alone_has_a_name(void **state)
{
	struct par_cell one = fake_cell("x/hash/serial/tasks=5");
	struct par_cell two = fake_cell("x/hash/pool/cores=2/workers=4/place=none/tasks=5");
	char left[PAR_CELL_ID_MAX], right[PAR_CELL_ID_MAX];

	(void)state;
	assert_int_equal(par_cell_work_id(left, &one), 0);
	assert_int_equal(par_cell_work_id(right, &two), 0);
	assert_string_equal(left, "hash/tasks=5/bytes=64/turns=3");
	assert_string_equal(left, right);
}

static void in_flight_keeps_to_the_limits(void **state)
{
	struct par_model loop = fake_pool;
	struct par_cell cell = fake_cell("x/wait/pool/workers=4");

	(void)state;
	assert_int_equal(par_cell_in_flight(&cell), 4);
	loop.traits = PAR_TRAIT_LOOP;
	cell.model = &loop;
	assert_int_equal(par_cell_in_flight(&cell), 50); /* the workload's limit */
	cell.tasks = 20;
	assert_int_equal(par_cell_in_flight(&cell), 20);
	cell.workload = &fake_hash;
	cell.tasks = 1000000;
	assert_int_equal(par_cell_in_flight(&cell), PAR_IN_FLIGHT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_spec_is_its_own_id),
		cmocka_unit_test(missing_parts_take_defaults),
		cmocka_unit_test(keys_in_any_order_give_one_id),
		cmocka_unit_test(bad_specs_say_what_is_wrong),
		cmocka_unit_test(a_spec_may_not_be_endless),
		cmocka_unit_test(an_id_may_not_be_endless),
		cmocka_unit_test(the_work_alone_has_a_name),
		cmocka_unit_test(in_flight_keeps_to_the_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
