/*
 * rng: small seeded generators. Same seed, same sequence, on every machine.
 *
 * splitmix64 (Steele, Lea, Flood 2014) mixes and seeds; xoshiro256** (Blackman, Vigna 2018)
 * generates. Neither is for secrets.
 */
#ifndef PAR_RNG_H
#define PAR_RNG_H

#include <stddef.h>
#include <stdint.h>

struct par_rng {
	uint64_t state[4];
};

/* A bijective mix of 64 bits: the finaliser of splitmix64. Digests are built with it. */
static inline uint64_t par_mix64(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

void par_rng_init(struct par_rng *rng, uint64_t seed);

uint64_t par_rng_next(struct par_rng *rng);

/* A number in [0, bound), without modulo bias (Lemire 2019). bound > 0. */
uint64_t par_rng_below(struct par_rng *rng, uint64_t bound);

/* A real in [0, 1). */
double par_rng_unit(struct par_rng *rng);

/* Shuffles `order` in place (Fisher-Yates). */
void par_rng_shuffle(struct par_rng *rng, uint32_t *order, size_t count);

#endif
