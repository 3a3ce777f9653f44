/* The task pool when workers die: their callers are told, nobody else notices, and they are
 * replaced. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "leftovers.h"

#include "rng.h"
#include "shared.h"
#include "taskpool.h"

#define TASKS 400

enum ask { ASK_NOTHING, ASK_DIE = 1 << 16, ASK_HOLD = 2 << 16, ASK_EXIT = 3 << 16 };

struct board {
	_Atomic uint32_t held; /* workers that hold a task until they are killed */
	_Atomic uint32_t release;
	pid_t parent;
	_Atomic unsigned marks[TASKS];
};

static uint64_t expected(uint64_t x)
{
	for (int i = 0; i < 1000; i++)
		x = par_mix64(x);
	return x;
}

static void hold(struct board *board)
{
	atomic_fetch_add(&board->held, 1);
	(void)par_futex_wake(&board->held, 1000);
	while (atomic_load(&board->release) == 0)
		(void)par_futex_wait(&board->release, 0, PAR_FUTEX_FOREVER);
}

static int task(void *context, unsigned worker, void *data)
{
	struct board *board = context;
	uint64_t x;

	(void)worker;
	memcpy(&x, data, sizeof(x));
	if ((x & ASK_EXIT) == ASK_EXIT && board->parent != getpid())
		_exit(0); /* and not the handlers of a test's exit */
	if ((x & ASK_EXIT) == ASK_EXIT)
		pthread_exit(NULL);
	if (x & ASK_DIE)
		kill(getpid(), SIGKILL);
	if (x & ASK_HOLD)
		hold(board);
	else
		atomic_fetch_add(&board->marks[x % TASKS], 1);
	x = expected(x); /* long enough to be killed in */
	memcpy(data, &x, sizeof(x));
	return 0;
}

/* The item 50 of a map kills its worker, once. */
static int chunk(void *context, unsigned worker, uint64_t first, uint64_t count, uint64_t *results)
{
	struct board *board = context;

	(void)worker, (void)results;
	for (uint64_t i = first; i < first + count; i++) {
		if (i == 50 && atomic_exchange(&board->held, 1) == 0)
			kill(getpid(), SIGKILL);
		atomic_fetch_add(&board->marks[i], 1);
	}
	return 0;
}

struct stand {
	struct leftovers before;
	struct board *board;
	struct par_taskpool *pool;
};

static struct stand stand_open(bool processes, unsigned workers, unsigned claim, bool spin)
{
	struct stand stand = { .before = leftovers_now() };
	void *memory;
	struct par_taskpool_spec spec = { .workers = workers,
		.processes = processes,
		.spin = spin,
		.claim = claim,
		.capacity = 64,
		.task = task,
		.chunk = chunk };

	assert_int_equal(par_shared_open(&memory, sizeof(struct board)), 0);
	stand.board = spec.context = memory;
	stand.board->parent = getpid();
	assert_int_equal(par_taskpool_open(&stand.pool, &spec), 0);
	return stand;
}

static void stand_close(struct stand *stand)
{
	par_taskpool_close(stand->pool);
	par_shared_close(stand->board, sizeof(*stand->board));
	leftovers_none_since(&stand->before);
}

static int get(struct stand *stand, struct par_future *future)
{
	return par_taskpool_get(stand->pool, future, PAR_FUTEX_FOREVER);
}

static uint64_t result_of(const struct par_future *future)
{
	uint64_t x;

	memcpy(&x, future->data, sizeof(x));
	return x;
}

static void still_works(struct stand *stand)
{
	for (uint64_t i = 0; i < 100; i++) {
		uint64_t x = i;

		assert_int_equal(par_taskpool_apply(stand->pool, &x), 0);
		assert_int_equal(x, expected(i));
	}
	assert_int_equal(par_taskpool_map(stand->pool, 100, 100, 0), 0);
}

/* Some tasks kill their worker: they alone fail, where workers take one task at a time. */
static void tasks_that_kill(bool processes, uint64_t ask, unsigned workers)
{
	struct stand stand = stand_open(processes, workers, 1, false);
	struct par_future futures[TASKS] = { 0 };

	for (uint64_t i = 0; i < TASKS; i++) {
		uint64_t x = i % 100 == 7 ? i | ask : i;

		assert_int_equal(par_taskpool_submit(stand.pool, &futures[i], &x), 0);
	}
	for (uint64_t i = 0; i < TASKS; i++) {
		assert_int_equal(get(&stand, &futures[i]), i % 100 == 7 ? PAR_WORKER_DIED : 0);
		assert_int_equal(atomic_load(&stand.board->marks[i]), i % 100 != 7);
		if (i % 100 != 7)
			assert_int_equal(result_of(&futures[i]), expected(i));
	}
	still_works(&stand);
	assert_int_equal(par_taskpool_replaced(stand.pool), 4);
	stand_close(&stand);
}

