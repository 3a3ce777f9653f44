#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "id_index.h"

/* FNV-1a (Fowler, Noll, Vo 1991), 64 bits. */
static uint64_t hash(const char *key)
{
	uint64_t value = 0xcbf29ce484222325ULL;

	for (; *key != '\0'; key++)
		value = (value ^ (unsigned char)*key) * 0x100000001b3ULL;
	return value;
}

int par_id_index_init(struct par_id_index *index, size_t count)
{
	size_t capacity = 16;

	while (capacity < 2 * count)
		capacity *= 2;
	*index = (struct par_id_index){ .capacity = capacity };
	index->entries = calloc(capacity, sizeof *index->entries);
	return index->entries == NULL ? -ENOMEM : 0;
}

/* Where the key is, or the free place where it belongs. There is always a free one. */
static struct par_id_entry *locate(const struct par_id_index *index, const char *key)
{
	size_t mask = index->capacity - 1;
	size_t place = hash(key) & mask;

	while (index->entries[place].key != NULL && strcmp(index->entries[place].key, key) != 0)
		place = (place + 1) & mask;
	return &index->entries[place];
}

size_t par_id_index_find(const struct par_id_index *index, const char *key)
{
	const struct par_id_entry *entry;

	if (index->capacity == 0)
		return SIZE_MAX;
	entry = locate(index, key);
	return entry->key == NULL ? SIZE_MAX : entry->value;
}

const char *par_id_index_key(const struct par_id_index *index, const char *key)
{
	return index->capacity == 0 ? NULL : locate(index, key)->key;
}

size_t par_id_index_add(struct par_id_index *index, const char *key, size_t value)
{
	struct par_id_entry *entry = locate(index, key);

	if (entry->key == NULL)
		*entry = (struct par_id_entry){ .key = key, .value = value };
	return entry->value;
}

void par_id_index_fini(struct par_id_index *index)
{
	free(index->entries);
	*index = (struct par_id_index){ 0 };
}
