/*
 * park: to sleep until a peer says that something has changed.
 *
 * A spot is where those sleep who wait for one condition ("not full", "my turn"). The condition
 * itself belongs to the caller: it is looked at after par_spot_enter() and again after every
 * return, since another may have been faster.
 *
 *     while (!condition) {                            condition = true;
 *         seen = par_spot_enter(io, spot);            par_unpark(io, spot, 1);
 *         if (condition) {
 *             par_spot_leave(io, spot);
 *             break;
 *         }
 *         code = par_park(io, spot, seen, deadline);
 *         if (code) ...
 *     }
 *
 * All who meet at a spot are either workers that block (threads, or processes where the spot lies
 * in memory of par_shared_open()), or coroutines of ONE event loop. A coroutine is put on a list
 * in the spot and its loop runs another: no system call and no atomic operation.
 *
 * Algorithm: an event count (D. P. Reed, R. K. Kanodia, "Synchronization with eventcounts and
 * sequencers", CACM 22(2), 1979), parked on a futex (H. Franke et al., "Fuss, futexes and
 * furwocks", OLS 2002). A count of those who sleep lets a waker go without a system call where
 * nobody does; a count of those who were woken and have not run yet lets it go where all are on
 * their way already. So a producer that is far ahead of the consumer it woke calls the kernel once,
 * not once an item.
 *
 * Memory order: Dekker's pattern. The waiter adds itself to the crowd, then reads the condition;
 * the waker writes the condition, then reads the crowd. A sequentially consistent fence lies
 * between the two steps on either side, so at least one sees the other, whatever the order of the
 * condition's own accesses: no wake is lost. The value is read at enter, before the waiter adds
 * itself, and raised by the waker after it has seen that (release, acquire): whoever is woken
 * between enter and the kernel's look at the word does not sleep.
 *
 * That `woken` forgets nobody: it never exceeds the members of the crowd who will return without
 * another wake, and the wakes that are about to be made. A wake of k that finds k asleep adds them
 * to these members. One that finds fewer has woken all who slept, and those who do not sleep yet
 * have read an older value, unless they came after the last count; whoever returns, for whatever
 * reason, was such a member and takes one off.
 *
 * Death: a process that is killed at a spot stays in the crowd, which costs needless wakes only; a
 * wake that was meant for it is lost with it. Who must survive that parks with a deadline.
 *
 * Progress: unpark is lock-free but for the kernel. Sleepers of one loop go on in the order they
 * came; blocking ones in the kernel's order, which is that of their priority and then of arrival.
 */
#ifndef PAR_PARK_H
#define PAR_PARK_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io.h"

struct par_parked;

/* Zeroed memory is a spot where nobody sleeps. Nothing to free. */
struct par_spot {
	/* Blocking workers between enter and leave; above 32 bits: who are woken and have not run.
	 */
	_Atomic uint64_t crowd;
	_Atomic uint32_t value;          /* how often somebody was woken; wraps */
	struct par_parked *first, *last; /* coroutines of one loop */
};

#define PAR_SPOT_INIT                                                                              \
	{                                                                                          \
		0                                                                                  \
	}

/* A deadline is absolute, in ns of CLOCK_MONOTONIC. 0 has passed: to try, never to sleep. */
#define PAR_PARK_FOREVER UINT64_MAX
#define PAR_PARK_ALL     UINT_MAX

/* See par_spot_enter(), par_spot_leave() and par_spot_look(). */
uint32_t par_spot_enter_blocking(struct par_spot *spot);
void par_spot_leave_blocking(struct par_spot *spot);
bool par_spot_look_blocking(struct par_spot *spot);

/* The deadline in `ns` from now; PAR_PARK_FOREVER stays so. */
uint64_t par_deadline_in(uint64_t ns);

/* Announces that one may sleep: from now on wakers look. Returns `seen` for par_park(). */
static inline uint32_t par_spot_enter(const struct par_io *io, struct par_spot *spot)
{
	/* Coroutines wait for nobody who runs at this time. */
	if (io->ops->interleaves)
		return atomic_load_explicit(&spot->value, memory_order_relaxed);
	return par_spot_enter_blocking(spot);
}

/* After enter, when there is no need to sleep. par_park() leaves by itself. */
static inline void par_spot_leave(const struct par_io *io, struct par_spot *spot)
{
	if (!io->ops->interleaves)
		par_spot_leave_blocking(spot);
}

/*
 * Sleeps until somebody unparks, unless that has happened since enter. 0: look at the condition
 * again (perhaps for nothing); -ETIMEDOUT: the deadline has come; -EDEADLK: all coroutines of the
 * loop are parked without a deadline, and no timer, descriptor or new task can wake one: all of
 * them get it. Deadlocks of blocking workers are not seen.
 */
static inline int par_park(
	struct par_io *io, struct par_spot *spot, uint32_t seen, uint64_t deadline)
{
	return io->ops->park(io, spot, seen, deadline);
}

/*
 * Wakes at most `count` of those who sleep and are not woken yet, the first first: after the
 * condition was changed. Returns how many it knows to have woken. Among coroutines they run when
 * the caller next waits.
 */
static inline unsigned par_unpark(struct par_io *io, struct par_spot *spot, unsigned count)
{
	return io->ops->unpark(io, spot, count, PAR_PARK_ALL);
}

/*
 * Sees to it that `use` (not PAR_PARK_ALL) are on their way, or all there are: no more can use what
 * has changed. Among coroutines it sees to one: who goes on calls it again for the next. They run
 * one after the other, so the first might leave nothing to the others, and those would have lost
 * their places in the line.
 */
static inline unsigned par_unpark_to(struct par_io *io, struct par_spot *spot, unsigned use)
{
	return io->ops->unpark(io, spot, PAR_PARK_ALL, use);
}

/*
 * Whether anybody may sleep, after the condition was changed: for callers who have to find out how
 * many can use that.
 */
static inline bool par_spot_look(const struct par_io *io, struct par_spot *spot)
{
	return io->ops->interleaves ? spot->first != NULL : par_spot_look_blocking(spot);
}

/*
 * False: nobody sleeps who came before the condition was changed. For callers under a lock under
 * which the others enter; without one it proves nothing.
 */
static inline bool par_spot_is_used(const struct par_spot *spot)
{
	/* Relaxed: the lock orders. */
	return spot->first ||
	       (uint32_t)atomic_load_explicit(&spot->crowd, memory_order_relaxed) != 0;
}

/* --- the two ways, for the handles; see io.h --- */

int par_park_blocking(struct par_io *io, struct par_spot *spot, uint32_t seen, uint64_t deadline);
unsigned par_unpark_blocking(
	struct par_io *io, struct par_spot *spot, unsigned count, unsigned use);

#endif
