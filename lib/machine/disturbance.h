/*
 * disturbance: what else happened during a visit, and whether it was too much. Pure functions.
 *
 * A limit may never be reached by what the model itself does: otherwise a model would be shut out
 * for being what it is. Hence what has no limit here: run-queue delay of cells with more workers
 * than PUs, preemptions and migrations (forks and oversubscribed cells have them by design),
 * pressure (it counts the visit's own tasks that wait for each other), and the frequency at an
 * instant (a governor's momentary step; the fixed loop of noise.h sees a slow clock).
 */
#ifndef PAR_DISTURBANCE_H
#define PAR_DISTURBANCE_H

#include "errors.h"
#include "surroundings.h"

/*
 * CPU time on the visit's PUs that other processes took: more than this share of it. 5 % is what a
 * visit of 20 ms loses to a single time slice of 1 ms, and above the effects that verdicts rest on.
 * The same share holds for the other hardware threads of the same cores, which slow a core down by
 * as much as they are busy, and, where servers may run elsewhere too, for all these PUs together:
 * there alone the servers' time is told from that of others on the visit's PUs.
 *
 * Interrupts are nobody's work. A kernel without CONFIG_IRQ_TIME_ACCOUNTING counts their time in
 * that of the thread they interrupt as well and does not say so; then it is subtracted twice, and
 * others' work as long as the interrupts goes unseen. The other way round interrupts that a visit
 * causes itself would be held against it.
 */
#define PAR_OTHERS_LIMIT 0.05
/*
 * The same for workloads that wait for IO: the kernel's own threads then write back and receive for
 * the visit, and nobody can tell their time from others'.
 */
#define PAR_OTHERS_IO_LIMIT 0.25
/*
 * /proc/stat counts whole ticks of 10 ms, each of its numbers on each PU: others' time below this
 * many ticks a PU may be rounding. More where the numbers that mostly stand still, waiting for IO
 * and soft interrupts, have moved: each is cut off by itself.
 */
#define PAR_OTHERS_TICKS      2
#define PAR_OTHERS_RARE_TICKS 3
/*
 * How long one worker was kept off its PU by others: more than this share of the samples. A job
 * waits for its last worker, so that one may spoil it. Judged only where each worker has a PU of
 * its own; with more workers than PUs they wait for each other, by design. Nor where a quota held
 * the visit back, or may have: its workers then stand in the run queue for that.
 */
#define PAR_DELAY_LIMIT 0.10
/*
 * Held back by the quota of a container for more than this share of the visit, where the cell's
 * PUs are not more than the quota: then it was others in the container who used it up. A cell with
 * more PUs than the quota is held back by design. And servers, which may run on all PUs, may use
 * the quota up for the visit itself: others are blamed only where its CPU time was less than this
 * part of what the quota allows. The time is a sum over PUs, so the share is cut at 100 %.
 */
#define PAR_QUOTA_LIMIT 0.05
#define PAR_QUOTA_OWN   0.8
/*
 * Clock lowered by heat for more than this share of the visit, or at all where the processor tells
 * no times. Heat is made by load, but of what ran before as much as of this model, so the time
 * cannot be compared; and 5 % of a clock that is a third lower is a time 2 % longer. A time that
 * began in the visit and is not told at its end is too much, since nobody knows how long it was.
 */
#define PAR_THROTTLE_LIMIT 0.05
/*
 * Swapped in and out on the whole machine: more bytes than these. Plans leave cells out
 * that do not fit into memory, so it is others' memory that is short; a page from a disk costs
 * about 0.1 ms. Fewer may be what the kernel tidies up by itself.
 */
#define PAR_SWAPPED_LIMIT_BYTES (1 << 20)
/* Asleep (lid, hibernation, a suspended virtual machine): no model does that. Clocks differ by us.
 */
#define PAR_SUSPENDED_LIMIT_NS 1000000

/* What a judgement must know of the visit. */
struct par_disturbed_visit {
	unsigned pus;     /* it may use */
	unsigned workers; /* of the team */
	bool waits;       /* for IO: bound by IO, or mixed */
	uint64_t run_ns;  /* of the samples, in all */
	/*
	 * Of the worker that waited longest in a run queue during the samples, what the visit's
	 * other threads cannot have caused; -1: unknown, or workers share PUs.
	 */
	int64_t delayed_ns;
};

/* What happened between two readings. -1: this machine does not tell. */
struct par_disturbance {
	uint64_t elapsed_ns;
	/*
	 * CPU time of others, exact to some ticks a PU: on the visit's PUs without all the time of
	 * its servers, so at least; on the other hardware threads of their cores, likewise; and on
	 * all PUs that the visit or its servers may use, -1 where these are the visit's alone.
	 */
	int64_t others_ns, siblings_ns, everywhere_ns;
	unsigned siblings, everywhere; /* PUs of these */
	unsigned servers;              /* processes */
	unsigned ticks;                /* a PU that may be rounding */
	int64_t own_ns;                /* CPU time of the visit and its servers */
	int64_t stolen_ns; /* of these PUs, by the hypervisor; judged by noise.h, on all PUs */
	int64_t suspended_ns;
	int64_t preemptions;
	int64_t throttle_events, throttle_ms; /* thermal; of the counter that grew most */
	bool throttle_open;                   /* one began and its time is not told */
	int64_t quota_periods, quota_ns;      /* throttled by a cgroup's quota */
	int64_t swapped_pages;
	int64_t pressure_cpu_us, pressure_memory_us, pressure_io_us;
	int64_t frequency_before_khz, frequency_after_khz;
	double quota_cpus; /* 0: none */
};

/* Subtracts. Counters that ran backwards count as nothing. `pus`: how many were read. */
void par_disturbance_between(struct par_disturbance *disturbance,
	const struct par_surroundings *before, const struct par_surroundings *after, unsigned pus);

/*
 * True when the visit was disturbed beyond a limit; then `reason` names what, how much, and the
 * limit: "other work took 31 % of its CPUs (limit 5 %)".
 */
bool par_disturbance_verdict(struct par_error *reason, const struct par_disturbance *disturbance,
	const struct par_disturbed_visit *visit);

/*
 * The share of the visit's CPU time that others took. Where it may use more PUs than it has
 * workers, the rest is left to others before it counts. Below the ticks' rounding: 0.
 */
double par_disturbance_others(
	const struct par_disturbance *disturbance, const struct par_disturbed_visit *visit);

#endif
