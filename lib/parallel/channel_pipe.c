/*
 * channel_pipe: two pipes. A message is its size in four bytes, then itself.
 *
 * A pipe is a stream, so a read may bring a part of a message or several. Small messages are read
 * into an inbox, many at a time; large ones go straight to the caller, with what was read too much
 * kept in the inbox. What a send gathers (spec.batch) waits in the outbox.
 *
 * A call that must not wait may write only what the pipe has room for: PIPE_BUF bytes for sure when
 * poll() says that it is writable. More, when the pages in use leave enough: the kernel merges a
 * write into the last page where it fits, so any two neighbours hold more than a page together, and
 * U unread bytes are in at most 2 U / page + 2 pages. Only where an empty pipe is too small for the
 * message (the kernel gives a user with many pipes little room) a part is written, and the rest
 * follows from the outbox with the side's next call.
 *
 * The descriptors block: a wait is one system call. Who must not wait asks poll() first, which is
 * sure because each end has one user. (A loop makes them non-blocking, see poller.h.)
 */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "channel_parts.h"

#define HEADER sizeof(uint32_t)

/* From here on a message goes past the boxes, without a copy. */
#define DIRECT_BYTES 4096

/* What boxes hold besides one message of the largest size. */
#define BOX_BYTES 65536

/* Room in the kernel; the default of 64 KiB holds one large message. Best effort. */
#define PIPE_BYTES (256 * 1024)

#define NAP_NS 50000

struct box {
	unsigned char *bytes; /* owned */
	size_t start, end, size;
};

struct side {
	_Alignas(PAR_CACHE_LINE) int in;
	int out; /* -1: closed */
	struct box inbox, outbox;
	unsigned gathered; /* messages in the outbox */
	int capacity;      /* bytes of the pipe to `out` */
};

struct pipes {
	struct side sides[2];
};

static struct side *side_of(const struct par_channel *channel, unsigned side)
{
	return &((struct pipes *)channel->state)->sides[side];
}

static size_t held(const struct box *box)
{
	return box->end - box->start;
}

/* Makes the free room one piece, at the end. */
static void compact(struct box *box)
{
	if (box->start == 0)
		return;
	memmove(box->bytes, box->bytes + box->start, held(box));
	box->end -= box->start;
	box->start = 0;
}

static void put(struct box *box, const void *data, size_t size)
{
	memcpy(box->bytes + box->end, data, size);
	box->end += size;
}

/* --- sending --- */

/*
 * How many of `size` bytes a writable pipe takes without waiting: all, 0 until the peer has read
 * more, or a part where the pipe is empty and yet too small.
 */
static size_t room_for(const struct side *side, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), used;
	int unread = 0;

	if (size <= PIPE_BUF || ioctl(side->out, FIONREAD, &unread) < 0)
		return size < PIPE_BUF ? size : PIPE_BUF;
	used = 2 * (size_t)unread + 3 * page; /* one for where `size` ends within a page */
	if (used + size <= (size_t)side->capacity)
		return size;
	return unread == 0 ? PIPE_BUF : 0;
}

/* Waits for room: how many bytes may be written, or -errno. No event tells of more than a page of
 * room, so it looks again every NAP_NS. */
static ssize_t wait_room(const struct side *side, size_t size, uint64_t until)
{
	for (;;) {
		struct pollfd writable = { .fd = side->out, .events = POLLOUT };
		const struct timespec nap = { .tv_nsec = NAP_NS };
		int status = par_channel_poll(&writable, 1, until);
		size_t room;

		if (status < 0)
			return status;
		room = (writable.revents & POLLERR) != 0 ? size : room_for(side, size);
		if (room > 0)
			return (ssize_t)room;
		if (par_channel_left_ns(until) == 0)
			return par_channel_late(until);
		(void)nanosleep(&nap, NULL);
	}
}

/* Writes from `data`, at most what does not wait beyond `until`. How many bytes, or -errno. */
static ssize_t write_some(const struct side *side, const void *data, size_t size, uint64_t until)
{
	ssize_t written, room = (ssize_t)size;

	do {
		if (until != PAR_CHANNEL_FOREVER)
			room = wait_room(side, size, until);
		if (room < 0)
			return room;
		written = write(side->out, data, (size_t)room);
	} while (written < 0 && errno == EINTR);
	return written < 0 ? -errno : written;
}

