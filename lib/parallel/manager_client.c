/*
 * The clients' side of a manager: each call is one packet there and one back.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "manager_wire.h"

/* --- connections --- */

static int check_peer(int fd, const struct par_manager_address *at)
{
	struct ucred peer;
	socklen_t size = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return -errno;
	return peer.uid == geteuid() && peer.pid == at->process ? 0 : -EPERM;
}

int par_proxy_open(struct par_proxy *proxy, const struct par_manager_address *at)
{
	int status = 0;

	proxy->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (proxy->fd < 0)
		return -errno;
	while (connect(proxy->fd, (const struct sockaddr *)&at->address, at->size) < 0 &&
		status == 0)
		status = errno == EINTR ? 0 : -errno;
	if (status == 0)
		status = check_peer(proxy->fd, at);
	if (status < 0)
		par_proxy_close(proxy, NULL);
	return status;
}

void par_proxy_close(struct par_proxy *proxy, struct par_io *io)
{
	if (proxy->fd >= 0 && io != NULL)
		(void)par_io_close(io, proxy->fd);
	else if (proxy->fd >= 0)
		(void)close(proxy->fd);
	proxy->fd = -1;
}

/* --- requests --- */

/* A request in the making, then its answer. */
struct talk {
	struct par_manager_request head;
	struct par_manager_answer answer;
	size_t size; /* of the packet */
	unsigned char packet[PAR_MANAGER_REQUEST_MAX];
};
_Static_assert(PAR_MANAGER_REQUEST_MAX >= PAR_MANAGER_ANSWER_MAX, "the answer fits as well");

static int add(struct talk *talk, const void *data, size_t size, size_t most)
{
	if (size > most)
		return -EMSGSIZE;
	if (size > 0)
		memcpy(talk->packet + talk->size, data, size);
	talk->size += size;
	return 0;
}

