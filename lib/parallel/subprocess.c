#include "subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "launch.h"
#include "process.h"
#include "text.h"

#define CHUNK       16384
#define DRAIN_BYTES (1 << 20) /* the largest pipe that an unprivileged program can make */

enum stream { IN, OUT, ERR, STREAMS };

/* A program under way. */
struct running {
	const struct par_subprocess_spec *spec;
	struct par_subprocess_result *result;
	pid_t pid;
	int near[STREAMS]; /* our ends of the pipes, not blocking; -1: closed */
	int end;           /* pidfd; -1: none */
	struct par_text text[STREAMS];
	size_t written;
	uint64_t start_ns, asked_ns; /* asked_ns: when SIGTERM was sent; 0: not yet */
	bool killed;
};

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Both ends above 2, as par_launch() wants them, also for a caller that has closed its own. */
static int lift(int *fd)
{
	int high;

	if (*fd > 2)
		return 0;
	high = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
	if (high < 0)
		return -errno;
	close(*fd);
	*fd = high;
	return 0;
}

static int open_pipe(int *near, int *far, bool near_reads)
{
	int ends[2], code;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*near = ends[near_reads ? 0 : 1];
	*far = ends[near_reads ? 1 : 0];
	code = lift(near);
	if (code == 0)
		code = lift(far);
	if (code == 0 && fcntl(*near, F_SETFL, O_NONBLOCK) < 0)
		code = -errno;
	return code;
}

static int start(struct running *run)
{
	int far[STREAMS] = { -1, -1, -1 };
	struct par_launch_spec spec = {
		.argv = run->spec->argv, .env = run->spec->env, .group = true
	};
	int code = run->spec->input == NULL ? 0 : open_pipe(&run->near[IN], &far[IN], false);

	if (code == 0)
		code = open_pipe(&run->near[OUT], &far[OUT], true);
	if (code == 0)
		code = open_pipe(&run->near[ERR], &far[ERR], true);
	spec.in = far[IN];
	spec.out = far[OUT];
	spec.err = far[ERR];
	if (code == 0)
		code = par_launch(&run->pid, &spec);
	for (int i = 0; i < STREAMS; i++)
		shut(&far[i]);
#ifdef SYS_pidfd_open
	if (code == 0)
		run->end = (int)syscall(SYS_pidfd_open, run->pid, 0);
#endif
	return code;
}

/*
 * write(2) without SIGPIPE for the process: the signal is held back for the moment and the one that
 * this write raised is taken away; one that was pending before stays.
 */
static ssize_t write_quietly(int fd, const void *data, size_t size)
{
	const struct timespec now = { 0 };
	sigset_t pipe, before, pending;
	ssize_t count;
	int code;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	if (pthread_sigmask(SIG_BLOCK, &pipe, &before) != 0)
		return -EINVAL;
	sigemptyset(&pending);
	(void)sigpending(&pending);
	count = write(fd, data, size);
	code = count < 0 ? -errno : 0;
	if (code == -EPIPE && !sigismember(&pending, SIGPIPE))
		(void)sigtimedwait(&pipe, NULL, &now);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return count < 0 ? code : count;
}

/* As much as the pipe takes. The end of the input is the end of the stream. */
static int feed(struct running *run)
{
	const char *data = run->spec->input;
	size_t left = run->spec->input_size - run->written;
	ssize_t count = left > 0 ? write_quietly(run->near[IN], data + run->written, left) : 0;

	if (count > 0)
		run->written += (size_t)count;
	if (count == -EAGAIN || count == -EINTR)
		return 0;
	if (count == -EPIPE || run->written == run->spec->input_size)
		shut(&run->near[IN]);
	else if (count < 0)
		return (int)count;
	return 0;
}

static void ask(struct running *run, int signal)
{
	/* The child is not reaped yet, so neither its number nor its group's can be another's. */
	(void)kill(-run->pid, signal);
	if (getpgid(run->pid) != run->pid) /* it has left the group */
		(void)kill(run->pid, signal);
}

/* Asked the first time, unless there is no time for an answer; then killed. */
static void end_it(struct running *run)
{
	uint64_t now = par_now_ns();

	if (run->asked_ns == 0 && run->spec->grace_ns > 0) {
		run->asked_ns = now;
		ask(run, SIGTERM);
	} else if (run->asked_ns == 0 || now - run->asked_ns >= run->spec->grace_ns) {
		run->killed = true;
		ask(run, SIGKILL);
	}
}

static int keep(struct running *run, enum stream stream, const char *bytes, size_t size)
{
	struct par_text *text = &run->text[stream];
	size_t room = run->spec->output_limit - text->size;

	if (run->spec->first_output_ns != NULL && *run->spec->first_output_ns == 0)
		*run->spec->first_output_ns = par_now_ns();
	if (size > room && !run->result->overflow) {
		run->result->overflow = true;
		end_it(run);
	}
	par_text_add_bytes(text, bytes, size < room ? size : room);
	return par_text_status(text);
}

/* Reads what is there. 1: there may be more, 0: not now, or the stream has ended; or -errno. */
static int take(struct running *run, enum stream stream)
{
	char bytes[CHUNK];
	ssize_t count = read(run->near[stream], bytes, sizeof bytes);
	int code;

	if (count < 0)
		return errno == EAGAIN ? 0 : errno == EINTR ? 1 : -errno;
	if (count == 0) {
		shut(&run->near[stream]);
		return 0;
	}
	code = keep(run, stream, bytes, (size_t)count);
	return code < 0 ? code : 1;
}

