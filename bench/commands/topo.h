/*
 * topo: the two forms in which `parbench topo` shows a machine.
 */
#ifndef PAR_TOPO_H
#define PAR_TOPO_H

#include "distance.h"
#include "machine.h"
#include "text.h"

/* Adds the machine as a page of 80 columns, for a person. Returns 0 or -errno. */
int par_topo_text(struct par_text *text, const struct par_machine *machine);

/*
 * Adds the machine as one JSON object and a newline, for a program; `distance` may be NULL. Returns
 * 0 or -errno.
 */
int par_topo_json(struct par_text *text, const struct par_machine *machine,
	const struct par_distance *distance);

/*
 * Adds the distances between PUs as a matrix with the topology's boundaries, and their range at
 * each of its levels. Returns 0 or -errno.
 */
int par_topo_distance(struct par_text *text, const struct par_machine *machine,
	const struct par_distance *distance);

#endif
