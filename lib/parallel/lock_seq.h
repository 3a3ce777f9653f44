/*
 * lock_seq: a sequence lock (Lameter 2005; Boehm, "Can seqlocks get along with programming language
 * memory models?", 2012): readers write nothing and never keep a writer out.
 *
 * A writer makes the number odd, writes, and makes it even again. A reader looks at the number
 * before and after, and reads again when a writer was there. So readers on many PUs share the line
 * as long as nobody writes, which no lock allows that readers have to take.
 *
 * What is read may change meanwhile, so it must be atomic variables, loaded with acquire and stored
 * with release: then no load of a reader sinks below its second look, and no store of a writer
 * rises above the odd number. Nothing may be followed that was read before par_lock_seq_retry()
 * has said that it holds.
 *
 * Progress: writers are as those of lock_futex.h; a reader may have to begin again without end
 * while there is always a writer. A writer that dies leaves readers trying for ever.
 */
#ifndef PAR_LOCK_SEQ_H
#define PAR_LOCK_SEQ_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "lock_futex.h"
#include "shared.h"
#include "wait.h"

/* Zeroed memory is a free one. For threads, and in shared memory for processes. */
struct par_lock_seq {
	_Alignas(PAR_CACHE_LINE) struct par_lock_futex writers;
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t number; /* odd: somebody writes */
};

static inline void par_lock_seq_take(struct par_lock_seq *lock)
{
	par_lock_futex_take(&lock->writers);
	/* Relaxed: the release stores of the data come after it. */
	atomic_store_explicit(&lock->number,
		atomic_load_explicit(&lock->number, memory_order_relaxed) + 1,
		memory_order_relaxed);
}

static inline void par_lock_seq_give(struct par_lock_seq *lock)
{
	/* Release: pairs with a reader's first look, which then sees all that was written. */
	atomic_store_explicit(&lock->number,
		atomic_load_explicit(&lock->number, memory_order_relaxed) + 1,
		memory_order_release);
	par_lock_futex_give(&lock->writers);
}

/* The number to read under, when nobody writes. */
static inline uint32_t par_lock_seq_begin(const struct par_lock_seq *lock)
{
	uint32_t number;

	while (((number = atomic_load_explicit(&lock->number, memory_order_acquire)) & 1) != 0)
		par_relax();
	return number;
}

/* True when what was read since par_lock_seq_begin() may not fit together. */
static inline bool par_lock_seq_retry(const struct par_lock_seq *lock, uint32_t number)
{
	/* Relaxed: the acquire loads of the data come before it. */
	return atomic_load_explicit(&lock->number, memory_order_relaxed) != number;
}

#endif
