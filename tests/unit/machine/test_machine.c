/* What par_machine_init() makes of machines that hwloc describes. */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "fake_tree.h"
#include "machines.h"

static void one_core(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_ONE_CORE);

	(void)state;
	assert_int_equal(machine.pu_count, 1);
	assert_int_equal(machine.allowed_pus, 1);
	assert_int_equal(machine.allowed_cores, 1);
	assert_int_equal(machine.kinds, 1);
	assert_false(machine.real);
	par_machine_fini(&machine);
	assert_null(machine.pus);
	par_machine_fini(&machine);
}

static void two_packages(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_2X2X8X2);
	const struct par_pu *last = &machine.pus[63];

	(void)state;
	assert_int_equal(machine.pu_count, 64);
	assert_int_equal(machine.cores, 32);
	assert_int_equal(machine.allowed_cores, 32);
	assert_int_equal(machine.packages, 2);
	assert_int_equal(machine.numa_nodes, 4);
	assert_int_equal(machine.l3_caches, 4);
	assert_true(machine.quota_cpus == 0);
	assert_int_equal(machine.memory_limit_bytes, 0);
	assert_int_equal(last->os_index, 63);
	assert_int_equal(last->core, 31);
	assert_int_equal(last->smt_rank, 1);
	assert_int_equal(last->l3, 3);
	assert_int_equal(last->numa, 3);
	assert_int_equal(last->package, 1);
	assert_true(last->allowed);
	par_machine_fini(&machine);
}

static void caches(void **state)
{
	struct par_machine machine = machine_synthetic("pack:1 l3:2(size=33554432) "
						       "l2:4(size=1048576) l1d:1(size=49152) "
						       "core:1 pu:1");

	(void)state;
	assert_int_equal(machine.l1d_bytes, 49152);
	assert_int_equal(machine.l2_bytes, 1048576);
	assert_int_equal(machine.llc_bytes, 33554432);
	assert_int_equal(machine.l3_caches, 2);
	par_machine_fini(&machine);
}

/* An L2 that cores share groups them where there is no L3; one of its own per core does not. */
static void no_l3(void **state)
{
	struct par_machine shared = machine_synthetic("pack:1 l2:2(size=1048576) core:4 pu:1");
	struct par_machine alone = machine_synthetic("pack:1 core:4 l2:1(size=524288) pu:1");

	(void)state;
	assert_int_equal(shared.l3_caches, 2);
	assert_int_equal(shared.pus[3].l3, 0);
	assert_int_equal(shared.pus[4].l3, 1);
	assert_int_equal(shared.llc_bytes, 1048576);
	assert_int_equal(alone.l3_caches, 0);
	assert_int_equal(alone.pus[3].l3, 0);
	assert_int_equal(alone.llc_bytes, 524288);
	par_machine_fini(&shared);
	par_machine_fini(&alone);
}

/* A machine of bare PUs: each counts as a core. */
static void no_cores(void **state)
{
	struct par_machine machine = machine_synthetic("pu:3");

	(void)state;
	assert_int_equal(machine.cores, 3);
	assert_int_equal(machine.allowed_cores, 3);
	assert_int_equal(machine.packages, 1);
	assert_int_equal(machine.pus[2].smt_rank, 0);
	par_machine_fini(&machine);
}

static void kinds(void **state)
{
	struct par_machine machine = machine_fixture("hybrid_8p16e.xml");
	struct par_machine unranked = machine_fixture("hybrid_unranked.xml");

	(void)state;
	assert_int_equal(machine.pu_count, 32);
	assert_int_equal(machine.cores, 24);
	assert_int_equal(machine.kinds, 2);
	for (unsigned i = 0; i < 32; i++)
		assert_int_equal(machine.pus[i].kind, machine.pus[i].os_index < 16);
	assert_int_equal(unranked.kinds, 1);
	for (unsigned i = 0; i < 32; i++)
		assert_int_equal(unranked.pus[i].kind, 0);
	par_machine_fini(&machine);
	par_machine_fini(&unranked);
}

static void hidden_half(void **state)
{
	struct par_machine machine = machine_fixture("half_hidden.xml");

	(void)state;
	assert_int_equal(machine.pu_count, 16);
	assert_int_equal(machine.allowed_pus, 8);
	assert_int_equal(machine.allowed_cores, 4);
	assert_int_equal(machine.cores, 8);
	assert_int_equal(machine.packages, 2);
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(machine.pus[i].allowed, machine.pus[i].package == 1);
	par_machine_fini(&machine);
}

