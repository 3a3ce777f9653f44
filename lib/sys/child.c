/* The caller's side: watching a program and what it says until nothing of it is left. */
#include "child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child_parts.h"
#include "clock.h"

#define STOP_EVERY_NS (100 * PAR_NS_PER_MS)
/* The keeper gives up after ten seconds and two; what takes longer has been stopped itself. */
#define KEEPER_PATIENCE_NS (15 * PAR_NS_PER_S)
/* Waking up so late is no matter of a busy machine: we were stopped, or frozen. */
#define LATE_NS (2 * PAR_NS_PER_S)
/* A shorter difference of two clocks is the time between reading them. */
#define SUSPEND_NS PAR_NS_PER_MS
/* More than a pipe holds by /proc/sys/fs/pipe-max-size: enough to drain one. */
#define DRAIN_LIMIT (2 << 20)

/* One call of par_child_run(). */
struct watch {
	const struct par_child_spec *spec;
	struct par_child_result *result;
	struct par_keeper keeper;
	struct par_text output;
	struct par_tail complaint;
	uint64_t start_ns;
	uint64_t suspended_ns; /* of the machine since it was started */
	uint64_t stopped_ns;   /* when the keeper was told to end it, or 0 */
	uint64_t asking_ns;    /* in spec->stop so far */
	bool sees_continue;    /* par_still_hold() did its part */
};

int par_child_adopt(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ? -errno : 0;
}

