/* Known answers: what mathematics, a standard or a plain second computation says a task must give.
 */
#include "workload_fixture.h"

#include "workloads/sha256_hash.h"

static uint64_t sum_of_digests(const struct par_workload *workload, uint64_t tasks, uint64_t param)
{
	struct bench bench = bench_make(workload, tasks);
	uint64_t sum = 0;

	bench.setup.params[0] = param;
	bench_open(&bench);
	for (uint64_t i = 0; i < tasks; i++)
		sum += bench_task(&bench, i);
	bench_end(&bench);
	return sum;
}

/* Sums of the primes below 10^k: OEIS A046731. */
static void test_primes_sums(void **state)
{
	(void)state;
	assert_int_equal(sum_of_digests(workload_named("primes"), 1, 10), 17);
	assert_int_equal(sum_of_digests(workload_named("primes"), 10, 1), 17);
	assert_int_equal(sum_of_digests(workload_named("primes"), 4, 25), 1060);
	assert_int_equal(sum_of_digests(workload_named("primes"), 10, 1000), 5736396);
	assert_int_equal(sum_of_digests(workload_named("primes"), 100, 1000), 454396537);
}

/* 4294967311 is the first prime above 2^32, 4294967291 the last below. */
static void test_primes_beyond_32_bits(void **state)
{
	struct bench bench = bench_make(workload_named("primes"), 1);

	(void)state;
	bench.setup.params[0] = 1;
	bench_open(&bench);
	assert_int_equal(bench_task(&bench, 4294967291U), 4294967291U);
	assert_int_equal(bench_task(&bench, 4294967297U), 0); /* 641 x 6700417 (Euler) */
	assert_int_equal(bench_task(&bench, 4294967311U), 4294967311U);
	bench_end(&bench);
}

/* OEIS A000170. Each board takes (n - 1)(n - 2) tasks, and after them the next one begins. */
static void test_nqueens_totals(void **state)
{
	static const uint64_t totals[] = { 10, 4, 40, 92, 352, 724, 2680 };

	(void)state;
	for (uint64_t n = 5; n <= 11; n++) {
		uint64_t tasks = (n - 1) * (n - 2);

		assert_int_equal(
			sum_of_digests(workload_named("nqueens"), tasks, n), totals[n - 5]);
		assert_int_equal(
			sum_of_digests(workload_named("nqueens"), 2 * tasks, n), 2 * totals[n - 5]);
	}
}

static void assert_hash(const void *data, size_t size, size_t step, const char *expected)
{
	unsigned char out[PAR_SHA256_SIZE];
	char text[2 * PAR_SHA256_SIZE + 1];
	struct par_sha256 hash;

	par_sha256_init(&hash);
	for (size_t i = 0; i < size; i += step)
		par_sha256_add(&hash, (const char *)data + i, size - i < step ? size - i : step);
	par_sha256_end(&hash, out);
	for (size_t i = 0; i < sizeof out; i++)
		snprintf(text + 2 * i, 3, "%02x", out[i]);
	assert_string_equal(text, expected);
}

