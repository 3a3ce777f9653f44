/*
 * present: from the folder of a run to its report, on the page and on the terminal.
 */
#ifndef PAR_PRESENT_H
#define PAR_PRESENT_H

#include "errors.h"

/*
 * Reads run.json, topology.xml and cells.jsonl of `folder`, analyses them, writes the report's
 * files there, and prints the answer table and the path of the page on standard output. Returns 0
 * or -errno with `error` set; -EIO also when only pictures are missing: the answers were printed.
 */
int par_present(const char *folder, struct par_error *error);

#endif
