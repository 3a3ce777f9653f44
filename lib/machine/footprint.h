/*
 * footprint: the memory of this process and its children.
 */
#ifndef PAR_FOOTPRINT_H
#define PAR_FOOTPRINT_H

#include "family.h"

/*
 * The sum over the family's processes of their proportional set sizes in bytes: a page that n
 * processes map counts 1/n for each (smaps_rollup; proc(5), Linux 4.14). The kernel walks the page
 * tables for it: some 30 us a process, and more when it is large. Returns 0 or -errno.
 */
int par_footprint_pss(uint64_t *bytes, const struct par_family *family);

/*
 * The most that was resident in any one process: this one (VmHWM, not ru_maxrss, which still knows
 * the program before exec) or a reaped child (ru_maxrss). Returns 0 or -errno.
 */
int par_footprint_peak(uint64_t *bytes);

/* Reads "Pss:   345 kB" of a smaps_rollup, in bytes. 0 or -EINVAL. */
int par_footprint_parse(uint64_t *bytes, const char *text, const char *key);

#endif
