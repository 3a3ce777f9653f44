/*
 * The server's loop: one thread, one request after the other. A client has one request under way;
 * one that waits is kept as it came and tried again when its lock or queue has changed. Clients are
 * closed at the end of a round only, since an event of the same round may still name them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "manager_server.h"

#define EVENTS 64

struct server {
	int listener, epoll;
	int spare; /* a descriptor to give up when there are no more; -1: none */
	struct par_store store;
	struct par_client *clients;
	unsigned client_count;
	struct par_reply reply;
};

/* --- answers --- */

/* False when the client does not take it: it is doomed. */
static bool answer(struct server *server, struct par_client *client, int status)
{
	struct par_reply *reply = &server->reply;
	size_t size = sizeof reply->head;

	if (status < 0)
		reply->head = (struct par_manager_answer){ .status = status };
	size += reply->head.value;
	memcpy(reply->packet, &reply->head, sizeof reply->head);
	if (send(client->fd, reply->packet, size, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)size)
		client->doomed = true;
	return !client->doomed;
}

/* --- requests that wait --- */

static void stop_waiting(struct par_client *client)
{
	struct par_object *object = client->waits_for;
	struct par_client **link, *before = NULL;

	if (object == NULL)
		return;
	for (link = &object->first_waiter; *link != client; link = &(*link)->next_waiter)
		before = *link;
	*link = client->next_waiter;
	if (object->last_waiter == client)
		object->last_waiter = before;
	client->waits_for = NULL;
	free(client->packet);
	client->packet = NULL;
}

/* Keeps the request; without memory it is answered with that. */
static void wait_for(struct server *server, struct par_client *client, struct par_object *object,
	const struct par_manager_asked *asked, const void *packet, size_t size)
{
	uint64_t now = par_now_ns(), timeout = asked->head.timeout;

	client->packet = malloc(size);
	if (client->packet == NULL) {
		(void)answer(server, client, -ENOMEM);
		return;
	}
	memcpy(client->packet, packet, size);
	client->size = size;
	client->deadline = timeout < UINT64_MAX - now ? now + timeout : UINT64_MAX;
	client->waits_for = object;
	client->next_waiter = NULL;
	if (object->first_waiter == NULL)
		object->first_waiter = client;
	else
		object->last_waiter->next_waiter = client;
	object->last_waiter = client;
}

/* Serves those who wait for this object, the first first, as far as it goes. */
static void serve_waiters(struct server *server, struct par_object *object)
{
	struct par_client *client;

	while ((client = object->first_waiter) != NULL) {
		struct par_manager_asked asked;
		struct par_object *same;
		int status = -EPIPE;

		if (!client->doomed) {
			(void)par_manager_parse(&asked, client->packet, client->size);
			status = par_manager_do(
				&server->store, client, &asked, &server->reply, &same);
			if (status == -EAGAIN)
				return;
			if (answer(server, client, status) && status == 0)
				par_manager_done(&server->store, object, &asked);
		}
		stop_waiting(client);
	}
}

static void expire(struct server *server)
{
	uint64_t now = 0;

	for (struct par_client *client = server->clients; client != NULL; client = client->next) {
		if (client->waits_for == NULL || client->deadline == UINT64_MAX)
			continue;
		if (now == 0)
			now = par_now_ns();
		if (client->deadline > now)
			continue;
		stop_waiting(client);
		(void)answer(server, client, -ETIMEDOUT);
	}
}

/* For epoll_wait(): ms until the first deadline, rounded up; -1: there is none. */
static int patience(const struct server *server)
{
	uint64_t first = UINT64_MAX, now;

	for (const struct par_client *client = server->clients; client != NULL;
		client = client->next)
		if (client->waits_for != NULL && client->deadline < first)
			first = client->deadline;
	if (first == UINT64_MAX)
		return -1;
	now = par_now_ns();
	if (first <= now)
		return 0;
	first = (first - now + PAR_NS_PER_MS - 1) / PAR_NS_PER_MS;
	return first < 1000000 ? (int)first : 1000000;
}

/* --- requests --- */

