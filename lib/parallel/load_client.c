#include "load_client.h"

#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

#define EVENTS 64
#define NOBODY UINT32_MAX
/* Before the first request is due, so that the client stands ready. */
#define LEAD_NS (500 * PAR_NS_PER_US)
/* Connections at once where each request has its own. */
#define FRESH_MOST 1000
/* A request without a number, that only sees whether somebody serves the connection. */
#define GREETING UINT64_MAX

enum phase {
	CLOSED,
	OPENING, /* connect() is under way */
	FREE,
	BUSY, /* a request or a greeting is under way */
};

struct connection {
	int fd;
	enum phase phase;
	unsigned used;    /* requests so far */
	uint32_t next;    /* of the free */
	bool engaged;     /* `request` is under way, or to be sent once it is open */
	uint64_t request; /* its number, or GREETING */
	unsigned have;    /* bytes of the reply */
	unsigned char reply[PAR_SERVING_MESSAGE];
};

struct par_load_client {
	struct par_load_spec spec;
	struct par_load_board *board;
	struct sockaddr_in address;
	int epoll;
	uint64_t chains[PAR_SERVING_CHAINS]; /* see serving_protocol.h */
	uint64_t *due_ns;                    /* since the start, by request; owned */
	struct connection *connections;      /* owned */
	uint32_t count;
	uint32_t first_free, last_free; /* who has been free for longest comes first */
	uint32_t alive, opening;        /* not CLOSED; OPENING or being greeted */
	uint64_t start_ns, next;        /* the next request to be sent */
	uint64_t settled, last_ns;      /* requests that have ended; when the last was answered */
	bool starved;                   /* the next one has seen no free connection */
	int refused;                    /* why the last connection could not be made */
};

/* --- connections: where each request has its own, CLOSED ones are in the list, as places --- */

static void push_free(struct par_load_client *client, struct connection *connection)
{
	uint32_t index = (uint32_t)(connection - client->connections);

	if (connection->fd >= 0)
		connection->phase = FREE;
	connection->next = NOBODY;
	if (client->first_free == NOBODY)
		client->first_free = index;
	else
		client->connections[client->last_free].next = index;
	client->last_free = index;
}

/* Takes it out of the middle: only where a server has closed one that was free. */
static void unlink_free(struct par_load_client *client, const struct connection *connection)
{
	uint32_t index = (uint32_t)(connection - client->connections), before = NOBODY;
	uint32_t at = client->first_free;

	while (at != NOBODY && at != index) {
		before = at;
		at = client->connections[at].next;
	}
	if (at == NOBODY)
		return;
	if (before == NOBODY)
		client->first_free = connection->next;
	else
		client->connections[before].next = connection->next;
	if (client->last_free == index)
		client->last_free = before;
}

static struct connection *pop_free(struct par_load_client *client)
{
	struct connection *connection;

	if (client->first_free == NOBODY)
		return NULL;
	connection = &client->connections[client->first_free];
	client->first_free = connection->next;
	return connection;
}

static void fail_request(struct par_load_client *client, uint64_t request, int code)
{
	struct par_load_board *board = client->board;

	if (request == GREETING)
		return;
	board->latency_ns[request] = par_now_ns() - (client->start_ns + client->due_ns[request]);
	board->failed++;
	if (board->code == 0)
		board->code = code;
	client->settled++;
}

/* Whatever was under way on it has failed with `code`. */
static void shut(struct par_load_client *client, struct connection *connection, int code)
{
	if (connection->phase == CLOSED)
		return;
	if (connection->phase == FREE)
		unlink_free(client, connection);
	if (connection->phase == OPENING ||
		(connection->engaged && connection->request == GREETING))
		client->opening--;
	(void)close(connection->fd);
	connection->fd = -1;
	connection->phase = CLOSED;
	client->alive--;
	if (connection->engaged)
		fail_request(client, connection->request, code);
	connection->engaged = false;
}

static int set_up(int fd)
{
	struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) < 0 ||
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
		return -errno;
	return 0;
}

