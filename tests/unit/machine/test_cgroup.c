/* Quotas and memory limits, on trees as containers and services have them. */
#include "cgroup.h"
#include "fake_tree.h"

#define V2 "31 23 0:29 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"

static struct par_cgroup read_tree(const struct fake_tree *tree)
{
	struct par_cgroup cgroup;

	par_cgroup_read(&cgroup, tree->root);
	return cgroup;
}

static void nothing(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_cgroup cgroup = read_tree(&tree);

	(void)state;
	assert_true(cgroup.quota_cpus == 0);
	assert_int_equal(cgroup.memory_limit_bytes, 0);
	assert_string_equal(cgroup.path, "");
	fake_tree_close(&tree);
}

/* The tightest of all groups on the way up counts, for each limit on its own. */
static void walks_up(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_cgroup cgroup;

	(void)state;
	fake_tree_put(&tree, "/proc/self/mountinfo", "22 27 0:21 / /proc rw - proc proc rw\n" V2);
	fake_tree_put(&tree, "/proc/self/cgroup", "0::/user.slice/a.scope\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/user.slice/a.scope/cpu.max", "400000 100000\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/user.slice/a.scope/memory.max", "1073741824\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/user.slice/cpu.max", "125000 50000\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/user.slice/memory.max", "max\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/other/cpu.max", "1000 100000\n");
	cgroup = read_tree(&tree);
	assert_true(cgroup.quota_cpus == 2.5);
	assert_int_equal(cgroup.memory_limit_bytes, 1073741824);
	assert_string_equal(cgroup.path, "/user.slice/a.scope");
	fake_tree_close(&tree);
}

static void no_limits(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_cgroup cgroup;

	(void)state;
	fake_tree_put(&tree, "/proc/self/mountinfo", V2);
	fake_tree_put(&tree, "/proc/self/cgroup", "0::/a\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/a/cpu.max", "max 100000\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/a/memory.max", "max\n");
	cgroup = read_tree(&tree);
	assert_true(cgroup.quota_cpus == 0);
	assert_int_equal(cgroup.memory_limit_bytes, 0);
	fake_tree_close(&tree);
}

/* In a container with its own cgroup namespace its group is the root of the mount. */
static void own_namespace(void **state)
{
	struct fake_tree tree = fake_tree_open();

	(void)state;
	fake_tree_put(&tree, "/proc/self/mountinfo", V2);
	fake_tree_put(&tree, "/proc/self/cgroup", "0::/\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/cpu.max", "150000 100000\n");
	assert_true(read_tree(&tree).quota_cpus == 1.5);
	fake_tree_close(&tree);
}

/* Without one, the path is the host's, and the mount shows only the part below its own root. */
static void bind_mounted(void **state)
{
	struct fake_tree tree = fake_tree_open();

	(void)state;
	fake_tree_put(&tree, "/proc/self/mountinfo",
		"31 23 0:29 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
	fake_tree_put(&tree, "/proc/self/cgroup", "0::/docker/abc/job\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/cpu.max", "300000 100000\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/job/cpu.max", "max 100000\n");
	assert_true(read_tree(&tree).quota_cpus == 3);
	fake_tree_close(&tree);
}

/* A process moved out of its namespace's root sees "/../x": only the root of the mount is known. */
static void outside_namespace(void **state)
{
	struct fake_tree tree = fake_tree_open();

	(void)state;
	fake_tree_put(&tree, "/proc/self/mountinfo", V2);
	fake_tree_put(&tree, "/proc/self/cgroup", "0::/../x\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/cpu.max", "200000 100000\n");
	fake_tree_put(&tree, "/sys/fs/x/cpu.max", "100000 100000\n");
	assert_true(read_tree(&tree).quota_cpus == 2);
	fake_tree_close(&tree);
}

/* Version 1: a hierarchy for each controller, "cpu" not to be taken for "cpuset" or "cpuacct". */
static void version_1(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_cgroup cgroup;

	(void)state;
	fake_tree_put(&tree, "/proc/self/mountinfo",
		"32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
		"34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
		"35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
	fake_tree_put(&tree, "/proc/self/cgroup",
		"4:cpuset:/set\n3:memory:/m\n2:cpuacct,cpu:/c/d\n1:name=systemd:/\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/cpu,cpuacct/c/d/cpu.cfs_quota_us", "-1\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/cpu,cpuacct/c/d/cpu.cfs_period_us", "100000\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_quota_us", "50000\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_period_us", "100000\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/memory/m/memory.limit_in_bytes", "536870912\n");
	fake_tree_put(
		&tree, "/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
	cgroup = read_tree(&tree);
	assert_true(cgroup.quota_cpus == 0.5);
	assert_int_equal(cgroup.memory_limit_bytes, 536870912);
	assert_string_equal(cgroup.path, "");
	fake_tree_close(&tree);
}

/* Torn or foreign text is no limit, and no crash. */
static void garbage(void **state)
{
	struct fake_tree tree = fake_tree_open();

	(void)state;
	fake_tree_put(&tree, "/proc/self/mountinfo", "\n- - -\n31 23 0:29 /\nx\n" V2);
	fake_tree_put(&tree, "/proc/self/cgroup", "::\n0\n:::\n0::/a");
	fake_tree_put(&tree, "/sys/fs/cgroup/a/cpu.max", "a lot\n");
	fake_tree_put(&tree, "/sys/fs/cgroup/a/memory.max", "");
	assert_true(read_tree(&tree).quota_cpus == 0);
	assert_int_equal(read_tree(&tree).memory_limit_bytes, 0);
	fake_tree_close(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing),
		cmocka_unit_test(walks_up),
		cmocka_unit_test(no_limits),
		cmocka_unit_test(own_namespace),
		cmocka_unit_test(bind_mounted),
		cmocka_unit_test(outside_namespace),
		cmocka_unit_test(version_1),
		cmocka_unit_test(garbage),
	};

	return cmocka_run_group_tests_name("cgroup", tests, NULL, NULL);
}
