/*
 * lock_variants: the locks as variants of workloads that share state.
 */
#ifndef PAR_LOCK_VARIANTS_H
#define PAR_LOCK_VARIANTS_H

#include "lock.h"
#include "variant.h"

/* each(NAME, KIND, LABEL, SUMMARY): once for every kind of lock. */
/* clang-format off */
#define PAR_EACH_LOCK(each) \
	each(mutex, PAR_LOCK_MUTEX, "mutex", "pthread mutex, process-shared") \
	each(adaptive, PAR_LOCK_ADAPTIVE, "adaptive mutex", \
		"pthread mutex of glibc's adaptive kind: spins for a moment") \
	each(robust, PAR_LOCK_ROBUST, "robust mutex", \
		"pthread mutex that tells when its holder died") \
	each(rwlock, PAR_LOCK_RWLOCK, "rwlock", "pthread reader-writer lock") \
	each(semaphore, PAR_LOCK_SEMAPHORE, "semaphore", "POSIX semaphore of one") \
	each(futex, PAR_LOCK_FUTEX, "futex lock", "spins briefly, then sleeps in the kernel") \
	each(spin, PAR_LOCK_SPIN, "spin lock", "test and test-and-set with backoff") \
	each(ticket, PAR_LOCK_TICKET, "ticket lock", "spins, first come, first served") \
	each(mcs, PAR_LOCK_MCS, "MCS lock", "a queue whose waiters spin on lines of their own")
/* clang-format on */

/* An entry of a table of variants. */
#define PAR_LOCK_VARIANT(name_, kind_, label_, summary_)                                           \
	{ .name = #name_, .label = label_, .summary = summary_, .traits = PAR_VARIANT_BLOCKS },

#endif
