/*
 * lock_variants: the locks as variants of workloads that share state.
 */
#ifndef PAR_LOCK_VARIANTS_H
#define PAR_LOCK_VARIANTS_H

#include "lock.h"
#include "variant.h"

/* each(NAME, KIND, LABEL, SUMMARY, LOOKS AS): once for every kind of lock. */
#define PAR_EACH_LOCK(each)                                                                        \
	each(mutex, PAR_LOCK_MUTEX, "mutex", "pthread mutex, process-shared", "thread") each(      \
		adaptive, PAR_LOCK_ADAPTIVE, "adaptive mutex",                                     \
		"pthread mutex of glibc's adaptive kind: spins for a moment", NULL) each(robust,   \
		PAR_LOCK_ROBUST, "robust mutex", "pthread mutex that tells when its holder died",  \
		NULL) each(rwlock, PAR_LOCK_RWLOCK, "rwlock", "pthread reader-writer lock",        \
		"process_coroutine") each(semaphore, PAR_LOCK_SEMAPHORE, "semaphore",              \
		"POSIX semaphore of one", NULL) each(futex, PAR_LOCK_FUTEX, "futex lock",          \
		"spins briefly, then sleeps in the kernel", "thread_pool") each(spin,              \
		PAR_LOCK_SPIN, "spin lock", "test and test-and-set with backoff", "fork")          \
		each(ticket, PAR_LOCK_TICKET, "ticket lock", "spins, first come, first served",    \
			"process_pool") each(mcs, PAR_LOCK_MCS, "MCS lock",                        \
			"a queue whose waiters spin on lines of their own", "thread_coroutine")

/* An entry of a table of variants. */
#define PAR_LOCK_VARIANT(name_, kind_, label_, summary_, as_)                                      \
	{ .name = #name_,                                                                          \
		.label = label_,                                                                   \
		.summary = summary_,                                                               \
		.traits = PAR_VARIANT_BLOCKS,                                                      \
		.as = as_ },

#endif