/* HWLOC_XMLFILE is the same machine as the file read for a report. */
static void xml_variable(void **state)
{
	struct par_machine machine = PAR_MACHINE_INIT;
	char path[PATH_MAX];

	(void)state;
	machine_path(path, "half_hidden.xml");
	assert_int_equal(setenv("HWLOC_XMLFILE", path, 1), 0);
	assert_int_equal(par_machine_init(&machine, NULL), 0);
	assert_int_equal(unsetenv("HWLOC_XMLFILE"), 0);
	assert_int_equal(machine.allowed_pus, 8);
	assert_false(machine.real);
	par_machine_fini(&machine);
}

/* A typing error is told; hwloc alone would show the real machine. */
static void bad_input(void **state)
{
	struct par_machine machine = PAR_MACHINE_INIT;
	struct par_error error = PAR_ERROR_INIT;
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(setenv("HWLOC_SYNTHETIC", "cores eight", 1), 0);
	assert_int_equal(par_machine_init(&machine, &error), -EINVAL);
	assert_int_equal(unsetenv("HWLOC_SYNTHETIC"), 0);
	assert_non_null(strstr(error.text, "cores eight"));
	assert_int_equal(setenv("HWLOC_XMLFILE", "/no/such.xml", 1), 0);
	assert_int_equal(par_machine_init(&machine, &error), -ENOENT);
	assert_int_equal(unsetenv("HWLOC_XMLFILE"), 0);
	assert_non_null(strstr(error.text, "/no/such.xml"));
	assert_int_equal(setenv("HWLOC_SYNTHETIC", "", 1), 0);
	assert_int_equal(par_machine_init(&machine, &error), 0);
	assert_int_equal(unsetenv("HWLOC_SYNTHETIC"), 0);
	assert_true(machine.real);
	par_machine_fini(&machine);
	machine_path(path, "make.sh");
	assert_int_equal(par_machine_init_xml(&machine, path, &error), -EINVAL);
	assert_null(machine.pus);
	par_machine_fini(&machine);
}

/* What a run writes is what its report reads: the same PUs, the same of them allowed. */
static void exported(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_machine machine = PAR_MACHINE_INIT;
	struct par_machine again = PAR_MACHINE_INIT;
	char path[PATH_MAX];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/topology.xml", tree.root);
	assert_int_equal(par_machine_init(&machine, NULL), 0);
	assert_int_equal(par_machine_export_xml(path, NULL), 0);
	assert_int_equal(par_machine_init_xml(&again, path, NULL), 0);
	assert_false(again.real);
	assert_int_equal(again.pu_count, machine.pu_count);
	assert_int_equal(again.allowed_cores, machine.allowed_cores);
	assert_string_equal(again.cpu_model, machine.cpu_model);
	for (unsigned i = 0; i < machine.pu_count; i++)
		assert_memory_equal(&again.pus[i], &machine.pus[i], sizeof(machine.pus[i]));
	par_machine_fini(&machine);
	par_machine_fini(&again);
	fake_tree_close(&tree);
}

/* taskset is respected, and par_machine_init() leaves the affinity as it was. */
static void affinity(void **state)
{
	struct par_machine machine = PAR_MACHINE_INIT;
	cpu_set_t before, one, after;
	int first = 0;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	while (!CPU_ISSET(first, &before))
		first++;
	CPU_ZERO(&one);
	CPU_SET(first, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	assert_int_equal(par_machine_init(&machine, NULL), 0);
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	assert_true(CPU_EQUAL(&one, &after));
	assert_true(machine.real);
	assert_int_equal(machine.allowed_pus, 1);
	for (unsigned i = 0; i < machine.pu_count; i++)
		assert_int_equal(machine.pus[i].allowed, machine.pus[i].os_index == first);
	par_machine_fini(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_core),
		cmocka_unit_test(two_packages),
		cmocka_unit_test(caches),
		cmocka_unit_test(no_l3),
		cmocka_unit_test(no_cores),
		cmocka_unit_test(kinds),
		cmocka_unit_test(hidden_half),
		cmocka_unit_test(xml_variable),
		cmocka_unit_test(bad_input),
		cmocka_unit_test(exported),
		cmocka_unit_test(affinity),
	};

	return cmocka_run_group_tests_name("machine", tests, NULL, NULL);
}