static void test_task_kills_its_process(void **state)
{
	(void)state;
	tasks_that_kill(true, ASK_DIE, 1);
	tasks_that_kill(true, ASK_DIE, 3);
	tasks_that_kill(true, ASK_EXIT, 2);
}

static void test_task_ends_its_thread(void **state)
{
	(void)state;
	tasks_that_kill(false, ASK_EXIT, 1);
	tasks_that_kill(false, ASK_EXIT, 3);
}

static void test_apply_to_a_killer(void **state)
{
	struct stand stand = stand_open(true, 2, 1, true);

	(void)state;
	for (int i = 0; i < 3; i++) {
		uint64_t x = ASK_DIE;

		assert_int_equal(par_taskpool_apply(stand.pool, &x), PAR_WORKER_DIED);
		still_works(&stand);
	}
	stand_close(&stand);
}

static void await_held(struct stand *stand, uint32_t count)
{
	uint32_t held;

	while ((held = atomic_load(&stand->board->held)) < count)
		(void)par_futex_wait(&stand->board->held, held, PAR_FUTEX_FOREVER);
}

/* Killed while it holds a task; the other worker holds one too, and ends it. */
static void test_killed_with_a_task(void **state)
{
	struct stand stand = stand_open(true, 2, 1, false);
	struct par_future held[2] = { 0 }, other = { .pending = false };
	uint64_t x = ASK_HOLD, y = 5;
	unsigned lost = 0;

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(par_taskpool_submit(stand.pool, &held[i], &x), 0);
	await_held(&stand, 2);
	assert_int_equal(par_taskpool_submit(stand.pool, &other, &y), 0);
	assert_int_equal(kill(par_taskpool_pid(stand.pool, 0), SIGKILL), 0);
	/* Only the new worker can run it. */
	assert_int_equal(get(&stand, &other), 0);
	atomic_store(&stand.board->release, 1);
	(void)par_futex_wake(&stand.board->release, 1000);
	for (int i = 0; i < 2; i++)
		lost += get(&stand, &held[i]) == PAR_WORKER_DIED;
	assert_int_equal(lost, 1);
	still_works(&stand);
	assert_int_equal(par_taskpool_replaced(stand.pool), 1);
	stand_close(&stand);
}

static void test_all_killed_asleep(void **state)
{
	(void)state;
	for (int spin = 0; spin < 2; spin++) {
		struct stand stand = stand_open(true, 3, 1, spin);

		still_works(&stand);
		for (unsigned i = 0; i < 3; i++)
			assert_int_equal(kill(par_taskpool_pid(stand.pool, i), SIGKILL), 0);
		for (int i = 0; i < 100; i++) {
			uint64_t x = 9;
			int code = par_taskpool_apply(stand.pool, &x);

			assert_true(code == 0 || code == PAR_WORKER_DIED);
		}
		still_works(&stand);
		stand_close(&stand);
	}
}

/* At any instruction: workers are killed in the middle of thousands of tiny tasks. */
static void killed_anywhere(unsigned workers, unsigned claim, bool spin)
{
	struct stand stand = stand_open(true, workers, claim, spin);
	struct par_future futures[TASKS];
	unsigned lost = 0, kills = 0;
	struct par_rng rng;
	int killed[8] = { 0 };

	par_rng_init(&rng, 42);
	for (unsigned round = 0; round < 40; round++) {
		unsigned when = (unsigned)par_rng_below(&rng, TASKS);
		unsigned lost_now = 0;

		for (unsigned i = 0; i < TASKS; i++) {
			uint64_t x = i;
			unsigned victim = (unsigned)par_rng_below(&rng, workers);
			int pid = par_taskpool_pid(stand.pool, victim);

			futures[i] = (struct par_future){ .pending = false };
			assert_int_equal(par_taskpool_submit(stand.pool, &futures[i], &x), 0);
			if (i != when || pid == 0 || pid == killed[victim])
				continue; /* killed before, and not yet replaced */
			kills += kill(pid, SIGKILL) == 0;
			killed[victim] = pid;
		}
		for (unsigned i = 0; i < TASKS; i++) {
			int code = get(&stand, &futures[i]);
			unsigned marks = atomic_exchange(&stand.board->marks[i], 0);

			assert_true(code == 0 || code == PAR_WORKER_DIED);
			assert_true(code == 0 ? marks == 1 : marks <= 1);
			if (code == 0)
				assert_int_equal(result_of(&futures[i]), expected(i));
			lost_now += code != 0;
		}
		assert_true(lost_now <= claim);
		lost += lost_now;
	}
	assert_int_equal(par_taskpool_under_way(stand.pool), 0);
	still_works(&stand);
	print_message("  %u workers: %u killed, %u replaced, %u tasks lost\n", workers, kills,
		par_taskpool_replaced(stand.pool), lost);
	assert_in_range(par_taskpool_replaced(stand.pool), kills - workers, kills);
	stand_close(&stand);
}

