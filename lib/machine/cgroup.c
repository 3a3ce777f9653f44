#include "cgroup.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "procfs.h"

/* v1 says "no limit" with the largest page count there is, near 2^63; nothing real comes near. */
#define NO_LIMIT (UINT64_C(1) << 60)

/* One line of /proc/self/mountinfo; see proc(5). All point into the line, cut by NULs. */
struct mount {
	char *root;    /* what of the hierarchy is mounted */
	char *point;   /* where */
	char *type;    /* "cgroup2", "cgroup", ... */
	char *options; /* of the superblock; for v1 they name the controllers */
};

/* One walk from a group up to its mount. */
struct walk {
	const char *root;   /* of the tree, "" for the real one */
	char dir[PATH_MAX]; /* below it */
	size_t top;         /* length of the mount point in `dir`: the walk ends there */
};

static bool split_mount(struct mount *mount, char *line)
{
	char *save = NULL;
	char *field = strtok_r(line, " ", &save);
	unsigned index = 0;

	*mount = (struct mount){ 0 };
	for (; field && strcmp(field, "-") != 0; field = strtok_r(NULL, " ", &save), index++) {
		if (index == 3)
			mount->root = field;
		if (index == 4)
			mount->point = field;
	}
	mount->type = strtok_r(NULL, " ", &save);
	(void)strtok_r(NULL, " ", &save); /* the source says nothing for cgroups */
	mount->options = strtok_r(NULL, " ", &save);
	return field && mount->root && mount->point && mount->type && mount->options;
}

/* True when a comma-separated list, which ends at a colon, a newline or a NUL, has `word`. */
static bool list_has(const char *list, const char *word)
{
	for (;;) {
		size_t length = strcspn(list, ",:\n");

		if (length == strlen(word) && memcmp(list, word, length) == 0)
			return true;
		if (list[length] != ',')
			return false;
		list += length + 1;
	}
}

/*
 * The group of this process in the v2 hierarchy (controller "") or in that of a v1 controller. A
 * line of /proc/self/cgroup reads "id:controllers:path"; v2 is "0::path".
 */
static bool find_group(char *path, size_t size, const char *groups, const char *controller)
{
	for (const char *line = groups; line && *line; line = strchr(line, '\n')) {
		const char *names;
		const char *group;
		size_t length;

		line += *line == '\n';
		names = strchr(line, ':');
		group = names ? strchr(names + 1, ':') : NULL;
		if (!group)
			return false;
		if (*controller ? !list_has(names + 1, controller) : strncmp(line, "0::", 3) != 0)
			continue;
		length = strcspn(group + 1, "\n");
		if (length >= size)
			return false;
		memcpy(path, group + 1, length);
		path[length] = '\0';
		return true;
	}
	return false;
}

/* The part of `path` below what is mounted; "" where the mount shows another part of the tree. */
static const char *below(const char *path, const char *mounted)
{
	size_t length = strcmp(mounted, "/") == 0 ? 0 : strlen(mounted);

	if (strncmp(path, mounted, length) != 0 || strstr(path, "/.."))
		return "";
	path += length;
	return *path == '/' && path[1] != '\0' ? path : "";
}

static bool walk_start(
	struct walk *walk, const char *root, const struct mount *mount, const char *path)
{
	int length = snprintf(
		walk->dir, sizeof(walk->dir), "%s%s", mount->point, below(path, mount->root));

	walk->root = root;
	walk->top = strlen(mount->point);
	return length > 0 && (size_t)length < sizeof(walk->dir);
}

/* One group up; false at the mount point. */
static bool walk_up(struct walk *walk)
{
	char *slash = strrchr(walk->dir, '/');

	if (strlen(walk->dir) <= walk->top || !slash)
		return false;
	*slash = '\0';
	return true;
}

static void read_here(char *line, size_t size, const struct walk *walk, const char *name)
{
	char path[PATH_MAX + 64];

	(void)snprintf(path, sizeof(path), "%s/%s", walk->dir, name);
	par_procfs_line(line, size, walk->root, path);
}

static void tighten_quota(struct par_cgroup *cgroup, double quota, double period)
{
	double cpus = period > 0 ? quota / period : 0;

	if (cpus > 0 && isfinite(cpus) && (cgroup->quota_cpus <= 0 || cpus < cgroup->quota_cpus))
		cgroup->quota_cpus = cpus;
}

