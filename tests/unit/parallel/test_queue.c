/* Bounded queues by one caller, and among the coroutines of a loop. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "queues.h"
#include "ways_to_wait.h"

#include "clock.h"
#include "rng.h"

#define SOON (PAR_NS_PER_MS)

/* --- one caller --- */

static void test_specs(void **state)
{
	struct par_queue_spec bad[] = {
		{ .capacity = 0, .item_bytes = 8 },
		{ .capacity = 4, .item_bytes = 0 },
		{ .capacity = 4, .item_bytes = 8, .high = 5, .low = 1 },
		{ .capacity = 4, .item_bytes = 8, .high = 2, .low = 2 },
		{ .capacity = 1U << 31, .item_bytes = 8 },
	};
	struct par_ring_spec bad_rings[] = { { 0, 8, 0, 0 }, { 1, 8, 0, 0 }, { 3, 8, 0, 0 },
		{ 4, 0, 0, 0 }, { 1U << 31, 8, 0, 0 } };
	struct par_queue queue;
	struct par_ring ring;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(par_queue_bytes(&bad[i]), 0);
		assert_int_equal(par_queue_init(&queue, &bad[i]), -EINVAL);
		par_queue_fini(&queue);
	}
	for (size_t i = 0; i < sizeof(bad_rings) / sizeof(*bad_rings); i++) {
		assert_int_equal(par_ring_bytes(&bad_rings[i]), 0);
		assert_int_equal(par_ring_init(&ring, &bad_rings[i]), -EINVAL);
	}
}

/* Fills, tries once more, empties, tries once more; twice, so that indices go round. */
static void fill_and_empty(void *context, uint64_t index, struct par_io *io)
{
	struct any_queue *any = context;
	uint64_t item = 0, capacity = 8;

	(void)index;
	for (uint64_t lap = 0; lap < 3; lap++) {
		assert_int_equal(any_get(any, io, &item, PAR_QUEUE_TRY), -EAGAIN);
		assert_int_equal(any_get(any, io, &item, par_deadline_in(SOON)), -ETIMEDOUT);
		for (uint64_t i = 0; i < capacity; i++)
			assert_int_equal(any_put(any, io, i, PAR_QUEUE_TRY), 0);
		assert_int_equal(any_length(any), capacity);
		assert_int_equal(any_put(any, io, 99, PAR_QUEUE_TRY), -EAGAIN);
		assert_int_equal(any_put(any, io, 99, par_deadline_in(SOON)), -ETIMEDOUT);
		for (uint64_t i = 0; i < capacity; i++) {
			assert_int_equal(any_get(any, io, &item, PAR_QUEUE_TRY), 1);
			assert_int_equal(item, any->kind == LIFO ? capacity - 1 - i : i);
		}
		assert_int_equal(any_length(any), 0);
	}
}

static void test_full_and_empty(void **state)
{
	size_t ways = loop_kind_count() + 1; /* and blocking */

	(void)state;
	for (enum kind kind = 0; kind < KINDS; kind++) {
		struct any_queue any = any_open(kind, 8, kind % 2);
		struct par_queue_counts counts;

		on_each(fill_and_empty, &any);
		counts = any_counted(&any);
		assert_int_equal(counts.puts, ways * 3 * 8);
		assert_int_equal(counts.gets, ways * 3 * 8);
		assert_int_equal(counts.full_waits, ways * 3); /* a try does not wait */
		assert_int_equal(counts.empty_waits, ways * 3);
		assert_true(counts.full_ns >= 3 * SOON && counts.empty_ns >= 3 * SOON);
		assert_int_equal(counts.longest, kind == RING ? 0 : 8);
		any_shut(&any);
	}
}

static void close_with_items(void *context, uint64_t index, struct par_io *io)
{
	enum kind kind = *(enum kind *)context;
	struct any_queue any = any_open(kind, 8, false);
	uint64_t item;

	(void)index;
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(any_put(&any, io, i, PAR_QUEUE_TRY), 0);
	any_end(&any, io);
	any_end(&any, io);
	assert_int_equal(any_put(&any, io, 9, PAR_PARK_FOREVER), -EPIPE);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(any_get(&any, io, &item, PAR_PARK_FOREVER), 1);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(any_get(&any, io, &item, i ? PAR_PARK_FOREVER : 0), 0);
	any_shut(&any);
}

static void test_end_of_file(void **state)
{
	(void)state;
	for (enum kind kind = 0; kind < KINDS; kind++)
		on_each(close_with_items, &kind);
}

