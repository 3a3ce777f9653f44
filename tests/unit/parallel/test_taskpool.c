/* The task pool: every call, for threads and for processes. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "leftovers.h"

#include "clock.h"
#include "shared.h"
#include "taskpool.h"

#define MOST_TASKS 5000

/* In shared memory: what the workers do, and the event that some tasks wait for. */
struct board {
	_Atomic uint32_t event; /* futex */
	_Atomic unsigned marks[MOST_TASKS];
	_Atomic unsigned workers[64]; /* tasks by worker */
};

/* Arguments that ask for something besides their double. */
#define ASK_FAIL (UINT64_C(1) << 40)
#define ASK_WAIT (UINT64_C(1) << 41)

static void event_wait(struct board *board)
{
	while (atomic_load(&board->event) == 0)
		(void)par_futex_wait(&board->event, 0, PAR_FUTEX_FOREVER);
}

static void event_set(struct board *board)
{
	atomic_store(&board->event, 1);
	(void)par_futex_wake(&board->event, 1000);
}

static int twice(void *context, unsigned worker, void *data)
{
	struct board *board = context;
	uint64_t x;

	memcpy(&x, data, sizeof(x));
	if (x & ASK_WAIT)
		event_wait(board);
	if (x & ASK_FAIL)
		return -EXDEV;
	atomic_fetch_add(&board->workers[worker], 1);
	if (x < MOST_TASKS)
		atomic_fetch_add(&board->marks[x], 1);
	x = 2 * x + 1;
	memcpy(data, &x, sizeof(x));
	return 0;
}

static int squares(
	void *context, unsigned worker, uint64_t first, uint64_t count, uint64_t *results)
{
	struct board *board = context;
	int code = 0;

	atomic_fetch_add(&board->workers[worker], 1);
	for (uint64_t i = 0; i < count; i++) {
		if (results)
			results[i] = (first + i) * (first + i);
		if (first + i < MOST_TASKS)
			atomic_fetch_add(&board->marks[first + i], 1);
		if (first + i == ASK_FAIL)
			code = -EXDEV;
	}
	return code;
}

struct stand {
	struct leftovers before;
	struct board *board;
	struct par_taskpool *pool;
	struct par_taskpool_spec spec;
};

static struct stand stand_prepare(bool processes, unsigned workers)
{
	struct stand stand = { .before = leftovers_now() };
	void *memory;

	assert_int_equal(par_shared_open(&memory, sizeof(struct board)), 0);
	stand.board = memory;
	stand.spec = (struct par_taskpool_spec){ .workers = workers,
		.processes = processes,
		.task = twice,
		.chunk = squares,
		.context = memory };
	return stand;
}

static void stand_open(struct stand *stand)
{
	assert_int_equal(par_taskpool_open(&stand->pool, &stand->spec), 0);
}

static void stand_close(struct stand *stand)
{
	par_taskpool_close(stand->pool);
	par_shared_close(stand->board, sizeof(*stand->board));
	leftovers_none_since(&stand->before);
}

/* Every mark of [first, first + count) is 1 and no other is; they are zeroed. */
static void take_marks(struct board *board, unsigned first, unsigned count)
{
	for (unsigned i = 0; i < MOST_TASKS; i++)
		assert_int_equal(
			atomic_exchange(&board->marks[i], 0), i >= first && i < first + count);
}

static uint64_t result_of(const struct par_future *future)
{
	uint64_t x;

	memcpy(&x, future->data, sizeof(x));
	return x;
}

static void submit(struct stand *stand, struct par_future *future, uint64_t x)
{
	assert_int_equal(par_taskpool_submit(stand->pool, future, &x), 0);
}

static int get(struct stand *stand, struct par_future *future)
{
	return par_taskpool_get(stand->pool, future, PAR_FUTEX_FOREVER);
}

/* Runs a check for both kinds, with 1, 2 and 5 workers, with spinning and without, claiming one
 * task at a time and several. */
