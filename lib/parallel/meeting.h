/*
 * meeting: where the parts of one job wait for each other before they begin.
 *
 * A count of those who have come, in memory that all of them share: threads, processes, or the
 * coroutines of a loop, which let each other run while they wait. Who comes last opens it. A
 * sense-reversing barrier is not needed: a meeting is held once between two par_meeting_init().
 */
#ifndef PAR_MEETING_H
#define PAR_MEETING_H

#include <stdbool.h>

#include "io.h"
#include "shared.h"
#include "wait.h"

/* A part that has not come by then has died or was never begun. */
#define PAR_MEETING_PATIENCE_NS 20000000000ULL

struct par_meeting {
	_Alignas(PAR_CACHE_LINE) struct par_gate come; /* how many */
};

/* Nobody has come. No part may be waiting. */
void par_meeting_init(struct par_meeting *meeting);

/*
 * Waits until `parts` have come, itself included. `spin`: each worker has a PU of its own, so
 * waiting may spin for a moment. What a part did before is seen by all after. Returns 0, or
 * -ETIMEDOUT when some part did not come within PAR_MEETING_PATIENCE_NS.
 */
int par_meeting_join(struct par_meeting *meeting, unsigned parts, bool spin, struct par_io *io);

#endif
