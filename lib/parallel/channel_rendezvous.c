/*
 * channel_rendezvous: two coroutines of one loop meet, and the message goes from one's memory to
 * the other's, with no buffer between them (Hoare, "Communicating Sequential Processes", CACM
 * 21(8), 1978; the unbuffered channel of Go).
 *
 * Who comes first leaves a note of what it offers, or of where it wants the message, and is parked;
 * who comes second copies and lets the first go on. So a try succeeds only when the other waits, a
 * send that has returned is a message received, and a receiver that takes all until the end of file
 * is a consumer of the sender as a generator. No system call and no atomic operation: the
 * coroutines of a loop never run at the same time. Where all coroutines of the loop wait for each
 * other, the calls return -EDEADLK.
 */
#include <stdlib.h>
#include <string.h>

#include "channel_parts.h"
#include "park.h"

/* One direction. The notes lie on the stacks of who is parked. */
struct meeting_point {
	struct offer {
		const void *data;
		size_t size;
		int status; /* -EINPROGRESS until it is taken or called off */
	} * offer;          /* NULL: no sender waits */
	struct wish {
		void *data;
		size_t size;
		ssize_t status; /* likewise */
	} * wish;               /* NULL: no receiver waits */
	struct par_spot sender, receiver;
};

struct rendezvous {
	struct par_io *io;              /* of the loop; NULL: nobody has come */
	struct meeting_point points[2]; /* by the side that receives */
};

static struct meeting_point *point_of(struct par_channel *channel, unsigned side, struct par_io *io)
{
	struct rendezvous *rendezvous = channel->state;

	rendezvous->io = io;
	return &rendezvous->points[side];
}

/* Parks once. 0, -ETIMEDOUT, -EDEADLK. */
static int park(struct par_io *io, struct par_spot *spot, uint64_t until)
{
	uint64_t left = par_channel_left_ns(until);

	return par_park(io, spot, par_spot_enter(io, spot),
		left == PAR_CHANNEL_FOREVER ? PAR_PARK_FOREVER : par_deadline_in(left));
}

static int offer(struct meeting_point *point, const void *data, size_t size, uint64_t until,
	struct par_io *io)
{
	struct offer mine = { data, size, -EINPROGRESS };
	int status = 0;

	point->offer = &mine;
	while (status == 0 && mine.status == -EINPROGRESS)
		status = park(io, &point->sender, until);
	point->offer = NULL;
	return mine.status == -EINPROGRESS ? status : mine.status;
}

static int rendezvous_send(struct par_channel *channel, unsigned side, const void *data,
	size_t size, uint64_t until, struct par_io *io)
{
	struct meeting_point *point = point_of(channel, 1 - side, io);
	struct wish *wish = point->wish;

	if (par_channel_has_left(channel, side))
		return -EPIPE;
	if (wish != NULL && wish->status == -EINPROGRESS) {
		bool fits = size <= wish->size;

		if (fits)
			memcpy(wish->data, data, size);
		wish->status = fits ? (ssize_t)size : -EMSGSIZE;
		point->wish = NULL;
		(void)par_unpark(io, &point->receiver, 1);
		if (fits)
			return 0;
	}
	if (until == PAR_CHANNEL_TRY)
		return -EAGAIN;
	return offer(point, data, size, until, io);
}

static ssize_t take_offer(struct meeting_point *point, void *data, size_t size, struct par_io *io)
{
	struct offer *offer = point->offer;

	if (offer->size > size)
		return -EMSGSIZE;
	memcpy(data, offer->data, offer->size);
	offer->status = 0;
	point->offer = NULL;
	(void)par_unpark(io, &point->sender, 1);
	return (ssize_t)offer->size; /* its owner has not run yet */
}

static ssize_t rendezvous_receive(struct par_channel *channel, unsigned side, void *data,
	size_t size, uint64_t until, struct par_io *io)
{
	struct meeting_point *point = point_of(channel, side, io);
	struct wish mine = { data, size, -EINPROGRESS };
	int status = 0;

	if (point->offer != NULL)
		return take_offer(point, data, size, io);
	if (par_channel_has_left(channel, side))
		return 0;
	if (until == PAR_CHANNEL_TRY)
		return -EAGAIN;
	point->wish = &mine;
	while (status == 0 && mine.status == -EINPROGRESS)
		status = park(io, &point->receiver, until);
	if (point->wish == &mine)
		point->wish = NULL;
	return mine.status == -EINPROGRESS ? status : mine.status;
}

static int rendezvous_open(struct par_channel *channel)
{
	channel->state = calloc(1, sizeof(struct rendezvous));
	return channel->state != NULL ? 0 : -ENOMEM;
}

static void rendezvous_leave(struct par_channel *channel, unsigned side)
{
	struct rendezvous *rendezvous = channel->state;
	struct meeting_point *to = &rendezvous->points[1 - side], *from = &rendezvous->points[side];

	if (to->wish != NULL) {
		to->wish->status = 0;
		to->wish = NULL;
		(void)par_unpark(rendezvous->io, &to->receiver, 1);
	}
	if (from->offer != NULL) {
		from->offer->status = -EPIPE;
		from->offer = NULL;
		(void)par_unpark(rendezvous->io, &from->sender, 1);
	}
}

static void rendezvous_close(struct par_channel *channel)
{
	free(channel->state);
}

const struct par_channel_kind par_channel_rendezvous = {
	.name = "rendezvous",
	.bytes_max = PAR_CHANNEL_BYTES_MAX,
	.loops = true,
	.loop_only = true,
	.open = rendezvous_open,
	.send = rendezvous_send,
	.receive = rendezvous_receive,
	.leave = rendezvous_leave,
	.close = rendezvous_close,
};
