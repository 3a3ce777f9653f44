/* Made-up trees of /proc and /sys, and what is read of them. */
#include "fake_tree.h"

#include <errno.h>

#include "energy.h"
#include "pu_set.h"
#include "surroundings.h"

static const int pus[] = { 0, 2 };

static void pu_times_are_summed_over_the_pus(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_pu_time time;

	(void)state;
	fake_tree_put(&tree, "/proc/stat",
		"cpu  9 9 9 9 9 9 9 9 0 0\n"
		"cpu0 1 2 3 100 10 4 5 6 0 0\n"
		"cpu1 1 2 3 1000 1000 1000 1000 1000 0 0\n"
		"cpu2 1 2 3 200 20 40 50 60 0 0\n");
	par_pu_time_read(&time, tree.root, pus, 2);
	assert_true(time.known);
	assert_int_equal(time.idle_ns, 330 * time.tick_ns);
	assert_int_equal(time.interrupt_ns, 99 * time.tick_ns);
	assert_int_equal(time.stolen_ns, 66 * time.tick_ns);
	assert_int_equal(time.rare_ns, 85 * time.tick_ns);
	assert_int_equal(time.count, 2);
	par_pu_time_read(&time, tree.root, (const int[]){ 1, 3 }, 2);
	assert_false(time.known);
	fake_tree_close(&tree);
}

static void throttle_counts_the_package_once(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_throttle throttle;

	(void)state;
	par_throttle_read(&throttle, tree.root, pus, 2);
	assert_int_equal(throttle.events, -1);
#define AT(pu, name) "/sys/devices/system/cpu/cpu" pu "/thermal_throttle/" name
	fake_tree_put(&tree, AT("0", "package_throttle_count"), "5\n");
	fake_tree_put(&tree, AT("0", "core_throttle_count"), "1\n");
	fake_tree_put(&tree, AT("2", "core_throttle_count"), "2\n");
	fake_tree_put(&tree, AT("2", "package_throttle_count"), "5\n");
	par_throttle_read(&throttle, tree.root, pus, 2);
	assert_int_equal(throttle.events, 8);
	assert_int_equal(throttle.ms, -1);
	fake_tree_put(&tree, AT("0", "package_throttle_total_time_ms"), "50\n");
	fake_tree_put(&tree, AT("0", "core_throttle_total_time_ms"), "10\n");
	fake_tree_put(&tree, AT("2", "core_throttle_total_time_ms"), "20\n");
	par_throttle_read(&throttle, tree.root, pus, 2);
	assert_int_equal(throttle.ms, 80);
	fake_tree_close(&tree);
}

static void throttle_differs_counter_by_counter(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_throttle before, after;
	struct par_throttle_growth growth;

	(void)state;
	fake_tree_put(&tree, AT("0", "core_throttle_count"), "1\n"); /* tells of no package */
	fake_tree_put(&tree, AT("0", "core_throttle_total_time_ms"), "10\n");
	fake_tree_put(&tree, AT("2", "core_throttle_count"), "1\n");
	fake_tree_put(&tree, AT("2", "core_throttle_total_time_ms"), "10\n");
	fake_tree_put(&tree, AT("2", "package_throttle_count"), "0\n");
	fake_tree_put(&tree, "/sys/devices/system/cpu/cpu0/topology/physical_package_id", "0\n");
	fake_tree_put(&tree, "/sys/devices/system/cpu/cpu2/topology/physical_package_id", "1\n");
	par_throttle_read(&before, tree.root, pus, 2);
	assert_int_equal(before.events, 2);
	fake_tree_put(&tree, AT("0", "core_throttle_total_time_ms"), "40\n");
	fake_tree_put(&tree, AT("2", "core_throttle_total_time_ms"), "50\n");
	par_throttle_read(&after, tree.root, pus, 2);
	growth = par_throttle_between(&before, &after);
	assert_int_equal(growth.ms, 40);
	assert_int_equal(growth.events, 0);
	assert_false(growth.open);
	fake_tree_put(&tree, AT("2", "package_throttle_count"), "3\n"); /* a second package */
	par_throttle_read(&after, tree.root, pus, 2);
	assert_int_equal(par_throttle_between(&before, &after).events, 3);
	fake_tree_put(&tree, AT("0", "core_throttle_count"), "2\n");
	fake_tree_put(&tree, AT("0", "core_throttle_total_time_ms"), "10\n");
	par_throttle_read(&after, tree.root, pus, 2);
	assert_true(par_throttle_between(&before, &after).open);
	fake_tree_close(&tree);
}

