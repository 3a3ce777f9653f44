/*
 * signals: what a person or a system may do to a run from outside.
 *
 *   SIGINT        once: finish the visit, report. Twice: stop at once, without a report.
 *   SIGHUP        the terminal is gone: as SIGINT once, however often it comes.
 *   SIGTERM       time is short: drop the visit under way, report. However often it comes.
 *   SIGTSTP       (Ctrl-Z) stop until SIGCONT. The visit under way, which is in a group of its own,
 *                 ends by itself meanwhile; the time away is noted, so that it costs no budget.
 *   SIGPIPE       nobody reads what we print: go on, since the results are in files.
 *
 * One that is ignored when we begin (nohup, a background job) stays ignored: whoever started us
 * wants that. The others are blocked and read from a descriptor, so there is no handler and no
 * global state. Children reset their own mask and handlers.
 */
#ifndef PAR_SIGNALS_H
#define PAR_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Inert when fd < 0. */
struct par_signals {
	int fd;
	unsigned interrupts; /* SIGINT seen so far */
	bool hung_up, terminated;
	bool pausing;     /* SIGTSTP came: par_signals_pause() is due */
	uint64_t away_ns; /* stopped by SIGTSTP so far */
	sigset_t before;  /* to be restored */
	struct sigaction pipe_before;
};

#define PAR_SIGNALS_INIT                                                                           \
	{                                                                                          \
		.fd = -1                                                                           \
	}

/* Begins to collect. Returns 0 or -errno. */
int par_signals_open(struct par_signals *signals);

/* Takes note of those that came since the last time. */
void par_signals_look(struct par_signals *signals);

/* No visit shall begin any more. */
bool par_signals_ending(const struct par_signals *signals);

/* Nor shall the one under way be waited for. */
bool par_signals_hurrying(const struct par_signals *signals);

/* Nor shall there be a report. */
bool par_signals_aborting(const struct par_signals *signals);

/* Stops this process until SIGCONT, and adds the time to away_ns. */
void par_signals_pause(struct par_signals *signals);

/*
 * Ends collecting and restores what was before; those that came until now are gone. After a SIGHUP
 * or SIGTERM the next one is ignored, since they come in pairs and a report is still to be written.
 */
void par_signals_close(struct par_signals *signals);

#endif
