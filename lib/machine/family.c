#include "family.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "procfs.h"

int par_family_add(struct par_family *family, pid_t pid, pid_t tid)
{
	if (family->count == family->capacity) {
		size_t capacity = family->capacity == 0 ? 16 : 2 * family->capacity;
		struct par_member *members =
			reallocarray(family->members, capacity, sizeof *members);

		if (members == NULL)
			return -ENOMEM;
		family->members = members;
		family->capacity = capacity;
	}
	family->members[family->count++] = (struct par_member){ pid, tid };
	return 0;
}

static int add_threads(struct par_family *family)
{
	DIR *folder = opendir("/proc/self/task");
	const struct dirent *entry;
	int status = 0;

	if (folder == NULL)
		return -errno;
	while (status == 0 && (entry = readdir(folder)) != NULL) {
		pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (tid > 0) /* not "." and ".." */
			status = par_family_add(family, getpid(), tid);
	}
	closedir(folder);
	return status;
}

static int add_listed(struct par_family *family, const char *list)
{
	const char *next = list;
	char *end;
	int status = 0;

	for (; status == 0 && *next != '\0'; next = end) {
		pid_t pid = (pid_t)strtol(next, &end, 10);

		if (end == next)
			break;
		status = par_family_add(family, pid, pid);
	}
	return status;
}

static bool is_child(const char *root, long pid, pid_t parent)
{
	char path[64];
	char *stat;
	const char *end;
	long its_parent = 0;

	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	stat = par_procfs_read(root, path);
	/* "pid (name) state ppid ...", and the name may hold anything, also ")". */
	end = stat != NULL ? strrchr(stat, ')') : NULL;
	if (end == NULL || sscanf(end, ") %*c %ld", &its_parent) != 1)
		its_parent = 0; /* it has gone meanwhile */
	free(stat);
	return its_parent == (long)parent;
}

/* Where the kernel does not list children: the parents of all processes are looked at. */
static int add_found(struct par_family *family, const char *root, pid_t parent)
{
	char path[PATH_MAX];
	const struct dirent *entry;
	DIR *folder;
	int status = 0;

	snprintf(path, sizeof path, "%s/proc", root);
	folder = opendir(path);
	family->children_known = folder != NULL;
	if (folder == NULL)
		return 0;
	while (status == 0 && (entry = readdir(folder)) != NULL) {
		long pid = strtol(entry->d_name, NULL, 10);

		if (pid > 0 && is_child(root, pid, parent))
			status = par_family_add(family, (pid_t)pid, (pid_t)pid);
	}
	closedir(folder);
	return status;
}

int par_family_add_children(struct par_family *family, const char *root, pid_t parent)
{
	char path[64];
	char *list;
	int status;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
	list = par_procfs_read(root, path);
	family->children_known = list != NULL;
	status = list != NULL ? add_listed(family, list) : add_found(family, root, parent);
	free(list);
	return status;
}

int par_family_read(struct par_family *family)
{
	int status;

	*family = (struct par_family)PAR_FAMILY_INIT;
	status = add_threads(family);
	if (status == 0)
		status = par_family_add_children(family, "", getpid());
	if (status < 0)
		par_family_fini(family);
	return status;
}

static bool has(const struct par_family *family, const struct par_member *member)
{
	for (size_t i = 0; i < family->count; i++)
		if (family->members[i].tid == member->tid)
			return true;
	return false;
}

int par_family_newcomers(struct par_family *newcomers, const struct par_family *after,
	const struct par_family *before)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < after->count; i++)
		if (!has(before, &after->members[i]))
			status = par_family_add(
				newcomers, after->members[i].pid, after->members[i].tid);
	return status;
}

/* 0 for a process that is gone. */
static uint64_t process_ns(pid_t pid)
{
	struct timespec time;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0)
		return 0;
	return (uint64_t)time.tv_sec * PAR_NS_PER_S + (uint64_t)time.tv_nsec;
}

static uint64_t reaped_ns(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_CHILDREN, &usage) < 0)
		return 0;
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * PAR_NS_PER_S +
	       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * PAR_NS_PER_US;
}

uint64_t par_family_children_ns(const struct par_family *family)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < family->count; i++)
		if (family->members[i].pid != getpid())
			sum += process_ns(family->members[i].pid);
	return sum;
}

uint64_t par_family_cpu_ns(const struct par_family *family)
{
	return process_ns(0) + reaped_ns() + par_family_children_ns(family);
}

void par_family_fini(struct par_family *family)
{
	free(family->members);
	*family = (struct par_family)PAR_FAMILY_INIT;
}
