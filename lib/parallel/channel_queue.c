/*
 * channel_queue: a bounded queue (queue.h) for each direction: a mutex and those who sleep, in
 * shared memory.
 *
 * An item is a message behind its size. What was got and did not fit stays in the side's own copy.
 * Who waits for a peer that is a process of its own looks every PAR_CHANNEL_LOOK_NS whether it
 * lives.
 */
#include <stdlib.h>
#include <string.h>

#include "channel_parts.h"
#include "queue.h"

#define QUEUE_BYTES    (256 * 1024) /* about */
#define CAPACITY_MOST  256
#define CAPACITY_LEAST 4

struct item {
	uint32_t size;
	unsigned char bytes[];
};

struct side {
	_Alignas(PAR_CACHE_LINE) struct par_queue *in;
	struct item *out;  /* to be put; owned */
	struct item *kept; /* was got; owned */
	bool has_kept;
	struct par_io *io; /* of the loop that uses it; NULL: none does */
};

struct queues {
	struct side sides[2];
	size_t size; /* of each queue */
};

static struct side *side_of(const struct par_channel *channel, unsigned side)
{
	return &((struct queues *)channel->state)->sides[side];
}

static uint64_t deadline_of(const struct par_channel *channel, uint64_t left_ns)
{
	if (left_ns == 0)
		return PAR_QUEUE_TRY;
	if (channel->alone && left_ns > PAR_CHANNEL_LOOK_NS)
		left_ns = PAR_CHANNEL_LOOK_NS;
	return left_ns == PAR_CHANNEL_FOREVER ? PAR_PARK_FOREVER : par_deadline_in(left_ns);
}

/* After a call that gave up: 0 to make it again, or -errno. */
static int look(const struct par_channel *channel, unsigned side, int status, uint64_t until)
{
	if (status == -EOWNERDEAD)
		return -ECONNRESET;
	if (status != -ETIMEDOUT && status != -EAGAIN)
		return status;
	if (par_channel_has_died(channel, side))
		return -ECONNRESET;
	return par_channel_left_ns(until) == 0 ? par_channel_late(until) : 0;
}

static int queue_send(struct par_channel *channel, unsigned side, const void *data, size_t size,
	uint64_t until, struct par_io *io)
{
	struct side *self = side_of(channel, side);
	struct par_queue *queue = side_of(channel, 1 - side)->in;
	struct par_io blocking;
	int status = 0;

	self->io = io;
	if (io == NULL) {
		par_io_init_blocking(&blocking);
		io = &blocking;
	}
	self->out->size = (uint32_t)size;
	memcpy(self->out->bytes, data, size);
	do {
		if (par_channel_has_left(channel, side))
			return -EPIPE;
		status = par_queue_put(
			queue, io, self->out, 0, deadline_of(channel, par_channel_left_ns(until)));
		if (status == 0)
			return 0;
		status = look(channel, side, status, until);
	} while (status == 0);
	return status;
}

/* Gets an item into `kept`: 1, 0: end of file, or -errno. */
static int get(struct par_channel *channel, unsigned side, uint64_t until, struct par_io *io)
{
	struct side *self = side_of(channel, side);
	struct par_io blocking;
	bool gone = false;
	int status;

	self->io = io;
	if (io == NULL) {
		par_io_init_blocking(&blocking);
		io = &blocking;
	}
	for (;;) {
		uint64_t left = gone ? 0 : par_channel_left_ns(until);

		status = par_queue_get(self->in, io, self->kept, deadline_of(channel, left));
		if (status >= 0)
			return status;
		if (gone)
			return -ECONNRESET;
		status = look(channel, side, status, until);
		gone = status == -ECONNRESET; /* what it sent before is still there */
		if (status < 0 && !gone)
			return status;
	}
}

static ssize_t queue_receive(struct par_channel *channel, unsigned side, void *data, size_t size,
	uint64_t until, struct par_io *io)
{
	struct side *self = side_of(channel, side);

	if (!self->has_kept) {
		int status = get(channel, side, until, io);

		if (status <= 0)
			return status;
		self->has_kept = true;
	}
	if (self->kept->size > size)
		return -EMSGSIZE;
	memcpy(data, self->kept->bytes, self->kept->size);
	self->has_kept = false;
	return self->kept->size;
}

static int open_side(struct par_channel *channel, struct queues *queues, struct side *side)
{
	const struct par_channel_spec *spec = &channel->spec;
	uint32_t item = (uint32_t)(sizeof(struct item) + spec->bytes);
	struct par_queue_spec queue = { .order = PAR_QUEUE_FIFO,
		.capacity = spec->capacity > 0 ? spec->capacity : QUEUE_BYTES / item,
		.item_bytes = item,
		.processes = true };
	void *memory;
	int status;

	if (queue.capacity > CAPACITY_MOST)
		queue.capacity = CAPACITY_MOST;
	if (queue.capacity < CAPACITY_LEAST)
		queue.capacity = CAPACITY_LEAST;
	/* Woken for each item, two workers would take turns sleeping. */
	queue.high = queue.capacity;
	queue.low = queue.capacity / 2;
	side->out = calloc(1, item);
	side->kept = calloc(1, item);
	if (side->out == NULL || side->kept == NULL)
		return -ENOMEM;
	queues->size = par_queue_bytes(&queue);
	if (queues->size == 0)
		return -EINVAL;
	status = par_shared_open(&memory, queues->size);
	if (status < 0)
		return status;
	status = par_queue_init(memory, &queue);
	if (status < 0)
		par_shared_close(memory, queues->size);
	else
		side->in = memory;
	return status;
}

static int queue_open(struct par_channel *channel)
{
	struct queues *queues = aligned_alloc(PAR_CACHE_LINE, sizeof *queues);
	int status = 0;

	if (queues == NULL)
		return -ENOMEM;
	memset(queues, 0, sizeof *queues);
	channel->state = queues;
	for (unsigned side = 0; status == 0 && side < 2; side++)
		status = open_side(channel, queues, &queues->sides[side]);
	return status;
}

/* Wakes the other side from both its waits. */
static void queue_leave(struct par_channel *channel, unsigned side)
{
	struct par_io blocking, *io = side_of(channel, side)->io;

	par_io_init_blocking(&blocking);
	for (unsigned i = 0; i < 2; i++)
		(void)par_queue_close(side_of(channel, i)->in, io != NULL ? io : &blocking);
}

static void queue_close(struct par_channel *channel)
{
	const struct queues *queues = channel->state;

	for (unsigned i = 0; i < 2; i++) {
		struct side *side = side_of(channel, i);

		if (side->in != NULL) {
			par_queue_fini(side->in);
			par_shared_close(side->in, queues->size);
		}
		free(side->out);
		free(side->kept);
	}
	free(channel->state);
}

const struct par_channel_kind par_channel_queue = {
	.name = "queue",
	.bytes_max = PAR_CHANNEL_BYTES_MAX,
	.loops = true,
	.open = queue_open,
	.send = queue_send,
	.receive = queue_receive,
	.leave = queue_leave,
	.close = queue_close,
};
