/*
 * pu_time: what some PUs have been doing since boot, from /proc/stat.
 *
 * Idle time is exact to the kernel's ticks of the file (10 ms). User and system time is sampled at
 * timer interrupts and says little about a short region, so it is not read: what is neither idle
 * nor stolen nor interrupts was somebody's CPU time.
 */
#ifndef PAR_PU_TIME_H
#define PAR_PU_TIME_H

#include <stdbool.h>
#include <stdint.h>

struct par_pu_time {
	uint64_t idle_ns;      /* idle, or waiting for IO; summed over the PUs */
	uint64_t stolen_ns;    /* the hypervisor had them run others */
	uint64_t interrupt_ns; /* hard and soft interrupts */
	uint64_t rare_ns;      /* of these, waiting for IO and soft interrupts */
	uint64_t tick_ns;      /* of these numbers */
	unsigned count;        /* of the PUs */
	bool known;            /* false: a PU was not listed, or none was asked for */
};

/* Reads and sums them for `count` PUs (OS indices) under `root`. */
void par_pu_time_read(struct par_pu_time *time, const char *root, const int *pus, unsigned count);

/* The same from the text of /proc/stat, which may be NULL: for sets of PUs at one instant. */
void par_pu_time_parse(struct par_pu_time *time, const char *text, const int *pus, unsigned count);

#endif
