/*
 * family: the threads and the child processes of this process, and the CPU time they have had.
 */
#ifndef PAR_FAMILY_H
#define PAR_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct par_member {
	pid_t pid, tid; /* the first thread of a process has both alike */
};

/* Inert when zeroed. */
struct par_family {
	struct par_member *members; /* owned; threads in the order of their birth, then children */
	size_t count, capacity;
	bool children_known; /* false: /proc does not show who is a child of whom */
};

#define PAR_FAMILY_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Lists all threads of this process and the children of its first thread, each child by its first
 * thread alone; no grandchildren. Call it in the first thread. Returns 0, -ENOMEM or -errno of
 * /proc, and then the family is inert.
 */
int par_family_read(struct par_family *family);

/*
 * Adds the children of a process and sets `children_known`; `root` is "" for the real tree. Read
 * from the kernel's list of the first thread's children; where it keeps none
 * (CONFIG_PROC_CHILDREN) from the parents of all processes in /proc, some 10 us each, and then all
 * threads' children. Returns 0 or -ENOMEM.
 */
int par_family_add_children(struct par_family *family, const char *root, pid_t parent);

/* Adds one. Returns 0 or -ENOMEM. */
int par_family_add(struct par_family *family, pid_t pid, pid_t tid);

/* Adds those of `after` that are not in `before`, in their order. Returns 0 or -ENOMEM. */
int par_family_newcomers(struct par_family *newcomers, const struct par_family *after,
	const struct par_family *before);

/*
 * CPU time in ns of this process, of the children it has reaped, and of the children in `family`
 * that are alive, with all their threads. A child that was reaped since it was listed is counted
 * once. Not exact to more than the microseconds of rusage.
 */
uint64_t par_family_cpu_ns(const struct par_family *family);

/* The part of it that is of the children which are alive, in ns. */
uint64_t par_family_children_ns(const struct par_family *family);

void par_family_fini(struct par_family *family);

#endif
