/* The end of a stream, as it is kept. */
#include "child_parts.h"
#include "sys_test.h"

static void tail_keeps_the_last_bytes(void **state)
{
	struct par_tail tail = { .size = 0 };
	char all[5000];
	size_t size = 0;

	(void)state;
	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (char)('a' + i % 26);
	/* Pieces of 1, 2, 3, ... bytes, the last ones longer than the tail. */
	for (size_t piece = 1; size + piece <= sizeof all; piece += piece / 8 + 1) {
		size_t kept;

		par_tail_add(&tail, all + size, piece);
		size += piece;
		kept = size < sizeof tail.bytes ? size : sizeof tail.bytes;
		assert_int_equal(tail.size, kept);
		assert_memory_equal(tail.bytes, all + size - kept, kept);
	}
	par_tail_add(&tail, all, sizeof all);
	assert_int_equal(tail.size, sizeof tail.bytes);
	assert_memory_equal(tail.bytes, all + sizeof all - tail.size, tail.size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tail_keeps_the_last_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
