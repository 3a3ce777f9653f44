/* The order in which workers get PUs, written out by hand for machines of every sort. */
#include <errno.h>

#include "machines.h"
#include "placement.h"

#define MOST 1024

/* Checks the OS indices of the order against `expected`, one for each allowed PU. */
static void check_order(const struct par_machine *machine, enum par_placement placement,
	const int *expected, unsigned count)
{
	unsigned order[MOST];

	assert_int_equal(machine->allowed_pus, count);
	assert_int_equal(par_placement_order(order, machine, placement), 0);
	for (unsigned i = 0; i < count; i++)
		if (machine->pus[order[i]].os_index != expected[i])
			fail_msg("%s: worker %u sits on PU %d, not %d",
				par_placement_name(placement), i, machine->pus[order[i]].os_index,
				expected[i]);
}

#define CHECK_ORDER(machine, placement, ...)                                                       \
	do {                                                                                       \
		static const int expected_[] = { __VA_ARGS__ };                                    \
		check_order(machine, placement, expected_, sizeof(expected_) / sizeof(int));       \
	} while (0)

static void names(void **state)
{
	enum par_placement placement = PAR_PLACE_NONE;

	(void)state;
	assert_string_equal(par_placement_name(PAR_PLACE_CLOSE), "close");
	assert_int_equal(par_placement_parse(&placement, "spread"), 0);
	assert_int_equal(placement, PAR_PLACE_SPREAD);
	assert_int_equal(par_placement_parse(&placement, "none"), 0);
	assert_int_equal(placement, PAR_PLACE_NONE);
	assert_int_equal(par_placement_parse(&placement, "nearby"), -EINVAL);
	assert_int_equal(par_placement_parse(&placement, ""), -EINVAL);
}

static void one_core(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_ONE_CORE);

	(void)state;
	CHECK_ORDER(&machine, PAR_PLACE_CLOSE, 0);
	CHECK_ORDER(&machine, PAR_PLACE_SPREAD, 0);
	assert_false(par_placement_differs(&machine, 1));
	par_machine_fini(&machine);
}

/* Core i has PUs 2i and 2i + 1; cores 0-7 are NUMA node 0, 16-31 are package 1. */
static void two_packages(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_2X2X8X2);

	(void)state;
	CHECK_ORDER(&machine, PAR_PLACE_CLOSE, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26,
		28, 30, 32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62, 1, 3, 5, 7,
		9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43, 45, 47, 49,
		51, 53, 55, 57, 59, 61, 63);
	CHECK_ORDER(&machine, PAR_PLACE_SPREAD, 0, 32, 16, 48, 2, 34, 18, 50, 4, 36, 20, 52, 6, 38,
		22, 54, 8, 40, 24, 56, 10, 42, 26, 58, 12, 44, 28, 60, 14, 46, 30, 62, 1, 33, 17,
		49, 3, 35, 19, 51, 5, 37, 21, 53, 7, 39, 23, 55, 9, 41, 25, 57, 11, 43, 27, 59, 13,
		45, 29, 61, 15, 47, 31, 63);
	assert_false(par_placement_differs(&machine, 1));
	assert_true(par_placement_differs(&machine, 2));
	assert_true(par_placement_differs(&machine, 30));
	assert_false(par_placement_differs(&machine, 31)); /* both leave out the last core */
	assert_false(par_placement_differs(&machine, 32));
	assert_false(par_placement_differs(&machine, 33)); /* both add core 0's sibling */
	assert_true(par_placement_differs(&machine, 34));
	assert_false(par_placement_differs(&machine, 64));
	par_machine_fini(&machine);
}

/* The siblings of a machine numbered as Linux on x86 does: all cores first. */
static void siblings_numbered_last(void **state)
{
	struct par_machine machine =
		machine_synthetic("pack:2 core:2 pu:2(indexes=0,4,1,5,2,6,3,7)");

	(void)state;
	CHECK_ORDER(&machine, PAR_PLACE_CLOSE, 0, 1, 2, 3, 4, 5, 6, 7);
	CHECK_ORDER(&machine, PAR_PLACE_SPREAD, 0, 2, 1, 3, 4, 6, 5, 7);
	par_machine_fini(&machine);
}

/* One package, one NUMA node, four L3s of two cores: `spread` deals over the caches. */
static void chiplets(void **state)
{
	struct par_machine machine = machine_synthetic("pack:1 l3:4 core:2 pu:1");

	(void)state;
	CHECK_ORDER(&machine, PAR_PLACE_CLOSE, 0, 1, 2, 3, 4, 5, 6, 7);
	CHECK_ORDER(&machine, PAR_PLACE_SPREAD, 0, 2, 4, 6, 1, 3, 5, 7);
	par_machine_fini(&machine);
}

/* Three levels: packages in turn, in each package NUMA nodes in turn, in each of those L3s. */
static void three_levels(void **state)
{
	struct par_machine machine = machine_synthetic("pack:2 numa:2 l3:2 core:2 pu:1");

	(void)state;
	CHECK_ORDER(
		&machine, PAR_PLACE_SPREAD, 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15);
	par_machine_fini(&machine);
}

