#include "between.h"

int par_between_mutex(pthread_mutex_t *mutex)
{
	pthread_mutexattr_t attributes;
	int code = pthread_mutexattr_init(&attributes);

	if (code != 0)
		return -code;
	code = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	if (code == 0)
		code = pthread_mutex_init(mutex, &attributes);
	pthread_mutexattr_destroy(&attributes);
	return -code;
}

int par_between_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	int code = pthread_condattr_init(&attributes);

	if (code != 0)
		return -code;
	code = pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	if (code == 0)
		code = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	if (code == 0)
		code = pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
	return -code;
}

struct timespec par_between_deadline(clockid_t clock, long ns)
{
	struct timespec time;

	clock_gettime(clock, &time);
	time.tv_sec += ns / 1000000000;
	time.tv_nsec += ns % 1000000000;
	if (time.tv_nsec >= 1000000000) {
		time.tv_sec++;
		time.tv_nsec -= 1000000000;
	}
	return time;
}

int par_between_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
	struct timespec deadline =
		par_between_deadline(CLOCK_MONOTONIC, PAR_BETWEEN_PATIENCE_S * 1000000000L);

	return -pthread_cond_timedwait(condition, mutex, &deadline);
}