static void watch_stop(struct watch *watch)
{
	if (watch->stopped_ns == 0)
		watch->stopped_ns = par_now_ns();
	par_keeper_stop(&watch->keeper);
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

	if (got > 0 && fd == &watch->keeper.output)
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

/* The time that counts for the deadline. */
static uint64_t watch_passed(const struct watch *watch)
{
	return par_now_ns() - watch->start_ns - watch->result->gap_ns - watch->asking_ns;
}

/* How long poll may sleep. */
static uint64_t watch_patience(const struct watch *watch)
{
	uint64_t passed = watch_passed(watch);
	uint64_t most = watch->spec->stop || watch->stopped_ns ? STOP_EVERY_NS : UINT64_MAX;

	if (watch->spec->deadline_ns && watch->stopped_ns == 0) {
		uint64_t left =
			watch->spec->deadline_ns > passed ? watch->spec->deadline_ns - passed : 0;

		most = left < most ? left : most;
	}
	return most;
}

static bool continued(const struct watch *watch)
{
	return watch->sees_continue && par_still_continued();
}

static void gap_add(struct watch *watch, uint64_t ns)
{
	watch->result->gap_ns += ns;
	if (continued(watch))
		watch->result->own_gap_ns += ns;
}

/* poll, and a note when it took much longer than it should. */
static int watch_sleep(struct watch *watch, struct pollfd *fds, nfds_t count)
{
	uint64_t ns = watch_patience(watch);
	struct timespec limit = { .tv_sec = (time_t)(ns / PAR_NS_PER_S),
		.tv_nsec = (long)(ns % PAR_NS_PER_S) };
	uint64_t before, slept;
	int ready;

	(void)continued(watch); /* an earlier time says nothing of this sleep */
	before = par_now_ns();
	ready = ppoll(fds, count, ns == UINT64_MAX ? NULL : &limit, NULL);
	slept = par_now_ns() - before;

	if (ns != UINT64_MAX && slept > ns && slept - ns > LATE_NS)
		gap_add(watch, slept - ns);
	return ready;
}

/* Sleeps until something happens; true when the keeper has ended. */
static bool watch_wait(struct watch *watch)
{
	struct pollfd fds[3] = {
		{ .fd = watch->keeper.report, .events = POLLIN },
		{ .fd = watch->keeper.output, .events = POLLIN },
		{ .fd = watch->keeper.complaint, .events = POLLIN },
	};
	int ready = watch_sleep(watch, fds, 3);

	if (ready > 0 && fds[1].revents)
		(void)pipe_take(watch, &watch->keeper.output);
	if (ready > 0 && fds[2].revents)
		(void)pipe_take(watch, &watch->keeper.complaint);
	return ready > 0 && fds[0].revents;
}

/* The caller may well pause in it, for hours. */
static bool watch_ask(struct watch *watch)
{
	uint64_t start = par_now_ns();
	bool stop = watch->spec->stop(watch->spec->stop_context);

	watch->asking_ns += par_now_ns() - start;
	return stop;
}

static bool keeper_ended(const struct watch *watch)
{
	struct pollfd report = { .fd = watch->keeper.report, .events = POLLIN };

	return poll(&report, 1, 0) > 0;
}

/* What has ended by now is not late, however late we look. */
static bool watch_is_late(const struct watch *watch)
{
	return watch->spec->deadline_ns && watch_passed(watch) >= watch->spec->deadline_ns &&
	       !keeper_ended(watch);
}

/* Ends the child when there is a reason to; says which. */
static void watch_judge(struct watch *watch)
{
	struct par_child_result *result = watch->result;

	if (watch->spec->stop && watch_ask(watch))
		result->stopped = true;
	else if (watch_is_late(watch))
		result->timed_out = true;
	if (result->stopped || result->timed_out || result->overflow || watch->output.failed)
		watch_stop(watch);
}

/* Until the keeper has ended, or has been told to so long ago that nothing will come of it. */
static void watch_until_end(struct watch *watch)
{
	while (!watch_wait(watch)) {
		if (watch->stopped_ns == 0)
			watch_judge(watch);
		else if (par_now_ns() - watch->stopped_ns > KEEPER_PATIENCE_NS)
			return;
	}
}

/* Waits for the keeper, which is killed if need be; returns 0 or -errno. */
static int keeper_reap(int *status, pid_t keeper)
{
	pid_t pid;

	(void)kill(keeper, SIGKILL);
	do
		pid = waitpid(keeper, status, 0);
	while (pid < 0 && errno == EINTR);
	return pid < 0 ? -errno : 0;
}

/*
 * Its report is the last that a keeper does, so that SIGKILL takes nothing from it; one that was
 * stopped, or killed, has none. One that ended by itself without a report, and not because the
 * program could not be killed, knows nothing that we may pass on as success. Returns 0 or -errno.
 */
static int watch_reap(struct watch *watch)
{
	struct par_child_result *result = watch->result;
	struct par_keeper_report report = { .error = 0 };
	bool told = read(watch->keeper.report, &report, sizeof report) == (ssize_t)sizeof report;
	int status = 0;
	int rc = keeper_reap(&status, watch->keeper.pid);

	if (rc)
		return rc;
	if (told)
		status = report.status;
	else if (WIFEXITED(status) && watch->stopped_ns == 0)
		report.error = -EIO;
	if (!told)
		report.wall_ns = par_now_ns() - watch->start_ns;
	result->spawn_error = report.error;
	result->exit_code =
		told && report.error == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	result->halted = report.halted;
	result->halted_ns = report.halted_ns;
	result->wall_ns = report.wall_ns;
	result->usage = report.usage;
	return 0;
}

static int watch_run(struct watch *watch, const struct par_text *keep)
{
	uint64_t suspended;
	int rc;

	watch->start_ns = par_now_ns();
	watch->suspended_ns = par_still_suspended_ns();
	rc = par_keeper_open(&watch->keeper, watch->spec);
	if (rc && watch->keeper.pid < 0) {
		watch->result->spawn_error = rc;
		watch->result->exit_code = -1;
		return 0;
	}
	if (rc)
		return rc;
	watch_until_end(watch);
	rc = watch_reap(watch);
	/* What a keeper that was killed could not end came to us. */
	if (rc == 0)
		rc = par_strays_end(keep);
	if (rc)
		return rc;
	/* Nobody writes to the pipes any more. */
	pipe_drain(watch, &watch->keeper.output);
	pipe_drain(watch, &watch->keeper.complaint);
	suspended = par_still_suspended_ns();
	if (suspended > watch->suspended_ns + SUSPEND_NS)
		watch->result->suspended_ns = suspended - watch->suspended_ns;
	return par_text_status(&watch->output);
}

int par_child_run(struct par_child_result *result, const struct par_child_spec *spec)
{
	struct watch watch = { .spec = spec, .result = result, .keeper = PAR_KEEPER_INIT };
	struct par_text keep = PAR_TEXT_INIT;
	sigset_t before;
	int rc;

	*result = (struct par_child_result)PAR_CHILD_RESULT_INIT;
	par_text_add(&watch.output, "");
	watch.sees_continue = par_still_hold(&before) == 0;
	rc = par_strays_note(&keep);
	if (rc == 0)
		rc = watch_run(&watch, &keep);
	if (watch.sees_continue)
		par_still_release(&before);
	if (rc == 0) {
		par_tail_line(&watch.complaint, result->complaint, sizeof result->complaint);
		result->output_size = watch.output.size;
		result->output = watch.output.data;
		watch.output = (struct par_text)PAR_TEXT_INIT;
	}
	par_keeper_close(&watch.keeper);
	par_text_fini(&watch.output);
	par_text_fini(&keep);
	return rc;
}

void par_child_result_fini(struct par_child_result *result)
{
	free(result->output);
	*result = (struct par_child_result)PAR_CHILD_RESULT_INIT;
}
