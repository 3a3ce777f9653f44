/* limit_processes: the part of limit.c that knows why no process or thread could be made. */
#ifndef PAR_LIMIT_PROCESSES_H
#define PAR_LIMIT_PROCESSES_H

#include "errors.h"

/* Names in `out` the bound on processes with the least room; leaves it when there is much. */
void par_limit_explain_processes(struct par_error *out);

#endif
