/*
 * pingpong: two parts that send a message to and fro, over each kind of channel: the round trip.
 *
 * The time of each trip is taken with one look at the clock, whose own cost is taken off. A
 * checksum of both messages is part of it.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "clock.h"
#include "messages.h"
#include "percentile.h"

enum { BYTES, TRIPS }; /* of the parameters */

struct pingpong {
	struct par_messages *messages;
	uint64_t trips;
	uint64_t tick_ns; /* what a look at the clock takes */
	double *sorted;   /* the latencies, for their quantiles */
};

static void pingpong_close(void *state)
{
	struct pingpong *pingpong = state;

	if (pingpong == NULL)
		return;
	par_messages_close(pingpong->messages);
	free(pingpong->sorted);
	free(pingpong);
}

static int pingpong_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct pingpong *pingpong = calloc(1, sizeof *pingpong);
	int status;

	if (pingpong == NULL)
		return par_fail(error, -ENOMEM, "pingpong: out of memory");
	pingpong->trips = setup->params[TRIPS];
	pingpong->tick_ns = par_clock_tick_ns();
	pingpong->sorted = calloc(pingpong->trips, sizeof *pingpong->sorted);
	status = pingpong->sorted == NULL
			 ? par_fail(error, -ENOMEM, "pingpong: out of memory")
			 : par_messages_open(&pingpong->messages, setup, setup->params[BYTES],
				   pingpong->trips, "pingpong", error);
	if (status < 0)
		pingpong_close(pingpong);
	else
		*state = pingpong;
	return status;
}

static int pingpong_reset(void *state)
{
	par_messages_reset(((struct pingpong *)state)->messages);
	return 0;
}

/* The side that begins, and has the watch. */
static int play_ping(const struct pingpong *pingpong, struct par_io *io)
{
	struct par_messages *messages = pingpong->messages;
	uint64_t before = par_now_ns(), now;
	int status = 0;

	for (uint64_t i = 0; status == 0 && i < pingpong->trips; i++) {
		status = par_messages_send(messages, 0, i, io);
		if (status == 0)
			status = par_messages_receive(messages, 0, i, io);
		now = par_now_ns();
		messages->board->ns[i] = now - before;
		before = now;
	}
	return status;
}

static int play_pong(const struct pingpong *pingpong, struct par_io *io)
{
	struct par_messages *messages = pingpong->messages;
	int status = 0;

	for (uint64_t i = 0; status == 0 && i < pingpong->trips; i++) {
		status = par_messages_receive(messages, 1, i, io);
		if (status == 0)
			status = par_messages_send(messages, 1, i, io);
	}
	return status;
}

static uint64_t pingpong_task(void *state, uint64_t index, struct par_io *io)
{
	const struct pingpong *pingpong = state;
	struct par_messages *messages = pingpong->messages;
	int status = par_meeting_join(&messages->board->meeting, 2, messages->spin, io);

	if (status == 0)
		status = index == 0 ? play_ping(pingpong, io) : play_pong(pingpong, io);
	return par_messages_end(messages, (unsigned)index, status, io);
}

static int pingpong_verify(void *state, struct par_error *error)
{
	const struct pingpong *pingpong = state;
	int status = 0;

	for (unsigned side = 0; status == 0 && side < 2; side++)
		status = par_messages_verify(pingpong->messages, side, pingpong->trips, error);
	return status;
}

static size_t pingpong_latencies(void *state, const uint64_t **ns)
{
	const struct pingpong *pingpong = state;

	*ns = pingpong->messages->board->ns;
	return pingpong->trips;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static void pingpong_measure(void *state, double *values)
{
	static const double ranks[] = { 0.5, 0.999 };
	const struct pingpong *pingpong = state;
	struct par_percentile found;

	for (uint64_t i = 0; i < pingpong->trips; i++)
		pingpong->sorted[i] = fmax(
			1, (double)pingpong->messages->board->ns[i] - (double)pingpong->tick_ns);
	qsort(pingpong->sorted, pingpong->trips, sizeof *pingpong->sorted, compare);
	for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++)
		values[i] = par_percentile_find(
				    &found, pingpong->sorted, pingpong->trips, ranks[i]) == 0
				    ? found.value
				    : NAN;
}

static const struct par_variant variants[] = {
	PAR_MESSAGES_VARIANTS,
	{ .name = "eventfd",
		.label = "eventfd",
		.summary = "a number in the kernel each way: signals of 8 bytes" },
	{ .name = NULL },
};

static const struct par_measure_kind measures[] = {
	{ "trip_ns", "a round trip, the median", PAR_UNIT_NS },
	{ "trip_p999_ns", "a round trip, the 99.9th percentile", PAR_UNIT_NS },
	{ NULL, NULL, PAR_UNIT_NS },
};

static const struct par_param params[] = {
	{ "bytes", "bytes of a message; an eventfd takes 8", 8, PAR_MESSAGE_BYTES_LEAST,
		PAR_CHANNEL_BYTES_MAX },
	{ "trips", "round trips", 3000, 1, 10000000 },
	{ 0 },
};

const struct par_workload par_workload_pingpong = {
	.name = "pingpong",
	.label = "ping-pong",
	.summary = "two parts send a message to and fro",
	.bound = PAR_BOUND_IO,
	.params = params,
	.tasks = { 2, 2, 2 },
	.cpu_ns = 20000000,
	.wait_ns = 50000000,
	.variants = variants,
	.variant_needed = true,
	.together = true,
	.unranked = true,
	.open = pingpong_open,
	.reset = pingpong_reset,
	.task = pingpong_task,
	.verify = pingpong_verify,
	.measures = measures,
	.measure = pingpong_measure,
	.latencies = pingpong_latencies,
	.close = pingpong_close,
};
