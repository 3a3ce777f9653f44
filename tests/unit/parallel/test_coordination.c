/*
 * Permits, barriers and the graph of who waits for whom: by threads, processes and coroutines.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "barrier.h"
#include "clock.h"
#include "loop.h"
#include "permits.h"
#include "waits_for.h"

#define PARTS 6
#define ROOM  2
#define TURNS 400

/* --- permits --- */

struct room {
	struct par_permits permits;
	_Atomic unsigned inside, most, entries;
};

static struct room *open_room(void)
{
	void *memory;

	assert_int_equal(par_shared_open(&memory, sizeof(struct room)), 0);
	par_permits_init(&((struct room *)memory)->permits, ROOM);
	return memory;
}

static void visit_room(struct room *room, struct par_io *io)
{
	for (int i = 0; i < TURNS; i++) {
		unsigned inside;

		if (par_permits_take(io, &room->permits, PAR_PARK_FOREVER) != 0)
			return;
		inside = atomic_fetch_add(&room->inside, 1) + 1;
		if (inside > atomic_load(&room->most))
			atomic_store(&room->most, inside);
		par_io_yield(io);
		atomic_fetch_add(&room->entries, 1);
		atomic_fetch_sub(&room->inside, 1);
		par_permits_give(io, &room->permits);
	}
}

static void check_room(struct room *room)
{
	assert_true(atomic_load(&room->most) <= ROOM);
	assert_int_equal(atomic_load(&room->entries), PARTS * TURNS);
	assert_int_equal(atomic_load(&room->permits.left), ROOM);
	par_shared_close(room, sizeof *room);
}

static void *visit_thread(void *argument)
{
	struct par_io io;

	par_io_init_blocking(&io);
	visit_room(argument, &io);
	return NULL;
}

static void threads_are_let_in_by_permits(void **state)
{
	struct room *room = open_room();
	pthread_t threads[PARTS];

	(void)state;
	for (int i = 0; i < PARTS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, visit_thread, room), 0);
	for (int i = 0; i < PARTS; i++)
		pthread_join(threads[i], NULL);
	check_room(room);
}

static pid_t start(void *(*body)(void *), void *argument)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		body(argument);
		_exit(0);
	}
	return child;
}

static void processes_are_let_in_by_permits(void **state)
{
	struct room *room = open_room();

	(void)state;
	for (int i = 0; i < PARTS; i++)
		start(visit_thread, room);
	for (int i = 0; i < PARTS; i++)
		assert_true(wait(NULL) > 0);
	check_room(room);
}

struct source {
	uint64_t next, count;
	void *shared;
	int status;
};

static uint64_t claim(void *context, uint64_t limit, uint64_t *first)
{
	struct source *source = context;

	(void)limit;
	*first = source->next;
	return source->next++ < source->count;
}

static void visit_task(void *context, uint64_t index, struct par_io *io)
{
	(void)index;
	visit_room(((struct source *)context)->shared, io);
}

static void coroutines_are_let_in_by_permits(void **state)
{
	struct room *room = open_room();
	struct source source = { .count = PARTS, .shared = room };
	struct par_loop_source tasks = { claim, visit_task, &source };
	struct par_loop *loop;

	(void)state;
	assert_int_equal(par_loop_open(&loop, NULL), 0);
	assert_int_equal(par_loop_run(loop, &tasks, PARTS), 0);
	par_loop_close(loop);
	check_room(room);
}

static void wait_for_nobody(void *context, uint64_t index, struct par_io *io)
{
	struct source *source = context;

	(void)index;
	source->status = par_permits_take(io, source->shared, PAR_PARK_FOREVER);
}

static void a_permit_that_never_comes_is_told(void **state)
{
	struct par_permits permits;
	struct source source = { .count = 1, .shared = &permits };
	struct par_loop_source tasks = { claim, wait_for_nobody, &source };
	struct par_loop *loop;
	struct par_io io;

	(void)state;
	par_permits_init(&permits, 0);
	par_io_init_blocking(&io);
	assert_false(par_permits_try(&permits));
	assert_int_equal(par_permits_take(&io, &permits, par_deadline_in(1000)), -ETIMEDOUT);
	assert_int_equal(par_loop_open(&loop, NULL), 0);
	(void)par_loop_run(loop, &tasks, 1);
	assert_int_equal(source.status, -EDEADLK);
	par_loop_close(loop);
}

/* --- barrier --- */

struct hall {
	struct par_barrier barrier;
	uint64_t spin_ns;
	_Atomic unsigned steps[PARTS], early;
	_Atomic unsigned next; /* part */
};

static void *walk(void *argument)
{
	struct hall *hall = argument;
	unsigned self = atomic_fetch_add(&hall->next, 1);

	for (unsigned step = 1; step <= TURNS; step++) {
		atomic_store(&hall->steps[self], step);
		if (par_barrier_cross(&hall->barrier, hall->spin_ns, 10 * PAR_NS_PER_S) != 0)
			atomic_fetch_add(&hall->early, 1);
		for (int i = 0; i < PARTS; i++)
			if (atomic_load(&hall->steps[i]) < step)
				atomic_fetch_add(&hall->early, 1);
	}
	return NULL;
}

