#include "rng.h"

void par_rng_init(struct par_rng *rng, uint64_t seed)
{
	/*
	 * The state is the first four outputs of splitmix64, as the authors of xoshiro advise. Its
	 * step adds the golden gamma, which par_mix64 does first, so the seed moves one gamma a
	 * word. The mix is a bijection: at most one of the four words is 0, and never all.
	 */
	for (int i = 0; i < 4; i++) {
		rng->state[i] = par_mix64(seed);
		seed += 0x9e3779b97f4a7c15ULL;
	}
}

static uint64_t rotate_left(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

/* xoshiro256** 1.0, https://prng.di.unimi.it/xoshiro256starstar.c (public domain). */
uint64_t par_rng_next(struct par_rng *rng)
{
	uint64_t *s = rng->state;
	uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate_left(s[3], 45);
	return result;
}

/* __extension__: ISO C11 has no 128-bit integer, gcc and clang have one on every 64-bit machine. */
__extension__ typedef unsigned __int128 wide;

/* Lemire, "Fast random integer generation in an interval" (2019), algorithm 5. */
uint64_t par_rng_below(struct par_rng *rng, uint64_t bound)
{
	wide product = (wide)par_rng_next(rng) * bound;

	if ((uint64_t)product < bound) {
		uint64_t threshold = -bound % bound;

		while ((uint64_t)product < threshold)
			product = (wide)par_rng_next(rng) * bound;
	}
	return (uint64_t)(product >> 64);
}

double par_rng_unit(struct par_rng *rng)
{
	/* The upper 53 bits: every result is exact, and 1.0 is never reached. */
	return (double)(par_rng_next(rng) >> 11) * 0x1.0p-53;
}

void par_rng_shuffle(struct par_rng *rng, uint32_t *order, size_t count)
{
	for (size_t left = count; left > 1; left--) {
		size_t pick = (size_t)par_rng_below(rng, left);
		uint32_t kept = order[left - 1];

		order[left - 1] = order[pick];
		order[pick] = kept;
	}
}