/* Performance cores, efficient cores, and only then the siblings of the performance cores. */
static void hybrid(void **state)
{
	struct par_machine machine = machine_fixture("hybrid_8p16e.xml");

	(void)state;
	CHECK_ORDER(&machine, PAR_PLACE_CLOSE, 0, 2, 4, 6, 8, 10, 12, 14, 16, 17, 18, 19, 20, 21,
		22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 1, 3, 5, 7, 9, 11, 13, 15);
	CHECK_ORDER(&machine, PAR_PLACE_SPREAD, 0, 2, 4, 6, 8, 10, 12, 14, 16, 17, 18, 19, 20, 21,
		22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 1, 3, 5, 7, 9, 11, 13, 15);
	par_machine_fini(&machine);
}

/* Fast cores go first also where hwloc lists them last. */
static void fast_cores_last(void **state)
{
	struct par_machine machine = machine_synthetic("pack:1 core:4 pu:1");

	(void)state;
	machine.pus[2].kind = 1;
	machine.pus[3].kind = 1;
	CHECK_ORDER(&machine, PAR_PLACE_CLOSE, 2, 3, 0, 1);
	CHECK_ORDER(&machine, PAR_PLACE_SPREAD, 2, 3, 0, 1);
	par_machine_fini(&machine);
}

/* The fast core of package 0 does not count when the slow cores are dealt. */
static void kinds_are_dealt_apart(void **state)
{
	struct par_machine machine = machine_synthetic("pack:2 core:4 pu:1");

	(void)state;
	machine.pus[0].kind = 1;
	CHECK_ORDER(&machine, PAR_PLACE_SPREAD, 0, 1, 4, 2, 5, 3, 6, 7);
	par_machine_fini(&machine);
}

static void hidden_half(void **state)
{
	struct par_machine machine = machine_fixture("half_hidden.xml");

	(void)state;
	CHECK_ORDER(&machine, PAR_PLACE_CLOSE, 8, 10, 12, 14, 9, 11, 13, 15);
	CHECK_ORDER(&machine, PAR_PLACE_SPREAD, 8, 10, 12, 14, 9, 11, 13, 15);
	par_machine_fini(&machine);
}

/* Core 1 has only its second PU left: that one stands for the core; core 3 has both. */
static void odd_siblings(void **state)
{
	struct par_machine machine = machine_fixture("odd_siblings.xml");

	(void)state;
	assert_int_equal(machine.allowed_cores, 8);
	CHECK_ORDER(&machine, PAR_PLACE_CLOSE, 0, 3, 4, 6, 8, 10, 12, 14, 7);
	CHECK_ORDER(&machine, PAR_PLACE_SPREAD, 0, 8, 3, 10, 4, 12, 6, 14, 7);
	par_machine_fini(&machine);
}

/* Package 0 has one core left, package 1 has four: the small one drops out of the dealing. */
static void uneven_packages(void **state)
{
	struct par_machine machine = machine_synthetic("pack:2 core:4 pu:1");

	(void)state;
	for (unsigned i = 1; i < 4; i++)
		machine.pus[i].allowed = false;
	machine.allowed_pus = 5;
	machine.allowed_cores = 5;
	CHECK_ORDER(&machine, PAR_PLACE_SPREAD, 0, 4, 5, 6, 7);
	par_machine_fini(&machine);
}

static void large(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_256);
	unsigned order[256];

	(void)state;
	assert_int_equal(par_placement_order(order, &machine, PAR_PLACE_CLOSE), 0);
	for (unsigned i = 0; i < 256; i++)
		assert_int_equal(order[i], i);
	assert_int_equal(par_placement_order(order, &machine, PAR_PLACE_SPREAD), 0);
	for (unsigned i = 0; i < 256; i++) /* package, then L3, then core */
		assert_int_equal(order[i], i % 2 * 128 + i / 2 % 8 * 16 + i / 16);
	par_machine_fini(&machine);
}

static void assign(void **state)
{
	struct par_machine machine = machine_fixture("half_hidden.xml");
	static const int wrapped[] = { 8, 10, 12, 8, 10, 12, 8 };
	int pus[8];

	(void)state;
	assert_int_equal(par_placement_assign(pus, 7, 3, &machine, PAR_PLACE_CLOSE), 0);
	assert_memory_equal(pus, wrapped, sizeof(wrapped));
	assert_int_equal(par_placement_assign(pus, 2, 8, &machine, PAR_PLACE_SPREAD), 0);
	assert_int_equal(pus[0], 8);
	assert_int_equal(pus[1], 10);
	assert_int_equal(par_placement_assign(pus, 8, 2, &machine, PAR_PLACE_NONE), 0);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(pus[i], -1);
	assert_int_equal(par_placement_assign(pus, 1, 0, &machine, PAR_PLACE_CLOSE), -EINVAL);
	assert_int_equal(par_placement_assign(pus, 1, 9, &machine, PAR_PLACE_CLOSE), -EINVAL);
	par_machine_fini(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(one_core),
		cmocka_unit_test(two_packages),
		cmocka_unit_test(siblings_numbered_last),
		cmocka_unit_test(chiplets),
		cmocka_unit_test(three_levels),
		cmocka_unit_test(hybrid),
		cmocka_unit_test(fast_cores_last),
		cmocka_unit_test(kinds_are_dealt_apart),
		cmocka_unit_test(hidden_half),
		cmocka_unit_test(odd_siblings),
		cmocka_unit_test(uneven_packages),
		cmocka_unit_test(large),
		cmocka_unit_test(assign),
	};

	return cmocka_run_group_tests_name("placement", tests, NULL, NULL);
}
