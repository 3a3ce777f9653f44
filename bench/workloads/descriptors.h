/*
 * descriptors: room for many open files at once.
 */
#ifndef PAR_DESCRIPTORS_H
#define PAR_DESCRIPTORS_H

#include "errors.h"

/*
 * Raises this process's soft limit of open files to at least `needed` and some for the rest of the
 * program, if it is lower; it is inherited by workers and not lowered again, since a visit has a
 * process of its own. Returns 0, or -EMFILE with `error` when the hard limit forbids it.
 */
int par_descriptors_ensure(unsigned needed, struct par_error *error);

#endif