static ssize_t send_packet(int fd, const struct talk *talk, struct par_io *io)
{
	ssize_t sent;

	if (io != NULL && io->ops->interleaves)
		return par_io_write(io, fd, talk->packet, talk->size);
	do
		sent = send(fd, talk->packet, talk->size, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : sent;
}

static ssize_t receive_packet(int fd, struct talk *talk, struct par_io *io)
{
	ssize_t got;

	if (io != NULL && io->ops->interleaves)
		return par_io_read(io, fd, talk->packet, sizeof talk->packet);
	do
		got = recv(fd, talk->packet, sizeof talk->packet, 0);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

/* Asks, and takes the answer apart: its status. Its value lies behind its head in the packet. */
static int ask(struct par_proxy *proxy, struct talk *talk, struct par_io *io)
{
	ssize_t done;

	memcpy(talk->packet, &talk->head, sizeof talk->head);
	done = send_packet(proxy->fd, talk, io);
	if (done >= 0)
		done = receive_packet(proxy->fd, talk, io);
	if (done <= 0)
		return done < 0 ? (int)done : -ECONNRESET;
	if ((size_t)done < sizeof talk->answer)
		return -EPROTO;
	memcpy(&talk->answer, talk->packet, sizeof talk->answer);
	if (talk->answer.value != (size_t)done - sizeof talk->answer || talk->answer.status > 0)
		return -EPROTO;
	return talk->answer.status;
}

/* The head, the name, the key (may be NULL) and the value (may be NULL). 0 or -EMSGSIZE. */
static int make(struct talk *talk, enum par_manager_call call, const char *name, const char *key,
	const void *value, size_t size)
{
	size_t name_size = strlen(name), key_size = key != NULL ? strlen(key) : 0;
	int status;

	talk->head = (struct par_manager_request){ .call = (uint8_t)call };
	talk->size = sizeof talk->head;
	status = name_size > 0 ? add(talk, name, name_size, PAR_MANAGER_NAME_MAX) : -EINVAL;
	if (status == 0)
		status = add(talk, key, key_size, PAR_MANAGER_NAME_MAX);
	if (status == 0)
		status = add(talk, value, size, PAR_MANAGER_VALUE_MAX);
	talk->head.name = (uint8_t)name_size;
	talk->head.key = (uint8_t)key_size;
	talk->head.value = (uint32_t)size;
	return status;
}

/* A call whose answer is at most a number. */
static int ask_number(struct par_proxy *proxy, enum par_manager_call call, const char *name,
	uint64_t number, uint64_t timeout_ns, int64_t *answer, struct par_io *io)
{
	struct talk talk;
	int status = make(&talk, call, name, NULL, NULL, 0);

	if (status < 0)
		return status;
	talk.head.number = number;
	talk.head.timeout = timeout_ns;
	status = ask(proxy, &talk, io);
	if (status == 0 && answer != NULL)
		*answer = talk.answer.number;
	return status;
}

/* A call whose answer is a value: its size. */
static ssize_t ask_value(
	struct par_proxy *proxy, struct talk *talk, void *value, size_t size, struct par_io *io)
{
	int status = ask(proxy, talk, io);

	if (status < 0)
		return status;
	if (talk->answer.value > size)
		return -EMSGSIZE;
	memcpy(value, talk->packet + sizeof talk->answer, talk->answer.value);
	return talk->answer.value;
}

int par_proxy_counter_get(
	struct par_proxy *proxy, const char *name, int64_t *value, struct par_io *io)
{
	return ask_number(proxy, PAR_CALL_COUNTER_GET, name, 0, 0, value, io);
}

int par_proxy_counter_set(
	struct par_proxy *proxy, const char *name, int64_t value, struct par_io *io)
{
	return ask_number(proxy, PAR_CALL_COUNTER_SET, name, (uint64_t)value, 0, NULL, io);
}

int par_proxy_counter_add(struct par_proxy *proxy, const char *name, int64_t difference,
	int64_t *value, struct par_io *io)
{
	return ask_number(proxy, PAR_CALL_COUNTER_ADD, name, (uint64_t)difference, 0, value, io);
}

int64_t par_proxy_count(struct par_proxy *proxy, const char *name, struct par_io *io)
{
	int64_t count = 0;
	int status = ask_number(proxy, PAR_CALL_COUNT, name, 0, 0, &count, io);

	return status < 0 ? status : count;
}

int par_proxy_acquire(
	struct par_proxy *proxy, const char *name, uint64_t timeout_ns, struct par_io *io)
{
	return ask_number(proxy, PAR_CALL_ACQUIRE, name, 0, timeout_ns, NULL, io);
}

int par_proxy_release(struct par_proxy *proxy, const char *name, struct par_io *io)
{
	return ask_number(proxy, PAR_CALL_RELEASE, name, 0, 0, NULL, io);
}

int par_proxy_dict_set(struct par_proxy *proxy, const char *name, const char *key,
	const void *value, size_t size, struct par_io *io)
{
	struct talk talk;
	int status = make(&talk, PAR_CALL_DICT_SET, name, key, value, size);

	return status < 0 ? status : ask(proxy, &talk, io);
}

ssize_t par_proxy_dict_get(struct par_proxy *proxy, const char *name, const char *key, void *value,
	size_t size, struct par_io *io)
{
	struct talk talk;
	int status = make(&talk, PAR_CALL_DICT_GET, name, key, NULL, 0);

	return status < 0 ? status : ask_value(proxy, &talk, value, size, io);
}

int par_proxy_dict_remove(
	struct par_proxy *proxy, const char *name, const char *key, struct par_io *io)
{
	struct talk talk;
	int status = make(&talk, PAR_CALL_DICT_REMOVE, name, key, NULL, 0);

	return status < 0 ? status : ask(proxy, &talk, io);
}

int64_t par_proxy_list_append(struct par_proxy *proxy, const char *name, const void *value,
	size_t size, struct par_io *io)
{
	struct talk talk;
	int status = make(&talk, PAR_CALL_LIST_APPEND, name, NULL, value, size);

	if (status == 0)
		status = ask(proxy, &talk, io);
	return status < 0 ? status : talk.answer.number;
}

int par_proxy_list_set(struct par_proxy *proxy, const char *name, uint64_t index, const void *value,
	size_t size, struct par_io *io)
{
	struct talk talk;
	int status = make(&talk, PAR_CALL_LIST_SET, name, NULL, value, size);

	talk.head.number = index;
	return status < 0 ? status : ask(proxy, &talk, io);
}

ssize_t par_proxy_list_get(struct par_proxy *proxy, const char *name, uint64_t index, void *value,
	size_t size, struct par_io *io)
{
	struct talk talk;
	int status = make(&talk, PAR_CALL_LIST_GET, name, NULL, NULL, 0);

	talk.head.number = index;
	return status < 0 ? status : ask_value(proxy, &talk, value, size, io);
}

int par_proxy_queue_put(struct par_proxy *proxy, const char *name, const void *value, size_t size,
	uint64_t timeout_ns, struct par_io *io)
{
	struct talk talk;
	int status = make(&talk, PAR_CALL_QUEUE_PUT, name, NULL, value, size);

	talk.head.timeout = timeout_ns;
	return status < 0 ? status : ask(proxy, &talk, io);
}

ssize_t par_proxy_queue_get(struct par_proxy *proxy, const char *name, void *value, size_t size,
	uint64_t timeout_ns, struct par_io *io)
{
	struct talk talk;
	int status = make(&talk, PAR_CALL_QUEUE_GET, name, NULL, NULL, 0);

	talk.head.number = size;
	talk.head.timeout = timeout_ns;
	return status < 0 ? status : ask_value(proxy, &talk, value, size, io);
}
