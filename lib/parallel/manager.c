/*
 * The life of a manager's process.
 */
#include "manager.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "manager_wire.h"
#include "process.h"

#define BACKLOG  128
#define CPUS_MAX 8192 /* CONFIG_NR_CPUS <= 8192 on every architecture */

/* Its descriptors, from standard error on. */
#define LISTENER_FD 3
#define READY_FD    4

/* --- in the process --- */

/* Where the kernel lets it: the caller may be pinned to the PUs of its workers. */
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

static void close_from(int first)
{
	long last = sysconf(_SC_OPEN_MAX);

#ifdef SYS_close_range /* Linux 5.9 */
	if (syscall(SYS_close_range, (unsigned)first, ~0U, 0U) == 0)
		return;
#endif
	for (int fd = first; fd < (last > 0 ? last : 1024); fd++)
		(void)close(fd);
}

/*
 * Keeps standard error, the listener and `ready`, and nothing that would hold another's pipe open.
 * Moved up first, so that none is closed by being in the other's place.
 */
static int keep_own_descriptors(int listener, int ready)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int high_listener = fcntl(listener, F_DUPFD_CLOEXEC, READY_FD + 1);
	int high_ready = fcntl(ready, F_DUPFD_CLOEXEC, READY_FD + 1);

	if (null < 0 || high_listener < 0 || high_ready < 0 || dup2(null, STDIN_FILENO) < 0 ||
		dup2(null, STDOUT_FILENO) < 0 || dup2(high_listener, LISTENER_FD) < 0 ||
		dup2(high_ready, READY_FD) < 0)
		return -errno;
	close_from(READY_FD + 1);
	return 0;
}

/* Listens here, since SO_PEERCRED tells the clients who did. */
static _Noreturn void run(pid_t parent, int listener, int ready)
{
	int status = par_process_enter(parent, -1);

	if (status == 0)
		status = keep_own_descriptors(listener, ready);
	if (status < 0)
		_exit(EXIT_FAILURE);
	use_all_cpus();
	if (listen(LISTENER_FD, BACKLOG) < 0)
		status = -errno;
	if (write(READY_FD, &status, sizeof status) != sizeof status)
		status = -EPIPE;
	(void)close(READY_FD);
	if (status == 0)
		status = par_manager_serve(LISTENER_FD);
	_exit(status < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* --- in the caller --- */

/* An address of the kernel's choice, which no file stands for. */
static int bind_abstract(int fd, struct par_manager_address *at)
{
	struct sockaddr_un any = { .sun_family = AF_UNIX };

	at->size = sizeof at->address;
	if (bind(fd, (struct sockaddr *)&any, sizeof any.sun_family) < 0 ||
		getsockname(fd, (struct sockaddr *)&at->address, &at->size) < 0)
		return -errno;
	return 0;
}

/* What the process says when it listens; -ECHILD: it ended without a word. */
static int wait_ready(int ready)
{
	int status = 0;
	ssize_t got;

	do
		got = read(ready, &status, sizeof status);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	return got == sizeof status ? status : -ECHILD;
}

static int start(struct par_manager *manager, int listener)
{
	pid_t parent = getpid();
	int ready[2], status;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return -errno;
	manager->at.process = fork();
	if (manager->at.process == 0)
		run(parent, listener, ready[1]);
	status = manager->at.process < 0 ? -errno : 0;
	(void)close(ready[1]);
	if (status < 0)
		manager->at.process = 0;
	else
		status = wait_ready(ready[0]);
	(void)close(ready[0]);
	return status;
}

int par_manager_open(struct par_manager *manager)
{
	int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int status = listener < 0 ? -errno : 0;

	*manager = (struct par_manager)PAR_MANAGER_INIT;
	if (status == 0)
		status = bind_abstract(listener, &manager->at);
	if (status == 0)
		status = start(manager, listener);
	if (listener >= 0)
		(void)close(listener);
	if (status < 0)
		par_manager_close(manager);
	return status;
}

void par_manager_close(struct par_manager *manager)
{
	if (manager->at.process > 0)
		par_process_reap(manager->at.process, 0); /* it has no state to save */
	*manager = (struct par_manager)PAR_MANAGER_INIT;
}
