/*
 * channel_socket: a pair of AF_UNIX sockets of type SOCK_SEQPACKET, which keep messages whole.
 *
 * A message that is larger than the receiver's buffer would lose its end, so unless the buffer
 * takes any message of the channel it is received into one of our own first, where it stays until
 * the caller has room for it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel_parts.h"

struct side {
	_Alignas(PAR_CACHE_LINE) int fd; /* -1: closed */
	unsigned char *kept;             /* a message that did not fit; owned */
	size_t kept_size;                /* 0: none */
};

struct sockets {
	struct side sides[2];
};

static struct side *side_of(const struct par_channel *channel, unsigned side)
{
	return &((struct sockets *)channel->state)->sides[side];
}

static int wait_for(const struct side *side, short events, uint64_t until)
{
	struct pollfd polled = { .fd = side->fd, .events = events };

	return par_channel_poll(&polled, 1, until);
}

static int socket_send(struct par_channel *channel, unsigned side, const void *data, size_t size,
	uint64_t until, struct par_io *io)
{
	struct side *self = side_of(channel, side);
	bool forever = until == PAR_CHANNEL_FOREVER;
	ssize_t sent;
	int status = 0;

	if (self->fd < 0 || par_channel_has_left(channel, side))
		return -EPIPE;
	if (io != NULL && forever) {
		sent = par_io_write(io, self->fd, data, size);
		status = sent < 0 ? (int)sent : 0;
	} else {
		do
			sent = send(
				self->fd, data, size, MSG_NOSIGNAL | (forever ? 0 : MSG_DONTWAIT));
		while (sent < 0 &&
			(errno == EINTR || (errno == EAGAIN && (status = wait_for(self, POLLOUT,
									until)) == 0)));
		if (sent < 0 && status == 0)
			status = -errno;
	}
	if (status == -EPIPE || status == -ECONNRESET) /* the latter where messages were unread */
		return par_channel_has_left(channel, side) ? -EPIPE : -ECONNRESET;
	return status;
}

/*
 * One packet. A peer that closed before it had read all makes the next call fail once with
 * ECONNRESET; what it sent before is still there.
 */
static ssize_t read_packet(
	struct side *self, void *data, size_t size, uint64_t until, struct par_io *io)
{
	bool forever = until == PAR_CHANNEL_FOREVER, reset = false;
	ssize_t got;
	int status = 0;

	for (;;) {
		if (io != NULL && forever) {
			got = par_io_read(io, self->fd, data, size);
			if (got < 0)
				errno = (int)-got;
		} else {
			got = recv(self->fd, data, size, forever ? 0 : MSG_DONTWAIT);
		}
		if (got >= 0)
			return got;
		if (errno == ECONNRESET && !reset)
			reset = true;
		else if (errno == EAGAIN)
			status = wait_for(self, POLLIN, until);
		else if (errno != EINTR)
			status = -errno;
		if (status < 0)
			return status;
	}
}

static ssize_t socket_receive(struct par_channel *channel, unsigned side, void *data, size_t size,
	uint64_t until, struct par_io *io)
{
	struct side *self = side_of(channel, side);
	size_t most = channel->spec.bytes;
	ssize_t got;

	if (self->fd < 0)
		return -EBADF;
	if (size >= most && self->kept_size == 0) {
		got = read_packet(self, data, size, until, io);
		return got == 0 ? par_channel_end_of_file(channel, side) : got;
	}
	if (self->kept_size == 0) {
		got = read_packet(self, self->kept, most, until, io);
		if (got <= 0)
			return got == 0 ? par_channel_end_of_file(channel, side) : got;
		self->kept_size = (size_t)got;
	}
	if (self->kept_size > size)
		return -EMSGSIZE;
	got = (ssize_t)self->kept_size;
	memcpy(data, self->kept, self->kept_size);
	self->kept_size = 0;
	return got;
}

static int socket_open(struct par_channel *channel)
{
	struct sockets *sockets = aligned_alloc(PAR_CACHE_LINE, sizeof *sockets);
	int pair[2];

	if (sockets == NULL)
		return -ENOMEM;
	memset(sockets, 0, sizeof *sockets);
	channel->state = sockets;
	sockets->sides[0].fd = sockets->sides[1].fd = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	for (unsigned i = 0; i < 2; i++) {
		sockets->sides[i].fd = pair[i];
		sockets->sides[i].kept = malloc(channel->spec.bytes);
		if (sockets->sides[i].kept == NULL)
			return -ENOMEM;
	}
	return 0;
}

static void socket_forget(struct par_channel *channel, unsigned side)
{
	par_channel_close_fd(&side_of(channel, side)->fd);
}

static void socket_close(struct par_channel *channel)
{
	for (unsigned side = 0; side < 2; side++) {
		socket_forget(channel, side);
		free(side_of(channel, side)->kept);
	}
	free(channel->state);
}

const struct par_channel_kind par_channel_socketpair = {
	.name = "socketpair",
	.bytes_max = PAR_CHANNEL_BYTES_MAX,
	.loops = true,
	.open = socket_open,
	.send = socket_send,
	.receive = socket_receive,
	.forget = socket_forget,
	.leave = socket_forget,
	.close = socket_close,
};
