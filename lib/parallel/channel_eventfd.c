/*
 * channel_eventfd: a number in the kernel, one a direction: signals, and messages of 8 bytes.
 *
 * An eventfd adds up what is written and gives it all to a read, so two messages would become one.
 * A message is therefore sent with the top bit set: two of them overflow the counter, and the
 * kernel makes the second writer wait until the first is read. The lowest bit is left for a wake
 * without a message, of a side that leaves. What remains are 62 bits: a message is 8 bytes that as
 * a uint64_t are at most PAR_CHANNEL_EVENTFD_MAX; another is -EINVAL.
 *
 * The descriptors block. Who must not wait asks poll() whether there is a number: that tells the
 * reader that it may read, and the writer, who is the only one, that it may not write. No event
 * tells a writer that its message was read, so one that waits with an end to its patience looks
 * again every NAP_NS.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "channel_parts.h"

#define MESSAGE (1ULL << 63)
#define WAKE    1ULL
#define NAP_NS  50000

_Static_assert(PAR_CHANNEL_EVENTFD_MAX == ((UINT64_MAX - 1) - MESSAGE - WAKE) / 2,
	"the counter holds a message and a wake");

struct events {
	int in[2]; /* by the side that reads; the other writes. -1: closed */
};

static int *in_of(const struct par_channel *channel, unsigned side)
{
	return &((struct events *)channel->state)->in[side];
}

/* Whether a number can be read now. */
static bool is_full(int fd)
{
	struct pollfd polled = { .fd = fd, .events = POLLIN };

	return poll(&polled, 1, 0) > 0;
}

/* What a dead or departed peer makes of a call; 0: it is there. */
static int peer_status(const struct par_channel *channel, unsigned side)
{
	if (par_channel_has_left(channel, side))
		return -EPIPE;
	return par_channel_has_died(channel, side) ? -ECONNRESET : 0;
}

/* Waits for the peer to read the last message, where write() may not be trusted to end. */
static int wait_empty(const struct par_channel *channel, unsigned side, int fd, uint64_t until)
{
	while (is_full(fd)) {
		struct pollfd life = { .fd = channel->alone ? channel->lives[1 - side].watch : -1,
			.events = POLLIN };
		uint64_t left = par_channel_left_ns(until);
		int status = peer_status(channel, side);

		if (status < 0)
			return status;
		if (left == 0)
			return par_channel_late(until);
		(void)par_channel_poll(&life, 1, par_now_ns() + (left < NAP_NS ? left : NAP_NS));
	}
	return peer_status(channel, side);
}

static int event_send(struct par_channel *channel, unsigned side, const void *data, size_t size,
	uint64_t until, struct par_io *io)
{
	int fd = *in_of(channel, 1 - side);
	uint64_t value;
	ssize_t written;
	int status;

	if (fd < 0 || par_channel_has_left(channel, side))
		return -EPIPE;
	if (size != sizeof value)
		return -EINVAL;
	memcpy(&value, data, sizeof value);
	if (value > PAR_CHANNEL_EVENTFD_MAX)
		return -EINVAL;
	value = MESSAGE + 2 * value;
	if (io != NULL && until == PAR_CHANNEL_FOREVER) {
		written = par_io_write(io, fd, &value, sizeof value);
		return written < 0 ? (int)written : 0;
	}
	if (until != PAR_CHANNEL_FOREVER || channel->alone) {
		status = wait_empty(channel, side, fd, until);
		if (status < 0)
			return status;
	}
	do
		written = write(fd, &value, sizeof value);
	while (written < 0 && errno == EINTR);
	return written < 0 ? -errno : 0;
}

/* Waits for a number, where read() may not be trusted to end. 0 or -errno; -EPIPE: the peer left.
 */
static int wait_full(const struct par_channel *channel, unsigned side, int fd, uint64_t until)
{
	struct pollfd polled[2] = { { .fd = fd, .events = POLLIN },
		{ .fd = channel->alone ? channel->lives[1 - side].watch : -1, .events = POLLIN } };
	int status = par_channel_poll(polled, 2, until);

	if (status < 0 || polled[0].revents != 0)
		return status;
	/* It may have written before it ended. */
	return is_full(fd) ? 0 : peer_status(channel, side);
}

static ssize_t read_value(int fd, uint64_t *value, uint64_t until, struct par_io *io)
{
	ssize_t got;

	if (io != NULL && until == PAR_CHANNEL_FOREVER)
		return par_io_read(io, fd, value, sizeof *value);
	do
		got = read(fd, value, sizeof *value);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

static ssize_t event_receive(struct par_channel *channel, unsigned side, void *data, size_t size,
	uint64_t until, struct par_io *io)
{
	bool parks = io != NULL && until == PAR_CHANNEL_FOREVER;
	int fd = *in_of(channel, side);
	uint64_t value;
	ssize_t got;
	int status = 0;

	if (fd < 0)
		return -EBADF;
	/* The wake of a peer that has left may have been read already. */
	if (par_channel_has_left(channel, side) && !is_full(fd))
		return 0;
	if (!parks && (until != PAR_CHANNEL_FOREVER || channel->alone || size < sizeof value))
		status = wait_full(channel, side, fd, until);
	if (status < 0)
		return status == -EPIPE ? 0 : status;
	if (size < sizeof value && !par_channel_has_left(channel, side))
		return -EMSGSIZE;
	got = read_value(fd, &value, until, io);
	if (got < 0)
		return got;
	if (value < MESSAGE)
		return par_channel_end_of_file(channel, side);
	value = (value - MESSAGE) / 2;
	memcpy(data, &value, sizeof value);
	return sizeof value;
}

static int event_open(struct par_channel *channel)
{
	struct events *events = malloc(sizeof *events);

	if (events == NULL)
		return -ENOMEM;
	*events = (struct events){ { -1, -1 } };
	channel->state = events;
	for (unsigned side = 0; side < 2; side++) {
		events->in[side] = eventfd(0, EFD_CLOEXEC);
		if (events->in[side] < 0)
			return -errno;
	}
	return 0;
}

/*
 * Both numbers stay open: each side reads one and writes the other. What was not received is thrown
 * away: its writer may wait in write() for it to be read, and has no other way out.
 */
static void event_leave(struct par_channel *channel, unsigned side)
{
	uint64_t wake = WAKE, dropped;
	int in = *in_of(channel, side);
	ssize_t written;

	if (is_full(in))
		(void)read_value(in, &dropped, PAR_CHANNEL_TRY, NULL);
	do
		written = write(*in_of(channel, 1 - side), &wake, sizeof wake);
	while (written < 0 && errno == EINTR);
}

static void event_close(struct par_channel *channel)
{
	for (unsigned side = 0; side < 2; side++)
		par_channel_close_fd(in_of(channel, side));
	free(channel->state);
}

const struct par_channel_kind par_channel_eventfd = {
	.name = "eventfd",
	.bytes_max = sizeof(uint64_t),
	.loops = true,
	.open = event_open,
	.send = event_send,
	.receive = event_receive,
	.leave = event_leave,
	.close = event_close,
};
