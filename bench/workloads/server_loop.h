/*
 * server_loop: the event loop inside the server process.
 */
#ifndef PAR_SERVER_LOOP_H
#define PAR_SERVER_LOOP_H

#include "server.h"

/* What the process starts with. */
struct par_server_start {
	struct par_server_spec spec;
	int listener; /* listening, non-blocking */
};

/* A par_service_main; the context is a struct par_server_start. */
int par_server_loop(void *context, int ready);

/* A reply is mix(seed), mix(seed + 1), ... where the seed goes over all bytes of the request. */
#define PAR_SERVER_SEED 0xcbf29ce484222325ULL

/* FNV-1a, which can go on wherever the last read of a request ended. */
static inline uint64_t par_server_fold(uint64_t seed, const unsigned char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		seed = (seed ^ data[i]) * 0x100000001b3ULL;
	return seed;
}

#endif