static void for_all(void (*check)(struct stand *stand))
{
	static const unsigned workers[] = { 1, 2, 5 };

	for (int kind = 0; kind < 8; kind++) {
		for (size_t w = 0; w < sizeof(workers) / sizeof(*workers); w++) {
			struct stand stand = stand_prepare(kind & 1, workers[w]);

			stand.spec.spin = kind & 2;
			stand.spec.claim = kind & 4 ? 32 : 1;
			stand_open(&stand);
			check(&stand);
			stand_close(&stand);
		}
	}
}

/* --- apply --- */

static void check_apply(struct stand *stand)
{
	for (uint64_t i = 0; i < 200; i++) {
		uint64_t x = i;

		assert_int_equal(par_taskpool_apply(stand->pool, &x), 0);
		assert_int_equal(x, 2 * i + 1);
	}
	take_marks(stand->board, 0, 200);
}

static void test_apply(void **state)
{
	(void)state;
	for_all(check_apply);
}

static void check_failing(struct stand *stand)
{
	uint64_t bad = ASK_FAIL, good = 3;

	assert_int_equal(par_taskpool_apply(stand->pool, &bad), -EXDEV);
	assert_int_equal(bad, ASK_FAIL);
	assert_int_equal(par_taskpool_apply(stand->pool, &good), 0);
	assert_int_equal(good, 7);
}

static void test_failing_task(void **state)
{
	(void)state;
	for_all(check_failing);
}

/* --- apply_async and get --- */

static void check_async(struct stand *stand)
{
	static struct par_future futures[MOST_TASKS];

	/* Many more than the ring holds: the call waits for room. */
	for (uint64_t i = 0; i < MOST_TASKS; i++)
		submit(stand, &futures[i], i);
	for (unsigned i = MOST_TASKS; i-- > 0;) {
		assert_int_equal(get(stand, &futures[i]), 0);
		assert_int_equal(result_of(&futures[i]), 2 * i + 1);
		assert_int_equal(futures[i].turn, i);
		assert_int_equal(get(stand, &futures[i]), 0); /* again, at once */
	}
	assert_int_equal(par_taskpool_under_way(stand->pool), 0);
	take_marks(stand->board, 0, MOST_TASKS);
}

static void test_async(void **state)
{
	(void)state;
	for_all(check_async);
}

/* A tiny ring goes round many times, and tasks that nobody waits for run too. */
static void test_tiny_ring(void **state)
{
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		for (unsigned capacity = 1; capacity <= 4; capacity *= 2) {
			struct stand stand = stand_prepare(kind, 2);

			stand.spec.capacity = capacity;
			stand_open(&stand);
			for (uint64_t i = 0; i < 500; i++)
				assert_int_equal(par_taskpool_put(stand.pool, NULL, &i), 0);
			assert_int_equal(par_taskpool_join(stand.pool), 0);
			take_marks(stand.board, 0, 500);
			stand_close(&stand);
		}
	}
}

struct wide {
	unsigned char bytes[PAR_TASK_BYTES_MAX];
};

static int reverse(void *context, unsigned worker, void *data)
{
	struct wide wide;

	(void)context, (void)worker;
	memcpy(&wide, data, sizeof(wide));
	for (size_t i = 0; i < sizeof(wide); i++)
		((unsigned char *)data)[i] = wide.bytes[sizeof(wide) - 1 - i];
	return 0;
}

