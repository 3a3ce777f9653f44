/* Sleeping until a peer wakes: coroutines of a loop, threads and processes. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leftovers.h"
#include "ways_to_wait.h"

#include "clock.h"
#include "deadlines.h"
#include "park.h"
#include "rng.h"
#include "shared.h"

#define MANY 200

struct notes {
	struct par_spot spot;
	uint64_t order[MANY];
	int codes[MANY];
	unsigned count;
	int pipe[2];
};

static int park(struct par_io *io, struct par_spot *spot, uint64_t deadline)
{
	return par_park(io, spot, par_spot_enter(io, spot), deadline);
}

static void note(struct notes *notes, uint64_t index, int code)
{
	notes->order[notes->count++] = index;
	notes->codes[index] = code;
}

/* --- coroutines --- */

/* All park; the last wakes one, then three, then all. */
static void wait_in_line(void *context, uint64_t index, struct par_io *io)
{
	struct notes *notes = context;

	if (index < MANY - 1) {
		note(notes, index, park(io, &notes->spot, PAR_PARK_FOREVER));
		return;
	}
	assert_int_equal(par_unpark(io, &notes->spot, 1), 1);
	assert_int_equal(notes->count, 0); /* they run when this one waits */
	par_io_yield(io);
	assert_int_equal(notes->count, 1);
	assert_int_equal(par_unpark(io, &notes->spot, 3), 3);
	par_io_yield(io);
	assert_int_equal(notes->count, 4);
	assert_int_equal(par_unpark(io, &notes->spot, 0), 0);
	assert_int_equal(par_unpark(io, &notes->spot, PAR_PARK_ALL), MANY - 5);
	assert_int_equal(par_unpark(io, &notes->spot, PAR_PARK_ALL), 0);
}

static void test_first_come_first_woken(void **state)
{
	struct notes notes = { 0 };
	struct par_loop *loop;

	(void)state;
	assert_int_equal(par_loop_open(&loop, NULL), 0);
	assert_int_equal(on_loop(loop, wait_in_line, &notes, MANY, MANY), 0);
	assert_int_equal(notes.count, MANY - 1);
	for (unsigned i = 0; i < notes.count; i++) {
		assert_int_equal(notes.order[i], i);
		assert_int_equal(notes.codes[i], 0);
	}
	assert_null(notes.spot.first);
	assert_null(notes.spot.last);
	par_loop_close(loop);
}

/* Every second one waits for long, the others shortly; the last wakes whoever is left. */
static void wait_with_deadlines(void *context, uint64_t index, struct par_io *io)
{
	struct notes *notes = context;
	uint64_t ns = index % 2 ? (1 + index % 7) * PAR_NS_PER_MS : 1000 * PAR_NS_PER_S;

	if (index < MANY - 1) {
		note(notes, index, park(io, &notes->spot, par_deadline_in(ns)));
		return;
	}
	while (notes->count < MANY / 2 - 1)
		assert_int_equal(par_io_sleep(io, PAR_NS_PER_MS), 0);
	assert_int_equal(par_unpark(io, &notes->spot, PAR_PARK_ALL), MANY / 2);
}

static void test_deadlines(void **state)
{
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		struct par_loop_spec spec = { .timerfd_only = kind == 1 };
		struct notes notes = { 0 };
		struct par_loop *loop;

		assert_int_equal(par_loop_open(&loop, &spec), 0);
		assert_int_equal(on_loop(loop, wait_with_deadlines, &notes, MANY, MANY), 0);
		par_loop_close(loop);
		assert_int_equal(notes.count, MANY - 1);
		for (unsigned i = 0; i < MANY - 1; i++)
			assert_int_equal(notes.codes[i], i % 2 ? -ETIMEDOUT : 0);
		for (unsigned i = 0; i < MANY - 1; i++)
			assert_int_equal(notes.order[i] % 2, i < MANY / 2 - 1);
	}
}

static void wait_for_nobody(void *context, uint64_t index, struct par_io *io)
{
	struct notes *notes = context;

	note(notes, index, park(io, &notes->spot, PAR_PARK_FOREVER));
}

