#include "messages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rng.h"
#include "shared.h"

#define SEED  0x6d657373
#define BATCH 32 /* messages that are gathered, where a variant gathers */

#define GATHERED_BYTES_MOST 65536 /* in all */

/* --- the ways --- */

static const struct par_messages_way ways[] = {
	{ "pipe", &par_channel_pipe, 1, false },
	{ "pipe_batched", &par_channel_pipe, 1024, false },
	{ "socketpair", &par_channel_socketpair, 1, false },
	{ "eventfd", &par_channel_eventfd, 1, false },
	{ "ring", &par_channel_ring, 1, false },
	{ "ring_batched", &par_channel_ring, BATCH, false },
	{ "ring_sleep", &par_channel_ring, 1, true },
	{ "mq", &par_channel_mq, 1, false },
	{ "queue", &par_channel_queue, 1, false },
	{ "rendezvous", &par_channel_rendezvous, 1, false },
};

const struct par_messages_way *par_messages_way(const char *variant)
{
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (strcmp(ways[i].variant, variant) == 0)
			return &ways[i];
	return NULL;
}

const char *par_messages_mq_unavailable(void)
{
	const struct par_channel_spec spec = { .kind = &par_channel_mq, .bytes = 64 };
	struct par_channel *channel;

	if (par_channel_open(&channel, &spec) < 0)
		return "no POSIX message queue can be opened (fs.mqueue, ulimit -q)";
	par_channel_close(channel);
	return NULL;
}

/* --- one message --- */

/* Fits into what an eventfd carries, too. */
static uint64_t stamp_of(unsigned side, uint64_t number)
{
	return par_mix64(2 * number + side) >> 3;
}

/* Fletcher: the second sum weighs each word by its place. The last word may be a part. */
static void sum_up(uint64_t sum[2], const unsigned char *message, size_t bytes)
{
	uint64_t a = 0, b = 0, word;
	size_t whole = bytes / sizeof word * sizeof word;

	for (size_t at = 0; at < whole; at += sizeof word) {
		memcpy(&word, message + at, sizeof word);
		a += word;
		b += a;
	}
	if (whole < bytes) {
		word = 0;
		memcpy(&word, message + whole, bytes - whole);
		a += word;
		b += a;
	}
	sum[0] = a;
	sum[1] = b;
}

/* The stamp is the first word, so the second sum holds it once for each word. */
static bool is_right(const struct par_messages *messages, const unsigned char *message,
	unsigned sender, uint64_t number)
{
	uint64_t stamp = stamp_of(sender, number), sum[2];
	uint64_t words = (messages->bytes + sizeof stamp - 1) / sizeof stamp;

	sum_up(sum, message, messages->bytes);
	return sum[0] == messages->sum[0] + stamp && sum[1] == messages->sum[1] + words * stamp;
}

int par_messages_send(
	struct par_messages *messages, unsigned side, uint64_t number, struct par_io *io)
{
	uint64_t stamp = stamp_of(side, number);

	memcpy(messages->out[side], &stamp, sizeof stamp);
	return par_channel_send(messages->channel, side, messages->out[side], messages->bytes,
		PAR_CHANNEL_FOREVER, io);
}

int par_messages_receive(
	struct par_messages *messages, unsigned side, uint64_t number, struct par_io *io)
{
	struct par_messages_count *count = &messages->board->counts[side];
	ssize_t got = par_channel_receive(messages->channel, side, messages->in[side],
		messages->bytes, PAR_CHANNEL_FOREVER, io);

	if (got <= 0)
		return got < 0 ? (int)got : -EPIPE;
	if ((size_t)got != messages->bytes ||
		!is_right(messages, messages->in[side], 1 - side, number)) {
		if (count->wrong++ == 0)
			count->first_wrong = number;
	}
	count->received++;
	return 0;
}

uint64_t par_messages_end(
	struct par_messages *messages, unsigned side, int status, struct par_io *io)
{
	if (status < 0) {
		par_io_fail(io, status);
		par_channel_leave(messages->channel, side);
	}
	return par_mix64(side);
}

