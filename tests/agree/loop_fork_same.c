/*
 * As loop_fork.c, in a process like parbench's: it has the same libraries mapped, which each fork
 * copies the maps of, and the child does what a timed worker must, whatever its task: it reads the
 * clock twice and writes down what it did.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop.h"

static volatile double *tally;

static int operation(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		double start = loop_now();

		*tally += loop_now() - start;
		_exit(0);
	}
	return pid < 0 || waitpid(pid, NULL, 0) != pid;
}

int main(int argc, char **argv)
{
	void *page = mmap(
		NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return 1;
	tally = page;
	return loop_run(argc, argv, operation);
}
