/* Distances between PUs: on machines that stand nowhere, with figures that nobody measured. */
#include <errno.h>
#include <math.h>

#include "../common/machines.h"

#include "distance.h"

/* What a made-up machine answers. */
struct world {
	const struct par_machine *machine;
	uint64_t now, cost_ns; /* a clock turned by hand: each pair takes so long */
	unsigned asked;
	bool siblings_seen, late_stranger; /* a pair of other cores came after siblings */
	int dead;                          /* a PU that never answers; -1: none */
	double factor;
};

static const double usual[PAR_DISTANCE_LEVELS] = { 20, 50, 120, 160, 300 };

static int answer(void *context, uint64_t *ns, int first, int second)
{
	struct world *world = context;
	enum par_distance_level level = par_distance_level_of(world->machine, first, second);

	assert_int_not_equal(first, second);
	world->asked++;
	world->now += world->cost_ns;
	world->late_stranger |= world->siblings_seen && level != PAR_DISTANCE_CORE;
	world->siblings_seen |= level == PAR_DISTANCE_CORE;
	*ns = 0;
	if (first == world->dead || second == world->dead)
		return -ETIMEDOUT;
	*ns = (uint64_t)(usual[level] * world->factor);
	return 0;
}

static uint64_t tell_time(void *context)
{
	return ((struct world *)context)->now;
}

static struct world world_of(const struct par_machine *machine)
{
	return (struct world){ .machine = machine, .cost_ns = 1000, .dead = -1, .factor = 1 };
}

static void measure(struct par_distance *distance, struct world *world, uint64_t budget)
{
	struct par_distance_probe probe = { answer, tell_time, world };

	assert_int_equal(par_distance_init(distance, world->machine), 0);
	assert_int_equal(par_distance_measure(distance, world->machine, &probe, budget), 0);
}

static void every_pair_is_measured_once_and_both_ways(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_2X2X8X2);
	struct world world = world_of(&machine);
	struct par_distance_range ranges[PAR_DISTANCE_LEVELS];
	struct par_distance distance;

	(void)state;
	measure(&distance, &world, 1000000000);
	assert_int_equal(distance.count, 64);
	assert_int_equal(world.asked, 64 * 63 / 2);
	assert_false(world.late_stranger); /* siblings come last */
	for (unsigned i = 0; i < 64; i++) {
		assert_true(isnan(par_distance_at(&distance, i, i)));
		for (unsigned j = 0; j < i; j++)
			assert_true(par_distance_at(&distance, i, j) ==
				    par_distance_at(&distance, j, i));
	}
	assert_int_equal(par_distance_ranges(ranges, &distance, &machine), 0);
	assert_int_equal(ranges[PAR_DISTANCE_CORE].pairs, 32);
	assert_int_equal(ranges[PAR_DISTANCE_CACHE].pairs, 4 * (16 * 15 / 2) - 32);
	assert_int_equal(ranges[PAR_DISTANCE_NUMA].pairs, 0);
	assert_int_equal(ranges[PAR_DISTANCE_PACKAGE].pairs, 2 * 16 * 16);
	assert_int_equal(ranges[PAR_DISTANCE_FAR].pairs, 32 * 32);
	assert_true(ranges[PAR_DISTANCE_CACHE].low == 50);
	assert_true(ranges[PAR_DISTANCE_FAR].median == 300);
	assert_true(isnan(ranges[PAR_DISTANCE_NUMA].median));
	par_distance_fini(&distance);
	par_machine_fini(&machine);
}

static void borders_are_those_of_the_topology(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_2X2X8X2);
	struct par_distance distance;

	(void)state;
	assert_int_equal(par_distance_init(&distance, &machine), 0);
	assert_int_equal(par_distance_border(&distance, &machine, 0), PAR_DISTANCE_CORE);
	assert_int_equal(par_distance_border(&distance, &machine, 1), PAR_DISTANCE_CACHE);
	assert_int_equal(par_distance_border(&distance, &machine, 15), PAR_DISTANCE_PACKAGE);
	assert_int_equal(par_distance_border(&distance, &machine, 31), PAR_DISTANCE_FAR);
	assert_int_equal(par_distance_level_of(&machine, 0, 9999), PAR_DISTANCE_FAR);
	par_distance_fini(&distance);
	par_machine_fini(&machine);
}

static void a_big_machine_is_sampled_evenly(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_256);
	struct world world = world_of(&machine);
	struct par_distance distance;
	unsigned seen[16] = { 0 };

	(void)state;
	measure(&distance, &world, 1000000000);
	assert_int_equal(distance.count, PAR_DISTANCE_PUS_MAX);
	for (unsigned i = 0; i < distance.count; i++)
		seen[distance.pus[i] / 16]++;
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(seen[i], 4); /* of each cache */
	par_distance_fini(&distance);
	par_machine_fini(&machine);
}