static void test_widest_task(void **state)
{
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		struct stand stand = stand_prepare(kind, 2);
		struct par_future futures[100] = { 0 };

		stand.spec.bytes = sizeof(struct wide);
		stand.spec.capacity = 16;
		stand.spec.task = reverse;
		stand_open(&stand);
		for (unsigned i = 0; i < 100; i++) {
			struct wide wide;

			for (size_t j = 0; j < sizeof(wide); j++)
				wide.bytes[j] = (unsigned char)(i + j);
			assert_int_equal(par_taskpool_put(stand.pool, &futures[i], &wide), 0);
		}
		for (unsigned i = 0; i < 100; i++) {
			assert_int_equal(get(&stand, &futures[i]), 0);
			for (size_t j = 0; j < sizeof(struct wide); j++)
				assert_int_equal(futures[i].data[j],
					(unsigned char)(i + sizeof(struct wide) - 1 - j));
		}
		stand_close(&stand);
	}
}

/* --- full, timeouts, forgetting --- */

static void check_full(struct stand *stand)
{
	uint64_t waiting = ASK_WAIT, x = 1;
	unsigned taken = 0;

	while (par_taskpool_try_submit(stand->pool, NULL, &waiting) == 0)
		taken++;
	assert_int_equal(taken, 1024);
	assert_int_equal(par_taskpool_try_put(stand->pool, NULL, &x), -EAGAIN);
	event_set(stand->board);
	assert_int_equal(par_taskpool_submit(stand->pool, NULL, &x), 0);
	assert_int_equal(par_taskpool_join(stand->pool), 0);
	assert_int_equal(atomic_load(&stand->board->marks[1]), 1);
}

static void test_full_ring(void **state)
{
	(void)state;
	for_all(check_full);
}

static void check_timeout(struct stand *stand)
{
	struct par_future slow = { .pending = false }, behind = slow;

	submit(stand, &slow, ASK_WAIT);
	submit(stand, &behind, 4);
	assert_int_equal(par_taskpool_get(stand->pool, &slow, 0), -ETIMEDOUT);
	assert_int_equal(par_taskpool_get(stand->pool, &slow, 2 * PAR_NS_PER_MS), -ETIMEDOUT);
	assert_true(slow.pending);
	assert_false(par_taskpool_is_done(stand->pool, &slow));
	/* With another worker the task behind is not held up, also if many are taken at once. */
	if (par_taskpool_workers(stand->pool) > 1)
		assert_int_equal(get(stand, &behind), 0);
	event_set(stand->board);
	assert_int_equal(get(stand, &slow), 0);
	assert_false(slow.pending);
	assert_int_equal(get(stand, &behind), 0);
	assert_int_equal(result_of(&behind), 9);
}

static void test_timeout(void **state)
{
	(void)state;
	for_all(check_timeout);
}

static void no_callback(struct par_future *future)
{
	(void)future;
	fail_msg("a forgotten task calls back");
}

static void check_forget(struct stand *stand)
{
	struct par_future future = { .done = no_callback };

	submit(stand, &future, ASK_WAIT);
	par_taskpool_forget(stand->pool, &future);
	assert_int_equal(get(stand, &future), -ECANCELED);
	event_set(stand->board);
	assert_int_equal(par_taskpool_join(stand->pool), 0);
}

static void test_forget(void **state)
{
	(void)state;
	for_all(check_forget);
}

/* --- callbacks --- */

struct tally {
	struct par_taskpool *pool;
	unsigned called;
	uint64_t sum;
	pid_t pid;
	pthread_t thread;
};

static void count_call(struct par_future *future)
{
	struct tally *tally = future->context;
	uint64_t x = 5;

	assert_int_equal(getpid(), tally->pid);
	assert_true(pthread_equal(pthread_self(), tally->thread));
	assert_false(future->pending);
	assert_int_equal(future->code, 0);
	assert_int_equal(par_taskpool_apply(tally->pool, &x), -EDEADLK);
	assert_int_equal(par_taskpool_join(tally->pool), -EDEADLK);
	tally->called++;
	tally->sum += result_of(future);
}

