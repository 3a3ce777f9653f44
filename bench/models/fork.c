/*
 * fork: a new process for each task, at most N alive.
 */
#include <errno.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crew.h"
#include "model.h"
#include "pin.h"
#include "process.h"
#include "shared.h"

/* A place for one process: with its PU and its tally. */
struct seat {
	pid_t pid;      /* of the process in it, 0: free */
	unsigned below; /* the next free seat + 1, 0: none */
	struct par_affinity affinity;
};

/*
 * In memory that forks share, though the children never look at it: what is private is protected at
 * each fork, and the parent's next write to it would cost a page fault.
 */
struct par_team {
	const struct par_team_spec *spec;
	struct par_affinity before; /* of the caller, to be given back */
	size_t size;                /* of this, with the seats */
	unsigned alive;
	unsigned top; /* a free seat + 1, 0: none */
	struct seat seats[];
};

static void fork_close(struct par_team *team)
{
	if (!team)
		return;
	for (unsigned i = 0; i < team->spec->workers; i++) {
		if (team->seats[i].pid > 0) /* only after a run that failed */
			par_process_reap(team->seats[i].pid, 0);
		par_affinity_fini(&team->seats[i].affinity);
	}
	(void)par_affinity_apply(&team->before);
	par_affinity_fini(&team->before);
	par_shared_close(team, team->size);
}

static bool one_pu(const struct par_team_spec *spec)
{
	for (unsigned i = 1; i < spec->workers; i++)
		if (spec->pus[i] != spec->pus[0])
			return false;
	return true;
}

static int fork_open(struct par_team **out, const struct par_team_spec *spec)
{
	size_t size = sizeof(struct par_team) + spec->workers * sizeof(struct seat);
	struct par_team *team;
	void *memory;
	int code = par_shared_open(&memory, size);

	*out = NULL;
	if (code)
		return code;
	team = memory;
	team->spec = spec;
	team->size = size;
	code = par_affinity_confine(&team->before, spec->pus, spec->workers);
	/* The lowest seat ends up on top. */
	for (unsigned i = spec->workers; i > 0 && !code; i--) {
		team->seats[i - 1].below = team->top;
		team->top = i;
		if (spec->pus[i - 1] >= 0 && !one_pu(spec)) /* there the caller is, and forks */
			code = par_affinity_init(
				&team->seats[i - 1].affinity, &spec->pus[i - 1], 1);
	}
	if (code)
		fork_close(team);
	else
		*out = team;
	return code;
}

/*
 * In the new process. As lean as can be, since each page it is first to touch costs a fault: it is
 * not told to die with its parent, as pools are, for it ends with its task.
 */
static _Noreturn void child(const struct par_team *team, unsigned seat, uint64_t index)
{
	const struct par_team_spec *spec = team->spec;
	struct par_io io;
	int code = par_affinity_apply(&team->seats[seat].affinity);

	if (code)
		_exit(-code & 0xff);
	par_io_init_blocking(&io);
	par_job_work(&spec->work, index, index + 1, &io, &spec->tallies[seat]);
	_exit(0);
}

/* 0, or -errno when there is no process for the task. */
static int start(struct par_team *team, uint64_t index)
{
	unsigned seat = team->top - 1;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		child(team, seat, index);
	team->seats[seat].pid = pid;
	team->top = team->seats[seat].below;
	team->alive++;
	return 0;
}

/* Takes back the seat of a process; one that is not ours (a workload's server) has none. */
static int vacate(struct par_team *team, pid_t pid, int status)
{
	unsigned seat = 0;

	while (seat < team->spec->workers && team->seats[seat].pid != pid)
		seat++;
	if (seat == team->spec->workers)
		return 0;
	team->seats[seat].pid = 0;
	team->seats[seat].below = team->top;
	team->top = seat + 1;
	team->alive--;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : PAR_WORKER_DIED;
}

/* Waits until a process ends. 0, -errno with which it could not start, or PAR_WORKER_DIED. */
static int reap(struct par_team *team)
{
	int status;
	pid_t pid;

	do
		pid = waitpid(-1, &status, 0);
	while (pid < 0 && errno == EINTR);
	return pid < 0 ? -errno : vacate(team, pid, status);
}

/* True when the kernel only refuses more processes: then it goes on with those there are. */
static bool is_scarce(int code)
{
	return code == -EAGAIN || code == -ENOMEM;
}

static int fork_run(struct par_team *team, const struct par_job *job)
{
	uint64_t next = job->first, last = job->first + job->count;
	int code = 0;

	while (next < last || team->alive > 0) {
		code = next < last && team->top != 0 ? start(team, next) : -EAGAIN;
		if (code == 0) {
			next++;
			continue;
		}
		if (!is_scarce(code) || team->alive == 0)
			break;
		code = reap(team);
		if (code)
			break;
	}
	return code;
}

const struct par_model par_model_fork = {
	.name = "fork",
	.label = "fork per task",
	.short_label = "fork",
	.summary = "a new process for each task",
	.traits = PAR_TRAIT_PROCESS | PAR_TRAIT_PER_TASK,
	/* As processes in a pool, and each task must be worth a process. */
	.simplicity = 4,
	.look = { "#BE4C07", "#FB8C5A", "#A8410A", "#FB8C5A", 9 },
	.open = fork_open,
	.run = fork_run,
	.close = fork_close,
};