/* Empties the outbox. What was not written stays. 0 or -errno. */
static int flush(struct side *side, uint64_t until, struct par_io *io)
{
	struct box *box = &side->outbox;
	ssize_t written;

	while (held(box) > 0) {
		if (io != NULL && until == PAR_CHANNEL_FOREVER)
			written = par_io_write(io, side->out, box->bytes + box->start, held(box));
		else
			written = write_some(side, box->bytes + box->start, held(box), until);
		if (written < 0)
			return (int)written;
		box->start += (size_t)written;
	}
	box->start = box->end = 0;
	side->gathered = 0;
	return 0;
}

static int pipe_flush(struct par_channel *channel, unsigned side, uint64_t until, struct par_io *io)
{
	struct side *self = side_of(channel, side);

	return self->out < 0 ? 0 : flush(self, until, io);
}

static int post(struct side *side, const void *data, size_t size)
{
	uint32_t header = (uint32_t)size;

	compact(&side->outbox);
	if (side->outbox.size - side->outbox.end < HEADER + size)
		return -EAGAIN;
	put(&side->outbox, &header, HEADER);
	put(&side->outbox, data, size);
	side->gathered++;
	return 0;
}

/* Header and message in one call, without a copy; the rest of a short write likewise. */
static int write_direct(int fd, const void *data, size_t size)
{
	uint32_t header = (uint32_t)size;
	struct iovec parts[2] = { { &header, HEADER }, { (void *)(uintptr_t)data, size } };
	ssize_t written;

	while (parts[0].iov_len + parts[1].iov_len > 0) {
		written = writev(fd, parts, 2);
		if (written < 0 && errno != EINTR)
			return -errno;
		for (unsigned i = 0; written > 0 && i < 2; i++) {
			size_t part = parts[i].iov_len < (size_t)written ? parts[i].iov_len
									 : (size_t)written;

			parts[i].iov_base = (char *)parts[i].iov_base + part;
			parts[i].iov_len -= part;
			written -= (ssize_t)part;
		}
	}
	return 0;
}

/*
 * Into the outbox, and out of it what may go. The message is accepted once any byte of it is
 * written; if none was it is taken back.
 */
static int send_by_outbox(struct side *side, const void *data, size_t size, uint64_t until,
	struct par_io *io, unsigned batch)
{
	size_t before;
	int status = 0;

	if (side->gathered >= batch || side->outbox.size - held(&side->outbox) < HEADER + size)
		status = flush(side, until, io);
	if (status == 0)
		status = post(side, data, size);
	if (status < 0 || side->gathered < batch)
		return status;
	before = held(&side->outbox);
	status = flush(side, until, io);
	if (status == 0 || held(&side->outbox) != before || batch > 1)
		return status == -EPIPE ? status : 0;
	side->outbox.end -= HEADER + size;
	side->gathered--;
	return status;
}

static int pipe_send(struct par_channel *channel, unsigned side, const void *data, size_t size,
	uint64_t until, struct par_io *io)
{
	struct side *self = side_of(channel, side);
	unsigned batch = channel->spec.batch > 1 ? channel->spec.batch : 1;
	int status;

	if (self->out < 0 || par_channel_has_left(channel, side))
		return -EPIPE;
	if (io == NULL && batch == 1 && size >= DIRECT_BYTES && until == PAR_CHANNEL_FOREVER) {
		status = flush(self, until, NULL);
		if (status == 0)
			status = write_direct(self->out, data, size);
	} else {
		status = send_by_outbox(self, data, size, until, io, batch);
	}
	if (status == -EPIPE && !par_channel_has_left(channel, side))
		return -ECONNRESET;
	return status;
}

/* --- receiving --- */

