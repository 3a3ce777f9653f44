/*
 * doctor_json: what disturbs measurement, as run.json and `parbench doctor --json` hold it.
 */
#ifndef PAR_DOCTOR_JSON_H
#define PAR_DOCTOR_JSON_H

#include <jansson.h>

#include "doctor.h"

/*
 * A list with an object a check, in their order: id, title, state, matter, found, why, instead
 * (null: nothing to add), mend and restore (lists of shell commands). See
 * tests/schema/doctor.schema.json. A new reference; NULL without memory.
 */
json_t *par_doctor_json(const struct par_doctor *doctor);

/*
 * Examines this machine for a run whose widest cell has so many workers and that writes to
 * `folder` (an absolute path, or NULL). As par_doctor_examine().
 */
int par_doctor_examine_here(struct par_doctor *doctor, unsigned widest, const char *folder);

#endif
