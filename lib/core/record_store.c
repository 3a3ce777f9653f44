#include "record_store.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (64U << 10)

struct par_store_block {
	struct par_store_block *next;
	size_t size;
	uint64_t data[]; /* so that times are aligned */
};

/* A new block that holds at least `size` bytes. */
static struct par_store_block *add_block(struct par_record_store *store, size_t size)
{
	struct par_store_block *block;

	if (size < BLOCK_BYTES)
		size = BLOCK_BYTES;
	block = malloc(sizeof *block + size);
	if (block == NULL)
		return NULL;
	block->next = store->blocks;
	block->size = size;
	store->blocks = block;
	store->used = 0;
	return block;
}

static void *take(struct par_record_store *store, size_t size)
{
	struct par_store_block *block = store->blocks;
	size_t whole = (size + sizeof(uint64_t) - 1) & ~(sizeof(uint64_t) - 1);
	char *data;

	if (block == NULL || block->size - store->used < whole)
		block = add_block(store, whole);
	if (block == NULL)
		return NULL;
	data = (char *)block->data + store->used;
	store->used += whole;
	return data;
}

static int grow_index(struct par_id_index *index)
{
	struct par_id_index larger;
	int status = par_id_index_init(&larger, index->capacity);

	if (status < 0)
		return status;
	for (size_t i = 0; i < index->capacity; i++) {
		if (index->entries[i].key != NULL)
			par_id_index_add(&larger, index->entries[i].key, index->entries[i].value);
	}
	par_id_index_fini(index);
	*index = larger;
	return 0;
}

const char *par_record_store_text(struct par_record_store *store, const char *text)
{
	const char *kept = par_id_index_key(&store->texts, text);
	size_t size = strlen(text) + 1;
	char *copy;

	if (kept != NULL)
		return kept;
	if (2 * store->text_count >= store->texts.capacity && grow_index(&store->texts) < 0)
		return NULL;
	copy = take(store, size);
	if (copy == NULL)
		return NULL;
	memcpy(copy, text, size);
	par_id_index_add(&store->texts, copy, store->text_count++);
	return copy;
}

uint64_t *par_record_store_times(struct par_record_store *store, size_t count)
{
	return take(store, count * sizeof(uint64_t));
}

void *par_record_store_bytes(struct par_record_store *store, size_t size)
{
	return take(store, size);
}

void par_record_store_fini(struct par_record_store *store)
{
	struct par_store_block *block = store->blocks, *next;

	for (; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	par_id_index_fini(&store->texts);
	*store = (struct par_record_store){ 0 };
}
