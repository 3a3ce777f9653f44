/*
 * bytes: numbers in messages and files, in one byte order, so that all machines see the same bytes.
 */
#ifndef PAR_BYTES_H
#define PAR_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "rng.h"

static inline void par_store64(unsigned char *to, uint64_t x)
{
	for (int i = 0; i < 8; i++)
		to[i] = (unsigned char)(x >> 8 * i);
}

static inline uint64_t par_load64(const unsigned char *from)
{
	uint64_t x = 0;

	for (int i = 0; i < 8; i++)
		x |= (uint64_t)from[i] << 8 * i;
	return x;
}

/* Fills with the words mix(seed), mix(seed + 1), ...; the last is cut where size asks for it. */
static inline void par_bytes_fill(unsigned char *data, size_t size, uint64_t seed)
{
	unsigned char last[8];

	for (; size >= 8; size -= 8, data += 8, seed++)
		par_store64(data, par_mix64(seed));
	par_store64(last, par_mix64(seed));
	for (size_t i = 0; i < size; i++)
		data[i] = last[i];
}

/* Goes on from `digest` with every byte in its place. */
static inline uint64_t par_bytes_digest(uint64_t digest, const unsigned char *data, size_t size)
{
	for (; size >= 8; size -= 8, data += 8)
		digest = (digest ^ par_load64(data)) * 0x9e3779b97f4a7c15ULL;
	for (size_t i = 0; i < size; i++)
		digest = (digest ^ data[i]) * 0x9e3779b97f4a7c15ULL;
	return digest ^ digest >> 32;
}

#endif