/* Against a plain list: of all that are in, the smallest priority, of equal ones the oldest. */
static void test_priorities_are_stable(void **state)
{
	struct par_queue_spec spec = { PAR_QUEUE_PRIORITY, 50, 16, 0, 0, false };
	struct par_queue *queue =
		aligned_alloc(PAR_CACHE_LINE, (par_queue_bytes(&spec) + 127) & ~127UL);
	uint64_t in[50][2], item[2], count = 0, made = 0, best;
	struct par_rng rng;
	struct par_io io;

	(void)state;
	assert_non_null(queue);
	par_io_init_blocking(&io);
	par_rng_init(&rng, 3);
	assert_int_equal(par_queue_init(queue, &spec), 0);
	for (unsigned step = 0; step < 20000; step++) {
		if (count < 50 && par_rng_below(&rng, 2)) {
			item[0] = par_rng_below(&rng, 6);
			item[1] = made++;
			memcpy(in[count++], item, sizeof(item));
			assert_int_equal(par_queue_put(queue, &io, item, item[0], 0), 0);
		} else if (count > 0) {
			best = 0;
			for (uint64_t i = 1; i < count; i++)
				if (in[i][0] < in[best][0])
					best = i;
			assert_int_equal(par_queue_get(queue, &io, item, 0), 1);
			assert_memory_equal(item, in[best], sizeof(item));
			memmove(in[best], in[best + 1], (--count - best) * sizeof(item));
		}
	}
	par_queue_fini(queue);
	free(queue);
}

static void test_sizes_of_items(void **state)
{
	static const uint32_t sizes[] = { 1, 7, 8, 16, 24, 1000, 65536 };
	unsigned char *in = malloc(65536), *out = malloc(65536);
	struct par_io io;

	(void)state;
	par_io_init_blocking(&io);
	for (size_t i = 0; i < 2 * sizeof(sizes) / sizeof(*sizes); i++) {
		struct par_queue_spec spec = { i % 3, 4, sizes[i / 2], 0, 0, false };
		struct par_ring_spec ring = { 4, sizes[i / 2], false, false };
		size_t size = i % 2 ? par_queue_bytes(&spec) : par_ring_bytes(&ring);
		void *memory;

		assert_int_equal(par_shared_open(&memory, size), 0);
		assert_int_equal(
			i % 2 ? par_queue_init(memory, &spec) : par_ring_init(memory, &ring), 0);
		for (int lap = 0; lap < 3; lap++) {
			for (int n = 0; n < 4; n++) {
				memset(in, 16 * lap + n, sizes[i / 2]);
				assert_int_equal(i % 2 ? par_queue_put(memory, &io, in, 0, 0)
						       : par_ring_put(memory, &io, in, 0),
					0);
			}
			for (int n = 0; n < 4; n++) {
				int expected = i % 2 && spec.order == PAR_QUEUE_LIFO ? 3 - n : n;

				assert_int_equal(i % 2 ? par_queue_get(memory, &io, out, 0)
						       : par_ring_get(memory, &io, out, 0),
					1);
				memset(in, 16 * lap + expected, sizes[i / 2]);
				assert_memory_equal(in, out, sizes[i / 2]);
			}
		}
		if (i % 2)
			par_queue_fini(memory);
		par_shared_close(memory, size);
	}
	free(in);
	free(out);
}

/* Putters stop at the high mark and go on at the low one, not between. */
static void test_watermarks(void **state)
{
	struct par_queue_spec spec = { PAR_QUEUE_FIFO, 10, 8, 8, 3, false };
	struct any_queue any = { .kind = MARKS, .bytes = par_queue_bytes(&spec) };
	uint64_t item;
	struct par_io io;

	(void)state;
	par_io_init_blocking(&io);
	assert_int_equal(par_shared_open(&any.memory, any.bytes), 0);
	assert_int_equal(par_queue_init(any.memory, &spec), 0);
	for (int lap = 0; lap < 3; lap++) {
		while (any_length(&any) < 8)
			assert_int_equal(any_put(&any, &io, 1, 0), 0);
		for (uint32_t left = 8; left > 3; left--) {
			assert_int_equal(any_put(&any, &io, 1, 0), -EAGAIN);
			assert_int_equal(any_get(&any, &io, &item, 0), 1);
		}
		assert_int_equal(any_put(&any, &io, 1, 0), 0);
	}
	any_shut(&any);
}

