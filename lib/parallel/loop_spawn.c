#include "loop_spawn.h"

#include <unistd.h>

#include "loop_state.h"

int par_loop_spawn(struct par_loop *loop, void (*function)(void *context, uint64_t index),
	void *context, uint64_t index)
{
	int alive = par_coroutine_start(&loop->coroutines, function, context, index);

	if (alive < 0)
		return alive;
	loop->under_way += (unsigned)alive;
	return 0;
}

int par_loop_accept(struct par_loop *loop, int listener)
{
	int code = par_poller_prepare(&loop->poller, listener);

	while (!code) {
		int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			code = par_poller_adopt(&loop->poller, fd);
			if (!code)
				return fd;
			close(fd);
		} else if (errno != EAGAIN) {
			code = -errno;
		} else {
			code = par_poller_await(
				&loop->poller, listener, PAR_READABLE, &loop->coroutines);
		}
	}
	return code;
}
