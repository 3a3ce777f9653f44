/*
 * manager_wire: requests and answers as they travel. Private to manager*.c and its tests.
 *
 * Both are a fixed head and what follows it: a request the name, the key and the value in this
 * order; an answer the value. Both ends are processes of one machine, so integers are as it has
 * them.
 */
#ifndef PAR_MANAGER_WIRE_H
#define PAR_MANAGER_WIRE_H

#include "manager.h"

enum par_manager_call {
	PAR_CALL_COUNTER_GET,
	PAR_CALL_COUNTER_SET,
	PAR_CALL_COUNTER_ADD,
	PAR_CALL_DICT_SET,
	PAR_CALL_DICT_GET,
	PAR_CALL_DICT_REMOVE,
	PAR_CALL_LIST_APPEND,
	PAR_CALL_LIST_SET,
	PAR_CALL_LIST_GET,
	PAR_CALL_COUNT,
	PAR_CALL_QUEUE_PUT,
	PAR_CALL_QUEUE_GET,
	PAR_CALL_ACQUIRE,
	PAR_CALL_RELEASE,
	PAR_CALLS,
};

struct par_manager_request {
	uint8_t call;     /* enum par_manager_call */
	uint8_t name;     /* bytes, 1 .. PAR_MANAGER_NAME_MAX */
	uint8_t key;      /* bytes, 0 .. PAR_MANAGER_NAME_MAX */
	uint8_t zero;     /* 0 */
	uint32_t value;   /* bytes, 0 .. PAR_MANAGER_VALUE_MAX */
	uint64_t number;  /* the counter's number, the list's index, the room for the value */
	uint64_t timeout; /* ns: of calls that wait */
};
_Static_assert(sizeof(struct par_manager_request) == 24, "no padding travels");

struct par_manager_answer {
	int32_t status; /* 0 or -errno */
	uint32_t value; /* bytes that follow */
	int64_t number;
};
_Static_assert(sizeof(struct par_manager_answer) == 16, "no padding travels");

#define PAR_MANAGER_REQUEST_MAX                                                                    \
	(sizeof(struct par_manager_request) + 2 * PAR_MANAGER_NAME_MAX + PAR_MANAGER_VALUE_MAX)
#define PAR_MANAGER_ANSWER_MAX (sizeof(struct par_manager_answer) + PAR_MANAGER_VALUE_MAX)

/* A request taken apart; points into the packet. */
struct par_manager_asked {
	struct par_manager_request head;
	const char *name, *key; /* not NUL-terminated; their sizes are in the head */
	const unsigned char *value;
};

/* Takes a packet apart: 0, or -EPROTO when its sizes contradict each other or the bounds. */
int par_manager_parse(struct par_manager_asked *asked, const void *packet, size_t size);

/* The server: serves `listener` until it fails; returns -errno. */
int par_manager_serve(int listener);

#endif
