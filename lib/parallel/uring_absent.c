/* What stands for uring.c and loop_uring.c where liburing was not there when this was built. */
#include "uring.h"

#include "loop_state.h"

#ifndef PAR_URING

const struct par_io_ops par_loop_uring_ops = { .name = "io_uring" };

const char *par_uring_unavailable(void)
{
	return "built without liburing (Debian: liburing-dev)";
}

int par_uring_open(struct par_uring **out)
{
	*out = NULL;
	return -ENOSYS;
}

void par_uring_close(struct par_uring *ring)
{
	(void)ring;
}

size_t par_uring_under_way(const struct par_uring *ring)
{
	(void)ring;
	return 0;
}

int par_uring_poll(struct par_uring *ring, uint64_t deadline, struct par_ready *ready)
{
	(void)ring, (void)deadline, (void)ready;
	return -ENOSYS;
}

#endif
