#include "serving.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "crew.h"
#include "process.h"
#include "serving_parts.h"

/* How long the death of a master that starts may go unnoticed. */
#define LOOK_NS (20 * PAR_NS_PER_MS)
/* What a master may need beyond the time to drain. */
#define GRACE_NS (2 * PAR_NS_PER_S)
/* Before the next attempt to accept where descriptors or memory are short. */
#define NAP_NS PAR_NS_PER_MS
/* What the kernel keeps of the replies to a client that does not read them; it would be 4 MiB. */
#define SEND_BYTES (64 * 1024)

static const struct {
	const char *name;
	int (*run)(struct par_serving_state *state);
} kinds[PAR_SERVING_KINDS] = {
	[PAR_SERVING_FORK] = { "fork", par_serving_run_fork },
	[PAR_SERVING_PREFORK] = { "prefork", par_serving_run_prefork },
	[PAR_SERVING_THREAD] = { "thread", par_serving_run_thread },
	[PAR_SERVING_THREAD_POOL] = { "thread_pool", par_serving_run_thread_pool },
	[PAR_SERVING_LOOP] = { "loop", par_serving_run_loop },
	[PAR_SERVING_LOOPS] = { "loops", par_serving_run_loops },
};

const char *par_serving_name(enum par_serving_kind kind)
{
	return kinds[kind].name;
}

/* --- the master --- */

void par_serving_fail(struct par_serving_state *state, int code)
{
	atomic_store_explicit(&state->board->failure, code, memory_order_relaxed);
	par_gate_set(&state->board->ready, PAR_SERVING_FAILED); /* publishes it */
}

void par_serving_arrive(struct par_serving_state *state, unsigned needed)
{
	/* Relaxed: the gate publishes all that the owner looks at. Replacements count on. */
	if (atomic_fetch_add_explicit(&state->board->arrived, 1, memory_order_relaxed) + 1 ==
		needed)
		par_gate_set(&state->board->ready, PAR_SERVING_READY);
}

/* The exit of `loops`' children is not the master's. */
_Noreturn void par_serving_end(struct par_serving_state *state)
{
	if (state->spec.kind != PAR_SERVING_LOOPS)
		atomic_store_explicit(&state->board->ended, 1, memory_order_relaxed);
	_exit(EXIT_SUCCESS);
}

/* The flag may be set already: whoever sees it accepts no more. This wakes those who wait. */
void par_serving_stop(struct par_serving_state *state)
{
	for (unsigned i = 0; i < state->listener_count; i++)
		(void)shutdown(state->listeners[i], SHUT_RDWR);
	atomic_store_explicit(&state->board->stopping, 1, memory_order_release);
}

bool par_serving_accept_again(int code, struct par_io *io)
{
	switch (-code) {
	case EINVAL: /* shut down */
	case EBADF: return false;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
	case EAGAIN: (void)par_io_sleep(io, NAP_NS); return true;
	default: return true; /* EINTR, and what accept(2) hands on of the network */
	}
}

bool par_serving_await(struct par_serving_state *state, int fd, uint64_t ns)
{
	struct pollfd waiting[2] = { { .fd = state->signals, .events = POLLIN },
		{ .fd = fd, .events = POLLIN } };
	struct timespec limit = {
		.tv_sec = (time_t)(ns / PAR_NS_PER_S),
		.tv_nsec = (long)(ns % PAR_NS_PER_S),
	};
	struct signalfd_siginfo info;

	if (ppoll(waiting, 2, &limit, NULL) <= 0)
		return false;
	while (read(state->signals, &info, sizeof info) == sizeof info)
		if (info.ssi_signo == SIGTERM)
			atomic_store_explicit(&state->board->stopping, 1, memory_order_release);
	return fd >= 0 && waiting[1].revents != 0;
}

/* SIGTERM and SIGCHLD are read, not delivered; a client that has gone is an errno. */
static int take_signals(struct par_serving_state *state)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGCHLD, SIG_DFL) == SIG_ERR ||
		sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	state->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return state->signals < 0 ? -errno : 0;
}

