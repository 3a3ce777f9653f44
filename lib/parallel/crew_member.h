/*
 * crew_member: how one worker is made and ended; the part of a crew that differs between threads
 * and processes. Private to the crew.
 */
#ifndef PAR_CREW_MEMBER_H
#define PAR_CREW_MEMBER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct par_crew;

struct par_crew_member {
	struct par_crew *crew;
	unsigned worker;
	pthread_t thread;
	pid_t pid; /* 0: none, or reaped */
};

struct par_crew_kind {
	/* Makes the worker on `pu` (-1: anywhere), which runs par_crew_work(). 0 or -errno. */
	int (*start)(struct par_crew_member *member, int pu);

	/* True when a worker that nobody sent away is gone; such a one is reaped. */
	bool (*is_dead)(struct par_crew_member *member);

	/* Waits for the end of a worker that was sent away; with `kill`, or two seconds late, by
	 * force. */
	void (*end)(struct par_crew_member *member, bool kill);
};

extern const struct par_crew_kind par_crew_threads;
extern const struct par_crew_kind par_crew_processes;

/*
 * What a worker does from its birth to its end. `code` is how its creation went so far: an errno
 * makes open() fail.
 */
void par_crew_work(struct par_crew *crew, unsigned worker, int code);

#endif
