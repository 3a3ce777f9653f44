/* One holder at a time, who steps back when asked, and whoever waits lets others compute. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gil.h"
#include "wait.h"

#define THREADS 4

struct shared {
	struct par_gil gil;
	unsigned long counter; /* not atomic: the lock guards it */
	_Atomic unsigned inside, most, waiting, most_waiting;
	_Atomic bool stop;
	_Atomic unsigned long turns[THREADS];
	int pipe[2];
};

struct member {
	struct shared *shared;
	unsigned self;
	pthread_t thread;
};

static void note_most(_Atomic unsigned *most, unsigned value)
{
	unsigned seen = atomic_load(most);

	while (value > seen && !atomic_compare_exchange_weak(most, &seen, value))
		;
}

static void run_all(struct shared *shared, void *(*body)(void *), uint64_t interval_ns)
{
	struct member members[THREADS];

	assert_int_equal(par_gil_init(&shared->gil, interval_ns), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		members[i] = (struct member){ .shared = shared, .self = i + 1 };
		assert_int_equal(pthread_create(&members[i].thread, NULL, body, &members[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(members[i].thread, NULL), 0);
	par_gil_fini(&shared->gil);
}

#define STEPS 20000

static void *count(void *argument)
{
	struct member *member = argument;
	struct shared *shared = member->shared;

	par_gil_take(&shared->gil, member->self);
	for (unsigned i = 0; i < STEPS; i++) {
		note_most(&shared->most, atomic_fetch_add(&shared->inside, 1) + 1);
		shared->counter++;
		atomic_fetch_sub(&shared->inside, 1);
		par_gil_check(&shared->gil, member->self);
	}
	par_gil_drop(&shared->gil);
	return NULL;
}

static void test_one_computes_at_a_time(void **state)
{
	struct shared shared = { 0 };

	(void)state;
	run_all(&shared, count, 50000);
	assert_int_equal(shared.counter, THREADS * STEPS);
	assert_int_equal(atomic_load(&shared.most), 1);
	assert_true(par_gil_switches(&shared.gil) >= THREADS);
}

/* Goes on until every thread has had its turn many times: who is asked steps back. */
static void *take_turns(void *argument)
{
	struct member *member = argument;
	struct shared *shared = member->shared;
	unsigned last = 0;

	par_gil_take(&shared->gil, member->self);
	while (!atomic_load(&shared->stop)) {
		bool all = true;

		if (last != shared->gil.switches) { /* a new turn */
			last = (unsigned)shared->gil.switches;
			atomic_fetch_add(&shared->turns[member->self - 1], 1);
		}
		for (unsigned i = 0; i < THREADS; i++)
			all = all && atomic_load(&shared->turns[i]) >= 5;
		if (all)
			atomic_store(&shared->stop, true);
		par_gil_check(&shared->gil, member->self);
	}
	par_gil_drop(&shared->gil);
	return NULL;
}

static void test_nobody_starves(void **state)
{
	struct shared shared = { 0 };

	(void)state;
	run_all(&shared, take_turns, 100000);
	for (unsigned i = 0; i < THREADS; i++)
		assert_true(atomic_load(&shared.turns[i]) >= 5);
}

/* Nobody asks before the interval is over: whoever never waits keeps the lock. */
static void *compute_briefly(void *argument)
{
	struct member *member = argument;
	struct shared *shared = member->shared;

	par_gil_take(&shared->gil, member->self);
	for (unsigned i = 0; i < 1000; i++)
		par_gil_check(&shared->gil, member->self);
	par_gil_drop(&shared->gil);
	return NULL;
}

static void test_no_switch_within_the_interval(void **state)
{
	struct shared shared = { 0 };

	(void)state;
	run_all(&shared, compute_briefly, 3600 * 1000000000ULL);
	assert_int_equal(par_gil_switches(&shared.gil), THREADS);
}

/* All must be in their sleep at once before any may end. */
static void *wait_together(void *argument)
{
	struct member *member = argument;
	struct shared *shared = member->shared;
	struct par_gil_io io;

	par_gil_io_init(&io, &shared->gil, member->self);
	par_gil_take(&shared->gil, member->self);
	note_most(&shared->most_waiting, atomic_fetch_add(&shared->waiting, 1) + 1);
	for (int i = 0; i < 10000 && atomic_load(&shared->most_waiting) < THREADS; i++)
		assert_int_equal(par_io_sleep(&io.io, 1000000), 0);
	atomic_fetch_sub(&shared->waiting, 1);
	par_gil_drop(&shared->gil);
	return NULL;
}

static void test_waits_overlap(void **state)
{
	struct shared shared = { 0 };

	(void)state;
	run_all(&shared, wait_together, PAR_GIL_INTERVAL_NS);
	assert_int_equal(atomic_load(&shared.most_waiting), THREADS);
}

/* A reader that held the lock would keep the writer from ever writing. */
static void *pass_bytes(void *argument)
{
	struct member *member = argument;
	struct shared *shared = member->shared;
	struct par_gil_io io;
	char byte = 'x';

	par_gil_io_init(&io, &shared->gil, member->self);
	par_gil_take(&shared->gil, member->self);
	for (unsigned i = 0; i < 100; i++) {
		if (member->self % 2 == 0)
			assert_int_equal(par_io_read_all(&io.io, shared->pipe[0], &byte, 1), 0);
		else
			assert_int_equal(par_io_write_all(&io.io, shared->pipe[1], &byte, 1), 0);
		par_io_yield(&io.io);
	}
	par_gil_drop(&shared->gil);
	return NULL;
}

static void test_reads_release_it(void **state)
{
	struct shared shared = { 0 };

	(void)state;
	assert_int_equal(pipe(shared.pipe), 0);
	run_all(&shared, pass_bytes, PAR_GIL_INTERVAL_NS);
	close(shared.pipe[0]);
	close(shared.pipe[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_computes_at_a_time),
		cmocka_unit_test(test_nobody_starves),
		cmocka_unit_test(test_no_switch_within_the_interval),
		cmocka_unit_test(test_waits_overlap),
		cmocka_unit_test(test_reads_release_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
