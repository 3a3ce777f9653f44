/* Starting a program: everything between fork and exec, and its counterpart here. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child_parts.h"

/* Where the child keeps the pipe for the errno of exec; all above it is closed. */
#define EXEC_ERROR_FD 3

/* The far ends of the pipes, in the order of the child's descriptors 1, 2 and 3. */
struct far_ends {
	int fd[3];
};

static void close_all(int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

static int pipe_open(int *near, int *far)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*near = ends[0];
	*far = ends[1];
	/* Each end has its own flags: the child's end goes on blocking. */
	return fcntl(*near, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

/* A handler or an ignored signal of ours must not reach the program. */
static void signals_reset(void)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t none;

	/* Fails for SIGKILL, SIGSTOP and the two that the C library keeps: they need no reset. */
	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, &plain, NULL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_from(int first)
{
	struct rlimit files;
	rlim_t end;

#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return;
#endif
	/* Before Linux 5.9. Ours are all close-on-exec, so what a bound here misses is rare. */
	end = getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 65536 ? files.rlim_cur
									      : 65536;
	for (rlim_t fd = (rlim_t)first; fd < end; fd++)
		close((int)fd);
}

/* Puts the pipes on descriptors 1 to 3 and /dev/null on 0; closes all others. 0 or -errno. */
static int descriptors_arrange(struct far_ends *far)
{
	int null;

	/* Out of the way first: an end may sit on 0 to 3 when the caller had closed its own. */
	for (int i = 0; i < 3; i++) {
		int moved = fcntl(far->fd[i], F_DUPFD, EXEC_ERROR_FD + 1);

		if (moved < 0)
			return -errno;
		far->fd[i] = moved;
	}
	for (int i = 0; i < 3; i++)
		if (dup2(far->fd[i], i + 1) < 0)
			return -errno;
	if (fcntl(EXEC_ERROR_FD, F_SETFD, FD_CLOEXEC) < 0)
		return -errno;
	far->fd[2] = EXEC_ERROR_FD;
	close_from(EXEC_ERROR_FD + 1);
	null = open("/dev/null", O_RDONLY);
	if (null < 0)
		return -errno;
	if (null > 0 && dup2(null, 0) < 0)
		return -errno;
	if (null > EXEC_ERROR_FD)
		close(null);
	return 0;
}

/*
 * In the child: becomes the program, or tells why not. Calls only what signal-safety(7) allows,
 * since the caller may have threads (execvp allocates nothing in glibc and musl).
 */
static _Noreturn void become(const struct par_child_spec *spec, struct far_ends *far, pid_t parent)
{
	int rc;

	/* Both sides do it, so that it is done whichever runs first. */
	(void)setpgid(0, 0);
	rc = prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ? -errno : 0;
	/* The parent may have died before the line above: nothing would kill us then. */
	if (getppid() != parent)
		_exit(127);
	signals_reset();
	if (rc == 0)
		rc = descriptors_arrange(far);
	if (rc == 0 && spec->folder && chdir(spec->folder) < 0)
		rc = -errno;
	if (rc == 0) {
		/* exec does not write to its arguments; its type is older than const. */
		union {
			const char *const *given;
			char *const *wanted;
		} argv = { .given = spec->argv };

		execvp(argv.wanted[0], argv.wanted);
		rc = -errno;
	}
	(void)!write(far->fd[2], &rc, sizeof rc);
	_exit(127);
}

/* fork, with all signals held back until the child has dropped our handlers. */
static int process_fork(
	struct par_process *process, const struct par_child_spec *spec, struct far_ends *far)
{
	pid_t parent = getpid();
	sigset_t all;
	sigset_t before;
	int rc = 0;

	sigfillset(&all);
	rc = -pthread_sigmask(SIG_SETMASK, &all, &before);
	if (rc)
		return rc;
	process->pid = fork();
	if (process->pid == 0)
		become(spec, far, parent);
	if (process->pid < 0)
		rc = -errno;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

int par_process_open(struct par_process *process, const struct par_child_spec *spec)
{
	struct far_ends far = { { -1, -1, -1 } };
	int rc;

	*process = (struct par_process)PAR_PROCESS_INIT;
	if ((rc = pipe_open(&process->output, &far.fd[0])) ||
		(rc = pipe_open(&process->complaint, &far.fd[1])) ||
		(rc = pipe_open(&process->exec_error, &far.fd[2])))
		goto done;
	rc = process_fork(process, spec, &far);
	if (rc)
		goto done;
	/* EACCES: it has executed already, and so did it before that. */
	(void)setpgid(process->pid, process->pid);
#ifdef SYS_pidfd_open
	process->pidfd = (int)syscall(SYS_pidfd_open, process->pid, 0);
#endif
done:
	close_all(far.fd, 3);
	return rc;
}

void par_process_kill(const struct par_process *process)
{
	/* ESRCH says that there is no such group (yet, or any more): then the second one counts. */
	(void)kill(-process->pid, SIGKILL);
	(void)kill(process->pid, SIGKILL);
}

bool par_process_ended(const struct par_process *process)
{
	siginfo_t info = { .si_pid = 0 };
	int rc = waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG | WNOWAIT);

	return rc < 0 || info.si_pid != 0;
}

void par_process_close(struct par_process *process)
{
	int fds[4] = { process->pidfd, process->output, process->complaint, process->exec_error };

	close_all(fds, 4);
	process->pidfd = process->output = process->complaint = process->exec_error = -1;
}
