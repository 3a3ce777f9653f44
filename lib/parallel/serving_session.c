/* What a server does with the bytes of a connection, whatever its kind. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "serving_parts.h"

enum par_serving_have par_serving_request_read(
	struct par_serving_request *request, size_t *size, const unsigned char *bytes, size_t have)
{
	uint64_t payload;

	if (have < PAR_SERVING_HEAD)
		return PAR_SERVING_PART;
	payload = par_serving_load(bytes, 4);
	if (payload < PAR_SERVING_PAYLOAD || payload > PAR_SERVING_PAYLOAD_MAX)
		return PAR_SERVING_NO_SUCH;
	if (have < PAR_SERVING_HEAD + payload)
		return PAR_SERVING_PART;
	*size = PAR_SERVING_HEAD + payload;
	request->id = par_serving_load(bytes + 4, 8);
	request->think_us = (uint32_t)par_serving_load(bytes + 12, 4);
	request->steps = (uint32_t)par_serving_load(bytes + 16, 4);
	return request->think_us <= PAR_SERVING_THINK_US_MAX &&
			       request->steps <= PAR_SERVING_STEPS_MAX
		       ? PAR_SERVING_WHOLE
		       : PAR_SERVING_NO_SUCH;
}

/* A socket takes thousands of replies; one that does not take this one has a client who never
 * reads. */
static int send_reply(struct par_serving_state *state, int fd, uint64_t id, uint64_t answer)
{
	unsigned char message[PAR_SERVING_MESSAGE];
	ssize_t sent;

	par_serving_reply_write(message, id, answer);
	sent = send(fd, message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent == sizeof message)
		return 0;
	if (sent >= 0 || errno == EAGAIN) {
		par_serving_count(&state->board->unread);
		return -ENOBUFS;
	}
	return -errno;
}

static int answer(struct par_serving_state *state, int fd,
	const struct par_serving_request *request, struct par_io *io)
{
	const struct par_serving_spec *spec = &state->spec;
	int code = 0;

	if (request->think_us > 0)
		code = par_io_sleep(io, request->think_us * PAR_NS_PER_US);
	if (code < 0)
		return code;
	return send_reply(state, fd, request->id,
		spec->answer != NULL ? spec->answer(spec->context, request)
				     : par_serving_answer(request->id, request->steps));
}

int par_serving_feed(
	struct par_serving_state *state, struct par_serving_session *session, struct par_io *io)
{
	struct par_serving_request request;
	unsigned at = 0, answered = 0;
	size_t size = 0;

	for (;;) {
		enum par_serving_have have = par_serving_request_read(
			&request, &size, session->buffer + at, session->have - at);
		int code;

		if (have == PAR_SERVING_PART)
			break;
		if (have == PAR_SERVING_NO_SUCH) {
			par_serving_count(&state->board->malformed);
			return -EPROTO;
		}
		code = answer(state, session->fd, &request, io);
		if (code < 0)
			return code;
		at += (unsigned)size;
		answered++;
	}
	session->have -= at;
	if (at > 0 && session->have > 0)
		memmove(session->buffer, session->buffer + at, session->have);
	return (int)answered;
}

uint64_t par_serving_tick_ns(const struct par_serving_spec *spec)
{
	uint64_t least = spec->request_ns < spec->idle_ns ? spec->request_ns : spec->idle_ns;
	uint64_t tick = least / 4;

	if (tick > 250 * PAR_NS_PER_MS)
		return 250 * PAR_NS_PER_MS;
	return tick < PAR_NS_PER_MS ? PAR_NS_PER_MS : tick;
}

/* The kernel watches over the time between requests: recv() is then the only call of a wait. */
static int set_idle_limit(int fd, uint64_t ns)
{
	struct timeval limit = {
		.tv_sec = (time_t)(ns / PAR_NS_PER_S),
		.tv_usec = (suseconds_t)(ns % PAR_NS_PER_S / PAR_NS_PER_US),
	};

	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0 ? -errno : 0;
}

/* Waits for the rest of a request that has begun. 0 or -errno; EINTR is no reason to give up. */
static int await_rest(int fd, uint64_t due_ns)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };
	uint64_t now = par_now_ns();
	int ready;

	if (now >= due_ns)
		return -ETIMEDOUT;
	ready = poll(&waiting, 1, (int)((due_ns - now) / PAR_NS_PER_MS) + 1);
	if (ready < 0 && errno != EINTR)
		return -errno;
	return 0;
}

/* Adds what has come, at least a byte: 0, -EPIPE at the end of the stream, or -errno. */
static int take(struct par_serving_session *session, int flags)
{
	ssize_t got = recv(session->fd, session->buffer + session->have,
		sizeof session->buffer - session->have, flags);

	if (got < 0)
		return -errno;
	session->have += (unsigned)got;
	return got == 0 ? -EPIPE : 0;
}

/* 0 also when nothing has come but a signal. */
static int await_bytes(struct par_serving_session *session, uint64_t due_ns)
{
	int code;

	if (session->have == 0) {
		code = take(session, 0);
		if (code == -EAGAIN)
			return -ETIMEDOUT;
		return code == -EINTR ? 0 : code;
	}
	code = await_rest(session->fd, due_ns);
	if (code == 0)
		code = take(session, MSG_DONTWAIT);
	return code == -EAGAIN || code == -EINTR ? 0 : code;
}

void par_serving_attend(struct par_serving_state *state, int fd)
{
	struct par_serving_session session = { .fd = fd };
	uint64_t due_ns = 0; /* of the request that has begun; 0: none has */
	struct par_io io;
	int code = set_idle_limit(fd, state->spec.idle_ns);

	par_io_init_blocking(&io);
	while (code >= 0 && !(session.have == 0 && par_serving_stopping(state))) {
		code = await_bytes(&session, due_ns);
		if (code == 0)
			code = par_serving_feed(state, &session, &io);
		if (session.have == 0)
			due_ns = 0;
		else if (code > 0 || due_ns == 0)
			due_ns = par_now_ns() + state->spec.request_ns;
	}
	if (code == -ETIMEDOUT)
		par_serving_count(&state->board->late);
}
