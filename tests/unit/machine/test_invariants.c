/* What must hold on every machine: many synthetic ones, each with several sorts of cpuset. */
#include "machines.h"
#include "placement.h"
#include "rng.h"

#define MOST 1024

static const char *const machines[] = {
	"pu:1",
	"pu:7",
	"core:2 pu:1",
	"core:2 pu:2",
	"pack:1 core:3 pu:2",
	"pack:1 core:6 pu:4",
	"pack:1 l3:2 core:3 pu:2",
	"pack:1 l2:4 core:2 pu:1",
	"pack:2 core:4 pu:1",
	"pack:2 core:1 pu:8",
	"pack:2 numa:2 l3:2 core:4 pu:2",
	"numa:3 pack:1 l3:1 core:5 pu:2",
	"pack:3 numa:1 l3:3 core:3 pu:1",
	"pack:4 numa:2 core:4 pu:2",
	"pack:8 l3:1 core:2 pu:2",
	"pack:2 l3:8 core:8 pu:2",
	"pack:2 numa:4 l3:3 core:8 pu:2",
	"pack:1 core:72 pu:4",
	MACHINE_256,
};

static unsigned rank_of(const struct par_machine *machine, unsigned pu)
{
	unsigned rank = 0;

	for (unsigned i = 0; i < pu; i++)
		rank += machine->pus[i].allowed && machine->pus[i].core == machine->pus[pu].core;
	return rank;
}

static void check_permutation(const struct par_machine *machine, const unsigned *order)
{
	bool seen[MOST] = { false };

	for (unsigned i = 0; i < machine->allowed_pus; i++) {
		assert_true(order[i] < machine->pu_count);
		assert_true(machine->pus[order[i]].allowed);
		assert_false(seen[order[i]]);
		seen[order[i]] = true;
	}
}

/* Every core has its first worker before any has its second; and faster kinds come first. */
static void check_cores_first(const struct par_machine *machine, const unsigned *order)
{
	for (unsigned i = 0; i < machine->allowed_pus; i++)
		assert_int_equal(rank_of(machine, order[i]) == 0, i < machine->allowed_cores);
	for (unsigned i = 1; i < machine->allowed_pus; i++) {
		unsigned rank = rank_of(machine, order[i]);

		assert_true(rank >= rank_of(machine, order[i - 1]));
		if (rank == rank_of(machine, order[i - 1]))
			assert_true(machine->pus[order[i]].kind <= machine->pus[order[i - 1]].kind);
	}
}

/* Workers i of n and of n + 1 sit on the same PU, and none of n on that of another. */
static void check_prefix(const struct par_machine *machine, enum par_placement placement)
{
	int fewer[MOST], more[MOST];
	unsigned n = machine->allowed_pus / 2;

	if (n < 1)
		return;
	assert_int_equal(par_placement_assign(fewer, n, n, machine, placement), 0);
	assert_int_equal(par_placement_assign(more, n + 1, n + 1, machine, placement), 0);
	assert_memory_equal(fewer, more, n * sizeof(*fewer));
	for (unsigned i = 0; i < n; i++)
		assert_int_not_equal(more[i], more[n]);
}

/* `close` leaves a cache only when it is full: among cores of one kind, caches never come back. */
static void check_close(const struct par_machine *machine, const unsigned *order)
{
	for (unsigned i = 1; i < machine->allowed_cores; i++) {
		const struct par_pu *now = &machine->pus[order[i]];
		const struct par_pu *before = &machine->pus[order[i - 1]];

		if (now->kind != before->kind)
			continue;
		assert_true(now->package >= before->package);
		assert_true(now->l3 >= before->l3);
		assert_true(now->core > before->core);
	}
}

/*
 * `spread` is even: when a package gets its next worker, no other package with a core left has
 * fewer. Checked where there is one kind.
 */
