/* A round trip to another process over two pipes: four bytes, answered at once. */
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
	int number;

	(void)close(ask[1]); /* so that the end of the parent is seen */
	while (read(ask[0], &number, sizeof number) == sizeof number)
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
