/*
 * messages: what two parts of a job send each other over a channel, and how each is checked.
 *
 * A message is a stamp, which depends on its number and its sender, and a filling that is always
 * the same. The receiver sums the whole message (Fletcher's checksum, over 64-bit words): one that
 * is lost, doubled, out of order or changed anywhere is seen. Making and checking are part of the
 * time, as reading one's messages is in real programs.
 */
#ifndef PAR_MESSAGES_H
#define PAR_MESSAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "channel.h"
#include "meeting.h"
#include "span.h"
#include "workload.h"

#define PAR_MESSAGE_BYTES_LEAST 8

/* What one side has received; a line each, in shared memory. */
struct par_messages_count {
	_Alignas(PAR_CACHE_LINE) uint64_t received;
	uint64_t wrong;
	uint64_t first_wrong; /* its number */
};

/* What both sides share. */
struct par_messages_board {
	struct par_meeting meeting;
	struct par_span span;
	struct par_messages_count counts[2]; /* by the side that receives */
	uint64_t ns[];                       /* latencies, as many as were asked for */
};

struct par_messages {
	struct par_channel *channel;
	struct par_messages_board *board;
	uint64_t latencies; /* room for so many */
	size_t bytes;       /* of a message */
	uint64_t sum[2];    /* of a message whose stamp is 0 */
	bool spin;
	unsigned char *out[2], *in[2]; /* a message, by side; each side uses its own */
};

/* A way to send them: a variant of the workloads, and the channel it stands for. */
struct par_messages_way {
	const char *variant;
	const struct par_channel_kind *kind;
	unsigned batch;
	bool sleeps; /* never spins */
};

/* The channel of setup->variant; NULL: there is none of that name. */
const struct par_messages_way *par_messages_way(const char *variant);

/*
 * Opens the channel that setup->variant names for messages of `bytes`. `latencies`: how many the
 * board has room for. 0, or -errno with `error` naming `name` (-EINVAL unless the job has two
 * parts); nothing is left behind then.
 */
int par_messages_open(struct par_messages **out, const struct par_setup *setup, size_t bytes,
	uint64_t latencies, const char *name, struct par_error *error);

/* Before each run: nothing has been received. */
void par_messages_reset(struct par_messages *messages);

void par_messages_close(struct par_messages *messages);

/* Sends message `number` from `side`. 0 or -errno. */
int par_messages_send(
	struct par_messages *messages, unsigned side, uint64_t number, struct par_io *io);

/* Receives at `side` what should be message `number`, and notes whether it is. 0 or -errno. */
int par_messages_receive(
	struct par_messages *messages, unsigned side, uint64_t number, struct par_io *io);

/* The end of a part: with a failure (< 0) it is noted, and the other side is told that no more
 * comes. Returns the part's digest. */
uint64_t par_messages_end(
	struct par_messages *messages, unsigned side, int status, struct par_io *io);

/* Whether `side` received `count` messages and all were right: 0, or -EBADMSG with `error`. */
int par_messages_verify(const struct par_messages *messages, unsigned side, uint64_t count,
	struct par_error *error);

/* NULL, or why there can be no POSIX message queue here. */
const char *par_messages_mq_unavailable(void);

/* The rows of a table of variants that workloads of messages have in common. */
#define PAR_MESSAGES_VARIANTS                                                                      \
	{ .name = "pipe",                                                                          \
		.label = "pipe",                                                                   \
		.summary = "a pipe each way, each message behind its length" },                    \
		{ .name = "socketpair",                                                            \
			.label = "socket pair",                                                    \
			.summary = "a pair of UNIX sockets that keep messages whole" },            \
		{ .name = "ring",                                                                  \
			.label = "ring",                                                           \
			.summary = "a ring in shared memory; waits by spinning where each worker " \
				   "has a CPU, then sleeps",                                       \
			.traits = PAR_VARIANT_BLOCKS },                                            \
		{ .name = "ring_sleep",                                                            \
			.label = "ring, sleeping",                                                 \
			.summary = "the same ring; waits asleep on a futex",                       \
			.traits = PAR_VARIANT_BLOCKS },                                            \
		{ .name = "mq",                                                                    \
			.label = "message queue",                                                  \
			.summary = "a POSIX message queue each way",                               \
			.traits = PAR_VARIANT_BLOCKS,                                              \
			.unavailable = par_messages_mq_unavailable },                              \
		{ .name = "queue",                                                                 \
			.label = "bounded queue",                                                  \
			.summary = "a mutex, and those who sleep, each way" },                     \
	{                                                                                          \
		.name = "rendezvous", .label = "rendezvous",                                       \
		.summary = "handed over from coroutine to coroutine, without a buffer",            \
		.traits = PAR_VARIANT_LOOP                                                         \
	}

#endif
