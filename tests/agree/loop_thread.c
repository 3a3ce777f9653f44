/* A thread that does nothing, joined. */
#include <pthread.h>

#include "loop.h"

static void *nothing(void *argument)
{
	return argument;
}

static int operation(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, nothing, NULL) != 0 || pthread_join(thread, NULL) != 0;
}

int main(int argc, char **argv)
{
	return loop_run(argc, argv, operation);
}
