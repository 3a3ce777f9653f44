/*
 * span: from when the first part of a job began until the last one ended, without what comes before
 * and after: waking the workers, and their meeting.
 */
#ifndef PAR_SPAN_H
#define PAR_SPAN_H

#include <stdatomic.h>
#include <stdint.h>

/* In memory that all parts share. */
struct par_span {
	_Atomic uint64_t first, last; /* ns of par_now_ns() */
};

void par_span_init(struct par_span *span);

/* What each part calls when it begins and when it has ended. */
void par_span_begin(struct par_span *span);
void par_span_end(struct par_span *span);

/* Its length in ns; NaN before both ends are known. */
double par_span_ns(const struct par_span *span);

#endif
