/*
 * stream: one part sends messages as fast as it can, the other receives and checks them.
 */
#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "messages.h"

enum { BYTES, MESSAGES }; /* of the parameters */

struct stream {
	struct par_messages *messages;
	uint64_t count;
};

static void stream_close(void *state)
{
	struct stream *stream = state;

	if (stream == NULL)
		return;
	par_messages_close(stream->messages);
	free(stream);
}

static int stream_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct stream *stream = calloc(1, sizeof *stream);
	int status;

	if (stream == NULL)
		return par_fail(error, -ENOMEM, "stream: out of memory");
	stream->count = setup->params[MESSAGES];
	status = par_messages_open(
		&stream->messages, setup, setup->params[BYTES], 0, "stream", error);
	if (status < 0)
		stream_close(stream);
	else
		*state = stream;
	return status;
}

static int stream_reset(void *state)
{
	par_messages_reset(((struct stream *)state)->messages);
	return 0;
}

static int send_all(const struct stream *stream, struct par_io *io)
{
	int status = 0;

	for (uint64_t i = 0; status == 0 && i < stream->count; i++)
		status = par_messages_send(stream->messages, 0, i, io);
	if (status == 0)
		status = par_channel_flush(stream->messages->channel, 0, PAR_CHANNEL_FOREVER, io);
	return status;
}

static int receive_all(const struct stream *stream, struct par_io *io)
{
	int status = 0;

	for (uint64_t i = 0; status == 0 && i < stream->count; i++)
		status = par_messages_receive(stream->messages, 1, i, io);
	return status;
}

static uint64_t stream_task(void *state, uint64_t index, struct par_io *io)
{
	const struct stream *stream = state;
	struct par_messages_board *board = stream->messages->board;
	int status = par_meeting_join(&board->meeting, 2, stream->messages->spin, io);

	par_span_begin(&board->span);
	if (status == 0)
		status = index == 0 ? send_all(stream, io) : receive_all(stream, io);
	par_span_end(&board->span);
	return par_messages_end(stream->messages, (unsigned)index, status, io);
}

static int stream_verify(void *state, struct par_error *error)
{
	const struct stream *stream = state;

	return par_messages_verify(stream->messages, 1, stream->count, error);
}

static void stream_measure(void *state, double *values)
{
	const struct stream *stream = state;
	double ns = par_span_ns(&stream->messages->board->span);

	values[0] = ns / (double)stream->count;
	values[1] = (double)stream->count / ns * (double)PAR_NS_PER_S;
	values[2] = values[1] * (double)stream->messages->bytes;
}

static const struct par_variant variants[] = {
	PAR_MESSAGES_VARIANTS,
	{ .name = "ring_batched",
		.label = "ring, gathered",
		.summary = "the ring; 32 messages are published at once",
		.traits = PAR_VARIANT_BLOCKS },
	{ .name = "pipe_batched",
		.label = "pipe, gathered",
		.summary = "a pipe; messages are gathered and written 64 KiB at once" },
	{ .name = NULL },
};

static const struct par_measure_kind measures[] = {
	{ "message_ns", "time for each message", PAR_UNIT_NS },
	{ "messages", "messages received", PAR_UNIT_PER_SECOND },
	{ "bytes_moved", "bytes received", PAR_UNIT_PER_SECOND },
	{ NULL, NULL, PAR_UNIT_NS },
};

static const struct par_param params[] = {
	{ "bytes", "bytes of a message", 64, PAR_MESSAGE_BYTES_LEAST, PAR_CHANNEL_BYTES_MAX },
	{ "messages", "messages that are sent", 20000, 1, 100000000 },
	{ 0 },
};

const struct par_workload par_workload_stream = {
	.name = "stream",
	.label = "stream",
	.summary = "one part sends messages, the other receives them",
	.bound = PAR_BOUND_IO,
	.params = params,
	.tasks = { 2, 2, 2 },
	.cpu_ns = 10000000,
	.wait_ns = 10000000,
	.variants = variants,
	.variant_needed = true,
	.together = true,
	.unranked = true,
	.open = stream_open,
	.reset = stream_reset,
	.task = stream_task,
	.verify = stream_verify,
	.measures = measures,
	.measure = stream_measure,
	.close = stream_close,
};
