/*
 * progress: how far a run is, on standard error: one line that is rewritten on a terminal, a line a
 * round without one.
 */
#ifndef PAR_PROGRESS_H
#define PAR_PROGRESS_H

#include "rounds.h"

struct par_meter {
	bool terminal;
	uint32_t round; /* the last one that got a plain line */
	unsigned columns;
};

void par_meter_init(struct par_meter *meter);

/* Shows it. Called before each visit. */
void par_meter_show(struct par_meter *meter, const struct par_progress *progress);

/* Clears the line that is rewritten, so that other text may follow. */
void par_meter_clear(const struct par_meter *meter);

#endif
