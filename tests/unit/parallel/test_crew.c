/* The crew: the gate, the sharing out of tasks, deaths, and what is left behind. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "leftovers.h"

#include "crew.h"
#include "shared.h"

#define MOST_TASKS 5000

/* In shared memory: what the workers do. */
struct board {
	_Atomic unsigned entered, left;
	_Atomic unsigned marks[MOST_TASKS];
	unsigned failing;    /* worker + 1 that fails in enter */
	unsigned dying;      /* worker + 1 that kills itself in enter */
	unsigned dying_task; /* index + 1 of a task that kills its worker */
};

static struct board *board_open(void)
{
	void *memory;

	assert_int_equal(par_shared_open(&memory, sizeof(struct board)), 0);
	return memory;
}

static void board_close(struct board *board)
{
	par_shared_close(board, sizeof(*board));
}

static int enter(void *context, unsigned worker)
{
	struct board *board = context;

	if (board->failing == worker + 1)
		return -EDOM;
	if (board->dying == worker + 1)
		kill(getpid(), SIGKILL);
	atomic_fetch_add(&board->entered, 1);
	return 0;
}

static void body(void *context, unsigned worker, struct par_claims *claims)
{
	struct board *board = context;
	uint64_t first, count;

	(void)worker;
	while ((count = par_claims_take(claims, UINT64_MAX, &first)) > 0) {
		for (uint64_t i = first; i < first + count; i++) {
			if (board->dying_task == i + 1)
				kill(getpid(), SIGKILL);
			atomic_fetch_add(&board->marks[i], 1);
		}
	}
}

static void leave(void *context, unsigned worker)
{
	struct board *board = context;

	(void)worker;
	atomic_fetch_add(&board->left, 1);
}

static struct par_crew_spec spec_of(struct board *board, unsigned workers, bool processes)
{
	return (struct par_crew_spec){
		.workers = workers,
		.processes = processes,
		.enter = enter,
		.body = body,
		.leave = leave,
		.context = board,
	};
}

/* A worker that fails before the gate ends the others, who wait there, and open() says why. */
static void failing_worker_opens_nothing(bool processes)
{
	struct leftovers before = leftovers_now();
	struct board *board = board_open();
	struct par_crew_spec spec = spec_of(board, 4, processes);
	struct par_crew *crew;

	for (board->failing = 1; board->failing <= 4; board->failing++) {
		assert_int_equal(par_crew_open(&crew, &spec), -EDOM);
		assert_null(crew);
	}
	assert_int_equal(board->entered, 4 * 3);
	board_close(board);
	leftovers_none_since(&before);
}

static void test_failing_thread_at_gate(void **state)
{
	(void)state;
	failing_worker_opens_nothing(false);
}

static void test_failing_process_at_gate(void **state)
{
	(void)state;
	failing_worker_opens_nothing(true);
}

static void test_dying_process_at_gate(void **state)
{
	struct leftovers before = leftovers_now();
	struct board *board = board_open();
	struct par_crew_spec spec = spec_of(board, 3, true);
	struct par_crew *crew;

	(void)state;
	for (board->dying = 1; board->dying <= 3; board->dying++)
		assert_int_equal(par_crew_open(&crew, &spec), PAR_WORKER_DIED);
	board_close(board);
	leftovers_none_since(&before);
}

/* No such PU: threads are refused when made, processes fail on their way to the gate. */
static void test_impossible_pu(void **state)
{
	struct leftovers before = leftovers_now();
	struct board *board = board_open();
	const int pus[] = { -1, 900000, -1 };
	struct par_crew *crew;

	(void)state;
	for (int processes = 0; processes < 2; processes++) {
		struct par_crew_spec spec = spec_of(board, 3, processes);

		spec.pus = pus;
		assert_int_equal(par_crew_open(&crew, &spec), -EINVAL);
	}
	board_close(board);
	leftovers_none_since(&before);
}