/* As many descriptors as this process may have: the soft limit is for programs with select(). */
static int raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? -errno : 0;
}

static _Noreturn void be_master(struct par_serving_state *state, pid_t owner)
{
	int code = par_process_enter(owner, -1);

	if (code == 0)
		code = raise_limit();
	if (code == 0)
		code = take_signals(state);
	if (code == 0)
		code = kinds[state->spec.kind].run(state);
	if (code < 0)
		par_serving_fail(state, code);
	atomic_store_explicit(&state->board->ended, 1, memory_order_relaxed);
	_exit(code < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* --- the owner --- */

static int check(const struct par_serving_spec *spec)
{
	bool pool = spec->kind == PAR_SERVING_PREFORK || spec->kind == PAR_SERVING_THREAD_POOL ||
		    spec->kind == PAR_SERVING_LOOPS;

	if ((unsigned)spec->kind >= PAR_SERVING_KINDS || (pool && spec->workers == 0) ||
		spec->connections == 0 || spec->connections > PAR_SERVING_CONNECTIONS_MAX ||
		spec->request_ns < PAR_NS_PER_MS || spec->idle_ns < PAR_NS_PER_MS)
		return -EINVAL;
	return 0;
}

/* Accepted connections inherit TCP_NODELAY and the bound on what is kept for them. Sharing is only
 * asked for where it is used: else the port could be taken over by another program of this user. */
static int listen_at(struct sockaddr_in *address, bool blocking, bool shared)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK), 0);
	socklen_t size = sizeof *address;
	int on = 1, bound = SEND_BYTES, code;

	if (fd < 0)
		return -errno;
	if ((!shared || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) &&
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bound, sizeof bound) == 0 &&
		bind(fd, (const struct sockaddr *)address, sizeof *address) == 0 &&
		getsockname(fd, (struct sockaddr *)address, &size) == 0 &&
		listen(fd, SOMAXCONN) == 0)
		return fd;
	code = -errno;
	(void)close(fd);
	return code;
}

static void close_listeners(struct par_serving_state *state)
{
	for (unsigned i = 0; i < state->listener_count; i++)
		(void)close(state->listeners[i]);
	free(state->listeners);
	state->listeners = NULL;
	state->listener_count = 0;
}

static int open_listeners(struct par_serving_state *state, struct sockaddr_in *address)
{
	bool shared = state->spec.kind == PAR_SERVING_LOOPS;
	unsigned count = shared ? state->spec.workers : 1;

	*address = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	state->listeners = calloc(count, sizeof *state->listeners);
	if (state->listeners == NULL)
		return -ENOMEM;
	while (state->listener_count < count) {
		int fd = listen_at(address, state->spec.kind == PAR_SERVING_PREFORK, shared);

		if (fd < 0)
			return fd;
		state->listeners[state->listener_count++] = fd;
	}
	return 0;
}

static int open_board(struct par_serving *serving, const struct par_serving_spec *spec)
{
	unsigned slots = 0;
	void *memory;
	size_t size;
	int code;

	if (spec->kind == PAR_SERVING_FORK)
		slots = spec->connections;
	else if (spec->kind == PAR_SERVING_PREFORK || spec->kind == PAR_SERVING_LOOPS)
		slots = spec->workers;
	size = sizeof *serving->board + slots * sizeof serving->board->pids[0];
	code = par_shared_open(&memory, size);
	if (code < 0)
		return code;
	serving->board = memory;
	serving->board->size = size;
	serving->board->slots = slots;
	return 0;
}

static bool reaped(pid_t pid, int options)
{
	pid_t got;

	do
		got = waitpid(pid, NULL, options);
	while (got < 0 && errno == EINTR);
	return got != 0;
}

