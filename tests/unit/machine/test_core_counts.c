/* Which core counts are measured, and why, on machines of every sort. */
#include "machines.h"
#include "placement.h"

static void check_counts(const struct par_machine *machine, const unsigned *expected, size_t count)
{
	unsigned counts[PAR_CORE_COUNTS_MAX];

	assert_int_equal(par_placement_core_counts(counts, machine), count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(counts[i], expected[i]);
}

#define CHECK_COUNTS(machine, ...)                                                                 \
	do {                                                                                       \
		static const unsigned expected_[] = { __VA_ARGS__ };                               \
		check_counts(machine, expected_, sizeof(expected_) / sizeof(unsigned));            \
	} while (0)

struct boundary {
	unsigned cores, bits;
};

/* Checks that exactly these counts are boundaries; the list ends with { 0, 0 }. */
static void check_boundaries(const struct par_machine *machine, const struct boundary *expected)
{
	for (unsigned i = 1; i <= machine->allowed_pus; i++) {
		unsigned bits = i == expected->cores ? expected->bits : 0;

		assert_int_equal(par_placement_boundaries(machine, i), bits);
		expected += i == expected->cores;
	}
	assert_int_equal(expected->cores, 0);
}

#define L3      (unsigned)PAR_BOUNDARY_L3
#define NUMA    (unsigned)PAR_BOUNDARY_NUMA
#define PACKAGE (unsigned)PAR_BOUNDARY_PACKAGE
#define KIND    (unsigned)PAR_BOUNDARY_KIND
#define CORES   (unsigned)PAR_BOUNDARY_CORES
#define PUS     (unsigned)PAR_BOUNDARY_PUS
#define QUOTA   (unsigned)PAR_BOUNDARY_QUOTA

static void one_core(void **state)
{
	static const struct boundary boundaries[] = { { 1, CORES | PUS }, { 0, 0 } };
	struct par_machine machine = machine_synthetic(MACHINE_ONE_CORE);

	(void)state;
	CHECK_COUNTS(&machine, 1);
	check_boundaries(&machine, boundaries);
	par_machine_fini(&machine);
}

static void small(void **state)
{
	static const char *const texts[] = { "core:2 pu:1", "core:2 pu:2", "core:6 pu:2" };
	struct par_machine machine = machine_synthetic(texts[0]);

	(void)state;
	CHECK_COUNTS(&machine, 1, 2);
	par_machine_fini(&machine);
	machine = machine_synthetic(texts[1]);
	CHECK_COUNTS(&machine, 1, 2, 3, 4);
	par_machine_fini(&machine);
	machine = machine_synthetic(texts[2]);
	CHECK_COUNTS(&machine, 1, 2, 3, 4, 6, 7, 8, 12);
	par_machine_fini(&machine);
}

/* 17 candidates for 12 places: 3, 9, 17, 25 go; the first SMT sibling, 33, stays. */
static void two_packages(void **state)
{
	static const struct boundary boundaries[] = { { 8, L3 | NUMA }, { 16, L3 | NUMA | PACKAGE },
		{ 24, L3 | NUMA }, { 32, CORES }, { 64, PUS }, { 0, 0 } };
	struct par_machine machine = machine_synthetic(MACHINE_2X2X8X2);

	(void)state;
	check_boundaries(&machine, boundaries);
	CHECK_COUNTS(&machine, 1, 2, 4, 6, 8, 12, 16, 24, 32, 33, 48, 64);
	par_machine_fini(&machine);
}

static void hybrid(void **state)
{
	static const struct boundary boundaries[] = { { 8, KIND }, { 24, CORES }, { 32, PUS },
		{ 0, 0 } };
	struct par_machine machine = machine_fixture("hybrid_8p16e.xml");

	(void)state;
	check_boundaries(&machine, boundaries);
	CHECK_COUNTS(&machine, 1, 2, 3, 4, 6, 8, 9, 12, 16, 24, 25, 32);
	par_machine_fini(&machine);
}

static void large(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_256);

	(void)state;
	assert_int_equal(par_placement_boundaries(&machine, 16), L3);
	assert_int_equal(par_placement_boundaries(&machine, 128), L3 | NUMA | PACKAGE);
	assert_int_equal(par_placement_boundaries(&machine, 256), CORES | PUS);
	CHECK_COUNTS(&machine, 1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 176, 256);
	par_machine_fini(&machine);
}

static void hidden_half(void **state)
{
	static const struct boundary boundaries[] = { { 4, CORES }, { 8, PUS }, { 0, 0 } };
	struct par_machine machine = machine_fixture("half_hidden.xml");

	(void)state;
	check_boundaries(&machine, boundaries);
	CHECK_COUNTS(&machine, 1, 2, 3, 4, 5, 6, 8);
	par_machine_fini(&machine);
}

static void odd_siblings(void **state)
{
	static const struct boundary boundaries[] = { { 4, L3 | NUMA | PACKAGE }, { 8, CORES },
		{ 9, PUS }, { 0, 0 } };
	struct par_machine machine = machine_fixture("odd_siblings.xml");

	(void)state;
	check_boundaries(&machine, boundaries);
	CHECK_COUNTS(&machine, 1, 2, 3, 4, 5, 6, 8, 9);
	par_machine_fini(&machine);
}

/* The quota is a boundary where it binds, rounded down, but never to none. */
static void quota(void **state)
{
	struct par_machine machine = machine_synthetic("core:8 pu:2");

	(void)state;
	machine.quota_cpus = 5.5;
	assert_int_equal(par_placement_boundaries(&machine, 5), QUOTA);
	CHECK_COUNTS(&machine, 1, 2, 3, 4, 5, 6, 8, 9, 12, 16);
	machine.quota_cpus = 0.5;
	assert_int_equal(par_placement_boundaries(&machine, 1), QUOTA);
	machine.quota_cpus = 8;
	assert_int_equal(par_placement_boundaries(&machine, 8), QUOTA | CORES);
	machine.quota_cpus = 16;
	assert_int_equal(par_placement_boundaries(&machine, 16), PUS);
	CHECK_COUNTS(&machine, 1, 2, 3, 4, 6, 8, 9, 12, 16);
	par_machine_fini(&machine);
}

/* A quota stays among the counts of a machine that has more candidates than places. */
static void quota_of_large(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_256);
	unsigned counts[PAR_CORE_COUNTS_MAX];
	bool found = false;

	(void)state;
	machine.quota_cpus = 37;
	assert_int_equal(par_placement_core_counts(counts, &machine), PAR_CORE_COUNTS_MAX);
	for (size_t i = 0; i < PAR_CORE_COUNTS_MAX; i++)
		found = found || counts[i] == 37;
	assert_true(found);
	par_machine_fini(&machine);
}

static void out_of_range(void **state)
{
	struct par_machine machine = machine_synthetic("core:2 pu:1");

	(void)state;
	assert_int_equal(par_placement_boundaries(&machine, 0), 0);
	assert_int_equal(par_placement_boundaries(&machine, 3), 0);
	par_machine_fini(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_core),
		cmocka_unit_test(small),
		cmocka_unit_test(two_packages),
		cmocka_unit_test(hybrid),
		cmocka_unit_test(large),
		cmocka_unit_test(hidden_half),
		cmocka_unit_test(odd_siblings),
		cmocka_unit_test(quota),
		cmocka_unit_test(quota_of_large),
		cmocka_unit_test(out_of_range),
	};

	return cmocka_run_group_tests_name("core_counts", tests, NULL, NULL);
}
