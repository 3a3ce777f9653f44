#include "signals.h"

#include <errno.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* One that is ignored (nohup, a background job) stays so: whoever started us wants that. */
static void collect(sigset_t *set, int number)
{
	struct sigaction action;

	if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN)
		sigaddset(set, number);
}

int par_signals_open(struct par_signals *signals)
{
	sigset_t set;
	int status;

	*signals = (struct par_signals)PAR_SIGNALS_INIT;
	sigemptyset(&set);
	collect(&set, SIGINT);
	collect(&set, SIGTERM);
	collect(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, &signals->before) < 0)
		return -errno;
	signals->fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (signals->fd >= 0)
		return 0;
	status = -errno;
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
	return status;
}

bool par_signals_came(struct par_signals *signals, unsigned count)
{
	struct signalfd_siginfo info;

	while (signals->fd >= 0 && read(signals->fd, &info, sizeof info) == (ssize_t)sizeof info)
		signals->count++;
	return signals->count >= count;
}

void par_signals_close(struct par_signals *signals)
{
	if (signals->fd < 0)
		return;
	(void)par_signals_came(signals, 0);
	close(signals->fd);
	signals->fd = -1;
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
}
