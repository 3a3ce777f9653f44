#include "limit_processes.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "limit_groups.h"

/* With more room than this something else was short: EAGAIN has other causes, too. */
#define ROOM_MOST  8192
#define FILE_LIMIT (1 << 20)

/* The tightest bound so far. */
struct bound {
	char name[320];
	uint64_t limit, room;
};

static void consider(struct bound *bound, const char *name, uint64_t limit, uint64_t used)
{
	uint64_t left = limit > used ? limit - used : 0;

	if (left >= bound->room)
		return;
	snprintf(bound->name, sizeof bound->name, "%s", name);
	bound->limit = limit;
	bound->room = left;
}

/* The number in a file; false for "max" and where there is none. */
static bool read_number(uint64_t *out, const char *path)
{
	char line[64];
	char *end;

	if (par_file_read_line(line, sizeof line, path) < 0)
		return false;
	*out = strtoull(line, &end, 10);
	return end != line;
}

static uint64_t threads_of(const char *pid)
{
	char path[300];
	const char *line;
	char *text;
	uint64_t count = 0;

	snprintf(path, sizeof path, "/proc/%s/status", pid);
	if (par_file_read(&text, NULL, path, FILE_LIMIT) < 0)
		return 0; /* it has gone meanwhile */
	line = strstr(text, "\nThreads:");
	if (line != NULL)
		count = strtoull(line + strlen("\nThreads:"), NULL, 10);
	free(text);
	return count;
}

/* Threads of all processes of this user: what RLIMIT_NPROC counts. */
static uint64_t threads_of_user(void)
{
	DIR *folder = opendir("/proc");
	const struct dirent *entry;
	uint64_t count = 0;
	struct stat info;

	if (folder == NULL)
		return 0;
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
			fstatat(dirfd(folder), entry->d_name, &info, 0) == 0 &&
			info.st_uid == getuid())
			count += threads_of(entry->d_name);
	}
	closedir(folder);
	return count;
}

static void consider_user(struct bound *bound)
{
	struct rlimit limit;

	/* The kernel does not hold root to it. */
	if (getuid() != 0 && getrlimit(RLIMIT_NPROC, &limit) == 0 &&
		limit.rlim_cur != RLIM_INFINITY)
		consider(bound, "RLIMIT_NPROC", limit.rlim_cur, threads_of_user());
}

/* `group` and all groups above it, below `root`, a folder where the hierarchy is mounted. */
static void consider_groups(struct bound *bound, const char *root, char *group)
{
	char path[PAR_LIMIT_GROUP_MAX + 100], name[320];
	uint64_t limit, used;
	char *slash;

	do {
		snprintf(path, sizeof path, "%s%s/pids.max", root, group);
		snprintf(name, sizeof name, "pids.max of cgroup %.280s",
			group[0] != '\0' ? group : "/");
		if (read_number(&limit, path)) {
			snprintf(path, sizeof path, "%s%s/pids.current", root, group);
			if (read_number(&used, path))
				consider(bound, name, limit, used);
		}
		slash = strrchr(group, '/');
		if (slash != NULL)
			*slash = '\0';
	} while (slash != NULL);
}

static void consider_cgroups(struct bound *bound)
{
	char group[PAR_LIMIT_GROUP_MAX];
	char *list;

	if (par_file_read(&list, NULL, "/proc/self/cgroup", FILE_LIMIT) < 0)
		return;
	if (par_limit_group_find(group, sizeof group, list, "pids"))
		consider_groups(bound, "/sys/fs/cgroup/pids", group);
	if (par_limit_group_find(group, sizeof group, list, ""))
		consider_groups(bound, "/sys/fs/cgroup", group);
	free(list);
}

static void consider_kernel(struct bound *bound)
{
	uint64_t limit, all;
	char line[128];

	/* "0.00 0.01 0.05 1/123 4567": 123 tasks exist. */
	if (par_file_read_line(line, sizeof line, "/proc/loadavg") < 0 ||
		sscanf(line, "%*s %*s %*s %*u/%" SCNu64, &all) != 1)
		return;
	if (read_number(&limit, "/proc/sys/kernel/threads-max"))
		consider(bound, "kernel.threads-max", limit, all);
	if (read_number(&limit, "/proc/sys/kernel/pid_max"))
		consider(bound, "kernel.pid_max", limit, all);
}

void par_limit_explain_processes(struct par_error *out)
{
	struct bound bound = { .room = ROOM_MOST };

	consider_user(&bound);
	consider_cgroups(&bound);
	consider_kernel(&bound);
	if (bound.name[0] != '\0')
		par_fail(out, 0, "limit of processes, %s = %" PRIu64, bound.name, bound.limit);
}
