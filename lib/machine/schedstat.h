/*
 * schedstat: how long each thread ran and how long it stood in the run queue, from
 * /proc/PID/task/TID/schedstat ("ran waited slices", ns since its birth; CONFIG_SCHED_INFO).
 *
 * The files are kept open, so that a reading costs about a microsecond a thread.
 */
#ifndef PAR_SCHEDSTAT_H
#define PAR_SCHEDSTAT_H

#include "family.h"

struct par_schedstat_times {
	uint64_t running_ns;  /* on a PU, as far as the kernel has booked it: a thread that runs at
			       * this moment lacks what it ran since the last tick or switch */
	uint64_t runnable_ns; /* ready to run, and waiting for a PU */
};

/* Inert when zeroed. */
struct par_schedstat {
	int *files; /* owned; one a member, in the family's order */
	size_t count;
};

#define PAR_SCHEDSTAT_INIT                                                                         \
	{                                                                                          \
		0                                                                                  \
	}

/* Opens the files of all members. 0, -ENOENT (no such file in this kernel), -ENOMEM, -errno. */
int par_schedstat_open(struct par_schedstat *stat, const struct par_family *family);

/* Reads all into times[0 .. count). 0, -ESRCH when a thread has ended, -errno. */
int par_schedstat_read(const struct par_schedstat *stat, struct par_schedstat_times *times);

/* Reads the three numbers of such a file. 0 or -EINVAL. */
int par_schedstat_parse(struct par_schedstat_times *times, const char *text);

void par_schedstat_close(struct par_schedstat *stat);

#endif
