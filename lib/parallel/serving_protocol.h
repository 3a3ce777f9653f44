/*
 * serving_protocol: what goes over the wire between a load and a server.
 *
 * A message is its length in 4 bytes, then as many bytes; numbers have their least byte first.
 *
 *   request  length 16 .. 256:  id (8), think time in us (4), steps to compute (4), filler
 *   reply    length 16:         id (8), answer (8)
 *
 * A connection may send further requests before it has the reply to the first; replies come in the
 * order of requests.
 */
#ifndef PAR_SERVING_PROTOCOL_H
#define PAR_SERVING_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#include "rng.h"

#define PAR_SERVING_HEAD        4
#define PAR_SERVING_PAYLOAD     16
#define PAR_SERVING_PAYLOAD_MAX 256
#define PAR_SERVING_MESSAGE     (PAR_SERVING_HEAD + PAR_SERVING_PAYLOAD)

/* Bytes that a server buffers of a connection: two of the longest requests. */
#define PAR_SERVING_BUFFER 520
_Static_assert(
	PAR_SERVING_BUFFER == 2 * (PAR_SERVING_HEAD + PAR_SERVING_PAYLOAD_MAX), "two requests");

/* More than these is no request: nobody may keep a server busy for as long as they like. */
#define PAR_SERVING_THINK_US_MAX 10000000
#define PAR_SERVING_STEPS_MAX    50000000

struct par_serving_request {
	uint64_t id;
	uint32_t think_us; /* to wait, as for a database */
	uint32_t steps;    /* to compute, some 2 ns each */
};

static inline void par_serving_store(unsigned char *to, uint64_t number, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		to[i] = (unsigned char)(number >> 8 * i);
}

static inline uint64_t par_serving_load(const unsigned char *from, size_t bytes)
{
	uint64_t number = 0;

	for (size_t i = 0; i < bytes; i++)
		number |= (uint64_t)from[i] << 8 * i;
	return number;
}

/* A chain of steps in which each needs the one before. */
static inline uint64_t par_serving_steps(uint64_t x, uint32_t steps)
{
	for (uint32_t i = 0; i < steps; i++)
		x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9ULL + 1;
	return x;
}

/*
 * There are only so many different chains, so that a client can know them all beforehand and need
 * not compute as much as the server to check it; a server computes one for each request.
 */
#define PAR_SERVING_CHAINS 64

/* The right answer, given the end of its chain. */
static inline uint64_t par_serving_answer_of(uint64_t id, uint64_t chain)
{
	return par_mix64(chain ^ par_mix64(id));
}

static inline uint64_t par_serving_chain(uint64_t id, uint32_t steps)
{
	return par_serving_steps(par_mix64(id % PAR_SERVING_CHAINS), steps);
}

static inline uint64_t par_serving_answer(uint64_t id, uint32_t steps)
{
	return par_serving_answer_of(id, par_serving_chain(id, steps));
}

/* Writes a request into `message`, without filler. */
static inline void par_serving_request_write(
	unsigned char message[PAR_SERVING_MESSAGE], const struct par_serving_request *request)
{
	par_serving_store(message, PAR_SERVING_PAYLOAD, 4);
	par_serving_store(message + 4, request->id, 8);
	par_serving_store(message + 12, request->think_us, 4);
	par_serving_store(message + 16, request->steps, 4);
}

/* What has come of a message. */
enum par_serving_have {
	PAR_SERVING_PART,   /* more is to come */
	PAR_SERVING_WHOLE,  /* *size bytes are a request */
	PAR_SERVING_NO_SUCH /* this will never be one */
};

/* Reads the request at the start of `have` bytes. */
enum par_serving_have par_serving_request_read(
	struct par_serving_request *request, size_t *size, const unsigned char *bytes, size_t have);

/* Writes a reply into `message`. */
static inline void par_serving_reply_write(
	unsigned char message[PAR_SERVING_MESSAGE], uint64_t id, uint64_t answer)
{
	par_serving_store(message, PAR_SERVING_PAYLOAD, 4);
	par_serving_store(message + 4, id, 8);
	par_serving_store(message + 12, answer, 8);
}

#endif
