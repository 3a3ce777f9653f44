/*
 * noise: did the machine hold still while we measured?
 *
 * A probe is taken before and after the timed region of a visit. A fixed loop tells frequency drift
 * and stolen time; a cache line handed between the first two workers' PUs tells their distance,
 * which a hypervisor may change behind our back (118 ns against 541 ns was seen).
 */
#ifndef PAR_NOISE_H
#define PAR_NOISE_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"

struct par_noise {
	uint64_t loop_ns; /* best of three fixed dependent-arithmetic loops (about 0.3 ms each) */
	uint64_t handoff_ns; /* median round trip of one cache line between two PUs; 0: not taken */
	uint64_t steal_ticks;      /* of /proc/stat, all CPUs, since boot */
	uint64_t busy_ticks;       /* user + nice + system + irq + softirq, all CPUs, since boot */
	uint64_t context_switches; /* of this process and its reaped children, voluntary */
	uint64_t preemptions;      /* likewise, involuntary */
	uint64_t wall_ns;          /* par_now_ns() at the probe */
};

/*
 * Takes a probe, in 1 to 3 ms on a quiet machine and some 50 ms more on a busy one. first_pu and
 * second_pu are OS indices for the hand-off, pinned to by two short-lived threads; either < 0, or
 * equal: no hand-off. Runs the loop where the caller runs, and leaves the caller's affinity alone.
 * The counters are read first, so the difference of two probes has the first probe's own few
 * switches in it. Nobody else of this process should be running. Returns 0 or -errno (the hand-off
 * could not be taken: handoff_ns is 0, the rest is valid).
 */
int par_noise_probe(struct par_noise *noise, int first_pu, int second_pu);

/*
 * Beyond these a visit is untrustworthy. None can be reached by what a model does, since nobody of
 * the visit runs while a probe is taken. The loop repeats within 1 % on a still machine, and clock
 * steps of a governor or a turbo are 3 % to 10 % each; the hand-off within 30 %, and the nearest
 * other distance is over twice as far.
 */
#define PAR_NOISE_LOOP_LIMIT    1.15 /* slower loop / faster loop */
#define PAR_NOISE_STEAL_LIMIT   0.05 /* stolen share of the CPU time between the probes */
#define PAR_NOISE_STEAL_TICKS   3   /* fewer stolen ticks than this may be rounding of the kernel */
#define PAR_NOISE_HANDOFF_LIMIT 2.0 /* longer hand-off / shorter one: another regime */

/*
 * Compares the probes around a visit. True when the machine did not hold still, and then `reason`
 * names what moved, how much, and the limit: "the fixed loop ran 1.31 times slower after the visit
 * (limit 1.15)".
 */
bool par_noise_verdict(
	struct par_error *reason, const struct par_noise *before, const struct par_noise *after);

#endif
