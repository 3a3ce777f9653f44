/*
 * load_client: the client inside its process. Private to the load.
 */
#ifndef PAR_LOAD_CLIENT_H
#define PAR_LOAD_CLIENT_H

#include "load.h"
#include "serving_protocol.h"

struct par_load_client;

/* 0 or -errno. `board` and the arrays it names are written by the client. */
int par_load_client_open(struct par_load_client **out, const struct par_load_spec *spec,
	struct par_load_board *board);

void par_load_client_connect(struct par_load_client *client, const struct sockaddr_in *address);
void par_load_client_run(struct par_load_client *client);
void par_load_client_disconnect(struct par_load_client *client);

#endif