static int start_connect(struct par_load_client *client, struct connection *connection)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
		.data = { .ptr = connection } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), code;

	if (fd < 0)
		return -errno;
	code = set_up(fd);
	if (code == 0 && epoll_ctl(client->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		code = -errno;
	if (code == 0 &&
		connect(fd, (const struct sockaddr *)&client->address, sizeof client->address) <
			0 &&
		errno != EINPROGRESS)
		code = -errno;
	if (code < 0)
		(void)close(fd);
	return code < 0 ? code : fd;
}

/* Its first event tells how it went. What it is engaged for fails with it. */
static void open_connection(struct par_load_client *client, struct connection *connection)
{
	int fd = start_connect(client, connection);

	if (fd < 0) {
		client->refused = fd;
		if (connection->engaged)
			fail_request(client, connection->request, fd);
		connection->engaged = false;
		return;
	}
	connection->fd = fd;
	connection->phase = OPENING;
	connection->used = 0;
	connection->have = 0;
	client->alive++;
	client->opening++;
}

/* --- requests --- */

/* Made anew at once, so that it is there when it is needed. */
static void renew(struct par_load_client *client, struct connection *connection, int code)
{
	shut(client, connection, code);
	if (client->spec.connections > 0)
		open_connection(client, connection);
	else
		push_free(client, connection);
}

static void send_request(
	struct par_load_client *client, struct connection *connection, uint64_t number)
{
	unsigned char message[PAR_SERVING_MESSAGE];
	bool greeting = number == GREETING;
	struct par_serving_request request = {
		.id = number,
		.think_us = greeting ? 0 : client->spec.think_us,
		.steps = greeting ? 0 : client->spec.steps,
	};
	ssize_t sent;

	par_serving_request_write(message, &request);
	connection->phase = BUSY;
	connection->engaged = true;
	connection->request = number;
	connection->have = 0;
	sent = send(connection->fd, message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent != sizeof message)
		renew(client, connection, sent < 0 ? -errno : -EAGAIN);
}

static bool is_right(
	const struct par_load_client *client, const struct connection *connection, uint64_t answer)
{
	uint64_t id = connection->request;
	uint64_t expected =
		id == GREETING ? par_serving_answer(id, 0)
			       : par_serving_answer_of(id, client->chains[id % PAR_SERVING_CHAINS]);

	return par_serving_load(connection->reply, 4) == PAR_SERVING_PAYLOAD &&
	       par_serving_load(connection->reply + 4, 8) == id && answer == expected;
}

static void settle(struct par_load_client *client, struct connection *connection)
{
	struct par_load_board *board = client->board;
	uint64_t answer = par_serving_load(connection->reply + 12, 8);
	uint64_t number = connection->request;
	bool right = is_right(client, connection, answer);

	connection->engaged = false;
	connection->have = 0;
	board->wrong += !right;
	if (number == GREETING) {
		client->opening--;
		return;
	}
	client->last_ns = par_now_ns();
	board->latency_ns[number] = client->last_ns - (client->start_ns + client->due_ns[number]);
	board->answer[number] = answer;
	board->answered += right;
	client->settled++;
	connection->used++;
}

static void finish_request(struct par_load_client *client, struct connection *connection)
{
	settle(client, connection);
	if (client->spec.connections == 0 ||
		(client->spec.lives > 0 && connection->used >= client->spec.lives))
		renew(client, connection, 0);
	else
		push_free(client, connection);
}

/* Until the kernel has no more, since events come by edges. */
static void read_reply(struct par_load_client *client, struct connection *connection)
{
	while (connection->phase == BUSY || connection->phase == FREE) {
		ssize_t got = recv(connection->fd, connection->reply + connection->have,
			sizeof connection->reply - connection->have, MSG_DONTWAIT);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (got <= 0) {
			renew(client, connection, got < 0 ? -errno : -ECONNRESET);
			return;
		}
		connection->have += (unsigned)got;
		if (connection->phase == FREE) { /* nobody has asked */
			client->board->wrong++;
			renew(client, connection, -EPROTO);
			return;
		}
		if (connection->have < sizeof connection->reply)
			continue;
		finish_request(client, connection);
		/* A reply is all that there is, but for a server that goes wrong: the next event
		 * tells. */
		return;
	}
}

static void finish_opening(struct par_load_client *client, struct connection *connection)
{
	socklen_t size = sizeof(int);
	int error = 0;

	if (getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	if (error != 0) {
		client->refused = -error;
		shut(client, connection, -error);
		if (client->spec.connections == 0)
			push_free(client, connection);
		return;
	}
	client->board->connected++;
	connection->phase = FREE;
	if (!connection->engaged || connection->request != GREETING)
		client->opening--;
	if (connection->engaged)
		send_request(client, connection, connection->request);
	else
		push_free(client, connection);
}

static void handle(struct par_load_client *client, struct connection *connection, uint32_t events)
{
	if (connection->phase == OPENING) {
		if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) == 0)
			return;
		finish_opening(client, connection);
	}
	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP))
		read_reply(client, connection);
}

