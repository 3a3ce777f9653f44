/*
 * A mutator for JSON: jansson is not instrumented, so bytes changed at random would hardly ever
 * pass it. Changes one value somewhere in the tree; each line of JSON Lines is a tree.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* Prints JSON into `out`; 0 when there is no room. */
static size_t write_json(uint8_t *out, size_t capacity, const json_t *json)
{
	return json_dumpb(json, (char *)out, capacity, JSON_COMPACT | JSON_ENCODE_ANY);
}

static json_t *hard_string(unsigned pick)
{
	static const char *const texts[] = { "", "-", "ok", "failed", "wrong",
		"scaling/primes/serial", "scaling/sha256/thread_pool/cores=2", "line\nbreak",
		"\x1b[31m", "größer", "0xff", "00ff", "-1", "1e9", "complete", "default" };
	char *wide;
	json_t *json;

	if (pick % 20 < 16)
		return json_string(texts[pick % 20]);
	wide = calloc(1, 4000);
	if (wide == NULL)
		return NULL;
	memset(wide, 'x', 30U << (pick % 20 - 16) * 2);
	json = json_string(wide);
	free(wide);
	return json;
}

static json_t *hard_value(unsigned pick)
{
	static const json_int_t integers[] = { 0, 1, -1, 2, 3, 64, 65, 4096, 4294967295, 4294967296,
		INT64_MAX, INT64_MIN, 1000000007 };
	static const double reals[] = { 0.0, -0.0, 1.0, -1.5, 1e-320, 1e300, 0.5 };

	switch (pick % 8) {
	case 0: return json_null();
	case 1: return json_boolean(pick / 8 % 2);
	case 2: return json_real(reals[pick / 8 % 7]);
	case 3: return json_array();
	case 4: return json_object();
	case 5: return hard_string(pick / 8);
	default: return json_integer(integers[pick / 8 % 13]);
	}
}

/* Walks to value number `at` of the tree, counted as it goes, and replaces, drops or doubles it. */
struct change {
	unsigned at, pick;
	json_t *spare; /* a value of the same tree */
};

static json_t *new_value(const struct change *change, const json_t *old)
{
	if (change->pick % 5 == 0 && json_is_integer(old))
		return json_integer(json_integer_value(old) ^ (1LL << (change->pick / 5 % 63)));
	if (change->pick % 5 == 1 && change->spare != NULL)
		return json_deep_copy(change->spare);
	return hard_value(change->pick / 5);
}

static bool change_tree(json_t *json, struct change *change)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(json, key, value)
	{
		if (change->at-- == 0)
			return change->pick % 7 == 0 ? json_object_del(json, key) == 0
						     : json_object_set_new(json, key,
							       new_value(change, value)) == 0;
		if (change_tree(value, change))
			return true;
	}
	json_array_foreach(json, i, value)
	{
		if (change->at-- == 0) {
			if (change->pick % 7 == 0)
				return json_array_remove(json, i) == 0;
			if (change->pick % 7 == 1)
				return json_array_insert(json, i, value) == 0;
			return json_array_set_new(json, i, new_value(change, value)) == 0;
		}
		if (change_tree(value, change))
			return true;
	}
	return false;
}

static unsigned count_values(const json_t *json)
{
	const char *key;
	json_t *value;
	unsigned count = 0;
	size_t i;

	json_object_foreach((json_t *)(uintptr_t)json, key, value) count += 1 + count_values(value);
	json_array_foreach(json, i, value) count += 1 + count_values(value);
	return count;
}

/* Changes the tree in data[0 .. size); returns the new size, 0: it is no JSON or has no room. */
static size_t mutate_tree(uint8_t *data, size_t size, size_t capacity, unsigned seed)
{
	json_t *json = json_loadb((const char *)data, size, JSON_DECODE_ANY, NULL);
	unsigned values = json == NULL ? 0 : count_values(json);
	struct change change = { .pick = seed / 997 };
	size_t written = 0;

	if (values > 0) {
		change.at = seed % values;
		change.spare = json_is_array(json) ? json_array_get(json, seed / 31 % values)
						   : json_object_get(json, "plan");
		if (change_tree(json, &change))
			written = write_json(data, capacity, json);
	}
	json_decref(json);
	return written <= capacity ? written : 0;
}

/* The bounds of one line, chosen by `seed`. */
static size_t choose_line(const uint8_t *data, size_t size, unsigned seed, size_t *length)
{
	size_t start = size == 0 ? 0 : seed % size, end = start;

	while (start > 0 && data[start - 1] != '\n')
		start--;
	while (end < size && data[end] != '\n')
		end++;
	*length = end - start;
	return start;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned seed)
{
	size_t length, start = choose_line(data, size, seed / 8, &length);
	size_t changed = 0, rest = size - start - length;
	uint8_t *line;

	if (seed % 8 == 0)
		return LLVMFuzzerMutate(data, size, capacity);
	line = malloc(capacity + 1);
	if (line == NULL)
		return size;
	memcpy(line, data + start, length);
	if (start + rest < capacity)
		changed = mutate_tree(line, length, capacity - start - rest, seed / 8);
	if (changed > 0) {
		memmove(data + start + changed, data + start + length, rest);
		memcpy(data + start, line, changed);
	}
	free(line);
	return changed > 0 ? start + changed + rest : LLVMFuzzerMutate(data, size, capacity);
}