static struct hall *open_hall(uint64_t spin_ns)
{
	void *memory;
	struct hall *hall;

	assert_int_equal(par_shared_open(&memory, sizeof *hall), 0);
	hall = memory;
	hall->spin_ns = spin_ns;
	par_barrier_init(&hall->barrier, PARTS);
	return hall;
}

static void check_hall(struct hall *hall)
{
	assert_int_equal(atomic_load(&hall->early), 0);
	for (int i = 0; i < PARTS; i++)
		assert_int_equal(atomic_load(&hall->steps[i]), TURNS);
	par_shared_close(hall, sizeof *hall);
}

static void threads_cross_together(void **state)
{
	(void)state;
	for (uint64_t spin_ns = 0; spin_ns <= 2000; spin_ns += 2000) {
		struct hall *hall = open_hall(spin_ns);
		pthread_t threads[PARTS];

		for (int i = 0; i < PARTS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, walk, hall), 0);
		for (int i = 0; i < PARTS; i++)
			pthread_join(threads[i], NULL);
		check_hall(hall);
	}
}

static void processes_cross_together(void **state)
{
	struct hall *hall = open_hall(0);

	(void)state;
	for (int i = 0; i < PARTS; i++)
		start(walk, hall);
	for (int i = 0; i < PARTS; i++)
		assert_true(wait(NULL) > 0);
	check_hall(hall);
}

static void a_party_that_never_comes_is_not_waited_for(void **state)
{
	struct par_barrier barrier;

	(void)state;
	par_barrier_init(&barrier, 2);
	assert_int_equal(par_barrier_cross(&barrier, 0, 1000), -ETIMEDOUT);
	par_barrier_init(&barrier, 1);
	assert_int_equal(par_barrier_cross(&barrier, 0, 1000), 0);
}

/* --- who waits for whom --- */

static void a_circle_is_a_deadlock_only_when_it_stands_still(void **state)
{
	struct par_waits_for *graph;
	struct par_waits_for_cycle first, second;
	void *memory;

	(void)state;
	assert_int_equal(par_shared_open(&memory, sizeof *graph), 0);
	graph = memory;
	par_waits_for_init(graph);
	par_waits_for_got(graph, 0, 10);
	par_waits_for_got(graph, 1, 11);
	par_waits_for_got(graph, 2, 12);
	par_waits_for_want(graph, 0, 11);
	par_waits_for_want(graph, 1, 12);
	assert_false(par_waits_for_look(&first, graph, 0)); /* 2 waits for nothing */
	assert_int_equal(first.count, 0);
	assert_false(par_waits_for_same(&first, &first));
	par_waits_for_want(graph, 2, 10);
	assert_true(par_waits_for_look(&first, graph, 0));
	assert_int_equal(first.count, 3);
	assert_true(par_waits_for_look(&second, graph, 0));
	assert_true(par_waits_for_same(&first, &second));

	/* One of them gave up and came back in between: that was no deadlock. */
	par_waits_for_quit(graph, 2);
	assert_false(par_waits_for_look(&second, graph, 0));
	par_waits_for_want(graph, 2, 10);
	assert_true(par_waits_for_look(&second, graph, 0));
	assert_false(par_waits_for_same(&first, &second));
	par_shared_close(memory, sizeof *graph);
}

static void a_circle_elsewhere_is_not_mine(void **state)
{
	struct par_waits_for *graph;
	struct par_waits_for_cycle cycle;
	void *memory;

	(void)state;
	assert_int_equal(par_shared_open(&memory, sizeof *graph), 0);
	graph = memory;
	par_waits_for_init(graph);
	par_waits_for_got(graph, 0, 0);
	par_waits_for_got(graph, 1, 1);
	par_waits_for_want(graph, 0, 1);
	par_waits_for_want(graph, 1, 0);
	par_waits_for_want(graph, 2, 0); /* it waits for the two, but holds nothing */
	assert_false(par_waits_for_look(&cycle, graph, 2));
	assert_true(par_waits_for_look(&cycle, graph, 1));
	par_waits_for_free(graph, 0, 0);
	assert_false(par_waits_for_look(&cycle, graph, 1));
	par_shared_close(memory, sizeof *graph);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_are_let_in_by_permits),
		cmocka_unit_test(processes_are_let_in_by_permits),
		cmocka_unit_test(coroutines_are_let_in_by_permits),
		cmocka_unit_test(a_permit_that_never_comes_is_told),
		cmocka_unit_test(threads_cross_together),
		cmocka_unit_test(processes_cross_together),
		cmocka_unit_test(a_party_that_never_comes_is_not_waited_for),
		cmocka_unit_test(a_circle_is_a_deadlock_only_when_it_stands_still),
		cmocka_unit_test(a_circle_elsewhere_is_not_mine),
	};

	return cmocka_run_group_tests_name("coordination", tests, NULL, NULL);
}
