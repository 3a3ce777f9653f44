#include "process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
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

/* True when the child is gone: reaped now, or no child of ours. */
static bool reap(pid_t pid, int options)
{
	pid_t got;

	do
		got = waitpid(pid, NULL, options);
	while (got < 0 && errno == EINTR);
	return got != 0;
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

void par_process_reap(pid_t pid, uint64_t grace_ns)
{
	uint64_t start = par_now_ns();
	uint64_t spent = 0;

	while (spent < grace_ns) {
		if (reap(pid, WNOHANG))
			return;
		await_end(pid, grace_ns - spent);
		spent = par_now_ns() - start;
	}
	if (grace_ns > 0 && reap(pid, WNOHANG))
		return;
	(void)kill(pid, SIGKILL);
	(void)reap(pid, 0);
}
