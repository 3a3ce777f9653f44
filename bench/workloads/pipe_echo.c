/*
 * pipe_echo: a talk with another process. A task claims a lane, a pair of pipes that ends in the
 * echo process, and makes `trips` round trips of `bytes` bytes. A reply is computed from the
 * message, so that nothing but the echo process can have made it, and is the next message.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bytes.h"
#include "descriptors.h"
#include "lanes.h"
#include "service.h"
#include "workload.h"

/* PIPE_BUF: what a pipe takes and gives in one piece. */
#define MESSAGE_MAX 4096
#define EVENTS      64

struct lane {
	int ask[2], answer[2]; /* pipes: [0] is read, [1] written; -1: closed */
};

struct echo {
	struct par_service service;
	struct par_lanes *free; /* shared memory */
	size_t bytes;
	uint64_t trips;
	uint32_t count;
	struct lane lanes[]; /* tasks use ask[1] and answer[0], the service the others */
};

static void close_end(int *end)
{
	if (*end >= 0)
		(void)close(*end);
	*end = -1;
}

static void close_task_ends(struct echo *echo)
{
	for (uint32_t i = 0; i < echo->count; i++) {
		close_end(&echo->lanes[i].ask[1]);
		close_end(&echo->lanes[i].answer[0]);
	}
}

/* Their owner is the service alone, or its death would not be seen as the end of the pipe. */
static void close_service_ends(struct echo *echo)
{
	for (uint32_t i = 0; i < echo->count; i++) {
		close_end(&echo->lanes[i].ask[0]);
		close_end(&echo->lanes[i].answer[1]);
	}
}

static int write_answer(int fd, const unsigned char *message, size_t size)
{
	ssize_t written;

	do
		written = write(fd, message, size);
	while (written < 0 && errno == EINTR);
	return written == (ssize_t)size ? 0 : -EPIPE;
}

/* Messages are whole: at most PIPE_BUF bytes, written at once. A lane that has ended is closed. */
static int answer(const struct echo *echo, struct lane *lane)
{
	unsigned char message[MESSAGE_MAX];
	ssize_t got = read(lane->ask[0], message, echo->bytes);

	if (got < 0)
		return errno == EINTR ? 0 : -errno;
	if (got == 0) {
		close_end(&lane->ask[0]);
		return 0;
	}
	par_bytes_fill(message, echo->bytes, par_bytes_digest(0, message, (size_t)got));
	return write_answer(lane->answer[1], message, echo->bytes);
}

static int watch_lanes(int epoll, const struct echo *echo)
{
	for (uint32_t i = 0; i < echo->count; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data = { .u32 = i } };

		if (epoll_ctl(epoll, EPOLL_CTL_ADD, echo->lanes[i].ask[0], &event) < 0)
			return -errno;
	}
	return 0;
}

/* The service. Only pipes that can be read are read, so none of them blocks. */
static int serve(void *context, int ready)
{
	struct echo *echo = context;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int status = epoll < 0 ? -errno : watch_lanes(epoll, echo);

	close_task_ends(echo);
	if (status == 0)
		par_service_ready(ready);
	while (status == 0) {
		struct epoll_event events[EVENTS];
		int count = epoll_wait(epoll, events, EVENTS, -1);

		if (count < 0 && errno != EINTR)
			status = -errno;
		for (int i = 0; status == 0 && i < count; i++)
			status = answer(echo, &echo->lanes[events[i].data.u32]);
	}
	return status;
}

static void pipe_echo_close(void *state)
{
	struct echo *echo = state;

	if (echo == NULL)
		return;
	close_task_ends(echo);
	close_service_ends(echo);
	par_service_close(&echo->service);
	par_shared_close(echo->free, sizeof *echo->free);
	free(echo);
}

static int open_lanes(struct echo *echo, uint32_t count)
{
	void *memory;
	int status = par_shared_open(&memory, sizeof *echo->free);

	if (status < 0)
		return status;
	echo->free = memory;
	par_lanes_init(echo->free, count);
	for (; echo->count < count; echo->count++) {
		struct lane *lane = &echo->lanes[echo->count];

		*lane = (struct lane){ { -1, -1 }, { -1, -1 } };
		if (pipe2(lane->ask, O_CLOEXEC) < 0)
			return -errno;
		if (pipe2(lane->answer, O_CLOEXEC) < 0) {
			status = -errno;
			close_end(&lane->ask[0]);
			close_end(&lane->ask[1]);
			return status;
		}
	}
	return 0;
}

static int pipe_echo_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	uint32_t count = setup->in_flight > 0 ? setup->in_flight : 1;
	struct echo *echo = calloc(1, sizeof *echo + count * sizeof *echo->lanes);
	int status;

	if (echo == NULL)
		return par_fail(error, -ENOMEM, "pipe_echo: out of memory");
	if (count > PAR_LANES_MAX) {
		free(echo);
		return par_fail(error, -EINVAL, "pipe_echo: %u tasks at once, the most is %d",
			count, PAR_LANES_MAX);
	}
	echo->bytes = setup->params[0];
	echo->trips = setup->params[1];
	status = par_descriptors_ensure(4 * count, error);
	if (status < 0)
		goto done;
	status = open_lanes(echo, count);
	if (status < 0) {
		(void)par_fail(error, status, "pipe_echo: %u pairs of pipes cannot be made: %s",
			count, par_error_text(status));
		goto done;
	}
	status = par_service_open(&echo->service, "pipe_echo", serve, echo, error);
	close_service_ends(echo);
done:
	if (status < 0)
		pipe_echo_close(echo);
	else
		*state = echo;
	return status;
}

static int talk(const struct echo *echo, struct par_io *io, int number, unsigned char *message)
{
	const struct lane *lane = &echo->lanes[number];
	int status = 0;

	for (uint64_t i = 0; status == 0 && i < echo->trips; i++) {
		status = par_io_write_all(io, lane->ask[1], message, echo->bytes);
		if (status == 0)
			status = par_io_read_all(io, lane->answer[0], message, echo->bytes);
	}
	return status;
}

/* No lane can be missing: there are as many as tasks under way at once. */
static uint64_t pipe_echo_task(void *state, uint64_t index, struct par_io *io)
{
	const struct echo *echo = state;
	unsigned char message[MESSAGE_MAX];
	int lane = par_lanes_claim(echo->free), status = lane;

	if (lane >= 0) {
		par_bytes_fill(message, echo->bytes, par_mix64(index));
		status = talk(echo, io, lane, message);
		par_lanes_release(echo->free, lane);
	}
	if (status < 0) {
		par_io_fail(io, status);
		return 0;
	}
	return par_bytes_digest(0, message, echo->bytes);
}

static const struct par_param params[] = {
	{ "bytes", "bytes of the message and of the reply", 64, 1, MESSAGE_MAX },
	{ "trips", "round trips of a task", 10, 1, 1000000 },
	{ 0 },
};

const struct par_workload par_workload_pipe_echo = {
	.name = "pipe_echo",
	.label = "pipe echo",
	.summary = "ten round trips to another process over two pipes",
	.bound = PAR_BOUND_IO,
	.params = params,
	.tasks = { 200, 300, 4000 },
	.cpu_ns = 50000,
	.wait_ns = 200000,
	.in_flight_max = 64,
	.open = pipe_echo_open,
	.task = pipe_echo_task,
	.close = pipe_echo_close,
};
