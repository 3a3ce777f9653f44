/*
 * As loop_pipe.c, but the other process waits with epoll before it reads, as one that serves many
 * pipes must, and parbench's does.
 */
#include <sys/epoll.h>
#include <unistd.h>

#include "loop.h"

static int ask[2], answer[2];

static int operation(void)
{
	int number = 0;

	return write(ask[1], &number, sizeof number) != sizeof number ||
	       read(answer[0], &number, sizeof number) != sizeof number;
}

static void echo(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC), number;

	(void)close(ask[1]); /* so that the end of the parent is seen */
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, ask[0], &event) < 0)
		_exit(1);
	while (epoll_wait(epoll, &event, 1, -1) == 1 &&
		read(ask[0], &number, sizeof number) == sizeof number)
		if (write(answer[1], &number, sizeof number) != sizeof number)
			break;
	_exit(0);
}

int main(int argc, char **argv)
{
	if (pipe(ask) < 0 || pipe(answer) < 0)
		return 1;
	if (fork() == 0)
		echo();
	return loop_run(argc, argv, operation);
}
