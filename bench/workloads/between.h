/*
 * between: a mutex and a condition for the workers of a job, be they threads or processes.
 *
 * They lie in shared memory and own nothing else: with the memory they are gone. They are not
 * destroyed, since pthread_cond_destroy() would wait for a worker that was killed while it waited.
 */
#ifndef PAR_BETWEEN_H
#define PAR_BETWEEN_H

#include <pthread.h>
#include <time.h>

/* What a worker waits for a peer before it takes it for dead. */
#define PAR_BETWEEN_PATIENCE_S 20

/* Process-shared. 0 or -errno. */
int par_between_mutex(pthread_mutex_t *mutex);
int par_between_condition(pthread_cond_t *condition); /* its deadlines are of CLOCK_MONOTONIC */

/* `ns` from now, of that clock. */
struct timespec par_between_deadline(clockid_t clock, long ns);

/* Waits for a change, the mutex being held: 0, or -ETIMEDOUT after PAR_BETWEEN_PATIENCE_S. */
int par_between_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);

#endif
