#include "descriptors.h"

#include <errno.h>
#include <sys/resource.h>

/* Standard streams, epoll and timer descriptors of loops, pipes of pools. */
#define OTHERS 256

int par_descriptors_ensure(unsigned needed, struct par_error *error)
{
	rlim_t least = (rlim_t)needed + OTHERS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return par_fail(error, -errno, "the limit of open files cannot be read");
	if (limit.rlim_cur >= least)
		return 0;
	if (limit.rlim_max < least)
		return par_fail(error, -EMFILE,
			"needs %llu open files, the hard limit is %llu: raise it (ulimit -Hn)",
			(unsigned long long)least, (unsigned long long)limit.rlim_max);
	limit.rlim_cur = least;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return par_fail(error, -errno, "the limit of open files cannot be raised to %llu",
			(unsigned long long)least);
	return 0;
}
