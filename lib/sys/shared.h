/*
 * shared: anonymous memory that stays one memory after fork.
 *
 * It has no name in any filesystem, so nothing can leak: it goes with the last process that maps
 * it.
 */
#ifndef PAR_SHARED_H
#define PAR_SHARED_H

#include <stddef.h>

/* What workers write must not share a line with what others touch. 128: adjacent-line prefetch. */
#define PAR_CACHE_LINE 128

/*
 * Maps `size` zeroed bytes (rounded up to whole pages, page aligned) shared with future children.
 * On success *out is the memory, owned by the caller. Returns 0 or -ENOMEM, -EINVAL (size 0).
 */
int par_shared_open(void **out, size_t size);

/* Unmaps what par_shared_open() gave, with the same size. NULL is allowed. */
void par_shared_close(void *memory, size_t size);

#endif