static void a_budget_leaves_a_sample_of_all_levels(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_256);
	struct world world = world_of(&machine);
	struct par_distance_range ranges[PAR_DISTANCE_LEVELS];
	struct par_distance distance;

	(void)state;
	world.cost_ns = 50000000; /* each pair as slow as can be */
	measure(&distance, &world, PAR_DISTANCE_BUDGET_NS);
	assert_int_equal(world.asked, 40);
	assert_int_equal(par_distance_ranges(ranges, &distance, &machine), 0);
	assert_int_equal(ranges[PAR_DISTANCE_CACHE].pairs + ranges[PAR_DISTANCE_NUMA].pairs +
				 ranges[PAR_DISTANCE_FAR].pairs,
		40);
	assert_true(ranges[PAR_DISTANCE_NUMA].pairs > 0);
	assert_true(ranges[PAR_DISTANCE_FAR].pairs > 0);
	par_distance_fini(&distance);
	par_machine_fini(&machine);
}

static void a_pair_that_does_not_answer_stays_unknown(void **state)
{
	struct par_machine machine = machine_synthetic("pack:1 core:4 pu:1");
	struct world world = world_of(&machine);
	struct par_distance distance;
	unsigned unknown = 0;

	(void)state;
	world.dead = 2;
	measure(&distance, &world, 1000000000);
	for (unsigned i = 0; i < 4; i++)
		for (unsigned j = 0; j < i; j++)
			unknown += isnan(par_distance_at(&distance, i, j));
	assert_int_equal(unknown, 3);
	par_distance_fini(&distance);
	par_machine_fini(&machine);
}

static void one_core_has_no_distances(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_ONE_CORE);
	struct world world = world_of(&machine);
	struct par_distance_change change;
	struct par_distance distance;

	(void)state;
	measure(&distance, &world, 1000000000);
	assert_int_equal(distance.count, 1);
	assert_int_equal(world.asked, 0);
	assert_int_equal(par_distance_compare(&change, &distance, &distance), 0);
	assert_int_equal(change.pairs, 0);
	assert_false(change.changed);
	par_distance_fini(&distance);
	par_machine_fini(&machine);
}

/* One pair, as on a virtual machine with two CPUs. */
static void a_move_is_told_from_noise(void **state)
{
	static const struct {
		double factor;
		bool changed;
	} cases[] = { { 1, false }, { 1.3, false }, { 0.75, false }, { 4.6, true }, { 0.2, true } };
	struct par_machine machine = machine_synthetic("pack:1 core:2 pu:1");
	struct world world = world_of(&machine);
	struct par_distance earlier, later;
	struct par_distance_change change;

	(void)state;
	measure(&earlier, &world, 1000000000);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		world.factor = cases[i].factor;
		measure(&later, &world, 1000000000);
		assert_int_equal(par_distance_compare(&change, &earlier, &later), 0);
		assert_int_equal(change.pairs, 1);
		assert_int_equal(change.changed, cases[i].changed);
		par_distance_fini(&later);
	}
	par_distance_fini(&earlier);
	par_machine_fini(&machine);
}

/* Of sixteen CPUs one was moved far away: the median stands, and it is told all the same. */
static void one_cpu_that_moved_is_seen_among_many(void **state)
{
	struct par_machine machine = machine_synthetic("pack:1 l3:1 core:16 pu:1");
	struct world world = world_of(&machine);
	struct par_distance earlier, later;
	struct par_distance_change change;

	(void)state;
	measure(&earlier, &world, 1000000000);
	measure(&later, &world, 1000000000);
	par_distance_set(&later, 3, 5, 500); /* one pair is noise */
	assert_int_equal(par_distance_compare(&change, &earlier, &later), 0);
	assert_false(change.changed);
	for (unsigned i = 0; i < 16; i++)
		if (i != 7)
			par_distance_set(&later, 7, i, 500);
	assert_int_equal(par_distance_compare(&change, &earlier, &later), 0);
	assert_true(change.ratio == 1);
	assert_true(change.changed);
	par_distance_fini(&later);
	later = (struct par_distance)PAR_DISTANCE_INIT;
	assert_int_equal(par_distance_compare(&change, &earlier, &later), -EINVAL);
	par_distance_fini(&earlier);
	par_machine_fini(&machine);
}

/* The true probe, whatever it finds here: it ends, and says nothing below zero. */
static void this_machine_can_be_measured(void **state)
{
	struct par_machine machine = PAR_MACHINE_INIT;
	struct par_error error = PAR_ERROR_INIT;
	struct par_distance distance;

	(void)state;
	assert_int_equal(par_machine_init(&machine, &error), 0);
	assert_int_equal(par_distance_init(&distance, &machine), 0);
	assert_int_equal(
		par_distance_measure(&distance, &machine, &par_distance_here, 200000000), 0);
	for (unsigned i = 0; i < distance.count; i++)
		for (unsigned j = 0; j < distance.count; j++)
			assert_false(par_distance_at(&distance, i, j) <= 0);
	par_distance_fini(&distance);
	par_machine_fini(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_is_measured_once_and_both_ways),
		cmocka_unit_test(borders_are_those_of_the_topology),
		cmocka_unit_test(a_big_machine_is_sampled_evenly),
		cmocka_unit_test(a_budget_leaves_a_sample_of_all_levels),
		cmocka_unit_test(a_pair_that_does_not_answer_stays_unknown),
		cmocka_unit_test(one_core_has_no_distances),
		cmocka_unit_test(a_move_is_told_from_noise),
		cmocka_unit_test(one_cpu_that_moved_is_seen_among_many),
		cmocka_unit_test(this_machine_can_be_measured),
	};

	return cmocka_run_group_tests_name("distance", tests, NULL, NULL);
}
