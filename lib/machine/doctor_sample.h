/*
 * doctor_sample: who uses the CPUs: two readings of /proc, and their difference. Private to this
 * folder and its tests.
 */
#ifndef PAR_DOCTOR_SAMPLE_H
#define PAR_DOCTOR_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

struct par_doctor_process {
	int pid;
	char name[32];  /* comm, as it stands in /proc/PID/stat: any bytes */
	uint64_t ticks; /* user and system */
};

/* One reading. Inert when zeroed. */
struct par_doctor_sample {
	uint64_t at_ns;                       /* par_now_ns() */
	uint64_t busy_ticks, stolen_ticks;    /* of all CPUs since boot, from /proc/stat */
	struct par_doctor_process *processes; /* by pid; owned */
	size_t count;
};

/* Reads it below `root`, without the process `except` (-1: all). Returns 0 or -ENOMEM. */
int par_doctor_sample_read(struct par_doctor_sample *sample, const char *root, int except);

void par_doctor_sample_fini(struct par_doctor_sample *sample);

#define PAR_DOCTOR_BUSIEST 3

/* What happened between two readings. */
struct par_doctor_busy {
	double cpus;        /* CPU time of everybody / time: 1 is one CPU kept busy */
	double stolen_cpus; /* likewise what the hypervisor gave to others */
	struct {
		char name[32];
		double cpus;
	} busiest[PAR_DOCTOR_BUSIEST]; /* most first; name "" where there are fewer */
};

void par_doctor_busy_between(struct par_doctor_busy *busy, const struct par_doctor_sample *before,
	const struct par_doctor_sample *after);

#endif
