/*
 * service: a process beside the workers that answers them: the far end of a pipe, a server.
 *
 * It is not part of the cell: it may use every CPU that this process may be given, though the cell
 * is pinned to few. It dies with its parent and leaves no zombie.
 */
#ifndef PAR_SERVICE_H
#define PAR_SERVICE_H

#include <sys/types.h>

#include "errors.h"

/* Inert when `process` is 0. */
struct par_service {
	pid_t process;
};

#define PAR_SERVICE_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * What the process does. It calls par_service_ready() when it can answer and returns only to end:
 * 0, or a negative errno. `ready` is handed on; `context` is the parent's, as it was at the fork.
 */
typedef int par_service_main(void *context, int ready);

/*
 * Forks the process and waits until it is ready. Its standard input and output are /dev/null: the
 * parent's output is a record. From here on both processes ignore SIGPIPE: a service that has died
 * must be an error of the task that asks it. Returns 0, or -errno (also of a `main` that failed
 * before it was ready) and then nothing is left behind. `name` stands in the error line.
 */
int par_service_open(struct par_service *service, const char *name, par_service_main *main,
	void *context, struct par_error *error);

/* In the service: tells the parent, once. */
void par_service_ready(int ready);

/* Ends the process and reaps it. An inert service is fine. */
void par_service_close(struct par_service *service);

#endif
