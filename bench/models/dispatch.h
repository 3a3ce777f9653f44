/*
 * dispatch: the calls by which work is handed to a pool, as variants of the thread pool and the
 * process pool. The pools' plain form shares out the job among the workers; here the caller hands
 * it over, task by task or in chunks, and takes a result for each.
 */
#ifndef PAR_DISPATCH_H
#define PAR_DISPATCH_H

#include <stdbool.h>

#include "model.h"

/* The calls, and what is told of a run. */
extern const struct par_variant par_dispatch_variants[];
extern const struct par_measure_kind par_dispatch_measures[];

struct par_dispatch;

/* A pool for the variant of `spec`. 0, -EINVAL when there is none, or -errno. */
int par_dispatch_open(struct par_dispatch **out, const struct par_team_spec *spec, bool processes);
int par_dispatch_run(struct par_dispatch *dispatch, const struct par_job *job);
void par_dispatch_close(struct par_dispatch *dispatch);
void par_dispatch_measure(const struct par_dispatch *dispatch, double *values);

#endif
