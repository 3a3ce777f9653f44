/*
 * sha256_hash: SHA-256 (FIPS 180-4) in portable C, without the CPU's SHA instructions: the same
 * integer work on every machine. For measuring, not for secrets.
 */
#ifndef PAR_SHA256_HASH_H
#define PAR_SHA256_HASH_H

#include <stddef.h>
#include <stdint.h>

#define PAR_SHA256_BLOCK 64
#define PAR_SHA256_SIZE  32

struct par_sha256 {
	uint32_t state[8];
	uint64_t size; /* bytes added */
	unsigned char block[PAR_SHA256_BLOCK];
};

void par_sha256_init(struct par_sha256 *hash);
void par_sha256_add(struct par_sha256 *hash, const void *data, size_t size);

/* Writes the hash of all that was added. The struct must be initialised again before more. */
void par_sha256_end(struct par_sha256 *hash, unsigned char out[PAR_SHA256_SIZE]);

/* The first eight bytes of a hash as a number, big-endian as the standard writes it. */
uint64_t par_sha256_word(const unsigned char hash[PAR_SHA256_SIZE]);

#endif