/* The size of the first message in the inbox; 0: its header is not whole. -EPROTO: nonsense. */
static ssize_t first_size(const struct side *side, size_t most)
{
	uint32_t header;

	if (held(&side->inbox) < HEADER)
		return 0;
	memcpy(&header, side->inbox.bytes + side->inbox.start, HEADER);
	return header == 0 || header > most ? -EPROTO : (ssize_t)header;
}

/* Hands out the first message if it is whole: its size, 0: not yet, -EMSGSIZE, -EPROTO. */
static ssize_t take(struct side *side, void *data, size_t size, size_t most)
{
	ssize_t first = first_size(side, most);

	if (first > 0 && (size_t)first > size)
		return -EMSGSIZE;
	if (first <= 0 || held(&side->inbox) < HEADER + (size_t)first)
		return first < 0 ? first : 0;
	memcpy(data, side->inbox.bytes + side->inbox.start + HEADER, (size_t)first);
	side->inbox.start += HEADER + (size_t)first;
	if (held(&side->inbox) == 0)
		side->inbox.start = side->inbox.end = 0;
	return first;
}

/* Waits for something to read; what waits in the outbox goes out meanwhile. 0 or -errno. */
static int wait_readable(struct side *side, uint64_t until)
{
	for (;;) {
		struct pollfd ends[2] = { { .fd = side->in, .events = POLLIN },
			{ .fd = held(&side->outbox) > 0 ? side->out : -1, .events = POLLOUT } };
		int status = par_channel_poll(ends, 2, until);

		if (status < 0 || ends[0].revents != 0)
			return status;
		status = flush(side, PAR_CHANNEL_TRY, NULL);
		/* A pipe that is writable may yet have no room for so much. */
		if (status == -EAGAIN && par_channel_left_ns(until) == 0)
			return par_channel_late(until);
		if (status == -EAGAIN)
			(void)par_channel_poll(ends, 1, par_now_ns() + NAP_NS);
		/* A peer that reads no more may still have written: go on to read its end. */
		if (status == -EPIPE)
			side->outbox.start = side->outbox.end = 0;
	}
}

/* A coroutine must not wait for its peer to read while the peer may wait for it to. */
static int flush_by_naps(struct side *side, struct par_io *io)
{
	struct pollfd in = { .fd = side->in, .events = POLLIN };
	int status = flush(side, PAR_CHANNEL_TRY, io);

	while (status == -EAGAIN && poll(&in, 1, 0) == 0) {
		status = par_io_sleep(io, NAP_NS);
		if (status == 0)
			status = flush(side, PAR_CHANNEL_TRY, io);
	}
	return 0;
}

/* One read that waits no longer than allowed: bytes, 0: end of file, or -errno. */
static ssize_t read_parts(
	struct side *side, const struct iovec *parts, int count, uint64_t until, struct par_io *io)
{
	ssize_t got;
	int status = 0;

