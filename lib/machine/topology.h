/*
 * topology: hwloc's view, loaded the one way that all of this folder agrees on. Private to it: no
 * other folder includes hwloc.h.
 */
#ifndef PAR_TOPOLOGY_H
#define PAR_TOPOLOGY_H

#include <hwloc.h>
#include <stdbool.h>

#include "errors.h"

/*
 * Loads the topology of this machine, or of HWLOC_SYNTHETIC / HWLOC_XMLFILE where one is set (one
 * that cannot be read is an error, where hwloc alone would silently show the real machine), or,
 * when `xml` is not NULL, of that file. PUs outside the cpuset are kept; the allowed set is
 * narrowed to the affinity of the calling thread where the machine is real. The caller destroys
 * *out with hwloc_topology_destroy(). Returns 0 or -errno with `error` set.
 */
int par_topology_load(hwloc_topology_t *out, const char *xml, struct par_error *error);

#endif
