/*
 * What each call does, and the check of what arrives.
 */
#include <errno.h>
#include <string.h>

#include "manager_server.h"

int par_manager_parse(struct par_manager_asked *asked, const void *packet, size_t size)
{
	const unsigned char *at = packet;
	struct par_manager_request *head = &asked->head;

	if (size < sizeof *head)
		return -EPROTO;
	memcpy(head, packet, sizeof *head);
	if (head->call >= PAR_CALLS || head->zero != 0 || head->name == 0 ||
		head->name > PAR_MANAGER_NAME_MAX || head->key > PAR_MANAGER_NAME_MAX ||
		head->value > PAR_MANAGER_VALUE_MAX ||
		size != sizeof *head + head->name + head->key + head->value)
		return -EPROTO;
	asked->name = (const char *)at + sizeof *head;
	asked->key = asked->name + head->name;
	asked->value = (const unsigned char *)asked->key + head->key;
	return 0;
}

static void reply_number(struct par_reply *reply, int64_t number)
{
	reply->head.number = number;
}

static int reply_value(struct par_reply *reply, const struct par_value *value)
{
	if (value == NULL)
		return -ENOENT;
	reply->head.value = value->size;
	memcpy(reply->packet + sizeof reply->head, value->bytes, value->size);
	return 0;
}

static int do_counter(
	struct par_object *counter, const struct par_manager_asked *asked, struct par_reply *reply)
{
	/* Unsigned: it wraps. */
	if (asked->head.call == PAR_CALL_COUNTER_SET)
		counter->number = (int64_t)asked->head.number;
	if (asked->head.call == PAR_CALL_COUNTER_ADD)
		counter->number = (int64_t)((uint64_t)counter->number + asked->head.number);
	reply_number(reply, counter->number);
	return 0;
}

static int do_dict(struct par_store *store, struct par_object *dict,
	const struct par_manager_asked *asked, struct par_reply *reply)
{
	const struct par_manager_request *head = &asked->head;

	if (head->call == PAR_CALL_DICT_SET)
		return par_object_set(
			store, dict, asked->key, head->key, asked->value, head->value);
	if (head->call == PAR_CALL_DICT_REMOVE)
		return par_object_remove(store, dict, asked->key, head->key);
	return reply_value(reply, par_object_get(dict, asked->key, head->key));
}

static int do_list(struct par_store *store, struct par_object *list,
	const struct par_manager_asked *asked, struct par_reply *reply)
{
	const struct par_manager_request *head = &asked->head;
	int status;

	if (head->call == PAR_CALL_LIST_GET)
		return reply_value(reply, par_object_at(list, head->number));
	if (head->call == PAR_CALL_LIST_SET)
		return par_object_put(store, list, head->number, asked->value, head->value);
	status = par_object_append(store, list, asked->value, head->value);
	reply_number(reply, (int64_t)par_object_count(list) - 1);
	return status;
}

static int do_queue(struct par_store *store, struct par_object *queue,
	const struct par_manager_asked *asked, struct par_reply *reply)
{
	const struct par_value *first;

	if (asked->head.call == PAR_CALL_QUEUE_PUT) {
		if (par_object_count(queue) >= PAR_MANAGER_ITEMS_MAX)
			return -EAGAIN;
		return par_object_append(store, queue, asked->value, asked->head.value);
	}
	first = par_object_at(queue, 0);
	if (first == NULL)
		return -EAGAIN;
	return first->size > asked->head.number ? -EMSGSIZE : reply_value(reply, first);
}

static int do_lock(
	struct par_object *lock, struct par_client *client, const struct par_manager_asked *asked)
{
	struct par_object **link = &client->held;

	if (asked->head.call == PAR_CALL_ACQUIRE) {
		if (lock->holder != NULL)
			return lock->holder == client ? -EDEADLK : -EAGAIN;
		lock->holder = client;
		lock->next_held = client->held;
		client->held = lock;
		return 0;
	}
	if (lock->holder != client)
		return -EPERM;
	while (*link != lock)
		link = &(*link)->next_held;
	*link = lock->next_held;
	lock->holder = NULL;
	return 0;
}

struct par_object *par_manager_give_back(struct par_client *client)
{
	struct par_object *lock = client->held;

	if (lock == NULL)
		return NULL;
	client->held = lock->next_held;
	lock->holder = NULL;
	return lock;
}

static enum par_object_kind kind_of(enum par_manager_call call)
{
	if (call <= PAR_CALL_COUNTER_ADD)
		return PAR_OBJECT_COUNTER;
	if (call <= PAR_CALL_DICT_REMOVE)
		return PAR_OBJECT_DICT;
	if (call <= PAR_CALL_LIST_GET)
		return PAR_OBJECT_LIST;
	return call <= PAR_CALL_QUEUE_GET ? PAR_OBJECT_QUEUE : PAR_OBJECT_LOCK;
}

static int count(const struct par_store *store, const struct par_manager_asked *asked,
	struct par_reply *reply)
{
	const struct par_object *object = par_store_find(store, asked->name, asked->head.name);

	reply_number(reply, object != NULL ? (int64_t)par_object_count(object) : 0);
	return 0;
}

int par_manager_do(struct par_store *store, struct par_client *client,
	const struct par_manager_asked *asked, struct par_reply *reply, struct par_object **object)
{
	enum par_manager_call call = asked->head.call;
	struct par_object *found;
	int status = 0;

	*object = NULL;
	reply->head = (struct par_manager_answer){ 0 };
	if (call == PAR_CALL_COUNT)
		return count(store, asked, reply);
	found = par_store_object(store, asked->name, asked->head.name, kind_of(call), &status);
	if (found == NULL)
		return status;
	switch (found->kind) {
	case PAR_OBJECT_COUNTER: return do_counter(found, asked, reply);
	case PAR_OBJECT_DICT: return do_dict(store, found, asked, reply);
	case PAR_OBJECT_LIST: return do_list(store, found, asked, reply);
	case PAR_OBJECT_QUEUE: *object = found; return do_queue(store, found, asked, reply);
	case PAR_OBJECT_LOCK: *object = found; return do_lock(found, client, asked);
	}
	return -EPROTO;
}

void par_manager_done(
	struct par_store *store, struct par_object *object, const struct par_manager_asked *asked)
{
	if (asked->head.call == PAR_CALL_QUEUE_GET)
		par_object_shift(store, object);
}