/* Some have a deadline: the others see the deadlock when those have gone. */
static void wait_for_nobody_long(void *context, uint64_t index, struct par_io *io)
{
	struct notes *notes = context;
	uint64_t ns = index % 10 ? PAR_PARK_FOREVER : index * 10000;

	note(notes, index, park(io, &notes->spot, par_deadline_in(ns)));
}

/* A sleeper and a reader keep the rest from being given up. */
static void wait_for_events(void *context, uint64_t index, struct par_io *io)
{
	struct notes *notes = context;
	char byte = 0;

	if (index > 1) {
		note(notes, index, park(io, &notes->spot, PAR_PARK_FOREVER));
	} else if (index == 1) {
		assert_int_equal(par_io_read_all(io, notes->pipe[0], &byte, 1), 0);
		(void)par_unpark(io, &notes->spot, PAR_PARK_ALL);
	} else {
		assert_int_equal(par_io_sleep(io, PAR_NS_PER_MS), 0);
		assert_int_equal(par_io_write_all(io, notes->pipe[1], &byte, 1), 0);
	}
}

static void test_deadlock_is_told(void **state)
{
	struct notes notes = { 0 };
	struct par_loop *loop;

	(void)state;
	assert_int_equal(par_loop_open(&loop, NULL), 0);
	/* All at once, and three at a time: whoever has not started cannot wake them either. */
	for (uint64_t in_flight = 3; in_flight <= MANY; in_flight += MANY - 3) {
		notes.count = 0;
		assert_int_equal(on_loop(loop, wait_for_nobody, &notes, MANY, in_flight), 0);
		assert_int_equal(notes.count, MANY);
		for (unsigned i = 0; i < MANY; i++)
			assert_int_equal(notes.codes[i], -EDEADLK);
	}
	notes.count = 0;
	assert_int_equal(on_loop(loop, wait_for_nobody_long, &notes, MANY, MANY), 0);
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(notes.codes[i], i % 10 ? -EDEADLK : -ETIMEDOUT);

	notes.count = 0;
	assert_int_equal(pipe(notes.pipe), 0);
	assert_int_equal(on_loop(loop, wait_for_events, &notes, MANY, MANY), 0);
	assert_int_equal(notes.count, MANY - 2);
	for (unsigned i = 2; i < MANY; i++)
		assert_int_equal(notes.codes[i], 0);
	close(notes.pipe[0]);
	close(notes.pipe[1]);
	par_loop_close(loop);
}

/* Woken between enter and park: nobody sleeps. To try never sleeps either. */
static void nearly_sleep(void *context, uint64_t index, struct par_io *io)
{
	struct par_spot spot = PAR_SPOT_INIT;
	uint32_t seen = par_spot_enter(io, &spot);

	(void)context, (void)index;
	(void)par_unpark(io, &spot, 1);
	assert_int_equal(par_park(io, &spot, seen, PAR_PARK_FOREVER), 0);
	assert_int_equal(park(io, &spot, 0), -ETIMEDOUT);
	assert_int_equal(park(io, &spot, par_deadline_in(PAR_NS_PER_MS)), -ETIMEDOUT);
	(void)par_spot_enter(io, &spot);
	par_spot_leave(io, &spot);
	assert_int_equal(spot.crowd, 0);
}

static void test_woken_before_sleep(void **state)
{
	(void)state;
	on_each(nearly_sleep, NULL);
}

/* --- the same code on all --- */

#define PARTS 5
#define LAPS  2000

/* A baton that goes round: each part waits for its turn at its own spot. */
struct ring {
	struct par_spot spots[PARTS];
	_Atomic uint32_t turn;
	uint64_t laps; /* only the part whose turn it is touches it */
	int code;
};

static bool has_turn(struct ring *ring, uint64_t index)
{
	/* Acquire: pairs with the release of who passes the baton. */
	return atomic_load_explicit(&ring->turn, memory_order_acquire) == index;
}

static int await_turn(struct ring *ring, uint64_t index, struct par_io *io)
{
	struct par_spot *spot = &ring->spots[index];
	uint32_t seen;
	int code = 0;

	while (!code && !has_turn(ring, index)) {
		seen = par_spot_enter(io, spot);
		if (has_turn(ring, index)) {
			par_spot_leave(io, spot);
			break;
		}
		code = par_park(io, spot, seen, par_deadline_in(20 * PAR_NS_PER_S));
	}
	return code;
}