static void test_killed_anywhere(void **state)
{
	(void)state;
	killed_anywhere(1, 1, true);
	killed_anywhere(2, 1, false);
	killed_anywhere(3, 8, true);
	killed_anywhere(3, 1, true);
}

static void test_killed_in_a_map(void **state)
{
	(void)state;
	for (uint64_t size = 0; size < 4; size++) {
		struct stand stand = stand_open(true, 2, 1, true);
		unsigned ran = 0;

		assert_int_equal(par_taskpool_map(stand.pool, 0, TASKS, size), PAR_WORKER_DIED);
		for (unsigned i = 0; i < TASKS; i++) {
			assert_true(stand.board->marks[i] <= 1);
			ran += stand.board->marks[i];
			stand.board->marks[i] = 0;
		}
		assert_true(ran < TASKS);
		assert_int_equal(par_taskpool_map(stand.pool, 0, TASKS, size), 0);
		for (unsigned i = 0; i < TASKS; i++)
			assert_int_equal(stand.board->marks[i], 1);
		stand_close(&stand);
	}
}

static void count(struct par_future *future)
{
	unsigned *codes = future->context;

	codes[future->code == PAR_WORKER_DIED]++;
}

/* The callback of a lost task is called as any other's. */
static void test_callback_of_a_lost_task(void **state)
{
	struct stand stand = stand_open(true, 2, 1, false);
	struct par_future futures[60];
	unsigned codes[2] = { 0, 0 };

	(void)state;
	for (uint64_t i = 0; i < 60; i++) {
		uint64_t x = i % 20 == 3 ? ASK_DIE : i;

		futures[i] = (struct par_future){ .done = count, .context = codes };
		assert_int_equal(par_taskpool_submit(stand.pool, &futures[i], &x), 0);
	}
	while (par_taskpool_under_way(stand.pool) > 0)
		par_taskpool_poll(stand.pool, PAR_FUTEX_FOREVER);
	assert_int_equal(codes[0], 57);
	assert_int_equal(codes[1], 3);
	stand_close(&stand);
}

#define AGAIN 8

struct resubmit {
	struct par_taskpool *pool;
	struct par_future again[AGAIN];
};

static void hand_over_again(struct par_future *future)
{
	struct resubmit *resubmit = future->context;
	uint64_t x = 11;

	for (int i = 0; i < AGAIN; i++)
		assert_int_equal(
			par_taskpool_try_submit(resubmit->pool, &resubmit->again[i], &x), 0);
}

/* While lost tasks are looked for the callback of one takes the places of tasks that have ended:
 * the new ones are not lost. */
static void test_callback_of_a_lost_task_hands_over(void **state)
{
	struct stand stand = stand_open(true, 2, 1, false);
	struct resubmit resubmit = { .pool = stand.pool };
	struct par_future lost = { .done = hand_over_again, .context = &resubmit };

	(void)state;
	for (uint64_t i = 0; i < 64; i++) {
		uint64_t x = i == 3 ? ASK_DIE : i;

		assert_int_equal(par_taskpool_try_put(stand.pool, i == 3 ? &lost : NULL, &x), 0);
	}
	assert_int_equal(get(&stand, &lost), PAR_WORKER_DIED);
	for (int i = 0; i < AGAIN; i++) {
		assert_int_equal(get(&stand, &resubmit.again[i]), 0);
		assert_int_equal(result_of(&resubmit.again[i]), expected(11));
	}
	assert_int_equal(par_taskpool_join(stand.pool), 0);
	assert_int_equal(par_taskpool_under_way(stand.pool), 0);
	stand_close(&stand);
}