/* --- the loop --- */

/* Waits at most until `until_ns`, or not at all where it has PUs to itself. */
static void look(struct par_load_client *client, uint64_t until_ns)
{
	struct epoll_event events[EVENTS];
	int count;

	if (!client->spec.apart) {
		struct pollfd any = { .fd = client->epoll, .events = POLLIN };
		uint64_t now = par_now_ns(), left = until_ns > now ? until_ns - now : 0;
		struct timespec limit = {
			.tv_sec = (time_t)(left / PAR_NS_PER_S),
			.tv_nsec = (long)(left % PAR_NS_PER_S),
		};

		(void)ppoll(&any, 1, &limit, NULL);
	}
	count = epoll_wait(client->epoll, events, EVENTS, 0);
	for (int i = 0; i < count; i++)
		handle(client, events[i].data.ptr, events[i].events);
}

static void send_next(struct par_load_client *client, struct connection *connection, uint64_t now)
{
	uint64_t number = client->next++;

	if (!client->starved)
		client->board->late_ns += now - (client->start_ns + client->due_ns[number]);
	client->starved = false;
	if (client->spec.connections > 0) {
		send_request(client, connection, number);
		return;
	}
	connection->engaged = true;
	connection->request = number;
	open_connection(client, connection);
	if (connection->phase == CLOSED)
		push_free(client, connection);
}

/* Sends what is due as far as connections are free. */
static void send_due(struct par_load_client *client)
{
	uint64_t now = par_now_ns();

	while (client->next < client->spec.requests &&
		client->start_ns + client->due_ns[client->next] <= now) {
		struct connection *connection = pop_free(client);

		if (connection != NULL) {
			send_next(client, connection, now);
			continue;
		}
		client->starved = client->alive > 0;
		if (client->starved)
			return;
		/* There is no connection, and none will come. */
		fail_request(
			client, client->next++, client->refused != 0 ? client->refused : -ENOTCONN);
	}
}

static uint64_t next_due(const struct par_load_client *client, uint64_t end_ns)
{
	uint64_t due = client->next < client->spec.requests && !client->starved
			       ? client->start_ns + client->due_ns[client->next]
			       : end_ns;

	return due < end_ns ? due : end_ns;
}

static void give_up(struct par_load_client *client)
{
	for (uint32_t i = 0; i < client->count; i++) {
		struct connection *connection = &client->connections[i];

		if (connection->engaged)
			shut(client, connection, -ETIMEDOUT);
		else if (connection->phase == FREE) /* has somebody answered twice? */
			read_reply(client, connection);
	}
	while (client->next < client->spec.requests)
		fail_request(client, client->next++, -ETIMEDOUT);
}

