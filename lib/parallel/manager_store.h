/*
 * manager_store: the objects of a manager, by name. Private to the server.
 */
#ifndef PAR_MANAGER_STORE_H
#define PAR_MANAGER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of all values together. */
#define PAR_STORE_BYTES_MAX (256ULL << 20)

enum par_object_kind {
	PAR_OBJECT_COUNTER,
	PAR_OBJECT_DICT,
	PAR_OBJECT_LIST,
	PAR_OBJECT_QUEUE,
	PAR_OBJECT_LOCK,
};

struct par_value {
	uint32_t size;
	unsigned char bytes[];
};

/* Entries by key; chained. Inert when zeroed. */
struct par_table {
	struct par_entry {
		struct par_entry *next;
		void *value;
		uint8_t size;
		char key[];
	} * *buckets; /* owned */
	size_t capacity, count;
};

struct par_client;

struct par_object {
	enum par_object_kind kind;
	int64_t number;            /* of a counter */
	struct par_table entries;  /* of a dict: struct par_value */
	struct par_value **values; /* of a list or queue: a circle that begins at `first` */
	size_t first, count, capacity;
	struct par_client *holder;                     /* of a lock; NULL: free */
	struct par_object *next_held;                  /* lock of the same holder */
	struct par_client *first_waiter, *last_waiter; /* of a lock or queue */
};

/* Inert when zeroed. */
struct par_store {
	struct par_table objects;
	uint64_t bytes; /* of values */
};

/* The object of this name: NULL and *status -ENOMEM, -ENOSPC, -EEXIST (of another kind). */
struct par_object *par_store_object(struct par_store *store, const char *name, uint8_t size,
	enum par_object_kind kind, int *status);

/* The same, but none is made: NULL when there is none. */
struct par_object *par_store_find(const struct par_store *store, const char *name, uint8_t size);

/* Entries of a dict, a list or a queue. */
size_t par_object_count(const struct par_object *object);

/* All return 0, -ENOENT, -ENOMEM or -ENOSPC. A value that was there before is replaced. */
int par_object_set(struct par_store *store, struct par_object *dict, const char *key, uint8_t size,
	const unsigned char *value, uint32_t value_size);
int par_object_remove(
	struct par_store *store, struct par_object *dict, const char *key, uint8_t size);
int par_object_append(struct par_store *store, struct par_object *list, const unsigned char *value,
	uint32_t size);
int par_object_put(struct par_store *store, struct par_object *list, uint64_t index,
	const unsigned char *value, uint32_t size);

/* NULL: there is none. Owned by the store. */
const struct par_value *par_object_get(
	const struct par_object *dict, const char *key, uint8_t size);
const struct par_value *par_object_at(const struct par_object *list, uint64_t index);

/* Drops the first value of a queue that has one. */
void par_object_shift(struct par_store *store, struct par_object *queue);

void par_store_fini(struct par_store *store);

#endif
