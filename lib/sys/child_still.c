/* What tells that time went by in which nothing could run, and whether that was ours alone. */
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "child_parts.h"
#include "clock.h"

static uint64_t read_clock(clockid_t id)
{
	struct timespec now = { 0 };

	(void)clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * PAR_NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t par_still_suspended_ns(void)
{
	uint64_t awake = read_clock(CLOCK_MONOTONIC);
	uint64_t all = read_clock(CLOCK_BOOTTIME);

	return all > awake ? all - awake : 0;
}

static void only_continue(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCONT);
}

int par_still_hold(sigset_t *before)
{
	sigset_t set;

	only_continue(&set);
	return -pthread_sigmask(SIG_BLOCK, &set, before);
}

void par_still_release(const sigset_t *before)
{
	(void)pthread_sigmask(SIG_SETMASK, before, NULL);
}

bool par_still_continued(void)
{
	const struct timespec now = { 0 };
	sigset_t set;

	only_continue(&set);
	return sigtimedwait(&set, NULL, &now) == SIGCONT;
}
