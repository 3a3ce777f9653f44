#include "life.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "process.h"

_Static_assert(PAR_LIFE_FOREVER == PAR_PROCESS_FOREVER, "one word for ever");
_Static_assert(PAR_LIFE_FOREVER == PAR_FUTEX_FOREVER, "one word for ever");

/* To be asked must have an effect, whatever the starter does with the signal. */
static int be_askable(void)
{
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	if (signal(SIGTERM, SIG_DFL) == SIG_ERR)
		return -errno;
	return -pthread_sigmask(SIG_UNBLOCK, &term, NULL);
}

static _Noreturn void live_as_process(struct par_life *life, pid_t parent)
{
	int code = par_process_enter(parent, -1);

	if (code == 0)
		code = be_askable();
	_exit(code < 0 ? 255 : life->function(life->context, life) & 0xff);
}

int par_life_fork(struct par_life *life, par_life_function function, void *context)
{
	pid_t parent = getpid(), pid;

	*life = (struct par_life){ .function = function, .context = context };
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		live_as_process(life, parent);
	life->pid = pid;
	life->kind = PAR_LIFE_PROCESS;
	return 0;
}

int par_life_program(struct par_life *life, const struct par_launch_spec *spec)
{
	int code;

	*life = (struct par_life){ .kind = PAR_LIFE_NONE };
	code = par_launch(&life->pid, spec);
	if (code == 0)
		life->kind = PAR_LIFE_PROCESS;
	return code;
}

static void *live_as_thread(void *argument)
{
	struct par_life *life = argument;

	life->code = life->function(life->context, life) & 0xff;
	par_gate_set(&life->ended, 1);
	return NULL;
}

int par_life_thread(
	struct par_life *life, par_life_function function, void *context, size_t stack_bytes)
{
	pthread_attr_t attributes;
	int code;

	*life = (struct par_life){ .function = function, .context = context };
	code = -pthread_attr_init(&attributes);
	if (code < 0)
		return code;
	if (stack_bytes > 0)
		code = -pthread_attr_setstacksize(&attributes, stack_bytes);
	if (code == 0)
		code = -pthread_create(&life->thread, &attributes, live_as_thread, life);
	(void)pthread_attr_destroy(&attributes);
	if (code == 0)
		life->kind = PAR_LIFE_THREAD;
	return code;
}

/* Acquire: pairs with par_gate_set(), so what the thread did before is seen. */
static bool thread_ended(const struct par_life *life)
{
	return atomic_load_explicit(&life->ended.value, memory_order_acquire) != 0;
}

bool par_life_alive(const struct par_life *life)
{
	switch (life->kind) {
	case PAR_LIFE_PROCESS: return par_process_await(life->pid, 0) == -ETIMEDOUT;
	case PAR_LIFE_THREAD: return !thread_ended(life);
	case PAR_LIFE_NONE: break;
	}
	return false;
}

static int await_thread(struct par_life *life, uint64_t timeout_ns)
{
	if (thread_ended(life))
		return 0;
	if (timeout_ns == 0)
		return -ETIMEDOUT;
	return par_gate_wait(&life->ended, 0, 0, timeout_ns) != 0 ? 0 : -ETIMEDOUT;
}

int par_life_await(struct par_life *life, uint64_t timeout_ns)
{
	switch (life->kind) {
	case PAR_LIFE_PROCESS: return par_process_await(life->pid, timeout_ns);
	case PAR_LIFE_THREAD: return await_thread(life, timeout_ns);
	case PAR_LIFE_NONE: break;
	}
	return -ESRCH;
}

static int join_process(struct par_life *life, uint64_t timeout_ns, struct par_ending *ending)
{
	int status = 0;
	int code = par_process_join(life->pid, timeout_ns, &status);

	if (code == 0)
		*ending = (struct par_ending){
			.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
			.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
			.core = WIFSIGNALED(status) && WCOREDUMP(status),
		};
	return code;
}

/* pthread_join() alone would do without a timeout, but then it would be another path. */
static int join_thread(struct par_life *life, uint64_t timeout_ns, struct par_ending *ending)
{
	int code = await_thread(life, timeout_ns);

	if (code < 0)
		return code;
	code = -pthread_join(life->thread, NULL);
	if (code == 0)
		ending->code = life->code;
	return code;
}

int par_life_join(struct par_life *life, uint64_t timeout_ns, struct par_ending *ending)
{
	struct par_ending how = { .code = -1 };
	int code = -ESRCH;

	if (life->kind == PAR_LIFE_PROCESS)
		code = join_process(life, timeout_ns, &how);
	else if (life->kind == PAR_LIFE_THREAD)
		code = join_thread(life, timeout_ns, &how);
	if (code != -ETIMEDOUT) {
		life->kind = PAR_LIFE_NONE;
		if (ending != NULL)
			*ending = how;
	}
	return code;
}

/* The child is not reaped, so its number is still its own. */
static int send(const struct par_life *life, int signal)
{
	return kill(life->pid, signal) < 0 ? -errno : 0;
}

int par_life_terminate(struct par_life *life)
{
	if (life->kind == PAR_LIFE_PROCESS)
		return send(life, SIGTERM);
	if (life->kind == PAR_LIFE_THREAD)
		par_gate_set(&life->asked, 1);
	return life->kind == PAR_LIFE_NONE ? -ESRCH : 0;
}

int par_life_kill(struct par_life *life)
{
	if (life->kind == PAR_LIFE_PROCESS)
		return send(life, SIGKILL);
	return life->kind == PAR_LIFE_THREAD ? -ENOTSUP : -ESRCH;
}

bool par_life_asked(struct par_life *self)
{
	/* Acquire: pairs with par_gate_set() in par_life_terminate(). */
	return atomic_load_explicit(&self->asked.value, memory_order_acquire) != 0;
}

bool par_life_wait_asked(struct par_life *self, uint64_t timeout_ns)
{
	return par_gate_wait(&self->asked, 0, 0, timeout_ns) != 0;
}

void par_life_fini(struct par_life *life)
{
	if (life->kind == PAR_LIFE_NONE)
		return;
	if (life->kind == PAR_LIFE_PROCESS)
		(void)par_life_kill(life);
	else
		(void)par_life_terminate(life);
	(void)par_life_join(life, PAR_LIFE_FOREVER, NULL);
}
