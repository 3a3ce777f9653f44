/* The generators, against values that others have published for them. */
#include "rng.h"
#include "sys_test.h"

/* splitmix64 with the seed 1234567, as listed at rosettacode.org/wiki/Pseudo-random_numbers. */
static void mix64_is_splitmix64(void **state)
{
	static const uint64_t expected[] = { 6457827717110365317u, 3203168211198807973u,
		9817491932198370423u, 4593380528125082431u, 16408922859458223821u };
	uint64_t seed = 1234567;

	(void)state;
	for (int i = 0; i < 5; i++, seed += 0x9e3779b97f4a7c15u)
		assert_int_equal(par_mix64(seed), expected[i]);
}

/* The reference vector of the Rust crate rand_xoshiro for the state 1, 2, 3, 4. */
static void next_is_xoshiro256starstar(void **state)
{
	static const uint64_t expected[] = { 11520u, 0u, 1509978240u, 1215971899390074240u,
		1216172134540287360u, 607988272756665600u, 16172922978634559625u,
		8476171486693032832u, 10595114339597558777u, 2904607092377533576u };
	struct par_rng rng = { { 1, 2, 3, 4 } };

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(par_rng_next(&rng), expected[i]);
}

/* Seeding and stepping together; computed with a separate implementation in another language. */
static void seed_gives_known_sequence(void **state)
{
	static const uint64_t expected[] = { 1546998764402558742u, 6990951692964543102u,
		12544586762248559009u, 17057574109182124193u };
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 42);
	for (int i = 0; i < 4; i++)
		assert_int_equal(par_rng_next(&rng), expected[i]);
}

static void below_stays_below(void **state)
{
	static const uint64_t bounds[] = { 1, 2, 3, 10, 1u << 31, UINT64_C(3) << 62, UINT64_MAX };
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 7);
	for (size_t b = 0; b < sizeof bounds / sizeof bounds[0]; b++)
		for (int i = 0; i < 1000; i++)
			assert_true(par_rng_below(&rng, bounds[b]) < bounds[b]);
}

/*
 * Without rejection the multiplication sends four numbers to three: with the bound 3 * 2^62, twice
 * as many to the multiples of 3 as to each other residue.
 */
static void below_has_no_bias(void **state)
{
	unsigned hits[3] = { 0 };
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 11);
	for (int i = 0; i < 30000; i++)
		hits[par_rng_below(&rng, UINT64_C(3) << 62) % 3]++;
	/* 10000 expected; the standard deviation is 82. */
	for (int i = 0; i < 3; i++)
		assert_in_range(hits[i], 9500, 10500);
}

static void unit_is_in_the_unit_interval(void **state)
{
	struct par_rng rng;
	double sum = 0;

	(void)state;
	par_rng_init(&rng, 3);
	for (int i = 0; i < 10000; i++) {
		double x = par_rng_unit(&rng);

		assert_true(x >= 0 && x < 1);
		sum += x;
	}
	/* The mean has a standard deviation of 0.003. */
	assert_true(sum > 4800 && sum < 5200);
}

/* The largest output that there can be must not round up to 1. */
static void unit_is_never_one(void **state)
{
	/* The output is rotl(s[1] * 5, 7) * 9; the two constants are 1/9 and 1/5 modulo 2^64. */
	const uint64_t ninth = UINT64_MAX * UINT64_C(0x8e38e38e38e38e39);
	const uint64_t fifth = (ninth >> 7 | ninth << 57) * UINT64_C(0xcccccccccccccccd);
	struct par_rng rng = { { 0, fifth, 0, 0 } };
	struct par_rng copy = rng;

	(void)state;
	assert_true(par_rng_next(&copy) == UINT64_MAX);
	assert_true(par_rng_unit(&rng) < 1);
}

static void shuffle_is_a_permutation(void **state)
{
	uint32_t order[1000];
	bool seen[1000] = { false };
	unsigned fixed = 0;
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 5);
	for (uint32_t i = 0; i < 1000; i++)
		order[i] = i;
	par_rng_shuffle(&rng, order, 1000);
	for (uint32_t i = 0; i < 1000; i++) {
		assert_true(order[i] < 1000 && !seen[order[i]]);
		seen[order[i]] = true;
		fixed += order[i] == i;
	}
	/* One is expected to stay in place; 20 would be a miracle. */
	assert_true(fixed < 20);
	par_rng_shuffle(&rng, order, 0);
	par_rng_shuffle(&rng, order, 1);
}

/* Every order of three must come up equally often. */
static void shuffle_is_fair(void **state)
{
	unsigned hits[27] = { 0 };
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 9);
	for (int i = 0; i < 6000; i++) {
		uint32_t order[3] = { 0, 1, 2 };

		par_rng_shuffle(&rng, order, 3);
		hits[order[0] * 9 + order[1] * 3 + order[2]]++;
	}
	/* 1000 expected for each of the six; the standard deviation is 29. */
	for (int i = 0; i < 27; i++)
		assert_true(hits[i] == 0 || (hits[i] > 850 && hits[i] < 1150));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mix64_is_splitmix64),
		cmocka_unit_test(next_is_xoshiro256starstar),
		cmocka_unit_test(seed_gives_known_sequence),
		cmocka_unit_test(below_stays_below),
		cmocka_unit_test(below_has_no_bias),
		cmocka_unit_test(unit_is_in_the_unit_interval),
		cmocka_unit_test(unit_is_never_one),
		cmocka_unit_test(shuffle_is_a_permutation),
		cmocka_unit_test(shuffle_is_fair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
