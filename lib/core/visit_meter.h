/*
 * visit_meter: what is read around the timed region of a visit, and never inside it: disturbance,
 * scheduling, counters, memory, energy.
 *
 * What the machine does not tell leaves its reason and is no failure of the visit.
 */
#ifndef PAR_VISIT_METER_H
#define PAR_VISIT_METER_H

#include "counters.h"
#include "disturbance.h"
#include "energy.h"
#include "model.h"
#include "schedstat.h"

/* Larger teams are not looked at thread by thread: each costs some system calls. */
#define PAR_METER_MEMBERS_MAX 64
/* Nor counted: each thread costs a dozen descriptors and some 0.1 ms. The caller is one. */
#define PAR_METER_COUNTED_MAX 17
/* Memory is not asked of more processes. */
#define PAR_METER_PROCESSES_MAX 32

/* Inert when zeroed. The texts `no_...` say why something is absent; "": it is there. */
struct par_visit_meter {
	int *pus; /* that the visit may use; owned */
	unsigned pu_count;
	bool per_task;            /* workers live only for a task */
	struct par_family before; /* before the team was opened: the caller and servers */
	struct par_family all;    /* everyone once it was */
	struct par_family team;   /* the caller and the workers */
	unsigned workers;         /* the last of the team, in the order of their birth */
	struct par_schedstat stat;
	struct par_schedstat_times *times; /* one a member of the team, over the samples; owned */
	uint64_t own_ns;                   /* CPU time of all over the samples */
	uint64_t pause_start_ns, pause_ns; /* the caller's CPU time between the samples */
	struct par_counters counters;
	struct par_counter_value values[PAR_COUNTERS];
	uint64_t counted_tasks; /* of the run that was counted */
	struct par_energy energy;
	uint64_t pss_before, pss, peak; /* bytes */
	struct par_surroundings around[2];
	struct par_disturbance disturbance;
	struct par_error no_scheduling, no_counters, no_energy, no_pss, no_worker_pss, no_peak,
		no_others;
};

/* Before the team is opened, on the visit's PUs. */
void par_visit_meter_before(struct par_visit_meter *meter, const struct par_model *model);

/*
 * With the team open, before it has run anything: tells its workers from other threads. `in_flight`
 * is how many tasks at once may have files open.
 */
void par_visit_meter_meet(struct par_visit_meter *meter, unsigned workers, unsigned in_flight);

/* The same where the workers are in a program of its own: nothing is read of them. */
void par_visit_meter_stay_outside(struct par_visit_meter *meter);

/* The same where a run that is only counted would take too long. */
void par_visit_meter_count_nothing(struct par_visit_meter *meter);

/*
 * Around a run of `tasks` tasks that is counted and not timed: counters that are attached make
 * each context switch dearer, by half for a workload that does little else (seen), and each new
 * thread by a third.
 */
void par_visit_meter_count(struct par_visit_meter *meter);
void par_visit_meter_counted(struct par_visit_meter *meter, uint64_t tasks);

/* Before the first sample and after the last. Both wait until idle workers have gone to sleep. */
void par_visit_meter_start(struct par_visit_meter *meter);
void par_visit_meter_stop(struct par_visit_meter *meter);

/* Around what is done between samples and does not count: the reset of a workload. */
void par_visit_meter_pause(struct par_visit_meter *meter);
void par_visit_meter_resume(struct par_visit_meter *meter);

/* After the team was closed. */
void par_visit_meter_after(struct par_visit_meter *meter);

/* The worker's times over the samples; valid where no_scheduling is "". */
struct par_schedstat_times par_visit_meter_times(
	const struct par_visit_meter *meter, unsigned worker);

/*
 * How long the worker that waited longest for its PU did so in ns, without what the visit's other
 * threads may have caused. Valid where each worker has a PU of its own; -1: unknown.
 */
int64_t par_visit_meter_delay(const struct par_visit_meter *meter);

void par_visit_meter_fini(struct par_visit_meter *meter);

#endif
