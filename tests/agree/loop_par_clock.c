/* A reading of the clock as parbench takes it. */
#include "clock.h"
#include "loop.h"

static int operation(void)
{
	return par_now_ns() == 0;
}

int main(int argc, char **argv)
{
	return loop_run(argc, argv, operation);
}