static void check_callback(struct stand *stand)
{
	static struct par_future futures[3000];
	struct tally tally = { stand->pool, 0, 0, getpid(), pthread_self() };

	for (uint64_t i = 0; i < 3000; i++) {
		futures[i] = (struct par_future){ .done = count_call, .context = &tally };
		submit(stand, &futures[i], i);
	}
	while (par_taskpool_under_way(stand->pool) > 0)
		assert_true(par_taskpool_poll(stand->pool, PAR_FUTEX_FOREVER) > 0);
	assert_int_equal(tally.called, 3000);
	assert_int_equal(tally.sum, 3000u * 2999 + 3000);
	assert_int_equal(par_taskpool_poll(stand->pool, PAR_FUTEX_FOREVER), 0);
}

static void test_callback(void **state)
{
	(void)state;
	for_all(check_callback);
}

/* A chain: each callback hands over the next task, through a ring of two. */
struct chain {
	struct par_taskpool *pool;
	uint64_t left;
};

static void go_on(struct par_future *future)
{
	struct chain *chain = future->context;

	if (chain->left > 0 && par_taskpool_try_submit(chain->pool, future, &chain->left) == 0)
		chain->left--;
}

static void test_callback_hands_over(void **state)
{
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		struct stand stand = stand_prepare(kind, 2);
		struct chain chain = { .left = 300 };
		struct par_future future = { .done = go_on, .context = &chain };

		stand.spec.capacity = 2;
		stand_open(&stand);
		chain.pool = stand.pool;
		submit(&stand, &future, 301);
		while (par_taskpool_under_way(stand.pool) > 0)
			par_taskpool_poll(stand.pool, PAR_FUTEX_FOREVER);
		assert_int_equal(chain.left, 0);
		take_marks(stand.board, 1, 301);
		stand_close(&stand);
	}
}

/* --- map --- */

static void check_map(struct stand *stand)
{
	static const uint64_t chunks[] = { 0, 1, 2, 7, 16, 999, 1000 };

	for (size_t c = 0; c < sizeof(chunks) / sizeof(*chunks); c++) {
		assert_int_equal(par_taskpool_map(stand->pool, 100, 1000, chunks[c]), 0);
		take_marks(stand->board, 100, 1000);
	}
	assert_int_equal(par_taskpool_map(stand->pool, 0, 0, 0), 0);
	assert_int_equal(par_taskpool_map(stand->pool, 0, 1, 0), 0);
	take_marks(stand->board, 0, 1);
	assert_int_equal(par_taskpool_map(stand->pool, 0, 3, 4), -EINVAL);
	assert_int_equal(par_taskpool_map(stand->pool, ASK_FAIL - 50, 100, 3), -EXDEV);
	assert_null(par_taskpool_results(stand->pool));
}

static void test_map(void **state)
{
	(void)state;
	for_all(check_map);
}

static void test_map_results(void **state)
{
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		struct stand stand = stand_prepare(kind, 3);
		const uint64_t *results;

		stand.spec.map_results = 1000;
		stand_open(&stand);
		assert_int_equal(par_taskpool_map(stand.pool, 50, 1000, 3), 0);
		results = par_taskpool_results(stand.pool);
		for (uint64_t i = 0; i < 1000; i++)
			assert_int_equal(results[i], (50 + i) * (50 + i));
		assert_int_equal(par_taskpool_map(stand.pool, 0, 1001, 1), -EINVAL);
		stand_close(&stand);
	}
}

/* A map begins behind tasks that were handed over before it. */
static void test_map_behind_tasks(void **state)
{
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		struct stand stand = stand_prepare(kind, 3);
		struct par_future futures[50] = { 0 };

		stand_open(&stand);
		for (uint64_t i = 0; i < 50; i++)
			assert_int_equal(par_taskpool_put(stand.pool, &futures[i], &i), 0);
		assert_int_equal(par_taskpool_map(stand.pool, 50, 950, 0), 0);
		for (unsigned i = 0; i < 50; i++)
			assert_int_equal(get(&stand, &futures[i]), 0);
		take_marks(stand.board, 0, 1000);
		stand_close(&stand);
	}
}

