#include "sha256_hash.h"

#include <string.h>

/* FIPS 180-4, 4.2.2: the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[64] = { 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b,
	0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6,
	0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
	0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
	0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585,
	0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa,
	0xa4506ceb, 0xbef9a3f7, 0xc67178f2 };

/* 5.3.3: of the square roots of the first eight. */
static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
	0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

static inline uint32_t rotate(uint32_t x, int count)
{
	return x >> count | x << (32 - count);
}

static inline uint32_t load32(const unsigned char *from)
{
	return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static inline void store32(unsigned char *to, uint32_t x)
{
	to[0] = (unsigned char)(x >> 24);
	to[1] = (unsigned char)(x >> 16);
	to[2] = (unsigned char)(x >> 8);
	to[3] = (unsigned char)x;
}

/* 6.2.2, step 1: the message schedule. */
static void schedule(uint32_t w[64], const unsigned char *block)
{
	for (int i = 0; i < 16; i++)
		w[i] = load32(block + 4 * i);
	for (int i = 16; i < 64; i++) {
		uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
		uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;

		w[i] = w[i - 16] + s0 + w[i - 7] + s1;
	}
}

/* One round of step 3; the caller rotates the names of the eight variables instead of their values.
 */
#define ROUND(a, b, c, d, e, f, g, h, i)                                                           \
	do {                                                                                       \
		uint32_t t1 = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +                 \
			      ((e & f) ^ (~e & g)) + constants[i] + w[i];                          \
		uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +                     \
			      ((a & b) ^ (a & c) ^ (b & c));                                       \
		d += t1;                                                                           \
		h = t1 + t2;                                                                       \
	} while (0)

static void compress(uint32_t state[8], const unsigned char *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	uint32_t w[64];

	schedule(w, block);
	for (int i = 0; i < 64; i += 8) {
		ROUND(a, b, c, d, e, f, g, h, i);
		ROUND(h, a, b, c, d, e, f, g, i + 1);
		ROUND(g, h, a, b, c, d, e, f, i + 2);
		ROUND(f, g, h, a, b, c, d, e, i + 3);
		ROUND(e, f, g, h, a, b, c, d, i + 4);
		ROUND(d, e, f, g, h, a, b, c, i + 5);
		ROUND(c, d, e, f, g, h, a, b, i + 6);
		ROUND(b, c, d, e, f, g, h, a, i + 7);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

void par_sha256_init(struct par_sha256 *hash)
{
	memcpy(hash->state, start, sizeof start);
	hash->size = 0;
}

void par_sha256_add(struct par_sha256 *hash, const void *data, size_t size)
{
	const unsigned char *from = data;
	size_t used = hash->size % PAR_SHA256_BLOCK;

	hash->size += size;
	if (used > 0) {
		size_t part = PAR_SHA256_BLOCK - used < size ? PAR_SHA256_BLOCK - used : size;

		memcpy(hash->block + used, from, part);
		from += part;
		size -= part;
		if (used + part < PAR_SHA256_BLOCK)
			return;
		compress(hash->state, hash->block);
	}
	for (; size >= PAR_SHA256_BLOCK; size -= PAR_SHA256_BLOCK, from += PAR_SHA256_BLOCK)
		compress(hash->state, from);
	if (size > 0)
		memcpy(hash->block, from, size);
}

/* 5.1.1: a one bit, zeros, and the size in bits. */
void par_sha256_end(struct par_sha256 *hash, unsigned char out[PAR_SHA256_SIZE])
{
	static const unsigned char pad[PAR_SHA256_BLOCK] = { 0x80 };
	uint64_t bits = hash->size * 8;
	size_t used = hash->size % PAR_SHA256_BLOCK;
	unsigned char tail[8];

	store32(tail, (uint32_t)(bits >> 32));
	store32(tail + 4, (uint32_t)bits);
	par_sha256_add(hash, pad, (used < 56 ? 56 : 120) - used);
	par_sha256_add(hash, tail, sizeof tail);
	for (int i = 0; i < 8; i++)
		store32(out + 4 * i, hash->state[i]);
}

uint64_t par_sha256_word(const unsigned char hash[PAR_SHA256_SIZE])
{
	return (uint64_t)load32(hash) << 32 | load32(hash + 4);
}
