/*
 * outcome: the record of a visit whose child has ended: what the child printed, if that is a record
 * of the cell, or else what happened to it.
 */
#ifndef PAR_OUTCOME_H
#define PAR_OUTCOME_H

#include <jansson.h>

#include "child.h"
#include "machine.h"
#include "record.h"

#define PAR_OUTCOME_BYTES (1U << 20) /* of a child's one line, at most */

/* All pointers are borrowed. */
struct par_outcome {
	const struct par_cell *cell;
	const struct par_machine *machine;
	const char *const *argv; /* of the child */
	const struct par_child_result *result;
	uint64_t deadline_ns;
	uint32_t round;
	uint64_t visit;         /* 1, 2, ... in the run */
	uint64_t oom_kills;     /* par_limit_oom_kills() before the visit */
	struct par_error fault; /* why the output is no record */
};

/* The JSON of the record, a new reference, and its gist added to `records`; NULL without memory. */
json_t *par_outcome_tell(struct par_outcome *outcome, struct par_records *records);

#endif
