#include "footprint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "procfs.h"

int par_footprint_parse(uint64_t *bytes, const char *text, const char *key)
{
	char value[32], unit[4];
	uint64_t kib;

	par_procfs_field(value, sizeof value, text, key);
	if (sscanf(value, "%" SCNu64 " %3s", &kib, unit) != 2)
		return -EINVAL;
	*bytes = kib * 1024;
	return 0;
}

static int read_field(uint64_t *bytes, const char *path, const char *key)
{
	char *text = par_procfs_read("", path);
	int status = text == NULL ? -ENOENT : par_footprint_parse(bytes, text, key);

	free(text);
	return status;
}

int par_footprint_pss(uint64_t *bytes, const struct par_family *family)
{
	int status = 0;

	*bytes = 0;
	for (size_t i = 0; status == 0 && i < family->count; i++) {
		const struct par_member *member = &family->members[i];
		uint64_t pss = 0;
		char path[64];

		if (member->tid != member->pid) /* a thread has its process's memory */
			continue;
		snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)member->pid);
		status = read_field(&pss, path, "Pss:");
		*bytes += pss;
	}
	return status;
}

int par_footprint_peak(uint64_t *bytes)
{
	struct rusage children;
	int status = read_field(bytes, "/proc/self/status", "VmHWM:");

	if (status == 0 && getrusage(RUSAGE_CHILDREN, &children) < 0)
		status = -errno;
	if (status == 0 && (uint64_t)children.ru_maxrss * 1024 > *bytes)
		*bytes = (uint64_t)children.ru_maxrss * 1024;
	return status;
}
