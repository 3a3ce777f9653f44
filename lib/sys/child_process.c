/* Two forks: of the keeper from the caller, and of the program from the keeper. */
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

#define PIPES (PAR_KEEPER_ENDS - PAR_KEEPER_CONTROL)

static void close_all(int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

/* `near` is the caller's end; it reads without waiting, unless it is the one that writes. */
static int pipe_open(int *near, int *far, bool near_reads)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*near = ends[near_reads ? 0 : 1];
	*far = ends[near_reads ? 1 : 0];
	/* Each end has its own flags: the far end goes on blocking. */
	return fcntl(*near, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
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

/*
 * Puts the pipes in their places and /dev/null on 0 to 2; closes all others. 0 or -errno, and in
 * both cases *report is where a report may be written.
 */
static int descriptors_arrange(const int far[PIPES], int *report)
{
	const int at = PAR_KEEPER_REPORT - PAR_KEEPER_CONTROL;
	int moved[PIPES];
	int null;

	*report = far[at];
	/* Out of the way first: an end may sit on 0 to 6 when the caller had closed its own. */
	for (int i = 0; i < PIPES; i++) {
		moved[i] = fcntl(far[i], F_DUPFD_CLOEXEC, PAR_KEEPER_ENDS);
		if (moved[i] < 0)
			return -errno;
	}
	*report = moved[at];
	for (int i = 0; i < PIPES; i++)
		if (dup3(moved[i], PAR_KEEPER_CONTROL + i, O_CLOEXEC) < 0)
			return -errno;
	*report = PAR_KEEPER_REPORT;
	close_from(PAR_KEEPER_ENDS);
	null = open("/dev/null", O_RDWR);
	if (null < 0)
		return -errno;
	for (int fd = 0; fd < 3; fd++)
		if (null != fd && dup2(null, fd) < 0)
			return -errno;
	if (null > 2)
		close(null);
	return 0;
}

/* In the keeper: the report of one that could not even begin. */
static _Noreturn void keeper_give_up(int fd, int rc)
{
	struct par_keeper_report report = { .error = rc };

	(void)!write(fd, &report, sizeof report);
	_exit(0);
}

static _Noreturn void become_keeper(const struct par_child_spec *spec, const int far[PIPES])
{
	int report, rc;

	/* Out of the terminal's group, and of any that somebody may kill or stop as a whole. */
	(void)setpgid(0, 0);
	rc = descriptors_arrange(far, &report);
	if (rc)
		keeper_give_up(report, rc);
	par_keeper_run(spec);
}

/* fork, with all signals held back: the keeper wants none but SIGKILL. */
static int keeper_fork(
	struct par_keeper *keeper, const struct par_child_spec *spec, const int far[PIPES])
{
	sigset_t all;
	sigset_t before;
	int rc = 0;

	sigfillset(&all);
	rc = -pthread_sigmask(SIG_SETMASK, &all, &before);
	if (rc)
		return rc;
	keeper->pid = fork();
	if (keeper->pid == 0)
		become_keeper(spec, far);
	if (keeper->pid < 0)
		rc = -errno;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

int par_keeper_open(struct par_keeper *keeper, const struct par_child_spec *spec)
{
	int far[PIPES] = { -1, -1, -1, -1 };
	int rc;

	*keeper = (struct par_keeper)PAR_KEEPER_INIT;
	if ((rc = pipe_open(&keeper->control, &far[0], false)) ||
		(rc = pipe_open(&keeper->report, &far[1], true)) ||
		(rc = pipe_open(&keeper->output, &far[2], true)) ||
		(rc = pipe_open(&keeper->complaint, &far[3], true)))
		goto done;
	rc = keeper_fork(keeper, spec, far);
done:
	close_all(far, PIPES);
	return rc;
}

void par_keeper_stop(struct par_keeper *keeper)
{
	close_all(&keeper->control, 1);
}

void par_keeper_close(struct par_keeper *keeper)
{
	int *fds[] = { &keeper->control, &keeper->report, &keeper->output, &keeper->complaint };

	for (size_t i = 0; i < PIPES; i++)
		close_all(fds[i], 1);
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

/* All between fork and exec; returns only a negative errno. Only what signal-safety(7) allows. */
static int become_program(const struct par_child_spec *spec, pid_t keeper)
{
	/* exec does not write to its arguments; its type is older than const. */
	union {
		const char *const *given;
		char *const *wanted;
	} argv = { .given = spec->argv };

	if (setpgid(0, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;
	/* The keeper may have died before the line above: nothing would kill us then. */
	if (getppid() != keeper)
		return -ESRCH;
	signals_reset();
	if (dup2(PAR_KEEPER_OUTPUT, 1) < 0 || dup2(PAR_KEEPER_COMPLAINT, 2) < 0)
		return -errno;
	close_from(3);
	if (spec->folder && chdir(spec->folder) < 0)
		return -errno;
	execvp(argv.wanted[0], argv.wanted);
	return -errno;
}

/*
 * vfork: the keeper sleeps until the program has executed, no page table is copied, and the errno
 * comes back in memory that both share.
 */
int par_program_start(pid_t *pid, const struct par_child_spec *spec)
{
	pid_t keeper = getpid();
	volatile int rc = 0;
	pid_t child = vfork();

	if (child == 0) {
		rc = become_program(spec, keeper);
		_exit(127);
	}
	if (child < 0)
		return -errno;
	*pid = child;
	return rc;
}
