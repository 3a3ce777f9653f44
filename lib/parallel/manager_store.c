#include "manager_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "manager.h"

/* --- tables --- */

/* FNV-1a (Fowler, Noll, Vo): keys are short, and nobody hostile can reach the socket. */
static uint64_t hash(const char *key, uint8_t size)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (uint8_t i = 0; i < size; i++)
		h = (h ^ (unsigned char)key[i]) * 0x100000001b3ULL;
	return h;
}

/* The link to the entry of this key, or to where it would be; NULL for an empty table. */
static struct par_entry **find(const struct par_table *table, const char *key, uint8_t size)
{
	struct par_entry **link;

	if (table->capacity == 0)
		return NULL;
	link = &table->buckets[hash(key, size) & (table->capacity - 1)];
	while (*link != NULL && ((*link)->size != size || memcmp((*link)->key, key, size) != 0))
		link = &(*link)->next;
	return link;
}

static int grow_table(struct par_table *table)
{
	size_t capacity = table->capacity > 0 ? 2 * table->capacity : 16;
	struct par_table larger = { calloc(capacity, sizeof *larger.buckets), capacity,
		table->count };

	if (larger.buckets == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < table->capacity; i++) {
		struct par_entry *next;

		for (struct par_entry *entry = table->buckets[i]; entry != NULL; entry = next) {
			struct par_entry **bucket =
				&larger.buckets[hash(entry->key, entry->size) & (capacity - 1)];

			next = entry->next;
			entry->next = *bucket;
			*bucket = entry;
		}
	}
	free(table->buckets);
	*table = larger;
	return 0;
}

/* The entry of this key, made without a value if need be; NULL with *status. */
static struct par_entry *entry_of(
	struct par_table *table, const char *key, uint8_t size, int *status)
{
	struct par_entry **link = find(table, key, size), *entry;

	if (link != NULL && *link != NULL)
		return *link;
	*status = table->count >= PAR_MANAGER_ITEMS_MAX ? -ENOSPC : 0;
	if (*status == 0 && table->count >= table->capacity)
		*status = grow_table(table);
	if (*status < 0)
		return NULL;
	entry = calloc(1, sizeof *entry + size);
	if (entry == NULL) {
		*status = -ENOMEM;
		return NULL;
	}
	memcpy(entry->key, key, size);
	entry->size = size;
	*find(table, key, size) = entry;
	table->count++;
	return entry;
}

static void *take_entry(struct par_table *table, struct par_entry **link)
{
	struct par_entry *entry = *link;
	void *value = entry->value;

	*link = entry->next;
	free(entry);
	table->count--;
	return value;
}

/* --- values --- */

static struct par_value *make_value(
	struct par_store *store, const unsigned char *bytes, uint32_t size, int *status)
{
	struct par_value *value = NULL;

	if (store->bytes + size > PAR_STORE_BYTES_MAX) {
		*status = -ENOSPC;
		return NULL;
	}
	value = malloc(sizeof *value + size);
	if (value == NULL) {
		*status = -ENOMEM;
		return NULL;
	}
	value->size = size;
	memcpy(value->bytes, bytes, size);
	store->bytes += size;
	return value;
}

static void drop_value(struct par_store *store, struct par_value *value)
{
	if (value != NULL)
		store->bytes -= value->size;
	free(value);
}

/* --- objects --- */

struct par_object *par_store_find(const struct par_store *store, const char *name, uint8_t size)
{
	struct par_entry **link = find(&store->objects, name, size);

	return link != NULL && *link != NULL ? (*link)->value : NULL;
}

struct par_object *par_store_object(struct par_store *store, const char *name, uint8_t size,
	enum par_object_kind kind, int *status)
{
	struct par_object *object = par_store_find(store, name, size);
	struct par_entry *entry;

