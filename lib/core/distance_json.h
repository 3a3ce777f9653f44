/*
 * distance_json: the distances between PUs, as run.json and `parbench topo --distance --json` hold
 * them.
 *
 *   "distance": { "pus": [0, 1, 2], "ns": [[], [118], [120, 541]],
 *                 "again_ns": [[], [119], [118, 540]], "ratio": 0.99, "moved": 0, "changed": false
 * }
 *
 * `ns` has a row for each PU, with the round trips to those before it; null: not known. The last
 * four are of a second measurement, and missing without one.
 */
#ifndef PAR_DISTANCE_JSON_H
#define PAR_DISTANCE_JSON_H

#include <jansson.h>

#include "distance.h"

/* `later` may be NULL. A new reference; NULL without memory. */
json_t *par_distance_json(const struct par_distance *earlier, const struct par_distance *later);

/*
 * Reads the first measurement, or with `again` the second one. Returns 0; -ENOENT when there is
 * none (also for json NULL), -EBADMSG for what is not one, -ENOMEM; then it is inert.
 */
int par_distance_read(struct par_distance *distance, const json_t *json, bool again);

/* Measures this machine for run.json: a new reference, NULL without memory. */
json_t *par_distance_json_here(const struct par_machine *machine);

/*
 * Measures again the PUs of run.json's `info` and notes what has changed; nothing when it has no
 * first measurement. Returns 0 or -ENOMEM.
 */
int par_distance_note_again(json_t *info, const struct par_machine *machine);

#endif