#define CPU "/sys/devices/system/cpu/"

static void siblings_are_those_outside_the_set(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_pu_set set = PAR_PU_SET_INIT;

	(void)state;
	assert_int_equal(par_pu_set_add_siblings(&set, tree.root, pus, 2), 0);
	assert_int_equal(set.count, 0);
	fake_tree_put(&tree, CPU "cpu0/topology/thread_siblings_list", "0,4,8\n");
	fake_tree_put(&tree, CPU "cpu2/topology/thread_siblings_list", "2-3\n");
	assert_int_equal(par_pu_set_add_siblings(&set, tree.root, pus, 2), 0);
	assert_int_equal(set.count, 3);
	assert_int_equal(set.pus[0], 4);
	assert_int_equal(set.pus[2], 3);
	par_pu_set_fini(&set);
	assert_int_equal(par_pu_set_add_siblings(&set, tree.root, (const int[]){ 8, 4, 0 }, 3), 0);
	assert_int_equal(set.count, 0);
	par_pu_set_fini(&set);
	fake_tree_close(&tree);
}

/* Servers may be allowed PUs that the machine does not have. */
static void servers_widen_the_set(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_family family = PAR_FAMILY_INIT;
	struct par_surroundings it;

	(void)state;
	fake_tree_put(&tree, "/proc/stat",
		"cpu0 1 2 3 100 10 4 5 6 0 0\n"
		"cpu1 1 2 3 1000 0 0 0 1000 0 0\n"
		"cpu2 1 2 3 200 20 40 50 60 0 0\n");
	fake_tree_put(&tree, CPU "online", "0-2\n");
	fake_tree_put(&tree, CPU "cpu2/topology/thread_siblings_list", "1-2\n");
	fake_tree_put(&tree, "/proc/1/status", "Name:\tx\nCpus_allowed_list:\t0-127\n");
	par_surroundings_read(&it, tree.root, pus, 2, &family);
	assert_true(it.siblings.known && !it.everywhere.known);
	assert_int_equal(it.siblings.idle_ns, 1000 * it.siblings.tick_ns);
	assert_int_equal(par_family_add(&family, 1, 1), 0);
	par_surroundings_read(&it, tree.root, pus, 2, &family);
	assert_int_equal(it.servers, 1);
	assert_true(it.everywhere.known);
	assert_int_equal(it.everywhere.count, 3);
	par_surroundings_read(&it, tree.root, (const int[]){ 0, 1, 2 }, 3, &family);
	assert_int_equal(it.everywhere.count, 0);
	par_family_fini(&family);
	fake_tree_close(&tree);
}

static void pressure_is_the_total_of_some(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_pressure pressure;

	(void)state;
	fake_tree_put(&tree, "/proc/pressure/cpu",
		"some avg10=0.00 avg60=0.06 avg300=0.25 total=6562610\n"
		"full avg10=0.00 avg60=0.00 avg300=0.00 total=1\n");
	fake_tree_put(&tree, "/proc/pressure/io", "garbage\n");
	fake_tree_put(&tree, "/proc/vmstat", "pgpgin 1\npswpin 30\npswpout 12\npgfault 9\n");
	par_pressure_read(&pressure, tree.root);
	assert_int_equal(pressure.cpu_us, 6562610);
	assert_int_equal(pressure.memory_us, -1);
	assert_int_equal(pressure.io_us, -1);
	assert_int_equal(pressure.swapped_pages, 42);
	fake_tree_put(&tree, "/proc/vmstat", "pgpgin 1\n");
	par_pressure_read(&pressure, tree.root);
	assert_int_equal(pressure.swapped_pages, -1);
	fake_tree_close(&tree);
}

static void mount(struct fake_tree *tree, const char *type, const char *options, const char *group)
{
	char text[256];

	snprintf(text, sizeof text, "30 1 0:26 / /cg rw - %s none rw,%s\n", type, options);
	fake_tree_put(tree, "/proc/self/mountinfo", text);
	fake_tree_put(tree, "/proc/self/cgroup", group);
}