static void tighten_memory(struct par_cgroup *cgroup, const char *text)
{
	char *end;
	uint64_t bytes = strtoull(text, &end, 10); /* "max" gives end == text */

	if (end == text || bytes >= NO_LIMIT)
		return;
	if (!cgroup->memory_limit_bytes || bytes < cgroup->memory_limit_bytes)
		cgroup->memory_limit_bytes = bytes;
}

/* cpu.stat counts throttled time as "throttled_usec" in v2, "throttled_time" (ns) in v1. */
static void add_throttled(
	struct par_cgroup *cgroup, const struct walk *walk, const char *key, uint64_t unit_ns)
{
	char path[PATH_MAX + 64], periods[32], time[32];
	char *text;

	(void)snprintf(path, sizeof(path), "%s/cpu.stat", walk->dir);
	text = par_procfs_read(walk->root, path);
	par_procfs_field(periods, sizeof(periods), text, "nr_throttled");
	par_procfs_field(time, sizeof(time), text, key);
	free(text);
	if (*periods == '\0' || *time == '\0')
		return;
	cgroup->throttled_known = true;
	cgroup->throttled_periods += strtoull(periods, NULL, 10);
	cgroup->throttled_ns += unit_ns * strtoull(time, NULL, 10);
}

/* Reads the limits of the group in which the walk stands. */
typedef void read_group(struct par_cgroup *cgroup, const struct walk *walk);

static void read_v2(struct par_cgroup *cgroup, const struct walk *walk)
{
	char line[64];
	double quota, period;

	read_here(line, sizeof(line), walk, "cpu.max");
	if (sscanf(line, "%lf %lf", &quota, &period) == 2) /* "max 100000" gives 0 */
		tighten_quota(cgroup, quota, period);
	read_here(line, sizeof(line), walk, "memory.max");
	tighten_memory(cgroup, line);
	add_throttled(cgroup, walk, "throttled_usec", PAR_NS_PER_US);
}

static void read_v1_cpu(struct par_cgroup *cgroup, const struct walk *walk)
{
	char quota[32], period[32];

	read_here(quota, sizeof(quota), walk, "cpu.cfs_quota_us"); /* -1: none */
	read_here(period, sizeof(period), walk, "cpu.cfs_period_us");
	tighten_quota(cgroup, strtod(quota, NULL), strtod(period, NULL));
	add_throttled(cgroup, walk, "throttled_time", 1);
}

static void read_v1_memory(struct par_cgroup *cgroup, const struct walk *walk)
{
	char line[32];

	read_here(line, sizeof(line), walk, "memory.limit_in_bytes");
	tighten_memory(cgroup, line);
}

static void read_hierarchy(struct par_cgroup *cgroup, const char *root, const struct mount *mount,
	const char *groups, const char *controller, read_group *read)
{
	char path[PATH_MAX];
	struct walk walk;

	if (!find_group(path, sizeof(path), groups, controller) ||
		!walk_start(&walk, root, mount, path))
		return;
	do {
		read(cgroup, &walk);
	} while (walk_up(&walk));
}

static void read_mount(
	struct par_cgroup *cgroup, const char *root, const struct mount *mount, const char *groups)
{
	if (strcmp(mount->type, "cgroup2") == 0)
		read_hierarchy(cgroup, root, mount, groups, "", read_v2);
	if (strcmp(mount->type, "cgroup") != 0)
		return;
	if (list_has(mount->options, "cpu"))
		read_hierarchy(cgroup, root, mount, groups, "cpu", read_v1_cpu);
	if (list_has(mount->options, "memory"))
		read_hierarchy(cgroup, root, mount, groups, "memory", read_v1_memory);
}

void par_cgroup_read(struct par_cgroup *cgroup, const char *root)
{
	char *groups = par_procfs_read(root, "/proc/self/cgroup");
	char *mounts = par_procfs_read(root, "/proc/self/mountinfo");
	char *save = NULL;
	char *line = mounts ? strtok_r(mounts, "\n", &save) : NULL;

	*cgroup = (struct par_cgroup){ 0 };
	if (groups)
		(void)find_group(cgroup->path, sizeof(cgroup->path), groups, "");
	for (; groups && line; line = strtok_r(NULL, "\n", &save)) {
		struct mount mount;

		if (split_mount(&mount, line))
			read_mount(cgroup, root, &mount, groups);
	}
	free(mounts);
	free(groups);
}
