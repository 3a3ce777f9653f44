/*
 * launch: a real program as a child, without copying this process.
 *
 * By posix_spawn(3), which glibc builds on clone(CLONE_VM | CLONE_VFORK): the child borrows the
 * caller's memory until it has executed the program, so no page table is copied and the cost does
 * not grow with the caller. No shell sees the arguments. Unlike system(3) and popen(3) it tells why
 * a program could not be started.
 */
#ifndef PAR_LAUNCH_H
#define PAR_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

/* What to start. Borrowed for the call. */
struct par_launch_spec {
	const char *const
		*argv;          /* ends with NULL; argv[0] is a path, or a name looked up in PATH */
	const char *const *env; /* ends with NULL; NULL itself: the caller's */
	/* What becomes its descriptors 0, 1 and 2: above 2, or PAR_LAUNCH_NULL. Not closed here. */
	int in, out, err;
	bool group; /* in a process group of its own, so that what it starts can be ended too */
};

#define PAR_LAUNCH_NULL (-1)

/*
 * Starts it with default signals and none blocked. No other descriptor of the caller reaches it:
 * where the C library cannot close them all (before glibc 2.34) they must be close-on-exec. Returns
 * 0 with the child's *pid, to be reaped by the caller; or -errno of posix_spawn(3), such as
 * -ENOENT, -EACCES, -EAGAIN, -ENOMEM; -EBADF for descriptors 0 to 2. Then there is no child and
 * *pid is 0.
 */
int par_launch(pid_t *pid, const struct par_launch_spec *spec);

#endif
