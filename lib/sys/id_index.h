/*
 * id_index: finds strings among many: a plan may hold thousands of cells, a run 100,000 records.
 */
#ifndef PAR_ID_INDEX_H
#define PAR_ID_INDEX_H

#include <stddef.h>
#include <stdint.h>

/* An open-addressing hash table of borrowed strings. Inert when zeroed: it then holds nothing. */
struct par_id_index {
	struct par_id_entry {
		const char *key; /* borrowed; NULL: free */
		size_t value;
	} * entries;     /* owned */
	size_t capacity; /* a power of two */
};

/* Makes room for `count` keys; no more may be added. 0 or -ENOMEM. */
int par_id_index_init(struct par_id_index *index, size_t count);

/* The value of `key`, or SIZE_MAX. */
size_t par_id_index_find(const struct par_id_index *index, const char *key);

/* The key that is there and equals `key`, or NULL. */
const char *par_id_index_key(const struct par_id_index *index, const char *key);

/* Adds `key` with `value` unless it is there; returns the value that is there then. */
size_t par_id_index_add(struct par_id_index *index, const char *key, size_t value);

void par_id_index_fini(struct par_id_index *index);

#endif