	if (object != NULL) {
		*status = object->kind == kind ? 0 : -EEXIST;
		return object->kind == kind ? object : NULL;
	}
	object = calloc(1, sizeof *object);
	*status = object == NULL ? -ENOMEM : 0;
	entry = object == NULL ? NULL : entry_of(&store->objects, name, size, status);
	if (entry == NULL) {
		free(object);
		return NULL;
	}
	object->kind = kind;
	entry->value = object;
	return object;
}

size_t par_object_count(const struct par_object *object)
{
	return object->kind == PAR_OBJECT_DICT ? object->entries.count : object->count;
}

int par_object_set(struct par_store *store, struct par_object *dict, const char *key, uint8_t size,
	const unsigned char *value, uint32_t value_size)
{
	int status = 0;
	struct par_value *made = make_value(store, value, value_size, &status);
	struct par_entry *entry =
		made == NULL ? NULL : entry_of(&dict->entries, key, size, &status);

	if (entry == NULL) {
		drop_value(store, made);
		return status;
	}
	drop_value(store, entry->value);
	entry->value = made;
	return 0;
}

int par_object_remove(
	struct par_store *store, struct par_object *dict, const char *key, uint8_t size)
{
	struct par_entry **link = find(&dict->entries, key, size);

	if (link == NULL || *link == NULL)
		return -ENOENT;
	drop_value(store, take_entry(&dict->entries, link));
	return 0;
}

const struct par_value *par_object_get(const struct par_object *dict, const char *key, uint8_t size)
{
	struct par_entry **link = find(&dict->entries, key, size);

	return link != NULL && *link != NULL ? (*link)->value : NULL;
}

static struct par_value **place(const struct par_object *list, uint64_t index)
{
	return &list->values[(list->first + index) % list->capacity];
}

/* Room for one more; the circle is made to begin at 0. */
static int grow_list(struct par_object *list)
{
	size_t capacity = list->capacity > 0 ? 2 * list->capacity : 16;
	struct par_value **values = calloc(capacity, sizeof *values);

	if (values == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < list->count; i++)
		values[i] = *place(list, i);
	free(list->values);
	list->values = values;
	list->first = 0;
	list->capacity = capacity;
	return 0;
}

int par_object_append(
	struct par_store *store, struct par_object *list, const unsigned char *value, uint32_t size)
{
	int status = list->count >= PAR_MANAGER_ITEMS_MAX ? -ENOSPC : 0;
	struct par_value *made;

	if (status == 0 && list->count == list->capacity)
		status = grow_list(list);
	if (status < 0)
		return status;
	made = make_value(store, value, size, &status);
	if (made == NULL)
		return status;
	*place(list, list->count) = made;
	list->count++;
	return 0;
}

int par_object_put(struct par_store *store, struct par_object *list, uint64_t index,
	const unsigned char *value, uint32_t size)
{
	struct par_value *made;
	int status = 0;

	if (index >= list->count)
		return -ENOENT;
	made = make_value(store, value, size, &status);
	if (made == NULL)
		return status;
	drop_value(store, *place(list, index));
	*place(list, index) = made;
	return 0;
}

const struct par_value *par_object_at(const struct par_object *list, uint64_t index)
{
	return index < list->count ? *place(list, index) : NULL;
}

void par_object_shift(struct par_store *store, struct par_object *queue)
{
	drop_value(store, *place(queue, 0));
	queue->first = (queue->first + 1) % queue->capacity;
	queue->count--;
}

static void free_object(struct par_store *store, struct par_object *object)
{
	for (size_t i = 0; i < object->entries.capacity; i++)
		while (object->entries.buckets[i] != NULL)
			drop_value(
				store, take_entry(&object->entries, &object->entries.buckets[i]));
	free(object->entries.buckets);
	while (object->count > 0)
		par_object_shift(store, object);
	free(object->values);
	free(object);
}

void par_store_fini(struct par_store *store)
{
	for (size_t i = 0; i < store->objects.capacity; i++)
		while (store->objects.buckets[i] != NULL)
			free_object(store, take_entry(&store->objects, &store->objects.buckets[i]));
	free(store->objects.buckets);
	*store = (struct par_store){ .bytes = 0 };
}
