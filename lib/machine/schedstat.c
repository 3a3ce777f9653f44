#include "schedstat.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int par_schedstat_open(struct par_schedstat *stat, const struct par_family *family)
{
	*stat = (struct par_schedstat){ .files = calloc(family->count + 1, sizeof *stat->files) };
	if (stat->files == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < family->count; i++) {
		char path[64];
		int file;

		snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat",
			(int)family->members[i].pid, (int)family->members[i].tid);
		file = open(path, O_RDONLY | O_CLOEXEC);
		if (file < 0) {
			int status = -errno;

			par_schedstat_close(stat);
			return status;
		}
		stat->files[stat->count++] = file;
	}
	return 0;
}

int par_schedstat_parse(struct par_schedstat_times *times, const char *text)
{
	if (sscanf(text, "%" SCNu64 " %" SCNu64 " %*u", &times->running_ns, &times->runnable_ns) ==
		2)
		return 0;
	return -EINVAL;
}

int par_schedstat_read(const struct par_schedstat *stat, struct par_schedstat_times *times)
{
	for (size_t i = 0; i < stat->count; i++) {
		char text[96];
		ssize_t size = pread(stat->files[i], text, sizeof text - 1, 0);

		if (size < 0)
			return -errno;
		text[size] = '\0';
		if (par_schedstat_parse(&times[i], text) < 0)
			return -EINVAL;
	}
	return 0;
}

void par_schedstat_close(struct par_schedstat *stat)
{
	for (size_t i = 0; i < stat->count; i++)
		close(stat->files[i]);
	free(stat->files);
	*stat = (struct par_schedstat)PAR_SCHEDSTAT_INIT;
}
