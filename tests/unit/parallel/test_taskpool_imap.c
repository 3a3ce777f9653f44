/* imap and imap_unordered: all results, in order where that is asked for, as they come. */
#include <stdio.h>
#include <string.h>

#include "leftovers.h"

#include "clock.h"
#include "shared.h"
#include "taskpool_imap.h"

struct board {
	_Atomic uint32_t event;
	uint64_t slow; /* the item that waits for the event; UINT64_MAX: none */
	uint64_t bad;  /* the item that fails; UINT64_MAX: none */
};

static int task(void *context, unsigned worker, void *data)
{
	struct board *board = context;
	uint64_t x;

	(void)worker;
	memcpy(&x, data, sizeof(x));
	if (x == board->bad)
		return -EXDEV;
	while (x == board->slow && atomic_load(&board->event) == 0)
		(void)par_futex_wait(&board->event, 0, PAR_FUTEX_FOREVER);
	x = 3 * x + 1;
	memcpy(data, &x, sizeof(x));
	return 0;
}

struct stand {
	struct leftovers before;
	struct board *board;
	struct par_taskpool *pool;
};

static struct stand stand_open(bool processes, unsigned workers, unsigned capacity)
{
	struct stand stand = { .before = leftovers_now() };
	void *memory;
	struct par_taskpool_spec spec = {
		.workers = workers, .processes = processes, .capacity = capacity, .task = task
	};

	assert_int_equal(par_shared_open(&memory, sizeof(struct board)), 0);
	stand.board = spec.context = memory;
	stand.board->slow = stand.board->bad = UINT64_MAX;
	assert_int_equal(par_taskpool_open(&stand.pool, &spec), 0);
	return stand;
}

static void stand_close(struct stand *stand)
{
	par_taskpool_close(stand->pool);
	par_shared_close(stand->board, sizeof(*stand->board));
	leftovers_none_since(&stand->before);
}

static void event_set(struct board *board)
{
	atomic_store(&board->event, 1);
	(void)par_futex_wake(&board->event, 1000);
}

static uint64_t value_of(const struct par_imap_result *result)
{
	uint64_t x;

	memcpy(&x, result->data, sizeof(x));
	return x;
}

#define ITEMS 1500

/* Takes all results: each item once, right, and in order if asked for. */
static void take_all(struct stand *stand, const struct par_imap_spec *spec)
{
	static unsigned seen[ITEMS];
	struct par_imap_result result;
	struct par_imap *imap;
	uint64_t taken = 0;

	memset(seen, 0, sizeof(seen));
	assert_int_equal(par_imap_open(&imap, stand->pool, spec), 0);
	while (par_imap_next(imap, &result, PAR_FUTEX_FOREVER) == 1) {
		uint64_t at = result.index - spec->first;

		if (!spec->unordered)
			assert_int_equal(at, taken);
		assert_in_range(at, 0, spec->count - 1);
		assert_int_equal(seen[at]++, 0);
		assert_int_equal(result.code, result.index == stand->board->bad ? -EXDEV : 0);
		if (result.code == 0)
			assert_int_equal(value_of(&result), 3 * result.index + 1);
		taken++;
	}
	assert_int_equal(taken, spec->count);
	assert_int_equal(par_imap_next(imap, &result, PAR_FUTEX_FOREVER), 0);
	par_imap_close(imap);
	assert_int_equal(par_taskpool_under_way(stand->pool), 0);
}

static void test_all_results(void **state)
{
	static const unsigned windows[] = { 0, 1, 2, 7, 1000 };
	static const uint64_t counts[] = { 0, 1, 5, ITEMS };

	(void)state;
	for (int kind = 0; kind < 8; kind++) {
		struct stand stand = stand_open(kind & 1, 1 + (kind & 4) / 2, kind & 2 ? 16 : 0);

		for (size_t w = 0; w < sizeof(windows) / sizeof(*windows); w++)
			for (size_t c = 0; c < 8; c++)
				take_all(&stand, &(struct par_imap_spec){ .first = 10,
							 .count = counts[c / 2],
							 .unordered = c % 2,
							 .window = windows[w] });
		stand_close(&stand);
	}
}

static void test_failing_item(void **state)
{
	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		struct stand stand = stand_open(kind & 1, 2, 0);

		stand.board->bad = 77;
		take_all(&stand, &(struct par_imap_spec){ .count = 200, .unordered = kind & 2 });
		stand_close(&stand);
	}
}

