#include "throttle.h"

#include <stdio.h>

#include "procfs.h"

static int64_t read_number(const char *root, int pu, const char *name)
{
	char path[128];

	snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/%s", pu, name);
	return par_procfs_number(root, path, -1);
}

static void add(int64_t *sum, int64_t number)
{
	if (number < 0)
		return;
	if (*sum < 0)
		*sum = 0;
	*sum = number > INT64_MAX - *sum ? INT64_MAX : *sum + number;
}

static void add_counter(struct par_throttle *throttle, int64_t events, int64_t ms)
{
	throttle->counters[throttle->count++] = (struct par_throttle_counter){ events, ms };
	add(&throttle->events, events);
	add(&throttle->ms, ms);
}

static void add_core(struct par_throttle *throttle, const char *root, int pu)
{
	add_counter(throttle, read_number(root, pu, "thermal_throttle/core_throttle_count"),
		read_number(root, pu, "thermal_throttle/core_throttle_total_time_ms"));
}

static void add_package(struct par_throttle *throttle, const char *root, int pu)
{
	add_counter(throttle, read_number(root, pu, "thermal_throttle/package_throttle_count"),
		read_number(root, pu, "thermal_throttle/package_throttle_total_time_ms"));
}

void par_throttle_read(
	struct par_throttle *throttle, const char *root, const int *pus, unsigned count)
{
	int64_t packages[PAR_THROTTLE_PACKAGES_MAX];
	unsigned known = 0;

	*throttle = (struct par_throttle){ .events = -1, .ms = -1 };
	for (unsigned i = 0; i < count && known < PAR_THROTTLE_PACKAGES_MAX; i++) {
		int64_t package = read_number(root, pus[i], "topology/physical_package_id");
		unsigned at = 0;

		while (at < known && packages[at] != package)
			at++;
		if (at == known) {
			packages[known++] = package;
			add_package(throttle, root, pus[i]);
		}
	}
	for (unsigned i = 0; i < count && i < PAR_THROTTLE_PUS_MAX; i++)
		add_core(throttle, root, pus[i]);
}

static int64_t grown(int64_t before, int64_t after)
{
	if (before < 0 || after < 0)
		return -1;
	return after > before ? after - before : 0;
}

struct par_throttle_growth par_throttle_between(
	const struct par_throttle *before, const struct par_throttle *after)
{
	struct par_throttle_growth most = { -1, -1, false };

	for (unsigned i = 0; i < before->count && i < after->count; i++) {
		int64_t events = grown(before->counters[i].events, after->counters[i].events);
		int64_t ms = grown(before->counters[i].ms, after->counters[i].ms);

		most.events = events > most.events ? events : most.events;
		most.ms = ms > most.ms ? ms : most.ms;
		most.open = most.open || (events > 0 && ms == 0);
	}
	return most;
}