/* --- the end --- */

static void check_shut(struct stand *stand)
{
	struct par_future future = { .pending = false };
	uint64_t x = 1;

	submit(stand, &future, 7);
	par_taskpool_shut(stand->pool);
	assert_int_equal(par_taskpool_submit(stand->pool, NULL, &x), -ESHUTDOWN);
	assert_int_equal(par_taskpool_apply(stand->pool, &x), -ESHUTDOWN);
	assert_int_equal(par_taskpool_map(stand->pool, 0, 9, 1), -ESHUTDOWN);
	assert_int_equal(par_taskpool_join(stand->pool), 0);
	assert_false(future.pending);
	assert_int_equal(result_of(&future), 15);
	assert_int_equal(par_taskpool_join(stand->pool), 0);
	take_marks(stand->board, 7, 1);
}

static void test_shut_and_join(void **state)
{
	(void)state;
	for_all(check_shut);
}

static void count_cancelled(struct par_future *future)
{
	assert_int_equal(future->code, -ECANCELED);
	++*(unsigned *)future->context;
}

/* Terminate with work pending: whoever asks for a result gets an error, and nothing is begun. */
static void check_terminate(struct stand *stand)
{
	static struct par_future futures[1000];
	unsigned cancelled = 0, gone = 0;

	for (unsigned i = 0; i < 1000; i++)
		futures[i] = (struct par_future){ .done = count_cancelled, .context = &cancelled };
	for (unsigned i = 0; i < 1000; i++) {
		uint64_t x = i;

		/* Tasks that no worker can have begun: put, and not told of. */
		assert_int_equal(i < 31 ? par_taskpool_put(stand->pool, &futures[i], &x) : 0, 0);
	}
	par_taskpool_terminate(stand->pool);
	for (unsigned i = 0; i < 31; i++)
		gone += get(stand, &futures[i]) == -ECANCELED;
	assert_int_equal(gone, 31);
	assert_int_equal(cancelled, 31);
	take_marks(stand->board, 0, 0);
	par_taskpool_terminate(stand->pool);
	assert_int_equal(par_taskpool_join(stand->pool), 0);
}

static void test_terminate(void **state)
{
	(void)state;
	for_all(check_terminate);
}

/* The workers sit in tasks that never end by themselves; processes are killed there. */
static void test_terminate_in_tasks(void **state)
{
	static struct par_future futures[1000];
	struct stand stand = stand_prepare(true, 3);

	(void)state;
	stand_open(&stand);
	for (unsigned i = 0; i < 1000; i++) {
		futures[i] = (struct par_future){ .pending = false };
		submit(&stand, &futures[i], ASK_WAIT | i);
	}
	par_taskpool_terminate(stand.pool);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(get(&stand, &futures[i]), -ECANCELED);
	assert_int_equal(par_taskpool_under_way(stand.pool), 0);
	stand_close(&stand);
}

/* A thread ends what it has begun, and begins nothing more. */
static void test_terminate_threads_in_tasks(void **state)
{
	static struct par_future futures[500];
	struct stand stand = stand_prepare(false, 2);
	unsigned done = 0;

	(void)state;
	stand_open(&stand);
	for (unsigned i = 0; i < 500; i++) {
		futures[i] = (struct par_future){ .pending = false };
		submit(&stand, &futures[i], i < 2 ? ASK_WAIT : i);
	}
	event_set(stand.board);
	par_taskpool_terminate(stand.pool);
	for (unsigned i = 0; i < 500; i++) {
		int code = get(&stand, &futures[i]);

		assert_true(code == 0 || code == -ECANCELED);
		if (i >= 2)
			assert_int_equal(atomic_load(&stand.board->marks[i]), code == 0);
		done += code == 0;
	}
	print_message("  %u of 500 had begun\n", done);
	stand_close(&stand);
}

