/* Watching a program until it, and all that it started, has ended. */
#include "child.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child_parts.h"
#include "clock.h"

#define STOP_EVERY_NS    (100 * PAR_NS_PER_MS)
#define NO_PIDFD_NS      (2 * PAR_NS_PER_MS)
#define KILL_PATIENCE_NS (10 * PAR_NS_PER_S)
/* More than a pipe holds by /proc/sys/fs/pipe-max-size: enough to drain one. */
#define DRAIN_LIMIT (2 << 20)

/* One call of par_child_run(). */
struct watch {
	const struct par_child_spec *spec;
	struct par_child_result *result;
	struct par_process process;
	struct par_text output;
	struct par_tail complaint;
	uint64_t start_ns;
	uint64_t killed_ns; /* when, or 0 */
};

int par_child_adopt(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ? -errno : 0;
}

static void watch_kill(struct watch *watch)
{
	if (watch->killed_ns == 0)
		watch->killed_ns = par_now_ns();
	par_process_kill(&watch->process);
}

static void output_add(struct watch *watch, const char *bytes, size_t size)
{
	size_t room = watch->spec->output_limit - watch->output.size;

	par_text_add_bytes(&watch->output, bytes, size < room ? size : room);
	if (size > room)
		watch->result->overflow = true;
}

/* Reads once from a pipe of the child: the bytes read; 0 when there are none, and none may follow.
 */
static size_t pipe_take(struct watch *watch, int *fd)
{
	char bytes[16384];
	ssize_t got = *fd < 0 ? 0 : read(*fd, bytes, sizeof bytes);

	if (got > 0 && fd == &watch->process.output)
		output_add(watch, bytes, (size_t)got);
	else if (got > 0)
		par_tail_add(&watch->complaint, bytes, (size_t)got);
	if (got == 0 && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	return got > 0 ? (size_t)got : 0;
}

/* Takes what the pipe still holds, and no more: someone may write to it for ever. */
static void pipe_drain(struct watch *watch, int *fd)
{
	size_t taken = 0;
	size_t got;

	do {
		got = pipe_take(watch, fd);
		taken += got;
	} while (got > 0 && taken < DRAIN_LIMIT);
}

/* How long poll may sleep. */
static uint64_t watch_patience(const struct watch *watch)
{
	uint64_t passed = par_now_ns() - watch->start_ns;
	uint64_t most = watch->spec->stop || watch->killed_ns ? STOP_EVERY_NS : UINT64_MAX;

	if (watch->process.pidfd < 0)
		most = NO_PIDFD_NS;
	if (watch->spec->deadline_ns && watch->killed_ns == 0) {
		uint64_t left =
			watch->spec->deadline_ns > passed ? watch->spec->deadline_ns - passed : 0;

		most = left < most ? left : most;
	}
	return most;
}

/* Sleeps until something happens; true when the child has ended. */
static bool watch_wait(struct watch *watch)
{
	struct pollfd fds[3] = {
		{ .fd = watch->process.pidfd, .events = POLLIN },
		{ .fd = watch->process.output, .events = POLLIN },
		{ .fd = watch->process.complaint, .events = POLLIN },
	};
	uint64_t ns = watch_patience(watch);
	struct timespec limit = { .tv_sec = (time_t)(ns / PAR_NS_PER_S),
		.tv_nsec = (long)(ns % PAR_NS_PER_S) };
	int ready = ppoll(fds, 3, ns == UINT64_MAX ? NULL : &limit, NULL);

	if (ready > 0 && fds[1].revents)
		(void)pipe_take(watch, &watch->process.output);
	if (ready > 0 && fds[2].revents)
		(void)pipe_take(watch, &watch->process.complaint);
	if (watch->process.pidfd < 0)
		return par_process_ended(&watch->process);
	return ready > 0 && fds[0].revents;
}

/* Ends the child when there is a reason to; says which. */
static void watch_judge(struct watch *watch)
{
	const struct par_child_spec *spec = watch->spec;
	struct par_child_result *result = watch->result;

	if (spec->stop && spec->stop(spec->stop_context))
		result->stopped = true;
	else if (spec->deadline_ns && par_now_ns() - watch->start_ns >= spec->deadline_ns)
		result->timed_out = true;
	if (result->stopped || result->timed_out || result->overflow || watch->output.failed)
		watch_kill(watch);
}

/* Until it has ended, and is not reaped yet. 0, or -ETIMEDOUT for one that cannot be killed. */
static int watch_until_end(struct watch *watch)
{
	while (!watch_wait(watch)) {
		if (watch->killed_ns == 0)
			watch_judge(watch);
		else if (par_now_ns() - watch->killed_ns > KILL_PATIENCE_NS)
			return -ETIMEDOUT;
	}
	return 0;
}

static int watch_reap(struct watch *watch)
{
	struct par_child_result *result = watch->result;
	int status = 0;
	pid_t pid;

	/* While it is not reaped its group's number belongs to it: now is the time. */
	par_process_kill(&watch->process);
	do
		pid = wait4(watch->process.pid, &status, 0, &result->usage);
	while (pid < 0 && errno == EINTR);
	if (pid < 0)
		return -errno;
	result->wall_ns = par_now_ns() - watch->start_ns;
	result->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return 0;
}

/* What exec said, if it failed. Nobody has the pipe any more, so this does not wait. */
static void watch_exec_error(struct watch *watch)
{
	int code = 0;

	if (read(watch->process.exec_error, &code, sizeof code) == (ssize_t)sizeof code) {
		watch->result->spawn_error = code;
		watch->result->exit_code = -1;
	}
}

static int watch_run(struct watch *watch, const struct par_text *keep)
{
	int rc;

	watch->start_ns = par_now_ns();
	rc = par_process_open(&watch->process, watch->spec);
	if (rc)
		return rc;
	rc = watch_until_end(watch);
	if (rc)
		return rc;
	rc = watch_reap(watch);
	if (rc)
		return rc;
	/* First the strays, then the pipes: nobody writes to them after that. */
	par_strays_end(keep);
	pipe_drain(watch, &watch->process.output);
	pipe_drain(watch, &watch->process.complaint);
	watch_exec_error(watch);
	return par_text_status(&watch->output);
}

int par_child_run(struct par_child_result *result, const struct par_child_spec *spec)
{
	struct watch watch = { .spec = spec, .result = result, .process = PAR_PROCESS_INIT };
	struct par_text keep = PAR_TEXT_INIT;
	int rc;

	*result = (struct par_child_result)PAR_CHILD_RESULT_INIT;
	par_text_add(&watch.output, "");
	rc = par_strays_note(&keep);
	if (rc == 0)
		rc = watch_run(&watch, &keep);
	if (rc == 0) {
		par_tail_line(&watch.complaint, result->complaint, sizeof result->complaint);
		result->output_size = watch.output.size;
		result->output = watch.output.data;
		watch.output = (struct par_text)PAR_TEXT_INIT;
	}
	par_process_close(&watch.process);
	par_text_fini(&watch.output);
	par_text_fini(&keep);
	return rc;
}

void par_child_result_fini(struct par_child_result *result)
{
	free(result->output);
	*result = (struct par_child_result)PAR_CHILD_RESULT_INIT;
}
