/*
 * channel_fixture: messages that can be told apart, and channels of every kind to send them on.
 */
#ifndef TEST_CHANNEL_FIXTURE_H
#define TEST_CHANNEL_FIXTURE_H

#include <string.h>

#include "leftovers.h"

#include "channel.h"
#include "clock.h"
#include "rng.h"

#define A_MOMENT (2 * PAR_NS_PER_MS)

/* A message of its number: 8 bytes that every kind carries, or `size` that depend on it. */
static inline void message_make(unsigned char *data, size_t size, uint64_t number)
{
	uint64_t word;

	for (size_t at = 0; at < size; at += sizeof word) {
		word = par_mix64(number * 31 + at) >> 3;
		memcpy(data + at, &word, size - at < sizeof word ? size - at : sizeof word);
	}
}

static inline bool message_is(const unsigned char *data, size_t size, uint64_t number)
{
	uint64_t word;

	for (size_t at = 0; at < size; at += sizeof word) {
		word = par_mix64(number * 31 + at) >> 3;
		if (memcmp(data + at, &word, size - at < sizeof word ? size - at : sizeof word) !=
			0)
			return false;
	}
	return true;
}

/* The largest message that a kind is sure to take on any machine. */
static inline size_t sure_bytes(const struct par_channel_kind *kind)
{
	if (kind == &par_channel_mq)
		return 8192;
	return kind->bytes_max;
}

static inline struct par_channel *channel_open(const struct par_channel_spec *spec)
{
	struct par_channel *channel;
	int status = par_channel_open(&channel, spec);

	if (status < 0)
		fail_msg("%s of %zu bytes: %d", spec->kind->name, spec->bytes, status);
	return channel;
}

static inline struct par_channel *channel_of(const struct par_channel_kind *kind, size_t bytes)
{
	struct par_channel_spec spec = { .kind = kind, .bytes = bytes };

	return channel_open(&spec);
}

#endif
