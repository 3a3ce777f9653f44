#include "channel.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "channel_parts.h"

/* Between two looks of a coroutine that waits with a timeout. */
#define NAP_NS 50000

const struct par_channel_kind *const par_channel_kinds[] = {
	&par_channel_pipe,
	&par_channel_socketpair,
	&par_channel_eventfd,
	&par_channel_ring,
	&par_channel_mq,
	&par_channel_queue,
	&par_channel_rendezvous,
	NULL,
};

/* --- for the kinds --- */

void par_channel_close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

int par_channel_poll(struct pollfd *polled, unsigned count, uint64_t until)
{
	for (;;) {
		uint64_t left = par_channel_left_ns(until);
		struct timespec limit = { (time_t)(left / PAR_NS_PER_S),
			(long)(left % PAR_NS_PER_S) };
		int ready = ppoll(polled, count, left == PAR_CHANNEL_FOREVER ? NULL : &limit, NULL);

		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return -errno;
		if (left == 0)
			return par_channel_late(until);
	}
}

bool par_channel_has_died(const struct par_channel *channel, unsigned side)
{
	struct pollfd end = { .fd = channel->lives[1 - side].watch, .events = POLLIN };

	/* It says that it leaves before it closes its end. */
	return channel->alone && poll(&end, 1, 0) > 0 && !par_channel_has_left(channel, side);
}

int par_channel_end_of_file(const struct par_channel *channel, unsigned side)
{
	return par_channel_has_left(channel, side) ? 0 : -ECONNRESET;
}

/* --- open and close --- */

static void ignore_sigpipe(void)
{
	struct sigaction action;

	if (sigaction(SIGPIPE, NULL, &action) != 0 || action.sa_handler != SIG_DFL)
		return;
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
}

static int open_life(struct par_life *life)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	life->watch = ends[0];
	life->hold = ends[1];
	return 0;
}

static bool serves(const struct par_channel_spec *spec)
{
	return spec->bytes >= 1 && spec->bytes <= spec->kind->bytes_max &&
	       (spec->batch <= 1 || spec->kind->batches);
}

int par_channel_open(struct par_channel **out, const struct par_channel_spec *spec)
{
	struct par_channel *channel;
	void *share = NULL;
	int status;

	*out = NULL;
	if (!serves(spec))
		return -EINVAL;
	channel = calloc(1, sizeof *channel);
	if (channel == NULL)
		return -ENOMEM;
	ignore_sigpipe();
	channel->kind = spec->kind;
	channel->spec = *spec;
	channel->lives[0] = channel->lives[1] = (struct par_life){ -1, -1 };
	status = par_shared_open(&share, sizeof *channel->share);
	channel->share = share;
	for (unsigned side = 0; status == 0 && side < 2; side++)
		status = open_life(&channel->lives[side]);
	if (status == 0)
		status = spec->kind->open(channel);
	if (status < 0)
		par_channel_close(channel);
	else
		*out = channel;
	return status;
}

void par_channel_alone(struct par_channel *channel, unsigned side)
{
	par_channel_close_fd(&channel->lives[1 - side].hold);
	par_channel_close_fd(&channel->lives[side].watch);
	if (channel->kind->forget != NULL)
		channel->kind->forget(channel, 1 - side);
	channel->alone = true;
}

void par_channel_leave(struct par_channel *channel, unsigned side)
{
	if (channel->kind->flush != NULL)
		(void)channel->kind->flush(channel, side, par_now_ns() + PAR_NS_PER_S, NULL);
	/* Sequentially consistent: see par_channel_has_left(). Also the release of all before. */
	atomic_store_explicit(&channel->share->left[side], 1, memory_order_seq_cst);
	channel->kind->leave(channel, side);
	par_channel_close_fd(&channel->lives[side].hold);
}

