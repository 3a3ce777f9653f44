/*
 * signals: ending a run from outside. Once: finish the visit and report. Twice: stop at once.
 *
 * SIGINT, SIGTERM and SIGHUP, unless they are ignored, are blocked and counted through a
 * descriptor, so there is no handler and no global state. Children reset their own mask.
 */
#ifndef PAR_SIGNALS_H
#define PAR_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* Inert when fd < 0. */
struct par_signals {
	int fd;
	unsigned count;  /* seen so far */
	sigset_t before; /* the mask to restore */
};

#define PAR_SIGNALS_INIT                                                                           \
	{                                                                                          \
		.fd = -1                                                                           \
	}

/* Begins to collect. Returns 0 or -errno. */
int par_signals_open(struct par_signals *signals);

/* True once at least `count` of them came. */
bool par_signals_came(struct par_signals *signals, unsigned count);

/* Ends collecting and restores the mask; those that came and were counted are gone. */
void par_signals_close(struct par_signals *signals);

#endif
