#include "signals.h"

#include <errno.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"

static void collect(sigset_t *set, int number)
{
	struct sigaction action;

	if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN)
		sigaddset(set, number);
}

int par_signals_open(struct par_signals *signals)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t set;
	int fd;

	*signals = (struct par_signals)PAR_SIGNALS_INIT;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		collect(&set, numbers[i]);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (sigaction(SIGPIPE, &ignore, &signals->pipe_before) < 0 ||
		sigprocmask(SIG_BLOCK, &set, &signals->before) < 0) {
		int status = -errno;

		close(fd);
		return status;
	}
	signals->fd = fd;
	return 0;
}

/* Returns whether there were any. */
static bool take(struct par_signals *signals)
{
	struct signalfd_siginfo info;
	bool any = false;

	while (signals->fd >= 0 && read(signals->fd, &info, sizeof info) == (ssize_t)sizeof info) {
		any = true;
		switch ((int)info.ssi_signo) {
		case SIGINT: signals->interrupts++; break;
		case SIGTERM: signals->terminated = true; break;
		case SIGHUP: signals->hung_up = true; break;
		default: signals->pausing = true; break;
		}
	}
	return any;
}

void par_signals_look(struct par_signals *signals)
{
	(void)take(signals);
}

bool par_signals_ending(const struct par_signals *signals)
{
	return signals->interrupts > 0 || signals->hung_up || signals->terminated;
}

bool par_signals_hurrying(const struct par_signals *signals)
{
	return signals->terminated || par_signals_aborting(signals);
}

bool par_signals_aborting(const struct par_signals *signals)
{
	return signals->interrupts > 1;
}

void par_signals_pause(struct par_signals *signals)
{
	uint64_t start = par_now_ns();
	sigset_t set;

	signals->pausing = false;
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	/* Blocked it waits; unblocked it stops us, unless no shell could wake us again. */
	(void)raise(SIGTSTP);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	signals->away_ns += par_now_ns() - start;
}

/* They come in pairs, from the kernel and the shell, and the report shall be written. */
static void ignore_more(const struct par_signals *signals)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (signals->hung_up)
		(void)sigaction(SIGHUP, &ignore, NULL);
	if (signals->terminated)
		(void)sigaction(SIGTERM, &ignore, NULL);
}

void par_signals_close(struct par_signals *signals)
{
	if (signals->fd < 0)
		return;
	(void)sigaction(SIGPIPE, &signals->pipe_before, NULL);
	par_signals_look(signals);
	/* One that is still pending when the mask goes would end us before the report. */
	do
		ignore_more(signals);
	while (take(signals));
	(void)sigprocmask(SIG_SETMASK, &signals->before, NULL);
	close(signals->fd);
	signals->fd = -1;
}
