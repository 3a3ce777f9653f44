#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* CPU numbers go up to this at most (CONFIG_NR_CPUS <= 8192 on every architecture). */
#define CPUS_MAX 8192

/*
 * The visit has pinned itself to the cell's CPUs, which the fork inherits. Asking for all CPUs gets
 * what the cpuset of the process allows. If even that is refused, the service is only slower.
 */
static void use_all_cpus(void)
{
	cpu_set_t *all = CPU_ALLOC(CPUS_MAX);

	if (all == NULL)
		return;
	for (int i = 0; i < CPUS_MAX; i++)
		CPU_SET_S(i, CPU_ALLOC_SIZE(CPUS_MAX), all);
	(void)sched_setaffinity(0, CPU_ALLOC_SIZE(CPUS_MAX), all);
	CPU_FREE(all);
}

static int leave_parents_streams(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int status = 0;

	if (null < 0)
		return -errno;
	if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		status = -errno;
	if (null > STDERR_FILENO)
		(void)close(null);
	return status;
}

/* Until the parent has been asked for its death signal, it may die unseen: hence the second look.
 */
static int live_with_parent(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;
	return getppid() == parent ? 0 : -ESRCH;
}

static void tell(int ready, int code)
{
	ssize_t written;

	do
		written = write(ready, &code, sizeof code);
	while (written < 0 && errno == EINTR);
}

/* Stays open: were it closed, a later descriptor could get its number and a late word. */
void par_service_ready(int ready)
{
	tell(ready, 0);
}

/* A failure before it was ready is told; later nobody listens, and the tasks see it. */
static _Noreturn void serve(pid_t parent, par_service_main *service_main, void *context, int ready)
{
	int status = live_with_parent(parent);

	if (status == 0)
		status = leave_parents_streams();
	if (status == 0) {
		use_all_cpus();
		status = service_main(context, ready);
	}
	if (status < 0)
		tell(ready, status);
	_exit(status < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* 0 when told so; the end of the pipe without a word: the process died. */
static int wait_ready(int ready)
{
	int code = -ECHILD;
	ssize_t got;

	do
		got = read(ready, &code, sizeof code);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	return got == sizeof code ? code : -ECHILD;
}

static int start(struct par_service *service, par_service_main *service_main, void *context)
{
	pid_t parent = getpid();
	int ready[2], status;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return -errno;
	service->process = fork();
	if (service->process == 0) {
		(void)close(ready[0]);
		serve(parent, service_main, context, ready[1]);
	}
	status = service->process < 0 ? -errno : 0;
	(void)close(ready[1]);
	if (status < 0)
		service->process = 0;
	else
		status = wait_ready(ready[0]);
	(void)close(ready[0]);
	return status;
}

int par_service_open(struct par_service *service, const char *name, par_service_main *service_main,
	void *context, struct par_error *error)
{
	int status;

	(void)signal(SIGPIPE, SIG_IGN);
	status = start(service, service_main, context);
	if (status == 0)
		return 0;
	par_service_close(service);
	return par_fail(error, status, "%s: the server process could not start: %s", name,
		par_error_text(status));
}

void par_service_close(struct par_service *service)
{
	if (service->process <= 0)
		return;
	(void)kill(service->process, SIGKILL); /* it has no state to save */
	while (waitpid(service->process, NULL, 0) < 0 && errno == EINTR)
		;
	service->process = 0;
}
