/*
 * pool: what the thread pool and the process pool share: a crew whose workers block, or, for the
 * variants of dispatch.h, a pool that is handed the tasks.
 */
#ifndef PAR_POOL_H
#define PAR_POOL_H

#include <stdbool.h>

#include "model.h"

int par_pool_open(struct par_team **out, const struct par_team_spec *spec, bool processes);
int par_pool_run(struct par_team *team, const struct par_job *job);
void par_pool_close(struct par_team *team);
void par_pool_measure(struct par_team *team, double *values);

#endif
