/*
 * pool: a crew whose workers block. What the thread pool and the process pool share.
 */
#ifndef PAR_POOL_H
#define PAR_POOL_H

#include <stdbool.h>

#include "model.h"

int par_pool_open(struct par_team **out, const struct par_team_spec *spec, bool processes);
int par_pool_run(struct par_team *team, const struct par_job *job);
void par_pool_close(struct par_team *team);

#endif