/* The examples of FIPS 180 (and the empty message), added whole and in pieces of every kind. */
static void test_sha256_vectors(void **state)
{
	static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	static const size_t steps[] = { 1, 3, 55, 56, 63, 64, 65, 128, 1000000 };
	char *million = malloc(1000000);

	(void)state;
	assert_non_null(million);
	memset(million, 'a', 1000000);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		assert_hash("", 0, steps[i],
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
		assert_hash("abc", 3, steps[i],
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
		assert_hash(two_blocks, 56, steps[i],
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
		assert_hash(million, 1000000, steps[i],
			"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	}
	free(million);
}

/* The task hashes a Weyl sequence, cut to any size. */
static void test_sha256_task(void **state)
{
	static const uint64_t sizes[] = { 1, 8, 1000, 1024, 5001 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		unsigned char message[5008], out[PAR_SHA256_SIZE];
		uint64_t word = par_mix64(0);
		struct par_sha256 hash;

		for (size_t j = 0; j < sizeof message; j++)
			message[j] = (unsigned char)((word + j / 8 * 0x9e3779b97f4a7c15ULL) >>
						     8 * (j % 8));
		par_sha256_init(&hash);
		par_sha256_add(&hash, message, sizes[i]);
		par_sha256_end(&hash, out);
		assert_int_equal(sum_of_digests(workload_named("sha256"), 1, sizes[i]),
			par_sha256_word(out));
	}
}

/* Every intermediate result through memory, so that no compiler can fuse or widen it. */
static uint32_t plain_escape_time(double re, double im, uint32_t limit)
{
	volatile double x = 0, y = 0, a, b, norm;
	uint32_t count = 0;

	for (; count < limit; count++) {
		a = x * x;
		b = y * y;
		norm = a + b;
		if (norm > 4)
			break;
		norm = 2 * x;
		norm = norm * y;
		y = norm + im;
		a = a - b;
		x = a + re;
	}
	return count;
}

static double plain_middle(double low, uint64_t i, uint64_t n)
{
	volatile double at = (double)i + 0.5;

	at = 2.5 * at;
	at = at / (double)n;
	return low + at;
}

static void test_mandelbrot_rows(void **state)
{
	struct bench bench = bench_make(workload_named("mandelbrot"), 64);

	(void)state;
	bench_open(&bench);
	for (uint64_t row = 0; row < 64; row += 7) {
		uint64_t digest = 0;

		for (uint64_t i = 0; i < 256; i++)
			digest = par_mix64(digest + plain_escape_time(plain_middle(-2, i, 256),
							    plain_middle(-1.25, row, 64), 1000));
		assert_int_equal(bench_task(&bench, row), digest);
	}
	bench_end(&bench);
}

/* The middle of the picture, -0.75, is in the set. */
static void test_mandelbrot_inside(void **state)
{
	struct bench bench = bench_make(workload_named("mandelbrot"), 1);

	(void)state;
	bench.setup.params[0] = 1;
	bench.setup.params[1] = 12345;
	bench_open(&bench);
	assert_int_equal(bench_task(&bench, 0), par_mix64(12345));
	bench_end(&bench);
}

static int64_t matrix_entry(uint64_t key)
{
	return (int64_t)(par_mix64(key) & 15) - 8;
}

/* Tile (row, column) by the definition of a product, in integers. */
static uint64_t plain_tile(uint64_t row, uint64_t column, uint64_t depth)
{
	uint64_t digest = 0;

	for (uint64_t i = 0; i < 32; i++) {
		for (uint64_t j = 0; j < 32; j++) {
			int64_t sum = 0;

			for (uint64_t k = 0; k < depth; k++)
				sum += matrix_entry((row * 32 + i) * depth + k) *
				       matrix_entry(~((column * depth + k) * 32 + j));
			digest = digest * 0x9e3779b97f4a7c15ULL + (uint64_t)sum;
		}
	}
	return digest;
}

static void test_matmul_tiles(void **state)
{
	static const uint64_t tiles[] = { 0, 1, 15, 16, 17, 39 };

	(void)state;
	for (uint64_t depth64 = 1; depth64 <= 3; depth64 += 2) {
		struct bench bench = bench_make(workload_named("matmul"), 40);

		bench.setup.params[0] = depth64;
		bench_open(&bench);
		for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++)
			assert_int_equal(bench_task(&bench, tiles[i]),
				plain_tile(tiles[i] / 16, tiles[i] % 16, 64 * depth64));
		bench_end(&bench);
	}
}

static int64_t array_entry(uint64_t key)
{
	return (int64_t)(par_mix64(key) & 1023);
}

static void test_triad_parts(void **state)
{
	struct bench bench = bench_make(workload_named("triad"), 5);

	(void)state;
	bench.setup.params[0] = 8;
	bench_open(&bench);
	for (uint64_t part = 0; part < 5; part++) {
		uint64_t digest = 0;

		for (uint64_t i = part * 64; i < part * 64 + 64; i++)
			digest = par_mix64(digest + (uint64_t)(array_entry(i) +
							       3 * array_entry((1ULL << 63) + i)));
		assert_int_equal(bench_task(&bench, part), digest);
	}
	bench_end(&bench);
}

/* A walk that ends on the right line: see the digest's definition. */
static void test_chase_ends(void **state)
{
	struct bench bench = bench_make(workload_named("chase"), 7);

	(void)state;
	bench.setup.params[0] = 5000;
	bench_open(&bench);
	for (uint64_t i = 0; i < 7; i++)
		assert_int_equal(bench_task(&bench, i), par_mix64(par_mix64(i) + 5000));
	bench_end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_primes_sums),
		cmocka_unit_test(test_primes_beyond_32_bits),
		cmocka_unit_test(test_nqueens_totals),
		cmocka_unit_test(test_sha256_vectors),
		cmocka_unit_test(test_sha256_task),
		cmocka_unit_test(test_mandelbrot_rows),
		cmocka_unit_test(test_mandelbrot_inside),
		cmocka_unit_test(test_matmul_tiles),
		cmocka_unit_test(test_triad_parts),
		cmocka_unit_test(test_chase_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
