#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "crew_member.h"
#include "process.h"

/* How long a worker that was sent away may take: it only has to wake and _exit(). */
#define GRACE_NS (2 * PAR_NS_PER_S)

static int process_start(struct par_crew_member *member, int pu)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		par_crew_work(member->crew, member->worker, par_process_enter(parent, pu));
		_exit(0); /* not exit(): buffers and handlers are the parent's */
	}
	member->pid = pid;
	return 0;
}

static bool process_is_dead(struct par_crew_member *member)
{
	if (member->pid == 0)
		return true;
	if (waitpid(member->pid, NULL, WNOHANG) == 0)
		return false;
	member->pid = 0;
	return true;
}

static void process_end(struct par_crew_member *member, bool kill)
{
	if (member->pid != 0)
		par_process_reap(member->pid, kill ? 0 : GRACE_NS);
	member->pid = 0;
}

const struct par_crew_kind par_crew_processes = {
	.start = process_start,
	.is_dead = process_is_dead,
	.end = process_end,
};