static void serve(struct server *server, struct par_client *client, const void *packet, size_t size)
{
	struct par_manager_asked asked;
	struct par_object *object = NULL;
	int status = par_manager_parse(&asked, packet, size);

	/* Who speaks another language, or out of turn, is not listened to again. */
	if (status < 0 || client->waits_for != NULL) {
		(void)answer(server, client, -EPROTO);
		client->doomed = true;
		return;
	}
	status = par_manager_do(&server->store, client, &asked, &server->reply, &object);
	if (status == -EAGAIN && object != NULL && asked.head.timeout > 0) {
		wait_for(server, client, object, &asked, packet, size);
		return;
	}
	if (answer(server, client, status) && status == 0 && object != NULL)
		par_manager_done(&server->store, object, &asked);
	if (object != NULL)
		serve_waiters(server, object);
}

static void hear(struct server *server, struct par_client *client)
{
	unsigned char packet[PAR_MANAGER_REQUEST_MAX + 1];
	ssize_t got = recv(client->fd, packet, sizeof packet, MSG_DONTWAIT);

	if (got > 0) /* one that was cut to the buffer has no request's size */
		serve(server, client, packet, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		client->doomed = true;
}

/* --- clients --- */

static bool is_welcome(const struct server *server, int fd)
{
	struct ucred peer;
	socklen_t size = sizeof peer;

	return server->client_count < PAR_MANAGER_CLIENTS &&
	       getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

static int add_client(struct server *server, int fd)
{
	struct par_client *client = calloc(1, sizeof *client);
	struct epoll_event event = { .events = EPOLLIN, .data = { .ptr = client } };

	if (client == NULL)
		return -ENOMEM;
	if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		free(client);
		return -errno;
	}
	client->fd = fd;
	client->next = server->clients;
	server->clients = client;
	server->client_count++;
	return 0;
}

/* Without a descriptor left the caller would wait for ever, and we would be asked again and again:
 * gives up the spare one to turn it away. */
static void turn_away(struct server *server)
{
	if (server->spare >= 0)
		(void)close(server->spare);
	server->spare = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
	if (server->spare >= 0)
		(void)close(server->spare);
	server->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* 0, or -errno when the listener is of no more use. */
static int admit(struct server *server)
{
	int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		turn_away(server);
	else if (fd < 0 && (errno == EBADF || errno == EINVAL || errno == ENOTSOCK))
		return -errno;
	if (fd >= 0 && (!is_welcome(server, fd) || add_client(server, fd) < 0))
		(void)close(fd);
	return 0;
}

static void end_client(struct server *server, struct par_client *client)
{
	struct par_object *lock;

	stop_waiting(client);
	while ((lock = par_manager_give_back(client)) != NULL)
		serve_waiters(server, lock);
	(void)close(client->fd);
	free(client);
	server->client_count--;
}

/* Ending one may doom another, to whom its lock was given. */
static void end_doomed(struct server *server)
{
	struct par_client **link = &server->clients;

	while (*link != NULL) {
		struct par_client *client = *link;

		if (!client->doomed) {
			link = &client->next;
			continue;
		}
		*link = client->next;
		end_client(server, client);
		link = &server->clients;
	}
}

/* --- the loop --- */

static int round_of_events(struct server *server)
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(server->epoll, events, EVENTS, patience(server));
	int status = 0;

	if (count < 0)
		return errno == EINTR ? 0 : -errno;
	for (int i = 0; i < count && status == 0; i++) {
		struct par_client *client = events[i].data.ptr;

		if (client == NULL)
			status = admit(server);
		else if (!client->doomed)
			hear(server, client);
	}
	expire(server);
	end_doomed(server);
	return status;
}

int par_manager_serve(int listener)
{
	struct server *server = calloc(1, sizeof *server);
	struct epoll_event event = { .events = EPOLLIN, .data = { .ptr = NULL } };
	int status = 0;

	if (server == NULL)
		return -ENOMEM;
	server->listener = listener;
	server->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (server->epoll < 0 || epoll_ctl(server->epoll, EPOLL_CTL_ADD, listener, &event) < 0)
		status = -errno;
	while (status == 0)
		status = round_of_events(server);
	for (struct par_client *client = server->clients; client != NULL; client = client->next)
		client->doomed = true;
	end_doomed(server);
	par_store_fini(&server->store);
	if (server->epoll >= 0)
		(void)close(server->epoll);
	if (server->spare >= 0)
		(void)close(server->spare);
	free(server);
	return status;
}