	if (io != NULL && until == PAR_CHANNEL_FOREVER) {
		status = flush_by_naps(side, io);
		return status < 0 ? status
				  : par_io_read(io, side->in, parts[0].iov_base, parts[0].iov_len);
	}
	do {
		if (until != PAR_CHANNEL_FOREVER || held(&side->outbox) > 0)
			status = wait_readable(side, until);
		if (status < 0)
			return status;
		got = readv(side->in, parts, count);
	} while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

/* Reads more into the inbox. 1, 0: end of file, or -errno. */
static ssize_t fill(struct side *side, uint64_t until, struct par_io *io)
{
	struct box *box = &side->inbox;
	struct iovec part;
	ssize_t got;

	compact(box);
	part = (struct iovec){ box->bytes + box->end, box->size - box->end };
	got = read_parts(side, &part, 1, until, io);
	if (got <= 0)
		return got;
	box->end += (size_t)got;
	return 1;
}

/* The rest of a message whose first bytes are there; the inbox is empty. */
static ssize_t read_rest(int fd, unsigned char *data, size_t missing)
{
	ssize_t got;

	while (missing > 0) {
		got = read(fd, data, missing);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -ECONNRESET;
		data += got;
		missing -= (size_t)got;
	}
	return 0;
}

/*
 * A large message straight to the caller; the inbox is empty. What was read too much, or for too
 * small a buffer, goes to the inbox. Its size, 0: end of file, -EINPROGRESS: look into the inbox.
 */
static ssize_t read_direct(struct side *side, unsigned char *data, size_t size, size_t most)
{
	uint32_t header;
	struct iovec parts[2] = { { &header, HEADER },
		{ data, size < side->inbox.size - HEADER ? size : side->inbox.size - HEADER } };
	ssize_t got = read_parts(side, parts, 2, PAR_CHANNEL_FOREVER, NULL);
	size_t here;

	if (got <= 0)
		return got;
	here = (size_t)got > HEADER ? (size_t)got - HEADER : 0;
	if ((size_t)got < HEADER || header == 0 || header > most || header > size) {
		put(&side->inbox, &header, (size_t)got - here);
		put(&side->inbox, data, here);
		return -EINPROGRESS;
	}
	if (here > header) {
		put(&side->inbox, data + header, here - header);
		here = header;
	}
	got = read_rest(side->in, data + here, header - here);
	return got < 0 ? got : (ssize_t)header;
}

static ssize_t pipe_receive(struct par_channel *channel, unsigned side, void *data, size_t size,
	uint64_t until, struct par_io *io)
{
	struct side *self = side_of(channel, side);
	size_t most = channel->spec.bytes;
	ssize_t got;

	if (self->in < 0)
		return -EBADF;
	for (;;) {
		got = take(self, data, size, most);
		if (got != 0)
			return got;
		if (io == NULL && until == PAR_CHANNEL_FOREVER && size >= DIRECT_BYTES &&
			held(&self->inbox) == 0) {
			got = read_direct(self, data, size, most);
			if (got != 0 && got != -EINPROGRESS)
				return got;
		} else {
			got = fill(self, until, io);
			if (got < 0)
				return got;
		}
		if (got == 0)
			return held(&self->inbox) > 0 ? -ECONNRESET
						      : par_channel_end_of_file(channel, side);
	}
}

/* --- open and close --- */

static int open_box(struct box *box, size_t size)
{
	box->bytes = malloc(size);
	box->size = size;
	return box->bytes != NULL ? 0 : -ENOMEM;
}

static int open_pipe(struct side *from, struct side *to)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	to->in = ends[0];
	from->out = ends[1];
	(void)fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
	from->capacity = fcntl(ends[1], F_GETPIPE_SZ);
	return 0;
}

static int pipe_open(struct par_channel *channel)
{
	struct pipes *pipes = aligned_alloc(PAR_CACHE_LINE, sizeof *pipes);
	size_t box = HEADER + channel->spec.bytes + BOX_BYTES;
	int status = 0;

	if (pipes == NULL)
		return -ENOMEM;
	memset(pipes, 0, sizeof *pipes);
	channel->state = pipes;
	for (unsigned i = 0; i < 2; i++)
		pipes->sides[i].in = pipes->sides[i].out = -1;
	for (unsigned i = 0; status == 0 && i < 2; i++) {
		status = open_box(&pipes->sides[i].inbox, box);
		if (status == 0)
			status = open_box(&pipes->sides[i].outbox, box);
		if (status == 0)
			status = open_pipe(&pipes->sides[i], &pipes->sides[1 - i]);
	}
	return status;
}

static void pipe_forget(struct par_channel *channel, unsigned side)
{
	par_channel_close_fd(&side_of(channel, side)->in);
	par_channel_close_fd(&side_of(channel, side)->out);
}

static void pipe_close(struct par_channel *channel)
{
	for (unsigned side = 0; side < 2; side++) {
		pipe_forget(channel, side);
		free(side_of(channel, side)->inbox.bytes);
		free(side_of(channel, side)->outbox.bytes);
	}
	free(channel->state);
}

const struct par_channel_kind par_channel_pipe = {
	.name = "pipe",
	.bytes_max = PAR_CHANNEL_BYTES_MAX,
	.loops = true,
	.batches = true,
	.open = pipe_open,
	.send = pipe_send,
	.receive = pipe_receive,
	.flush = pipe_flush,
	.forget = pipe_forget,
	.leave = pipe_forget,
	.close = pipe_close,
};