static void test_more_done_than_put(void **state)
{
	struct any_queue any = any_open(FIFO, 4, false);
	struct par_queue *queue = queue_of(&any);
	uint64_t item;
	struct par_io io;

	(void)state;
	par_io_init_blocking(&io);
	assert_int_equal(par_queue_join(queue, &io, PAR_PARK_FOREVER), 0);
	assert_int_equal(par_queue_task_done(queue, &io), -EINVAL);
	assert_int_equal(any_put(&any, &io, 1, 0), 0);
	assert_int_equal(any_get(&any, &io, &item, 0), 1);
	assert_int_equal(par_queue_join(queue, &io, PAR_QUEUE_TRY), -EAGAIN);
	assert_int_equal(par_queue_join(queue, &io, par_deadline_in(SOON)), -ETIMEDOUT);
	assert_int_equal(par_queue_task_done(queue, &io), 0);
	assert_int_equal(par_queue_join(queue, &io, PAR_QUEUE_TRY), 0);
	assert_int_equal(par_queue_task_done(queue, &io), -EINVAL);
	any_shut(&any);
}

/* --- coroutines --- */

#define PRODUCERS 5
#define CONSUMERS 3
#define ITEMS     400

struct hall {
	struct any_queue any;
	unsigned producing;
	unsigned char got[PRODUCERS * ITEMS];
	uint64_t per_consumer[CONSUMERS];
	bool joined;
};

static void produce(struct hall *hall, uint64_t producer, struct par_io *io)
{
	for (uint64_t i = 0; i < ITEMS; i++)
		assert_int_equal(
			any_put(&hall->any, io, producer * ITEMS + i, PAR_PARK_FOREVER), 0);
	if (--hall->producing > 0)
		return;
	if (hall->any.kind != RING) {
		assert_int_equal(par_queue_join(queue_of(&hall->any), io, PAR_PARK_FOREVER), 0);
		hall->joined = true;
		for (uint64_t i = 0; i < PRODUCERS * ITEMS; i++)
			assert_int_equal(hall->got[i], 1);
	}
	any_end(&hall->any, io);
}

static void consume(struct hall *hall, uint64_t consumer, struct par_io *io)
{
	uint64_t item;
	int code;

	while ((code = any_get(&hall->any, io, &item, PAR_PARK_FOREVER)) == 1) {
		assert_true(item < PRODUCERS * ITEMS);
		hall->got[item]++;
		hall->per_consumer[consumer]++;
		if (item % 7 == 0)
			par_io_yield(io);
		if (hall->any.kind != RING)
			assert_int_equal(par_queue_task_done(queue_of(&hall->any), io), 0);
	}
	assert_int_equal(code, 0);
}

static void play_part(void *context, uint64_t index, struct par_io *io)
{
	if (index < PRODUCERS)
		produce(context, index, io);
	else
		consume(context, index - PRODUCERS, io);
}

static void test_coroutines_lose_nothing(void **state)
{
	struct par_loop *loop;

	(void)state;
	assert_int_equal(par_loop_open(&loop, NULL), 0);
	for (enum kind kind = 0; kind < KINDS; kind++) {
		struct hall hall = { .any = any_open(kind, 4, false), .producing = PRODUCERS };

		assert_int_equal(on_loop(loop, play_part, &hall, PRODUCERS + CONSUMERS,
					 PRODUCERS + CONSUMERS),
			0);
		for (uint64_t i = 0; i < PRODUCERS * ITEMS; i++)
			assert_int_equal(hall.got[i], 1);
		for (unsigned c = 0; c < CONSUMERS; c++)
			assert_in_range(hall.per_consumer[c], ITEMS, 3 * ITEMS); /* in turn */
		assert_true(hall.joined || kind == RING);
		any_shut(&hall.any);
	}
	par_loop_close(loop);
}

/* Nobody gets: who puts, and who waits for the end, is told so. */
static void put_for_nobody(void *context, uint64_t index, struct par_io *io)
{
	struct any_queue *any = context;
	int code = 0;

	for (uint64_t i = 0; i < 9 && !code; i++)
		code = any_put(any, io, index, PAR_PARK_FOREVER);
	assert_int_equal(code, -EDEADLK);
}

static void test_deadlock_is_told(void **state)
{
	struct par_loop *loop;

	(void)state;
	assert_int_equal(par_loop_open(&loop, NULL), 0);
	for (enum kind kind = 0; kind < KINDS; kind++) {
		struct any_queue any = any_open(kind, 8, false);

		assert_int_equal(on_loop(loop, put_for_nobody, &any, 3, 3), 0);
		any_shut(&any);
	}
	par_loop_close(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_specs),
		cmocka_unit_test(test_full_and_empty),
		cmocka_unit_test(test_end_of_file),
		cmocka_unit_test(test_priorities_are_stable),
		cmocka_unit_test(test_sizes_of_items),
		cmocka_unit_test(test_watermarks),
		cmocka_unit_test(test_more_done_than_put),
		cmocka_unit_test(test_coroutines_lose_nothing),
		cmocka_unit_test(test_deadlock_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