static int await_ready(struct par_serving *serving)
{
	struct par_serving_board *board = serving->board;
	uint32_t ready;

	while ((ready = par_gate_wait(&board->ready, PAR_SERVING_STARTING, 0, LOOK_NS)) ==
		PAR_SERVING_STARTING) {
		if (!reaped(serving->master, WNOHANG))
			continue;
		serving->master = 0;
		return PAR_WORKER_DIED;
	}
	if (ready == PAR_SERVING_READY)
		return 0;
	return atomic_load_explicit(&board->failure, memory_order_relaxed);
}

static int start_master(struct par_serving *serving, struct par_serving_state *state)
{
	pid_t owner = getpid();

	serving->master = fork();
	if (serving->master == 0)
		be_master(state, owner);
	if (serving->master < 0) {
		serving->master = 0;
		return -errno;
	}
	return 0;
}

int par_serving_open(struct par_serving *serving, const struct par_serving_spec *spec)
{
	struct par_serving_state state = { .spec = *spec, .signals = -1 };
	int code = check(spec);

	*serving = (struct par_serving){ .drain_ns = spec->drain_ns };
	if (code == 0)
		code = open_board(serving, spec);
	state.board = serving->board;
	if (code == 0)
		code = open_listeners(&state, &serving->address);
	if (code == 0)
		code = start_master(serving, &state);
	/* Only the server holds them: when it is dead, connections are refused at once. */
	close_listeners(&state);
	if (code == 0)
		code = await_ready(serving);
	if (code < 0)
		(void)par_serving_close(serving);
	return code;
}

static uint64_t counted(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

struct par_serving_counts par_serving_counted(const struct par_serving *serving)
{
	const struct par_serving_board *board = serving->board;

	return (struct par_serving_counts){
		.accepted = counted(&board->accepted),
		.late = counted(&board->late),
		.malformed = counted(&board->malformed),
		.unread = counted(&board->unread),
		.replaced = counted(&board->replaced),
	};
}

size_t par_serving_processes(const struct par_serving *serving, pid_t *out, size_t most)
{
	const struct par_serving_board *board = serving->board;
	size_t count = 0;

	if (serving->master <= 0)
		return 0;
	if (count++ < most)
		out[0] = serving->master;
	for (unsigned i = 0; i < board->slots; i++) {
		pid_t pid = atomic_load_explicit(&board->pids[i], memory_order_relaxed);

		if (pid > 0 && count++ < most)
			out[count - 1] = pid;
	}
	return count;
}

/* 0 for a process that is gone. */
static uint64_t process_ns(pid_t pid)
{
	struct timespec time;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0)
		return 0;
	return (uint64_t)time.tv_sec * PAR_NS_PER_S + (uint64_t)time.tv_nsec;
}

uint64_t par_serving_cpu_ns(const struct par_serving *serving)
{
	const struct par_serving_board *board = serving->board;
	uint64_t sum = serving->master > 0 ? process_ns(serving->master) : 0;

	for (unsigned i = 0; i < board->slots; i++) {
		pid_t pid = atomic_load_explicit(&board->pids[i], memory_order_relaxed);

		if (pid > 0)
			sum += process_ns(pid);
	}
	return sum + counted(&board->reaped_ns);
}

int par_serving_close(struct par_serving *serving)
{
	struct par_serving_board *board = serving->board;
	int code = 0;

	if (serving->master > 0 && reaped(serving->master, WNOHANG)) {
		serving->master = 0;
		code = PAR_WORKER_DIED;
	}
	if (serving->master > 0) {
		(void)kill(serving->master, SIGTERM);
		par_process_reap(serving->master, serving->drain_ns + GRACE_NS);
		if (atomic_load_explicit(&board->cut, memory_order_relaxed) != 0 ||
			atomic_load_explicit(&board->ended, memory_order_relaxed) == 0)
			code = -ETIMEDOUT;
	}
	if (board != NULL)
		par_shared_close(board, board->size);
	*serving = (struct par_serving)PAR_SERVING_INIT;
	return code;
}