static void make_even(void *context, uint64_t index, void *data)
{
	uint64_t x = 2 * index + *(uint64_t *)context;

	memcpy(data, &x, sizeof(x));
}

static void test_made_arguments(void **state)
{
	struct stand stand = stand_open(true, 2, 0);
	struct par_imap_result result;
	struct par_imap *imap;
	uint64_t base = 100;
	struct par_imap_spec spec = { .count = 50, .make = make_even, .context = &base };

	(void)state;
	assert_int_equal(par_imap_open(&imap, stand.pool, &spec), 0);
	for (uint64_t i = 0; i < 50; i++) {
		assert_int_equal(par_imap_next(imap, &result, PAR_FUTEX_FOREVER), 1);
		assert_int_equal(value_of(&result), 3 * (2 * i + 100) + 1);
	}
	par_imap_close(imap);
	stand_close(&stand);
}

/* The first item waits: in order nothing comes before it, unordered all others do. */
static void first_waits(bool processes, bool unordered)
{
	struct stand stand = stand_open(processes, 2, 0);
	struct par_imap_spec spec = { .count = 60, .unordered = unordered };
	struct par_imap_result result;
	struct par_imap *imap;

	stand.board->slow = 0;
	assert_int_equal(par_imap_open(&imap, stand.pool, &spec), 0);
	for (unsigned i = 1; unordered && i < 60; i++) {
		assert_int_equal(par_imap_next(imap, &result, PAR_FUTEX_FOREVER), 1);
		assert_int_not_equal(result.index, 0);
	}
	assert_int_equal(par_imap_next(imap, &result, PAR_NS_PER_MS), -ETIMEDOUT);
	event_set(stand.board);
	assert_int_equal(par_imap_next(imap, &result, PAR_FUTEX_FOREVER), 1);
	assert_int_equal(result.index, 0);
	par_imap_close(imap);
	stand_close(&stand);
}

static void test_first_waits(void **state)
{
	(void)state;
	for (int kind = 0; kind < 4; kind++)
		first_waits(kind & 1, kind & 2);
}

/* Closed with results not taken: the pool goes on, and its other tasks end. */
static void test_closed_early(void **state)
{
	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		struct stand stand = stand_open(kind & 1, 2, 0);
		struct par_imap_spec spec = { .count = UINT64_MAX, .unordered = kind & 2 };
		struct par_imap_result result;
		struct par_imap *imap;
		uint64_t x = 5;

		assert_int_equal(par_imap_open(&imap, stand.pool, &spec), 0);
		for (unsigned i = 0; i < 500; i++)
			assert_int_equal(par_imap_next(imap, &result, PAR_FUTEX_FOREVER), 1);
		assert_true(par_imap_bytes(imap) < 100000);
		par_imap_close(imap);
		assert_int_equal(par_taskpool_apply(stand.pool, &x), 0);
		assert_int_equal(x, 16);
		assert_int_equal(par_taskpool_join(stand.pool), 0);
		stand_close(&stand);
	}
}

static void count_made(void *context, uint64_t index, void *data)
{
	unsigned *made = context;

	++*made;
	memcpy(data, &index, sizeof(index));
}

/* The last items do not wait until all those before them are taken. */
static void test_last_are_handed_over(void **state)
{
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		struct stand stand = stand_open(false, 2, 0);
		unsigned made = 0;
		struct par_imap_spec spec = { .count = 100,
			.unordered = kind,
			.window = 64,
			.make = count_made,
			.context = &made };
		struct par_imap_result result;
		struct par_imap *imap;

		assert_int_equal(par_imap_open(&imap, stand.pool, &spec), 0);
		for (unsigned i = 0; i < 37; i++)
			assert_int_equal(par_imap_next(imap, &result, PAR_FUTEX_FOREVER), 1);
		assert_int_equal(made, 100);
		par_imap_close(imap);
		stand_close(&stand);
	}
}

static void test_after_shut(void **state)
{
	struct stand stand = stand_open(false, 1, 0);
	struct par_imap_spec spec = { .count = 5 };
	struct par_imap *imap;

	(void)state;
	par_taskpool_shut(stand.pool);
	assert_int_equal(par_imap_open(&imap, stand.pool, &spec), -ESHUTDOWN);
	assert_null(imap);
	stand_close(&stand);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_results),
		cmocka_unit_test(test_failing_item),
		cmocka_unit_test(test_made_arguments),
		cmocka_unit_test(test_first_waits),
		cmocka_unit_test(test_closed_early),
		cmocka_unit_test(test_last_are_handed_over),
		cmocka_unit_test(test_after_shut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
