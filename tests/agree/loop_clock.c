/* A reading of the clock. */
#include "loop.h"

static int operation(void)
{
	struct timespec ts;

	return clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
}

int main(int argc, char **argv)
{
	return loop_run(argc, argv, operation);
}
