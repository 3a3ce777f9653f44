/* The processes that a master makes. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "process.h"
#include "serving_parts.h"

/* How often those who are to end are told so: the first word may come just before they block. */
#define REMIND_NS (5 * PAR_NS_PER_MS)
/* A worker that dies as soon as it is made is replaced at most a hundred times a second. */
#define REPLACE_NS (10 * PAR_NS_PER_MS)

static void wake(int signal)
{
	(void)signal; /* it has interrupted a call, whose caller looks at `stopping` */
}

/* SIGTERM interrupts what blocks. 0 or -errno. */
static int take_signals(void)
{
	struct sigaction action = { .sa_handler = wake };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	if (sigaction(SIGTERM, &action, NULL) < 0 || sigprocmask(SIG_UNBLOCK, &set, NULL) < 0)
		return -errno;
	return 0;
}

static _Noreturn void be_child(struct par_serving_state *state, unsigned slot, pid_t master,
	void (*child)(struct par_serving_state *state, unsigned slot, int argument), int argument)
{
	const struct par_serving_spec *spec = &state->spec;
	bool pinned = spec->kind == PAR_SERVING_LOOPS && spec->pus != NULL && spec->pu_count > 0;
	int code = par_process_enter(master, pinned ? spec->pus[slot % spec->pu_count] : -1);

	/* The master notes it too, but perhaps only after this one has said that it is ready. */
	atomic_store_explicit(&state->board->pids[slot], getpid(), memory_order_relaxed);
	/* A loop reads its signals from a signalfd of its own, with all of them blocked. */
	(void)close(state->signals);
	state->signals = -1;
	if (code == 0 && spec->kind != PAR_SERVING_LOOPS)
		code = take_signals();
	if (code < 0)
		par_serving_fail(state, code);
	else
		child(state, slot, argument);
	_exit(code < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

int par_serving_child_start(struct par_serving_state *state, unsigned slot,
	void (*child)(struct par_serving_state *state, unsigned slot, int argument), int argument)
{
	pid_t master = getpid(), pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		be_child(state, slot, master, child, argument);
	atomic_store_explicit(&state->board->pids[slot], pid, memory_order_relaxed);
	return 0;
}

static void forget(struct par_serving_board *board, pid_t pid, const struct rusage *usage)
{
	struct timeval user = usage->ru_utime, kernel = usage->ru_stime;

	atomic_fetch_add_explicit(&board->reaped_ns,
		(uint64_t)(user.tv_sec + kernel.tv_sec) * PAR_NS_PER_S +
			(uint64_t)(user.tv_usec + kernel.tv_usec) * PAR_NS_PER_US,
		memory_order_relaxed);
	for (unsigned i = 0; i < board->slots; i++) {
		if (atomic_load_explicit(&board->pids[i], memory_order_relaxed) == pid) {
			atomic_store_explicit(&board->pids[i], 0, memory_order_relaxed);
			return;
		}
	}
}

unsigned par_serving_children_reap(struct par_serving_state *state)
{
	struct rusage usage;
	unsigned count = 0;
	pid_t pid;

	while ((pid = wait4(-1, NULL, WNOHANG, &usage)) > 0) {
		forget(state->board, pid, &usage);
		count++;
	}
	return count;
}

static unsigned tell_all(const struct par_serving_board *board, int signal)
{
	unsigned alive = 0;

	for (unsigned i = 0; i < board->slots; i++) {
		pid_t pid = atomic_load_explicit(&board->pids[i], memory_order_relaxed);

		if (pid > 0) {
			(void)kill(pid, signal);
			alive++;
		}
	}
	return alive;
}

void par_serving_children_end(struct par_serving_state *state)
{
	uint64_t until = par_now_ns() + state->spec.drain_ns;

	(void)par_serving_children_reap(state);
	while (tell_all(state->board, SIGTERM) > 0) {
		if (par_now_ns() >= until) {
			atomic_store_explicit(&state->board->cut, 1, memory_order_relaxed);
			(void)tell_all(state->board, SIGKILL);
		}
		(void)par_serving_await(state, -1, REMIND_NS);
		(void)par_serving_children_reap(state);
	}
}

static int start_missing(struct par_serving_state *state,
	void (*child)(struct par_serving_state *state, unsigned slot, int argument),
	unsigned *started)
{
	struct par_serving_board *board = state->board;
	int code = 0;

	for (unsigned i = 0; code == 0 && i < board->slots; i++) {
		if (atomic_load_explicit(&board->pids[i], memory_order_relaxed) != 0)
			continue;
		code = par_serving_child_start(state, i, child, 0);
		*started += code == 0;
	}
	return code;
}

int par_serving_supervise(struct par_serving_state *state,
	void (*child)(struct par_serving_state *state, unsigned slot, int argument))
{
	unsigned started = 0;
	int code = start_missing(state, child, &started);

	if (code < 0)
		par_serving_fail(state, code);
	while (!par_serving_stopping(state)) {
		(void)par_serving_await(state, -1, PAR_NS_PER_S);
		if (par_serving_children_reap(state) == 0 || par_serving_stopping(state))
			continue;
		(void)par_serving_await(state, -1, REPLACE_NS);
		started = 0;
		/* Where there is no room for a process now, there may be after the next death. */
		if (!par_serving_stopping(state))
			(void)start_missing(state, child, &started);
		atomic_fetch_add_explicit(&state->board->replaced, started, memory_order_relaxed);
	}
	par_serving_stop(state);
	par_serving_children_end(state);
	return 0;
}
