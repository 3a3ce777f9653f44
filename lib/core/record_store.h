/*
 * record_store: what the records of a list point to. A run of 100,000 visits has some hundred
 * different texts, so each is kept once; samples lie one behind the other.
 */
#ifndef PAR_RECORD_STORE_H
#define PAR_RECORD_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "id_index.h"

/* Inert when zeroed. Nothing that it has given out moves before its end. */
struct par_record_store {
	struct par_store_block *blocks; /* the newest first; owned */
	size_t used;                    /* bytes of the newest */
	struct par_id_index texts;      /* each text points into a block */
	size_t text_count;
};

/* The kept copy of `text`: equal texts give equal pointers. NULL without memory. */
const char *par_record_store_text(struct par_record_store *store, const char *text);

/* Room for `count` times, owned by the store and not yet set. NULL without memory. */
uint64_t *par_record_store_times(struct par_record_store *store, size_t count);

/* Likewise `size` bytes, aligned for doubles and pointers. */
void *par_record_store_bytes(struct par_record_store *store, size_t size);

void par_record_store_fini(struct par_record_store *store);

#endif