int par_messages_verify(
	const struct par_messages *messages, unsigned side, uint64_t count, struct par_error *error)
{
	const struct par_messages_count *found = &messages->board->counts[side];

	if (found->wrong > 0)
		return par_fail(error, -EBADMSG,
			"%llu of %llu messages were lost, doubled or changed, the first where "
			"number %llu should have been",
			(unsigned long long)found->wrong, (unsigned long long)found->received,
			(unsigned long long)found->first_wrong);
	if (found->received != count)
		return par_fail(error, -EBADMSG, "%llu messages were received instead of %llu",
			(unsigned long long)found->received, (unsigned long long)count);
	return 0;
}

/* --- open and close --- */

static size_t board_size(uint64_t latencies)
{
	return sizeof(struct par_messages_board) + latencies * sizeof(uint64_t);
}

/* Its own page at least, so that no two sides write one cache line. */
static unsigned char *make_buffer(size_t bytes)
{
	size_t size = (bytes + PAR_CACHE_LINE - 1) / PAR_CACHE_LINE * PAR_CACHE_LINE;
	unsigned char *buffer = aligned_alloc(PAR_CACHE_LINE, size);

	if (buffer != NULL)
		memset(buffer, 0, size);
	return buffer;
}

/* Whatever fills a message, but for its stamp, which is left 0. */
static void fill(unsigned char *message, size_t bytes)
{
	struct par_rng rng;

	par_rng_init(&rng, SEED);
	for (size_t at = sizeof(uint64_t); at < bytes; at++)
		message[at] = (unsigned char)par_rng_next(&rng);
}

static int open_buffers(struct par_messages *messages)
{
	for (unsigned side = 0; side < 2; side++) {
		messages->out[side] = make_buffer(messages->bytes);
		messages->in[side] = make_buffer(messages->bytes);
		if (messages->out[side] == NULL || messages->in[side] == NULL)
			return -ENOMEM;
		fill(messages->out[side], messages->bytes);
	}
	sum_up(messages->sum, messages->out[0], messages->bytes);
	return 0;
}

static int open_channel(struct par_messages *messages, const struct par_setup *setup)
{
	const struct par_messages_way *way = par_messages_way(setup->variant);
	struct par_channel_spec spec = { .bytes = messages->bytes };

	if (way == NULL)
		return -EINVAL;
	spec.kind = way->kind;
	spec.batch = way->batch;
	if (way->batch > 1 && way->batch > GATHERED_BYTES_MOST / messages->bytes)
		spec.batch = (unsigned)(GATHERED_BYTES_MOST / messages->bytes);
	spec.spin_ns = setup->spin && !way->sleeps ? PAR_SPIN_NS : 0;
	return par_channel_open(&messages->channel, &spec);
}

int par_messages_open(struct par_messages **out, const struct par_setup *setup, size_t bytes,
	uint64_t latencies, const char *name, struct par_error *error)
{
	struct par_messages *messages;
	void *board = NULL;
	int status;

	if (setup->tasks != 2)
		return par_fail(error, -EINVAL, "%s: a channel has two sides; tasks=2", name);
	messages = calloc(1, sizeof *messages);
	if (messages == NULL)
		return par_fail(error, -ENOMEM, "%s: out of memory", name);
	messages->bytes = bytes;
	messages->latencies = latencies;
	messages->spin = setup->spin;
	status = par_shared_open(&board, board_size(latencies));
	messages->board = board;
	if (status == 0)
		status = open_buffers(messages);
	if (status == 0)
		status = open_channel(messages, setup);
	if (status < 0) {
		par_messages_close(messages);
		return par_fail(error, status, "%s: no channel '%s' for messages of %zu bytes: %s",
			name, setup->variant, bytes, par_error_text(status));
	}
	par_messages_reset(messages);
	*out = messages;
	return 0;
}

void par_messages_reset(struct par_messages *messages)
{
	memset(messages->board->counts, 0, sizeof messages->board->counts);
	par_meeting_init(&messages->board->meeting);
	par_span_init(&messages->board->span);
}

void par_messages_close(struct par_messages *messages)
{
	if (messages == NULL)
		return;
	par_channel_close(messages->channel);
	for (unsigned side = 0; side < 2; side++) {
		free(messages->out[side]);
		free(messages->in[side]);
	}
	par_shared_close(messages->board, board_size(messages->latencies));
	free(messages);
}