/* How long poll may wait: until the deadline, then until the end of the grace. */
static int patience(const struct running *run, struct timespec *out)
{
	uint64_t now = par_now_ns(), due;

	if (run->killed || (run->asked_ns == 0 && run->spec->deadline_ns == 0))
		return 0;
	due = run->asked_ns != 0 ? run->asked_ns + run->spec->grace_ns
				 : run->start_ns + run->spec->deadline_ns;
	due = due > now ? due - now : 0;
	out->tv_sec = (time_t)(due / PAR_NS_PER_S);
	out->tv_nsec = (long)(due % PAR_NS_PER_S);
	return 1;
}

static bool is_due(const struct running *run)
{
	struct timespec left;

	return patience(run, &left) && left.tv_sec == 0 && left.tv_nsec == 0;
}

/* One poll and what it shows. 1: go on, 0: the program has ended, or -errno. */
static int serve(struct running *run)
{
	struct pollfd polls[STREAMS + 1] = { { run->near[IN], POLLOUT, 0 },
		{ run->near[OUT], POLLIN, 0 }, { run->near[ERR], POLLIN, 0 },
		{ run->end, POLLIN, 0 } };
	struct timespec limit;
	bool limited = patience(run, &limit);
	int code = ppoll(polls, STREAMS + 1, limited ? &limit : NULL, NULL);

	if (code < 0 && errno != EINTR)
		return -errno;
	if (code <= 0)
		memset(polls, 0, sizeof polls); /* revents mean nothing then */
	code = polls[IN].revents != 0 ? feed(run) : 0;
	for (int i = OUT; code >= 0 && i <= ERR; i++)
		if (polls[i].revents != 0)
			code = take(run, (enum stream)i);
	if (code < 0)
		return code;
	if (is_due(run)) {
		run->result->timed_out |= run->asked_ns == 0;
		end_it(run);
	}
	if (run->end >= 0)
		return polls[STREAMS].revents == 0;
	/* Who has left its group may hold them open for ever: not waited for when it is killed. */
	return !run->killed && (run->near[OUT] >= 0 || run->near[ERR] >= 0);
}

/* Without a pidfd both streams can have ended before the program: then only its end is awaited. */
static int await_end(struct running *run)
{
	struct timespec limit;
	int code;

	do {
		uint64_t ns = PAR_PROCESS_FOREVER;

		if (patience(run, &limit))
			ns = (uint64_t)limit.tv_sec * PAR_NS_PER_S + (uint64_t)limit.tv_nsec;
		code = par_process_await(run->pid, ns);
		if (code == -ETIMEDOUT) {
			run->result->timed_out |= run->asked_ns == 0;
			end_it(run);
		}
	} while (code == -ETIMEDOUT);
	return code;
}

/* What it had printed before it ended. More comes only from those that it has left behind. */
static int drain(struct running *run)
{
	int code = 0;

	for (int i = OUT; i <= ERR; i++) {
		size_t before = run->text[i].size;

		do
			code = run->near[i] >= 0 ? take(run, (enum stream)i) : 0;
		while (code == 1 && run->text[i].size - before <= DRAIN_BYTES &&
			!run->result->overflow);
		if (code < 0)
			break;
	}
	return code < 0 ? code : 0;
}

static void tell(struct par_subprocess_result *result, int status)
{
	result->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* Moves a stream out of its text: the result owns it. */
static void hand_over(char **out, size_t *size, struct par_text *text)
{
	*out = text->data;
	*size = text->size;
	*text = (struct par_text)PAR_TEXT_INIT;
}

static int go_on(struct running *run)
{
	int code;

	do
		code = serve(run);
	while (code > 0);
	return code < 0 ? code : await_end(run);
}

int par_subprocess_run(struct par_subprocess_result *result, const struct par_subprocess_spec *spec)
{
	struct running run = { .spec = spec,
		.result = result,
		.near = { -1, -1, -1 },
		.end = -1,
		.start_ns = par_now_ns() };
	int status = 0, joined, code;

	*result = (struct par_subprocess_result)PAR_SUBPROCESS_RESULT_INIT;
	if (spec->first_output_ns != NULL)
		*spec->first_output_ns = 0;
	code = start(&run);
	if (run.pid > 0) {
		code = go_on(&run);
		if (code == 0)
			code = drain(&run);
		/* With those it has left behind. Until it is reaped its number is its own. */
		ask(&run, SIGKILL);
		joined = par_process_join(run.pid, PAR_PROCESS_FOREVER, &status);
		code = code == 0 ? joined : code;
	}
	tell(result, status);
	result->input_taken = run.written;
	hand_over(&result->output, &result->output_size, &run.text[OUT]);
	hand_over(&result->complaint, &result->complaint_size, &run.text[ERR]);
	for (int i = 0; i < STREAMS; i++)
		shut(&run.near[i]);
	shut(&run.end);
	if (code < 0)
		par_subprocess_result_fini(result);
	return code;
}

void par_subprocess_result_fini(struct par_subprocess_result *result)
{
	free(result->output);
	free(result->complaint);
	*result = (struct par_subprocess_result)PAR_SUBPROCESS_RESULT_INIT;
}