static void a_quota_throttles_on_every_level(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_cgroup cgroup;

	(void)state;
	mount(&tree, "cgroup2", "", "0::/pod/box\n");
	fake_tree_put(&tree, "/cg/pod/cpu.stat", "usage_usec 9\n");
	par_cgroup_read(&cgroup, tree.root);
	assert_false(cgroup.throttled_known);
	fake_tree_put(&tree, "/cg/pod/cpu.stat",
		"usage_usec 9\nnr_periods 8\nnr_throttled 3\nthrottled_usec 700\n");
	fake_tree_put(&tree, "/cg/pod/box/cpu.stat", "nr_throttled 2\nthrottled_usec 50\n");
	par_cgroup_read(&cgroup, tree.root);
	assert_true(cgroup.throttled_known);
	assert_int_equal(cgroup.throttled_periods, 5);
	assert_int_equal(cgroup.throttled_ns, 750000);
	mount(&tree, "cgroup", "cpu", "4:cpu:/pod\n");
	fake_tree_put(&tree, "/cg/pod/cpu.stat", "nr_throttled 6\nthrottled_time 777\n");
	par_cgroup_read(&cgroup, tree.root);
	assert_int_equal(cgroup.throttled_periods, 6);
	assert_int_equal(cgroup.throttled_ns, 777);
	fake_tree_close(&tree);
}

#define RAPL "/sys/class/powercap/intel-rapl"

static void energy_sums_packages_and_wraps_around(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_energy energy;

	(void)state;
	assert_int_equal(par_energy_init(&energy, tree.root), -ENOENT);
	fake_tree_put(&tree, RAPL ":0/name", "package-0\n");
	assert_int_equal(par_energy_init(&energy, tree.root), -EACCES);
	fake_tree_put(&tree, RAPL ":0/energy_uj", "900\n");
	fake_tree_put(&tree, RAPL ":0/max_energy_range_uj", "1000\n");
	fake_tree_put(&tree, RAPL ":0:0/name", "core\n");
	fake_tree_put(&tree, RAPL ":0:0/energy_uj", "5\n");
	fake_tree_put(&tree, RAPL "-mmio:0/name", "package-0\n");
	fake_tree_put(&tree, RAPL "-mmio:0/energy_uj", "900\n");
	fake_tree_put(&tree, RAPL ":1/name", "package-1\n");
	fake_tree_put(&tree, RAPL ":1/energy_uj", "10\n");
	fake_tree_put(&tree, RAPL ":1/max_energy_range_uj", "1000\n");
	assert_int_equal(par_energy_init(&energy, tree.root), 0);
	assert_int_equal(energy.domains, 2);
	assert_int_equal(par_energy_start(&energy, tree.root), 0);
	fake_tree_put(&tree, RAPL ":0/energy_uj", "50\n"); /* 150 later */
	fake_tree_put(&tree, RAPL ":1/energy_uj", "30\n");
	assert_int_equal(par_energy_stop(&energy, tree.root), 0);
	assert_int_equal(energy.used_uj, 170);
	assert_int_equal(par_energy_start(&energy, tree.root), 0);
	fake_tree_put(&tree, RAPL ":1/energy_uj", "33\n");
	assert_int_equal(par_energy_stop(&energy, tree.root), 0);
	assert_int_equal(energy.used_uj, 173);
	fake_tree_put(&tree, RAPL ":1/energy_uj", "?\n");
	assert_int_equal(par_energy_stop(&energy, tree.root), -EIO);
	fake_tree_close(&tree);
}

/* The real tree: what it tells only grows. */
static void the_real_machine_is_read(void **state)
{
	struct par_surroundings before, after;
	struct par_family family = PAR_FAMILY_INIT;

	(void)state;
	par_surroundings_read(&before, "", pus, 1, &family);
	par_surroundings_read(&after, "", pus, 1, &family);
	assert_true(after.at_ns > before.at_ns);
	assert_true(after.own_ns > before.own_ns);
	assert_true(after.preemptions >= before.preemptions);
	assert_true(!before.pus.known || after.pus.idle_ns >= before.pus.idle_ns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pu_times_are_summed_over_the_pus),
		cmocka_unit_test(throttle_counts_the_package_once),
		cmocka_unit_test(throttle_differs_counter_by_counter),
		cmocka_unit_test(siblings_are_those_outside_the_set),
		cmocka_unit_test(servers_widen_the_set),
		cmocka_unit_test(pressure_is_the_total_of_some),
		cmocka_unit_test(a_quota_throttles_on_every_level),
		cmocka_unit_test(energy_sums_packages_and_wraps_around),
		cmocka_unit_test(the_real_machine_is_read),
	};

	return cmocka_run_group_tests_name("surroundings", tests, NULL, NULL);
}
