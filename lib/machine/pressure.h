/*
 * pressure: for how long some task of the machine was held up for want of CPU, memory or IO.
 *
 * The totals of the "some" lines of /proc/pressure (PSI; Documentation/accounting/psi.rst), and the
 * pages swapped in and out (/proc/vmstat).
 */
#ifndef PAR_PRESSURE_H
#define PAR_PRESSURE_H

#include <stdint.h>

/* Since boot; -1: this machine does not tell. */
struct par_pressure {
	int64_t cpu_us, memory_us, io_us;
	int64_t swapped_pages; /* in and out */
};

void par_pressure_read(struct par_pressure *pressure, const char *root);

#endif
