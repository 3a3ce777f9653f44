/*
 * steps: computing for as long as one likes, in steps of about 2 ns.
 */
#ifndef PAR_STEPS_H
#define PAR_STEPS_H

#include <stdint.h>

/*
 * A chain of `count` steps from `x`. Each needs the one before, so that no CPU can overlap them;
 * and xorshift with a multiplication has no closed form that a compiler could find.
 */
static inline uint64_t par_steps(uint64_t x, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9ULL + 1;
	return x;
}

#endif