static void run_part(void *context, uint64_t index, struct par_io *io)
{
	struct ring *ring = context;
	uint32_t next = (uint32_t)((index + 1) % PARTS);

	for (unsigned lap = 0; lap < LAPS; lap++) {
		int code = await_turn(ring, index, io);

		if (code) {
			ring->code = code;
			return;
		}
		ring->laps++;
		atomic_store_explicit(&ring->turn, next, memory_order_release);
		(void)par_unpark(io, &ring->spots[next], 1);
	}
}

static void test_coroutines_take_turns(void **state)
{
	struct ring ring = { 0 };
	struct par_loop *loop;

	(void)state;
	assert_int_equal(par_loop_open(&loop, NULL), 0);
	assert_int_equal(on_loop(loop, run_part, &ring, PARTS, PARTS), 0);
	par_loop_close(loop);
	assert_int_equal(ring.code, 0);
	assert_int_equal(ring.laps, PARTS * LAPS);
}

struct part {
	struct ring *ring;
	uint64_t index;
};

static void *thread_main(void *argument)
{
	struct part *part = argument;
	struct par_io io;

	par_io_init_blocking(&io);
	run_part(part->ring, part->index, &io);
	return NULL;
}

static void test_threads_take_turns(void **state)
{
	struct leftovers before = leftovers_now();
	struct ring ring = { 0 };
	struct part parts[PARTS];
	pthread_t threads[PARTS];

	(void)state;
	for (unsigned i = 0; i < PARTS; i++) {
		parts[i] = (struct part){ &ring, i };
		assert_int_equal(pthread_create(&threads[i], NULL, thread_main, &parts[i]), 0);
	}
	for (unsigned i = 0; i < PARTS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(ring.code, 0);
	assert_int_equal(ring.laps, PARTS * LAPS);
	for (unsigned i = 0; i < PARTS; i++)
		assert_int_equal(ring.spots[i].crowd, 0);
	leftovers_none_since(&before);
}

static void test_processes_take_turns(void **state)
{
	pid_t children[PARTS];
	struct ring *ring;
	void *memory;
	int status;

	(void)state;
	assert_int_equal(par_shared_open(&memory, sizeof(*ring)), 0);
	ring = memory;
	for (unsigned i = 0; i < PARTS; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0) {
			struct part part = { ring, i };

			thread_main(&part);
			_exit(0);
		}
	}
	for (unsigned i = 0; i < PARTS; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(ring->code, 0);
	assert_int_equal(ring->laps, PARTS * LAPS);
	par_shared_close(memory, sizeof(*ring));
}

/* --- deadlines --- */

/* Adds and takes out at random; the first is always the earliest of those that are in. */
static void test_heap_of_deadlines(void **state)
{
	struct par_deadline all[MANY];
	bool in[MANY] = { false };
	struct par_deadlines heap = { 0 };
	uint64_t earliest;
	struct par_rng rng;

	(void)state;
	par_rng_init(&rng, 7);
	for (unsigned step = 0; step < 20000; step++) {
		size_t i = (size_t)par_rng_below(&rng, MANY);

		if (in[i])
			par_deadlines_remove(&heap, &all[i]);
		else {
			all[i].at = par_rng_below(&rng, 50);
			par_deadlines_add(&heap, &all[i]);
		}
		in[i] = !in[i];
		earliest = PAR_DEADLINE_NONE;
		for (i = 0; i < MANY; i++)
			if (in[i] && all[i].at < earliest)
				earliest = all[i].at;
		assert_int_equal(par_deadlines_first(&heap), earliest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heap_of_deadlines),
		cmocka_unit_test(test_first_come_first_woken),
		cmocka_unit_test(test_deadlines),
		cmocka_unit_test(test_deadlock_is_told),
		cmocka_unit_test(test_woken_before_sleep),
		cmocka_unit_test(test_coroutines_take_turns),
		cmocka_unit_test(test_threads_take_turns),
		cmocka_unit_test(test_processes_take_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