static void check_spread(const struct par_machine *machine, const unsigned *order)
{
	unsigned left[16] = { 0 };
	unsigned used[16] = { 0 };

	if (machine->kinds > 1)
		return;
	for (unsigned i = 0; i < machine->allowed_cores; i++)
		left[machine->pus[order[i]].package]++;
	for (unsigned i = 0; i < machine->allowed_cores; i++) {
		unsigned mine = machine->pus[order[i]].package;

		for (unsigned other = 0; other < machine->packages; other++)
			assert_true(left[other] == 0 || used[other] >= used[mine]);
		used[mine]++;
		left[mine]--;
	}
}

static void check_counts(const struct par_machine *machine)
{
	unsigned counts[PAR_CORE_COUNTS_MAX];
	size_t n = par_placement_core_counts(counts, machine);
	bool has_cores = false;

	assert_in_range(n, 1, PAR_CORE_COUNTS_MAX);
	assert_int_equal(counts[0], 1);
	assert_int_equal(counts[n - 1], machine->allowed_pus);
	for (size_t i = 0; i < n; i++) {
		assert_true(i == 0 || counts[i] > counts[i - 1]);
		has_cores = has_cores || counts[i] == machine->allowed_cores;
	}
	assert_true(has_cores);
	assert_true(par_placement_boundaries(machine, machine->allowed_cores) & PAR_BOUNDARY_CORES);
	assert_true(par_placement_boundaries(machine, machine->allowed_pus) & PAR_BOUNDARY_PUS);
}

static void check(const struct par_machine *machine)
{
	unsigned order[MOST];

	assert_int_equal(par_placement_order(order, machine, PAR_PLACE_CLOSE), 0);
	check_permutation(machine, order);
	check_cores_first(machine, order);
	check_close(machine, order);
	assert_int_equal(par_placement_order(order, machine, PAR_PLACE_SPREAD), 0);
	check_permutation(machine, order);
	check_cores_first(machine, order);
	check_spread(machine, order);
	check_prefix(machine, PAR_PLACE_CLOSE);
	check_prefix(machine, PAR_PLACE_SPREAD);
	check_counts(machine);
	assert_false(par_placement_differs(machine, machine->allowed_pus));
}

/* Counts the allowed PUs anew after a test changed them. */
static void recount(struct par_machine *machine)
{
	machine->allowed_pus = 0;
	machine->allowed_cores = 0;
	for (unsigned i = 0; i < machine->pu_count; i++) {
		if (!machine->pus[i].allowed)
			continue;
		machine->allowed_cores += rank_of(machine, i) == 0;
		machine->allowed_pus++;
	}
}

static void whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		struct par_machine machine = machine_synthetic(machines[i]);

		check(&machine);
		par_machine_fini(&machine);
	}
}

/* Two PUs in three are allowed, by a fixed seed; the last one always is. */
static void cpusets(void **state)
{
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 1);
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		struct par_machine machine = machine_synthetic(machines[i]);

		for (unsigned pu = 0; pu + 1 < machine.pu_count; pu++)
			machine.pus[pu].allowed = par_rng_below(&rng, 3) > 0;
		recount(&machine);
		check(&machine);
		par_machine_fini(&machine);
	}
}

/* Some cores are faster, anywhere in the machine. */
static void hybrids(void **state)
{
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 2);
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		struct par_machine machine = machine_synthetic(machines[i]);
		unsigned fast = (unsigned)par_rng_below(&rng, 3);

		machine.kinds = 2;
		for (unsigned pu = 0; pu < machine.pu_count; pu++)
			machine.pus[pu].kind = machine.pus[pu].core % 3 == fast;
		check(&machine);
		par_machine_fini(&machine);
	}
}

static void fixtures(void **state)
{
	static const char *const files[] = { "hybrid_8p16e.xml", "hybrid_unranked.xml",
		"half_hidden.xml", "odd_siblings.xml" };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct par_machine machine = machine_fixture(files[i]);

		check(&machine);
		par_machine_fini(&machine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(cpusets),
		cmocka_unit_test(hybrids),
		cmocka_unit_test(fixtures),
	};

	return cmocka_run_group_tests_name("invariants", tests, NULL, NULL);
}