static void test_close_with_work_pending(void **state)
{
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		struct stand stand = stand_prepare(kind, 2);

		stand_open(&stand);
		for (uint64_t i = 0; i < 1000; i++)
			assert_int_equal(par_taskpool_put(stand.pool, NULL, &i), 0);
		stand_close(&stand);
	}
}

/* --- opening --- */

static void test_defaults(void **state)
{
	struct stand stand = stand_prepare(false, 0);
	cpu_set_t set;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	stand_open(&stand);
	assert_int_equal(par_taskpool_workers(stand.pool), CPU_COUNT(&set));
	assert_true(par_taskpool_bytes(stand.pool) > 1024 * sizeof(uint64_t));
	stand_close(&stand);
}

static void test_impossible_specs(void **state)
{
	static const int pus[] = { -1, 900000 };
	struct stand stand = stand_prepare(false, 2);
	struct par_taskpool_spec bad;

	(void)state;
	for (int kind = 0; kind < 6; kind++) {
		bad = stand.spec;
		bad.processes = kind & 1;
		bad.capacity = kind == 0 ? 100 : 0;
		bad.bytes = kind == 1 ? PAR_TASK_BYTES_MAX + 1 : 0;
		bad.claim = kind == 2 ? 1000 : 0;
		bad.pus = kind >= 4 ? pus : NULL;
		bad.workers = kind == 3 ? 100000 : 2;
		assert_int_equal(par_taskpool_open(&stand.pool, &bad), -EINVAL);
		assert_null(stand.pool);
	}
	stand_close(&stand);
}

/* The first worker already cannot be made: the others never were. */
static void test_first_worker_cannot_be_made(void **state)
{
	static const int pus[] = { 900000, -1, -1 };
	struct stand stand = stand_prepare(false, 3);

	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		struct par_taskpool_spec bad = stand.spec;

		bad.processes = kind;
		bad.pus = pus;
		assert_int_equal(par_taskpool_open(&stand.pool, &bad), -EINVAL);
		assert_null(stand.pool);
	}
	stand_close(&stand);
}

/* The caller may run afterwards where it could before. */
static void test_place_is_given_back(void **state)
{
	cpu_set_t before, after;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	for (int kind = 0; kind < 2; kind++) {
		struct stand stand = stand_prepare(kind, 2);
		int pus[2] = { sched_getcpu(), sched_getcpu() };

		stand.spec.pus = pus;
		stand.spec.spin = true;
		stand_open(&stand);
		check_apply(&stand);
		stand_close(&stand);
		assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
		assert_true(CPU_EQUAL(&before, &after));
	}
}

static void test_many_open_and_close(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		struct stand stand = stand_prepare(i % 2, 1 + i % 3);
		uint64_t x = i;

		stand.spec.spin = i % 4 >= 2;
		stand_open(&stand);
		if (i % 8 >= 4)
			assert_int_equal(par_taskpool_apply(stand.pool, &x), 0);
		stand_close(&stand);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_apply),
		cmocka_unit_test(test_failing_task),
		cmocka_unit_test(test_async),
		cmocka_unit_test(test_tiny_ring),
		cmocka_unit_test(test_widest_task),
		cmocka_unit_test(test_full_ring),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_forget),
		cmocka_unit_test(test_callback),
		cmocka_unit_test(test_callback_hands_over),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_map_results),
		cmocka_unit_test(test_map_behind_tasks),
		cmocka_unit_test(test_shut_and_join),
		cmocka_unit_test(test_terminate),
		cmocka_unit_test(test_terminate_in_tasks),
		cmocka_unit_test(test_terminate_threads_in_tasks),
		cmocka_unit_test(test_close_with_work_pending),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_impossible_specs),
		cmocka_unit_test(test_first_worker_cannot_be_made),
		cmocka_unit_test(test_place_is_given_back),
		cmocka_unit_test(test_many_open_and_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
