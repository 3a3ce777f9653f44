#include "surroundings.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "procfs.h"
#include "pu_set.h"

static int64_t clock_ns(clockid_t clock)
{
	struct timespec time;

	if (clock_gettime(clock, &time) < 0)
		return 0;
	return (int64_t)time.tv_sec * (int64_t)PAR_NS_PER_S + time.tv_nsec;
}

/* The least of some tries: between the two readings this thread may have been off its PU. */
static uint64_t suspended_ns(void)
{
	int64_t least = INT64_MAX;

	for (unsigned i = 0; i < 3; i++) {
		int64_t awake = clock_ns(CLOCK_MONOTONIC);
		int64_t asleep = clock_ns(CLOCK_BOOTTIME) - awake;

		if (asleep < least)
			least = asleep;
	}
	return least > 0 ? (uint64_t)least : 0;
}

static int64_t preemptions(void)
{
	struct rusage self, children;

	if (getrusage(RUSAGE_SELF, &self) < 0 || getrusage(RUSAGE_CHILDREN, &children) < 0)
		return -1;
	return self.ru_nivcsw + children.ru_nivcsw;
}

static int64_t frequency_khz(const char *root, int pu)
{
	char path[80];

	snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", pu);
	return par_procfs_number(root, path, -1);
}

static unsigned count_servers(const struct par_family *family)
{
	unsigned servers = 0;

	for (size_t i = 0; i < family->count; i++)
		servers += family->members[i].pid != getpid();
	return servers;
}

/* All from one text, so that they speak of the same time. Without memory a set is unknown. */
static void read_times(struct par_surroundings *it, const char *root, const int *pus,
	unsigned count, const struct par_family *family)
{
	struct par_pu_set siblings = PAR_PU_SET_INIT, everywhere = PAR_PU_SET_INIT;
	int no_siblings = par_pu_set_add_siblings(&siblings, root, pus, count);
	int nowhere = it->servers == 0
			      ? 0
			      : par_pu_set_add_allowed(&everywhere, root, pus, count, family);
	char *text;

	it->at_ns = par_now_ns();
	text = par_procfs_read(root, "/proc/stat");
	it->own_ns = par_family_cpu_ns(family);
	it->servers_ns = par_family_children_ns(family);
	par_pu_time_parse(&it->pus, text, pus, count);
	if (no_siblings == 0)
		par_pu_time_parse(&it->siblings, text, siblings.pus, siblings.count);
	if (nowhere == 0 && everywhere.count > count)
		par_pu_time_parse(&it->everywhere, text, everywhere.pus, everywhere.count);
	free(text);
	par_pu_set_fini(&siblings);
	par_pu_set_fini(&everywhere);
}

void par_surroundings_read(struct par_surroundings *surroundings, const char *root, const int *pus,
	unsigned count, const struct par_family *family)
{
	*surroundings = (struct par_surroundings){ .frequency_khz = -1 };
	par_throttle_read(&surroundings->throttle, root, pus, count);
	par_pressure_read(&surroundings->pressure, root);
	par_cgroup_read(&surroundings->cgroup, root);
	if (count > 0)
		surroundings->frequency_khz = frequency_khz(root, pus[0]);
	surroundings->preemptions = preemptions();
	surroundings->suspended_ns = suspended_ns();
	surroundings->servers = count_servers(family);
	surroundings->own_known = family->children_known;
	read_times(surroundings, root, pus, count, family);
}
