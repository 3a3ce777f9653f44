#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

/* 0, or -errno. What posix_spawn returns is an errno, not -1. */
static int place(posix_spawn_file_actions_t *actions, int fd, int at)
{
	if (fd == PAR_LAUNCH_NULL)
		return -posix_spawn_file_actions_addopen(
			actions, at, "/dev/null", at == 0 ? O_RDONLY : O_WRONLY, 0);
	/* One of them would be overwritten before it is moved to its place. */
	if (fd <= 2)
		return -EBADF;
	return -posix_spawn_file_actions_adddup2(actions, fd, at);
}

static int fill_actions(posix_spawn_file_actions_t *actions, const struct par_launch_spec *spec)
{
	int code = place(actions, spec->in, 0);

	if (code == 0)
		code = place(actions, spec->out, 1);
	if (code == 0)
		code = place(actions, spec->err, 2);
#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
	if (code == 0)
		code = -posix_spawn_file_actions_addclosefrom_np(actions, 3);
#endif
#endif
	return code;
}

static int fill_attributes(posix_spawnattr_t *attributes, const struct par_launch_spec *spec)
{
	short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
	sigset_t all, none;
	int code;

	sigfillset(&all);
	sigemptyset(&none);
	if (spec->group)
		flags |= POSIX_SPAWN_SETPGROUP; /* to 0, the default: the child's own */
	code = -posix_spawnattr_setflags(attributes, flags);
	if (code == 0)
		code = -posix_spawnattr_setsigdefault(attributes, &all);
	return code == 0 ? -posix_spawnattr_setsigmask(attributes, &none) : code;
}

static int start(pid_t *pid, const struct par_launch_spec *spec,
	const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes)
{
	/* The program does not write to its arguments; its type is older than const. */
	union {
		const char *const *given;
		char *const *wanted;
	} argv = { .given = spec->argv }, env = { .given = spec->env };
	pid_t child = 0;
	int code = -posix_spawnp(&child, argv.wanted[0], actions, attributes, argv.wanted,
		spec->env != NULL ? env.wanted : environ);

	*pid = code == 0 ? child : 0;
	return code;
}

int par_launch(pid_t *pid, const struct par_launch_spec *spec)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int code = -posix_spawn_file_actions_init(&actions);

	*pid = 0;
	if (code < 0)
		return code;
	code = -posix_spawnattr_init(&attributes);
	if (code == 0) {
		code = fill_actions(&actions, spec);
		if (code == 0)
			code = fill_attributes(&attributes, spec);
		if (code == 0)
			code = start(pid, spec, &actions, &attributes);
		(void)posix_spawnattr_destroy(&attributes);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return code;
}
