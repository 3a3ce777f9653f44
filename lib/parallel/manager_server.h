/*
 * manager_server: what the server of a manager is made of. Private to manager_server.c and
 * manager_calls.c.
 */
#ifndef PAR_MANAGER_SERVER_H
#define PAR_MANAGER_SERVER_H

#include <stdbool.h>

#include "manager_store.h"
#include "manager_wire.h"

struct par_client {
	int fd;
	bool doomed;             /* to be closed at the end of this round */
	struct par_client *next; /* of all */
	struct par_object *held; /* locks, the last first */
	/* A request that waits: */
	struct par_object *waits_for; /* NULL: none */
	struct par_client *next_waiter;
	uint64_t deadline;     /* par_now_ns(); UINT64_MAX: none */
	unsigned char *packet; /* a copy; owned */
	size_t size;
};

/* An answer in the making. */
struct par_reply {
	struct par_manager_answer head;
	unsigned char packet[PAR_MANAGER_ANSWER_MAX];
};

/*
 * Does what is asked: 0 or -errno with `reply` filled, -EAGAIN where it could be done later. The
 * object is *object where calls of this kind may have to wait for it or others for them.
 */
int par_manager_do(struct par_store *store, struct par_client *client,
	const struct par_manager_asked *asked, struct par_reply *reply, struct par_object **object);

/* To be called when the answer has been sent: a value is taken out of its queue only then. */
void par_manager_done(
	struct par_store *store, struct par_object *object, const struct par_manager_asked *asked);

/* Gives back the last lock that the client has taken; NULL: it holds none. */
struct par_object *par_manager_give_back(struct par_client *client);

#endif
