/*
 * loops: event loops that share out the tasks of a job. What the three coroutine models share.
 */
#ifndef PAR_LOOPS_H
#define PAR_LOOPS_H

#include <stdbool.h>

#include "claims.h"
#include "loop.h"
#include "model.h"

/*
 * Runs tasks of `claims` on the loop of `worker` until none are left. It holds at most its share of
 * spec->in_flight at once, and no more than its share of the job's `count` tasks: else the first
 * loop to wake would take all that wait.
 */
int par_loops_work(struct par_loop *loop, const struct par_team_spec *spec, unsigned worker,
	struct par_claims *claims);

/* "uring": how the loops wait. Ends with name NULL. */
extern const struct par_variant par_loops_variants[];

/* A loop as the team's variant asks for. 0 or -errno. */
int par_loops_make(struct par_loop **out, const struct par_team_spec *spec);

/* A crew with a loop in each worker, as threads or processes. */
int par_loops_open(struct par_team **out, const struct par_team_spec *spec, bool processes);
int par_loops_run(struct par_team *team, const struct par_job *job);
void par_loops_close(struct par_team *team);

#endif
