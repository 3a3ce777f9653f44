/*
 * sha256: even, integer, in the first-level cache. A task hashes a message of `bytes` bytes made
 * from its index.
 */
#include <errno.h>
#include <stdlib.h>

#include "bytes.h"
#include "rng.h"
#include "sha256_hash.h"
#include "workload.h"

#define PIECE_WORDS 128

static int sha256_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	uint64_t *bytes = malloc(sizeof *bytes);

	if (bytes == NULL)
		return par_fail(error, -ENOMEM, "sha256: out of memory");
	*bytes = setup->params[0];
	*state = bytes;
	return 0;
}

/* A Weyl sequence from a mixed index: cheap next to the hash, and no two messages alike. */
static uint64_t make_piece(unsigned char *piece, uint64_t word)
{
	for (int i = 0; i < PIECE_WORDS; i++, word += 0x9e3779b97f4a7c15ULL)
		par_store64(piece + 8 * i, word);
	return word;
}

static uint64_t sha256_task(void *state, uint64_t index, struct par_io *io)
{
	uint64_t left = *(const uint64_t *)state, word = par_mix64(index);
	unsigned char piece[8 * PIECE_WORDS], out[PAR_SHA256_SIZE];
	struct par_sha256 hash;

	(void)io;
	par_sha256_init(&hash);
	while (left > 0) {
		size_t size = left < sizeof piece ? (size_t)left : sizeof piece;

		word = make_piece(piece, word);
		par_sha256_add(&hash, piece, size);
		left -= size;
	}
	par_sha256_end(&hash, out);
	return par_sha256_word(out);
}

static const struct par_param params[] = {
	{ "bytes", "bytes hashed by a task", 65536, 1, 1ULL << 30 },
	{ 0 },
};

const struct par_workload par_workload_sha256 = {
	.name = "sha256",
	.label = "SHA-256",
	.summary = "hash a message of `bytes` bytes: even tasks, integers",
	.bound = PAR_BOUND_CPU,
	.params = params,
	.tasks = { 192, 230, 1920 },
	.cpu_ns = 210000,
	.open = sha256_open,
	.task = sha256_task,
	.close = free,
};