void par_channel_close(struct par_channel *channel)
{
	if (channel == NULL)
		return;
	if (channel->state != NULL)
		channel->kind->close(channel);
	for (unsigned side = 0; side < 2; side++) {
		par_channel_close_fd(&channel->lives[side].hold);
		par_channel_close_fd(&channel->lives[side].watch);
	}
	par_shared_close(channel->share, sizeof *channel->share);
	free(channel);
}

/* --- send and receive --- */

static uint64_t until(uint64_t timeout_ns)
{
	uint64_t now;

	if (timeout_ns == PAR_CHANNEL_TRY || timeout_ns == PAR_CHANNEL_FOREVER)
		return timeout_ns;
	now = par_now_ns();
	return timeout_ns < UINT64_MAX - 1 - now ? now + timeout_ns : UINT64_MAX - 1;
}

static bool interleaves(const struct par_io *io)
{
	return io != NULL && io->ops->interleaves;
}

static bool can_wait(const struct par_channel_kind *kind, const struct par_io *io)
{
	return interleaves(io) ? kind->loops : !kind->loop_only;
}

/* A coroutine with a timeout tries, and lets others run between: 0, or -ETIMEDOUT. */
static int nap(struct par_io *io, uint64_t limit)
{
	uint64_t left = par_channel_left_ns(limit);

	return left == 0 ? -ETIMEDOUT : par_io_sleep(io, left < NAP_NS ? left : NAP_NS);
}

static bool is_timed(uint64_t timeout_ns)
{
	return timeout_ns != PAR_CHANNEL_TRY && timeout_ns != PAR_CHANNEL_FOREVER;
}

int par_channel_send(struct par_channel *channel, unsigned side, const void *data, size_t size,
	uint64_t timeout_ns, struct par_io *io)
{
	const struct par_channel_kind *kind = channel->kind;
	uint64_t limit;
	int status;

	if (size == 0)
		return -EINVAL;
	if (size > channel->spec.bytes)
		return -EMSGSIZE;
	if (!can_wait(kind, io))
		return -ENOTSUP;
	if (!interleaves(io))
		return kind->send(channel, side, data, size, until(timeout_ns), NULL);
	if (!is_timed(timeout_ns) || kind->loop_only)
		return kind->send(channel, side, data, size, until(timeout_ns), io);
	limit = until(timeout_ns);
	do
		status = kind->send(channel, side, data, size, PAR_CHANNEL_TRY, io);
	while (status == -EAGAIN && (status = nap(io, limit)) == 0);
	return status;
}

ssize_t par_channel_receive(struct par_channel *channel, unsigned side, void *data, size_t size,
	uint64_t timeout_ns, struct par_io *io)
{
	const struct par_channel_kind *kind = channel->kind;
	uint64_t limit;
	ssize_t got;

	if (!can_wait(kind, io))
		return -ENOTSUP;
	if (!interleaves(io))
		return kind->receive(channel, side, data, size, until(timeout_ns), NULL);
	if (!is_timed(timeout_ns) || kind->loop_only)
		return kind->receive(channel, side, data, size, until(timeout_ns), io);
	limit = until(timeout_ns);
	do
		got = kind->receive(channel, side, data, size, PAR_CHANNEL_TRY, io);
	while (got == -EAGAIN && (got = nap(io, limit)) == 0);
	return got;
}

int par_channel_flush(
	struct par_channel *channel, unsigned side, uint64_t timeout_ns, struct par_io *io)
{
	const struct par_channel_kind *kind = channel->kind;
	uint64_t limit;
	int status;

	if (kind->flush == NULL)
		return 0;
	if (!interleaves(io))
		return kind->flush(channel, side, until(timeout_ns), NULL);
	if (!is_timed(timeout_ns))
		return kind->flush(channel, side, timeout_ns, io);
	limit = until(timeout_ns);
	do
		status = kind->flush(channel, side, PAR_CHANNEL_TRY, io);
	while (status == -EAGAIN && (status = nap(io, limit)) == 0);
	return status;
}
