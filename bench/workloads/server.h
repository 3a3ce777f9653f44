/*
 * server: a process on 127.0.0.1 that answers after a set time, and how a task asks it.
 *
 * A client connects, sends a request of `request` bytes and reads a reply of `reply` bytes that is
 * computed from them; the server sends it `think_ns` after it has read the request, and closes.
 *
 * Closing. A task that asked sends a reset when it closes (SO_LINGER 0) after it has read the whole
 * reply. So neither side is left in TIME_WAIT, and thousands of connections a second can go on for
 * ever: a polite close would block each client port for a minute, 28,000 ports in all.
 */
#ifndef PAR_SERVER_H
#define PAR_SERVER_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "io.h"
#include "service.h"

#define PAR_SERVER_MESSAGE_MAX 16384

struct par_server_spec {
	size_t request, reply; /* bytes, 1 .. PAR_SERVER_MESSAGE_MAX */
	uint64_t think_ns;     /* the same for all requests */
	/*
	 * 0: each is answered for itself. Else the server answers so many together, think_ns after
	 * the last of them; who has waited for a second meanwhile is answered: others have failed.
	 */
	uint64_t gather;
};

/* Inert when zeroed. */
struct par_server {
	struct par_service service;
	struct par_server_spec spec;
	struct sockaddr_in address;
};

/* NULL, or why there can be no server on the loopback interface here. */
const char *par_server_unavailable(void);

/*
 * Starts the server on a free port and returns when it accepts. It holds as many connections as the
 * limit of open files allows. 0, or -errno with `error` naming `name` and nothing left behind.
 */
int par_server_open(struct par_server *server, const char *name, const struct par_server_spec *spec,
	struct par_error *error);

void par_server_close(struct par_server *server);

/*
 * Asks from a task: connects, sends, reads the whole reply, closes. The buffers have the sizes of
 * the spec. Returns 0 or -errno; the connection is closed in any case.
 */
int par_server_ask(
	const struct par_server *server, struct par_io *io, const void *request, void *reply);

/* What the server answers, for those who check it: `size` bytes of the reply to a request. */
void par_server_expect(
	const struct par_server_spec *spec, const unsigned char *request, unsigned char *reply);

#endif
