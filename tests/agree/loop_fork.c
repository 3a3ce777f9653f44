/* A process that does nothing, waited for. */
#include <sys/wait.h>
#include <unistd.h>

#include "loop.h"

static int operation(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 || waitpid(pid, NULL, 0) != pid;
}

int main(int argc, char **argv)
{
	return loop_run(argc, argv, operation);
}
