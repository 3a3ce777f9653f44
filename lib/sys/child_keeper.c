/* The process between the caller and its program: it outlives both, and leaves nothing behind. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child_parts.h"
#include "clock.h"

#define KILL_PATIENCE_NS (10 * PAR_NS_PER_S)
#define KILL_EVERY_MS    100

struct keeping {
	pid_t program;
	int news; /* a signalfd: the program ended, stopped or went on */
	uint64_t start_ns;
	uint64_t halt_ns;   /* since when it is stopped, or 0 */
	uint64_t killed_ns; /* when, or 0 */
	struct par_keeper_report report;
};

static int keeping_init(struct keeping *keeping)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t set;

	*keeping = (struct keeping){ .program = 0, .news = -1 };
	/* Ignored by the caller, it would never come, and the kernel would reap before us. */
	if (sigaction(SIGCHLD, &plain, NULL) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return -errno;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	keeping->news = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return keeping->news < 0 ? -errno : 0;
}

static int program_start(struct keeping *keeping, const struct par_child_spec *spec)
{
	int rc;

	keeping->start_ns = par_now_ns();
	rc = par_program_start(&keeping->program, spec);
	/* Only the program has them now, and what it starts. */
	close(PAR_KEEPER_OUTPUT);
	close(PAR_KEEPER_COMPLAINT);
	return rc;
}

static void program_kill(struct keeping *keeping)
{
	if (keeping->killed_ns == 0)
		keeping->killed_ns = par_now_ns();
	/* Not reaped yet, so both numbers are its own. */
	(void)kill(-keeping->program, SIGKILL);
	(void)kill(keeping->program, SIGKILL);
}

/* A stop and a start between two looks show as a start alone. */
static void halts_note(struct keeping *keeping)
{
	struct par_keeper_report *report = &keeping->report;
	int options = WSTOPPED | WCONTINUED | WNOHANG;
	siginfo_t info = { .si_pid = 0 };

	while (waitid(P_PID, (id_t)keeping->program, &info, options) == 0 && info.si_pid != 0) {
		uint64_t now = par_now_ns();

		report->halted = true;
		if (keeping->halt_ns != 0)
			report->halted_ns += now - keeping->halt_ns;
		keeping->halt_ns = info.si_code == CLD_CONTINUED ? 0 : now;
		info.si_pid = 0;
	}
}

static bool program_ended(const struct keeping *keeping)
{
	siginfo_t info = { .si_pid = 0 };
	int options = WEXITED | WNOHANG | WNOWAIT;

	return waitid(P_PID, (id_t)keeping->program, &info, options) == 0 && info.si_pid != 0;
}

/* Sleeps until there are news of the program, or the caller has closed its end. */
static void keeping_wait(struct keeping *keeping)
{
	struct pollfd fds[2] = {
		{ .fd = keeping->news, .events = POLLIN },
		{ .fd = keeping->killed_ns ? -1 : PAR_KEEPER_CONTROL, .events = POLLIN },
	};
	struct signalfd_siginfo ignored;

	(void)poll(fds, 2, keeping->killed_ns ? KILL_EVERY_MS : -1);
	while (read(keeping->news, &ignored, sizeof ignored) > 0)
		continue;
	halts_note(keeping);
	if (fds[1].revents)
		program_kill(keeping);
}

/* 0, or -ETIMEDOUT for a program that cannot be killed. */
static int program_await(struct keeping *keeping)
{
	while (!program_ended(keeping)) {
		keeping_wait(keeping);
		if (keeping->killed_ns && par_now_ns() - keeping->killed_ns > KILL_PATIENCE_NS)
			return -ETIMEDOUT;
	}
	return 0;
}

static void program_reap(struct keeping *keeping)
{
	struct par_keeper_report *report = &keeping->report;
	uint64_t now;

	halts_note(keeping);
	program_kill(keeping);
	(void)wait4(keeping->program, &report->status, 0, &report->usage);
	now = par_now_ns();
	if (keeping->halt_ns != 0)
		report->halted_ns += now - keeping->halt_ns;
	report->wall_ns = now - keeping->start_ns - report->halted_ns;
}

_Noreturn void par_keeper_run(const struct par_child_spec *spec)
{
	const struct par_text none = PAR_TEXT_INIT;
	struct keeping keeping;
	int rc = keeping_init(&keeping);

	if (rc == 0)
		rc = program_start(&keeping, spec);
	keeping.report.error = rc;
	rc = 0;
	if (keeping.program != 0) {
		rc = program_await(&keeping);
		if (rc == 0)
			program_reap(&keeping);
	}
	if (par_strays_end(&none) == 0 && rc == 0)
		(void)!write(PAR_KEEPER_REPORT, &keeping.report, sizeof keeping.report);
	_exit(0);
}