void par_load_client_run(struct par_load_client *client)
{
	const struct par_load_spec *spec = &client->spec;
	uint64_t end;

	client->start_ns = par_now_ns() + LEAD_NS;
	client->last_ns = client->start_ns;
	end = client->start_ns + client->due_ns[spec->requests - 1] + spec->patience_ns;
	while (client->settled < spec->requests && par_now_ns() < end) {
		send_due(client);
		if (client->settled < spec->requests)
			look(client, next_due(client, end));
	}
	give_up(client);
	if (client->last_ns > client->start_ns + client->due_ns[0])
		client->board->span_ns = client->last_ns - client->start_ns - client->due_ns[0];
}

static void start_over(struct par_load_client *client)
{
	struct par_load_board *board = client->board;
	uint64_t requests = client->spec.requests;

	*board = (struct par_load_board){
		.requests = requests,
		.latency_ns = board->latency_ns,
		.answer = board->answer,
	};
	memset(board->latency_ns, 0, requests * sizeof *board->latency_ns);
	memset(board->answer, 0, requests * sizeof *board->answer);
	client->first_free = client->last_free = NOBODY;
	client->next = client->settled = 0;
	client->starved = false;
	client->refused = 0;
}

/* Until every connection is open and somebody has answered on it: a server may accept at leisure,
 * and making processes for a crowd that comes at once is not what is to be measured. */
void par_load_client_connect(struct par_load_client *client, const struct sockaddr_in *address)
{
	uint64_t end = par_now_ns() + client->spec.patience_ns;

	start_over(client);
	client->address = *address;
	for (uint32_t i = 0; i < client->count; i++) {
		struct connection *connection = &client->connections[i];

		*connection = (struct connection){ .fd = -1 };
		if (client->spec.connections == 0) {
			push_free(client, connection);
			continue;
		}
		connection->engaged = true;
		connection->request = GREETING;
		open_connection(client, connection);
		if (client->spec.lives > 0) /* else all would be made anew at once */
			connection->used = i % client->spec.lives;
	}
	while (client->opening > 0 && par_now_ns() < end)
		look(client, end);
}

void par_load_client_disconnect(struct par_load_client *client)
{
	for (uint32_t i = 0; i < client->count; i++)
		shut(client, &client->connections[i], 0);
}

/* --- what is made once --- */

/* Exponential gaps: a Poisson process. */
static void make_schedule(struct par_load_client *client)
{
	double at = 0, gap = (double)PAR_NS_PER_S / client->spec.rate;
	struct par_rng rng;

	par_rng_init(&rng, client->spec.seed);
	for (uint64_t i = 0; i < client->spec.requests; i++) {
		at -= gap * log1p(-par_rng_unit(&rng));
		client->due_ns[i] = (uint64_t)at;
	}
}

static int ensure_descriptors(uint32_t count)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	if (limit.rlim_max < (rlim_t)count + 64)
		return -EMFILE;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? -errno : 0;
}

static int prepare(struct par_load_client *client)
{
	int code = ensure_descriptors(client->count);

	if (code < 0)
		return code;
	client->due_ns = calloc(client->spec.requests, sizeof *client->due_ns);
	client->connections = calloc(client->count, sizeof *client->connections);
	if (client->due_ns == NULL || client->connections == NULL)
		return -ENOMEM;
	client->epoll = epoll_create1(EPOLL_CLOEXEC);
	return client->epoll < 0 ? -errno : 0;
}

/* What it has made goes with the process. */
int par_load_client_open(struct par_load_client **out, const struct par_load_spec *spec,
	struct par_load_board *board)
{
	struct par_load_client *client = calloc(1, sizeof *client);
	int code;

	*out = client;
	if (client == NULL)
		return -ENOMEM;
	client->spec = *spec;
	client->board = board;
	client->count = spec->connections > 0 ? spec->connections : FRESH_MOST;
	client->first_free = client->last_free = NOBODY;
	code = prepare(client);
	if (code < 0)
		return code;
	make_schedule(client);
	for (uint64_t i = 0; i < PAR_SERVING_CHAINS; i++)
		client->chains[i] = par_serving_chain(i, spec->steps);
	return 0;
}