static void every_index_once(unsigned workers, bool processes, bool spin)
{
	static const unsigned counts[] = { 0, 1, 2, 7, 64, 1000, MOST_TASKS };
	struct board *board = board_open();
	struct par_crew_spec spec = spec_of(board, workers, processes);
	struct par_crew *crew;

	spec.spin = spin;
	assert_int_equal(par_crew_open(&crew, &spec), 0);
	assert_int_equal(board->entered, workers);
	for (size_t c = 0; c < sizeof(counts) / sizeof(*counts); c++) {
		unsigned first = (MOST_TASKS - counts[c]) / 2;

		for (unsigned i = 0; i < MOST_TASKS; i++)
			atomic_store(&board->marks[i], 0);
		assert_int_equal(par_crew_run(crew, first, counts[c]), 0);
		for (unsigned i = 0; i < MOST_TASKS; i++)
			assert_int_equal(board->marks[i], i >= first && i < first + counts[c]);
	}
	par_crew_close(crew);
	assert_int_equal(board->left, workers);
	board_close(board);
}

static void test_every_index_once(void **state)
{
	static const unsigned workers[] = { 1, 2, 3, 9 };
	struct leftovers before = leftovers_now();

	(void)state;
	for (size_t w = 0; w < sizeof(workers) / sizeof(*workers); w++)
		for (int kind = 0; kind < 4; kind++)
			every_index_once(workers[w], kind & 1, kind & 2);
	leftovers_none_since(&before);
}

static void test_dying_process_in_run(void **state)
{
	struct leftovers before = leftovers_now();
	struct board *board = board_open();
	struct par_crew_spec spec = spec_of(board, 3, true);
	struct par_crew *crew;

	(void)state;
	board->dying_task = 500 + 1;
	assert_int_equal(par_crew_open(&crew, &spec), 0);
	assert_int_equal(par_crew_run(crew, 0, 100), 0);
	assert_int_equal(par_crew_run(crew, 0, 1000), PAR_WORKER_DIED);
	assert_int_equal(par_crew_run(crew, 0, 100), PAR_WORKER_DIED);
	par_crew_close(crew);
	board_close(board);
	leftovers_none_since(&before);
}

static void test_process_killed_between_runs(void **state)
{
	struct leftovers before = leftovers_now();
	struct board *board = board_open();
	struct par_crew_spec spec = spec_of(board, 3, true);
	struct par_crew *crew;

	(void)state;
	assert_int_equal(par_crew_open(&crew, &spec), 0);
	assert_int_equal(par_crew_run(crew, 0, 100), 0);
	assert_int_equal(kill(par_crew_pid(crew, 1), SIGKILL), 0);
	assert_int_equal(par_crew_run(crew, 0, 100), PAR_WORKER_DIED);
	par_crew_close(crew);
	board_close(board);
	leftovers_none_since(&before);
}

/* A stopped process does not go when it is told to: it is killed after its grace. */
static void test_stopped_process_is_killed(void **state)
{
	struct leftovers before = leftovers_now();
	struct board *board = board_open();
	struct par_crew_spec spec = spec_of(board, 2, true);
	struct par_crew *crew;

	(void)state;
	assert_int_equal(par_crew_open(&crew, &spec), 0);
	assert_int_equal(kill(par_crew_pid(crew, 0), SIGSTOP), 0);
	par_crew_close(crew);
	assert_int_equal(board->left, 1);
	board_close(board);
	leftovers_none_since(&before);
}

static void test_many_open_and_close(void **state)
{
	struct leftovers before = leftovers_now();
	struct board *board = board_open();
	struct par_crew *crew;

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		struct par_crew_spec spec = spec_of(board, 1 + i % 2, i % 4 >= 2);

		assert_int_equal(par_crew_open(&crew, &spec), 0);
		par_crew_close(crew);
	}
	board_close(board);
	leftovers_none_since(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failing_thread_at_gate),
		cmocka_unit_test(test_failing_process_at_gate),
		cmocka_unit_test(test_dying_process_at_gate),
		cmocka_unit_test(test_impossible_pu),
		cmocka_unit_test(test_every_index_once),
		cmocka_unit_test(test_dying_process_in_run),
		cmocka_unit_test(test_process_killed_between_runs),
		cmocka_unit_test(test_stopped_process_is_killed),
		cmocka_unit_test(test_many_open_and_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