/* Whoever only looks finds out too. */
static void test_poll_without_waiting(void **state)
{
	struct stand stand = stand_open(true, 2, 1, false);
	struct par_future future = { .pending = false };
	struct timespec nap = { .tv_nsec = 5000000 };
	uint64_t x = ASK_DIE;
	int code = -ETIMEDOUT;

	(void)state;
	assert_int_equal(par_taskpool_submit(stand.pool, &future, &x), 0);
	for (int i = 0; i < 2000 && code == -ETIMEDOUT; i++) {
		code = par_taskpool_get(stand.pool, &future, 0);
		(void)nanosleep(&nap, NULL);
	}
	assert_int_equal(code, PAR_WORKER_DIED);
	stand_close(&stand);
}

/* No worker is left, and none can be made: everybody is told. When there is room again the pool
 * works as before, and nothing that was given up is run. */
static void test_no_workers_for_a_while(void **state)
{
	int pus[1] = { -1 };
	struct leftovers before = leftovers_now();
	struct par_taskpool_spec spec = {
		.workers = 1, .pus = pus, .capacity = 4, .task = task, .chunk = chunk
	};
	struct par_future futures[4] = { 0 };
	struct stand stand = { .before = before };
	uint64_t x = ASK_EXIT;
	void *memory;
	int code = 0;

	(void)state;
	assert_int_equal(par_shared_open(&memory, sizeof(struct board)), 0);
	stand.board = spec.context = memory;
	stand.board->parent = getpid();
	assert_int_equal(par_taskpool_open(&stand.pool, &spec), 0);
	pus[0] = 900000; /* there is no such PU, so no thread can be made */
	for (uint64_t i = 0; i < 4; i++) {
		assert_int_equal(par_taskpool_put(stand.pool, &futures[i], &x), 0);
		x = i;
	}
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(get(&stand, &futures[i]), PAR_WORKER_DIED);
		assert_false(futures[i].pending);
	}
	for (int i = 0; i < 10 && code == 0; i++)
		code = par_taskpool_submit(stand.pool, &futures[0], &x);
	assert_int_equal(code, PAR_WORKER_DIED);
	assert_false(futures[0].pending);
	pus[0] = -1;
	for (uint64_t i = 0; i < 10; i++) {
		x = 50 + i;
		assert_int_equal(par_taskpool_apply(stand.pool, &x), 0);
		assert_int_equal(x, expected(50 + i));
	}
	for (unsigned i = 0; i < 50; i++)
		assert_int_equal(stand.board->marks[i], 0);
	/* Not forgotten. */
	assert_int_equal(par_taskpool_join(stand.pool), PAR_WORKER_DIED);
	stand_close(&stand);
}

/* A stopped process neither works nor goes when told to: its end is forced. */
static void test_stopped_process(void **state)
{
	(void)state;
	for (int join = 0; join < 2; join++) {
		struct stand stand = stand_open(true, 2, 1, false);

		assert_int_equal(kill(par_taskpool_pid(stand.pool, 0), SIGSTOP), 0);
		if (join)
			assert_int_equal(par_taskpool_join(stand.pool), 0);
		stand_close(&stand);
	}
}

static void test_join_after_a_death(void **state)
{
	struct stand stand = stand_open(true, 2, 1, false);
	struct par_future future = { .pending = false };
	uint64_t x = ASK_DIE;

	(void)state;
	assert_int_equal(par_taskpool_submit(stand.pool, &future, &x), 0);
	for (uint64_t i = 0; i < 50; i++)
		assert_int_equal(par_taskpool_submit(stand.pool, NULL, &i), 0);
	assert_int_equal(par_taskpool_join(stand.pool), 0);
	assert_int_equal(get(&stand, &future), PAR_WORKER_DIED);
	for (unsigned i = 0; i < 50; i++)
		assert_int_equal(stand.board->marks[i], 1);
	stand_close(&stand);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_task_kills_its_process),
		cmocka_unit_test(test_task_ends_its_thread),
		cmocka_unit_test(test_apply_to_a_killer),
		cmocka_unit_test(test_killed_with_a_task),
		cmocka_unit_test(test_all_killed_asleep),
		cmocka_unit_test(test_killed_anywhere),
		cmocka_unit_test(test_killed_in_a_map),
		cmocka_unit_test(test_callback_of_a_lost_task),
		cmocka_unit_test(test_callback_of_a_lost_task_hands_over),
		cmocka_unit_test(test_poll_without_waiting),
		cmocka_unit_test(test_no_workers_for_a_while),
		cmocka_unit_test(test_stopped_process),
		cmocka_unit_test(test_join_after_a_death),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
