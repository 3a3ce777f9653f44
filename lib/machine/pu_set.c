#include "pu_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cpu_list.h"
#include "procfs.h"

static bool has(const int *pus, unsigned count, int pu)
{
	for (unsigned i = 0; i < count; i++)
		if (pus[i] == pu)
			return true;
	return false;
}

/* Once. */
static int add(struct par_pu_set *set, int pu)
{
	if (has(set->pus, set->count, pu))
		return 0;
	if (set->count == set->capacity) {
		unsigned capacity = set->capacity == 0 ? 16 : 2 * set->capacity;
		int *pus = reallocarray(set->pus, capacity, sizeof *pus);

		if (pus == NULL)
			return -ENOMEM;
		set->pus = pus;
		set->capacity = capacity;
	}
	set->pus[set->count++] = pu;
	return 0;
}

int par_pu_set_add_siblings(
	struct par_pu_set *set, const char *root, const int *pus, unsigned count)
{
	int status = 0;

	for (unsigned i = 0; status == 0 && i < count; i++) {
		char path[96], line[256];
		int *list, size;

		snprintf(path, sizeof path,
			"/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", pus[i]);
		par_procfs_line(line, sizeof line, root, path);
		size = par_cpu_list_read(&list, line);
		if (size < 0)
			return size;
		for (int k = 0; status == 0 && k < size; k++)
			if (!has(pus, count, list[k]))
				status = add(set, list[k]);
		free(list);
	}
	return status;
}

/* Those of a process that are online; a mask may name PUs that the machine does not have. */
static int add_of_process(
	struct par_pu_set *set, const char *root, pid_t pid, const int *online, unsigned count)
{
	char path[64], line[1024];
	char *text;
	int *list, size, status = 0;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	text = par_procfs_read(root, path);
	par_procfs_field(line, sizeof line, text, "Cpus_allowed_list:");
	free(text);
	size = par_cpu_list_read(&list, line);
	for (int i = 0; status == 0 && i < size; i++)
		if (has(online, count, list[i]))
			status = add(set, list[i]);
	if (size < 0)
		return size;
	free(list);
	return status;
}

int par_pu_set_add_allowed(struct par_pu_set *set, const char *root, const int *pus, unsigned count,
	const struct par_family *family)
{
	char line[1024];
	int *online, size, status = 0;

	for (unsigned i = 0; status == 0 && i < count; i++)
		status = add(set, pus[i]);
	par_procfs_line(line, sizeof line, root, "/sys/devices/system/cpu/online");
	size = par_cpu_list_read(&online, line);
	if (size < 0)
		return size;
	for (size_t i = 0; status == 0 && i < family->count; i++)
		if (family->members[i].pid != getpid())
			status = add_of_process(
				set, root, family->members[i].pid, online, (unsigned)size);
	free(online);
	return status;
}

void par_pu_set_fini(struct par_pu_set *set)
{
	free(set->pus);
	*set = (struct par_pu_set)PAR_PU_SET_INIT;
}
