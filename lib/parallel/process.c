#include "process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "pin.h"

int par_process_enter(pid_t parent, int pu)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return -errno;
	if (getppid() != parent) /* it died before the line above */
		return -ESRCH;
	return par_pin_self(pu);
}

/* The state of the child now, or when it has ended: 1 ended, 0 not, or -errno. Leaves a zombie. */
static int look(pid_t pid, int options)
{
	siginfo_t info = { .si_pid = 0 };
	int code;

	do
		code = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | options);
	while (code < 0 && errno == EINTR);
	if (code < 0)
		return -errno;
	return info.si_pid == pid;
}

/* Sleeps until the child has ended or the time is out, without polling where the kernel can. */
static void await_end(pid_t pid, uint64_t limit_ns)
{
	struct timespec limit = {
		.tv_sec = (time_t)(limit_ns / PAR_NS_PER_S),
		.tv_nsec = (long)(limit_ns % PAR_NS_PER_S),
	};
	struct timespec nap = { .tv_nsec = PAR_NS_PER_MS };
#ifdef SYS_pidfd_open /* Linux 5.3 */
	struct pollfd end = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };

	if (end.fd >= 0) {
		(void)ppoll(&end, 1, &limit, NULL);
		close(end.fd);
		return;
	}
#endif
	(void)nanosleep(limit_ns < PAR_NS_PER_MS ? &limit : &nap, NULL);
}

int par_process_await(pid_t pid, uint64_t limit_ns)
{
	uint64_t start, spent = 0;
	int ended;

	if (limit_ns == PAR_PROCESS_FOREVER) {
		ended = look(pid, 0);
		return ended < 0 ? ended : 0;
	}
	start = par_now_ns();
	for (;;) {
		ended = look(pid, WNOHANG);
		if (ended != 0)
			return ended < 0 ? ended : 0;
		if (spent >= limit_ns)
			return -ETIMEDOUT;
		await_end(pid, limit_ns - spent);
		spent = par_now_ns() - start;
	}
}

/* 0 when it is reaped now, -EAGAIN when it is alive, or -errno. */
static int reap(pid_t pid, int options, int *status)
{
	pid_t got;

	do
		got = waitpid(pid, status, options);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	return got == pid ? 0 : -EAGAIN;
}

int par_process_join(pid_t pid, uint64_t limit_ns, int *status)
{
	int code;

	if (limit_ns == PAR_PROCESS_FOREVER)
		return reap(pid, 0, status);
	code = reap(pid, WNOHANG, status);
	if (code != -EAGAIN)
		return code;
	code = limit_ns == 0 ? -ETIMEDOUT : par_process_await(pid, limit_ns);
	return code < 0 ? code : reap(pid, 0, status);
}

void par_process_reap(pid_t pid, uint64_t grace_ns)
{
	if (grace_ns > 0 && par_process_join(pid, grace_ns, NULL) != -ETIMEDOUT)
		return;
	(void)kill(pid, SIGKILL);
	(void)par_process_join(pid, PAR_PROCESS_FOREVER, NULL);
}
