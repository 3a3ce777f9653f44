#include "crew_member.h"
#include "pin.h"

static void *thread_main(void *argument)
{
	struct par_crew_member *member = argument;

	par_crew_work(member->crew, member->worker, 0);
	return NULL;
}

/* The affinity is an attribute, so that the thread starts on its PU and need not move there. */
static int thread_start(struct par_crew_member *member, int pu)
{
	pthread_attr_t attr;
	int code = -pthread_attr_init(&attr);

	if (code)
		return code;
	code = par_pin_attr(&attr, pu);
	if (!code)
		code = -pthread_create(&member->thread, &attr, thread_main, member);
	pthread_attr_destroy(&attr);
	return code;
}

/* A thread that dies takes the whole process with it. */
static bool thread_is_dead(struct par_crew_member *member)
{
	(void)member;
	return false;
}

static void thread_end(struct par_crew_member *member, bool kill)
{
	(void)kill;
	pthread_join(member->thread, NULL);
}

const struct par_crew_kind par_crew_threads = {
	.start = thread_start,
	.is_dead = thread_is_dead,
	.end = thread_end,
};
