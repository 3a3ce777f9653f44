/*
 * channel_mq: two POSIX message queues, mq_overview(7). They have names only for a moment.
 *
 * The kernel sets small bounds (fs.mqueue.msg_max, msgsize_max: 10 messages of 8 KiB, and
 * RLIMIT_MSGQUEUE bytes in all), which only the privileged exceed: beyond them open fails with
 * -EINVAL or -EMFILE. A queue has no end of file: a side that leaves sends an empty message to wake
 * the other if there is room, and who finds its queue empty looks whether the other has left.
 * Nor does it tell that its writer has died, so no sleep is longer than PAR_CHANNEL_LOOK_NS.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "channel_parts.h"

#define CAPACITY 10     /* the kernel's default bound */
#define BUDGET   300000 /* bytes of a queue: two of them stay within the default RLIMIT_MSGQUEUE */
#define NAMES    100    /* tried, in case that somebody uses them */

struct side {
	_Alignas(PAR_CACHE_LINE) mqd_t in; /* -1: closed */
	unsigned char *kept;               /* a message that did not fit; owned */
	size_t kept_size;                  /* 0: none */
};

struct queues {
	struct side sides[2];
};

static struct side *side_of(const struct par_channel *channel, unsigned side)
{
	return &((struct queues *)channel->state)->sides[side];
}

/* When the next sleep must end, on the clock of mq_timedreceive(3). */
static struct timespec next_look(uint64_t until)
{
	uint64_t left = par_channel_left_ns(until);
	struct timespec when = { 0, 0 }; /* long past: does not sleep */

	if (left == 0)
		return when;
	left = par_wall_ns() + (left < PAR_CHANNEL_LOOK_NS ? left : PAR_CHANNEL_LOOK_NS);
	when.tv_sec = (time_t)(left / PAR_NS_PER_S);
	when.tv_nsec = (long)(left % PAR_NS_PER_S);
	return when;
}

/* After a call that gave up: 0 to make it again, or -errno. */
static int look(const struct par_channel *channel, unsigned side, uint64_t until)
{
	if (errno == EINTR)
		return 0;
	if (errno != ETIMEDOUT)
		return -errno;
	if (par_channel_has_died(channel, side))
		return -ECONNRESET;
	return par_channel_left_ns(until) == 0 ? par_channel_late(until) : 0;
}

static int mq_channel_send(struct par_channel *channel, unsigned side, const void *data,
	size_t size, uint64_t until, struct par_io *io)
{
	mqd_t out = side_of(channel, 1 - side)->in;
	int status = 0;

	(void)io;
	while (status == 0) {
		struct timespec when = next_look(until);

		if (par_channel_has_left(channel, side))
			return -EPIPE;
		if (mq_timedsend(out, data, size, 0, &when) == 0)
			return 0;
		status = look(channel, side, until);
	}
	return status;
}

/* One message into `data` of spec.bytes bytes: its size, 0: end of file, or -errno. */
static ssize_t take(
	struct par_channel *channel, unsigned side, void *data, size_t size, uint64_t until)
{
	mqd_t in = side_of(channel, side)->in;
	bool drained = false, gone = false;
	int status = 0;

	for (;;) {
		/* Asked before the queue is: what the peer sent before it left is then there. */
		bool left = par_channel_has_left(channel, side);
		struct timespec when = next_look(left || gone ? PAR_CHANNEL_TRY : until);
		ssize_t got = mq_timedreceive(in, data, size, NULL, &when);

		if (got > 0)
			return got;
		drained = got < 0 && errno == ETIMEDOUT;
		if (drained && left)
			return 0;
		if (drained && gone)
			return -ECONNRESET;
		if (got < 0)
			status = look(channel, side, until);
		gone = status == -ECONNRESET;
		if (status < 0 && !gone)
			return status;
	}
}

static ssize_t mq_channel_receive(struct par_channel *channel, unsigned side, void *data,
	size_t size, uint64_t until, struct par_io *io)
{
	struct side *self = side_of(channel, side);
	size_t most = channel->spec.bytes;
	ssize_t got;

	(void)io;
	if (size >= most && self->kept_size == 0)
		return take(channel, side, data, size, until);
	if (self->kept_size == 0) {
		got = take(channel, side, self->kept, most, until);
		if (got <= 0)
			return got;
		self->kept_size = (size_t)got;
	}
	if (self->kept_size > size)
		return -EMSGSIZE;
	got = (ssize_t)self->kept_size;
	memcpy(data, self->kept, self->kept_size);
	self->kept_size = 0;
	return got;
}

/* A queue without a name, as soon as it is open. */
static int open_queue(mqd_t *out, const struct par_channel_spec *spec)
{
	size_t room = BUDGET / (spec->bytes + 64);
	struct mq_attr attr = { .mq_msgsize = (long)spec->bytes };
	char name[64];

	attr.mq_maxmsg =
		spec->capacity > 0 && spec->capacity < CAPACITY ? spec->capacity : CAPACITY;
	if ((size_t)attr.mq_maxmsg > room)
		attr.mq_maxmsg = (long)room;
	for (unsigned i = 0; i < NAMES; i++) {
		snprintf(name, sizeof name, "/parbench.%d.%p.%u", (int)getpid(), (void *)out, i);
		*out = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attr);
		if (*out != (mqd_t)-1)
			return mq_unlink(name) < 0 ? -errno : 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

static int mq_channel_open(struct par_channel *channel)
{
	struct queues *queues = aligned_alloc(PAR_CACHE_LINE, sizeof *queues);
	int status = 0;

	if (queues == NULL)
		return -ENOMEM;
	memset(queues, 0, sizeof *queues);
	channel->state = queues;
	queues->sides[0].in = queues->sides[1].in = (mqd_t)-1;
	for (unsigned i = 0; status == 0 && i < 2; i++) {
		queues->sides[i].kept = malloc(channel->spec.bytes);
		status = queues->sides[i].kept == NULL
				 ? -ENOMEM
				 : open_queue(&queues->sides[i].in, &channel->spec);
	}
	return status;
}

/* The empty message: no message is, so it only wakes. */
static void mq_channel_leave(struct par_channel *channel, unsigned side)
{
	const struct timespec past = { 0, 0 };

	while (mq_timedsend(side_of(channel, 1 - side)->in, "", 0, 0, &past) < 0 && errno == EINTR)
		;
}

static void mq_channel_close(struct par_channel *channel)
{
	for (unsigned i = 0; i < 2; i++) {
		struct side *side = side_of(channel, i);

		if (side->in != (mqd_t)-1)
			(void)mq_close(side->in);
		free(side->kept);
	}
	free(channel->state);
}

const struct par_channel_kind par_channel_mq = {
	.name = "mq",
	.bytes_max = PAR_CHANNEL_BYTES_MAX,
	.open = mq_channel_open,
	.send = mq_channel_send,
	.receive = mq_channel_receive,
	.leave = mq_channel_leave,
	.close = mq_channel_close,
};
