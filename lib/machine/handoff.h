/*
 * handoff: how long one cache line takes from a PU to another and back. Private to this folder.
 */
#ifndef PAR_HANDOFF_H
#define PAR_HANDOFF_H

#include <stdint.h>

/*
 * Bounces a cache line between two threads pinned to two different PUs (OS indices) and writes the
 * median round trip in ns. Takes below 1 ms when the PUs are free, and at most about 50 ms when
 * they are not. Returns 0, -EINVAL (a PU is not allowed), -ENOMEM, -EAGAIN (no thread) or
 * -ETIMEDOUT (one of the threads hardly ran); then *out_ns is 0.
 */
int par_handoff_measure(uint64_t *out_ns, int first_pu, int second_pu);

#endif
