/*
 * futex: sleep until a 32-bit word changes, across threads and across processes.
 *
 * All calls are of the shared kind (no FUTEX_PRIVATE_FLAG), so that the same code serves threads
 * and forked workers on memory of par_shared_open(). See futex(2).
 */
#ifndef PAR_FUTEX_H
#define PAR_FUTEX_H

#include <stdatomic.h>
#include <stdint.h>

#define PAR_FUTEX_FOREVER UINT64_MAX

/*
 * Sleeps while *word == expected, for at most timeout_ns. Returns 0 when woken or when the word
 * already differs (callers re-check in a loop), -ETIMEDOUT, or -EINTR on a signal.
 */
int par_futex_wait(const _Atomic uint32_t *word, uint32_t expected, uint64_t timeout_ns);

/* Wakes at most `count` sleepers on `word`; returns how many, or a negative errno. */
int par_futex_wake(_Atomic uint32_t *word, int count);

#endif
