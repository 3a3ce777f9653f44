/* Bounded queues among threads and processes, some of which are killed. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leftovers.h"
#include "queues.h"

#include "clock.h"

#define PARTS_MAX 6
#define ITEMS     3000
#define PATIENCE  (60 * PAR_NS_PER_S)

/* What the parts share; in shared memory. */
struct hall {
	struct any_queue any;
	unsigned producers, consumers;
	_Atomic unsigned producing, wrong;
	_Atomic unsigned char got[PARTS_MAX * ITEMS];
};

static void expect(struct hall *hall, bool right)
{
	if (!right)
		atomic_fetch_add(&hall->wrong, 1);
}

static void produce(struct hall *hall, uint64_t producer, struct par_io *io)
{
	for (uint64_t i = 0; i < ITEMS; i++)
		expect(hall, any_put(&hall->any, io, producer * ITEMS + i,
				     par_deadline_in(PATIENCE)) == 0);
	if (atomic_fetch_sub(&hall->producing, 1) > 1)
		return;
	if (hall->any.kind != RING) {
		expect(hall,
			par_queue_join(queue_of(&hall->any), io, par_deadline_in(PATIENCE)) == 0);
		for (uint64_t i = 0; i < hall->producers * ITEMS; i++)
			expect(hall, atomic_load(&hall->got[i]) == 1);
	}
	any_end(&hall->any, io);
}

static void consume(struct hall *hall, struct par_io *io)
{
	uint64_t item;
	int code;

	while ((code = any_get(&hall->any, io, &item, par_deadline_in(PATIENCE))) == 1) {
		expect(hall, item < hall->producers * ITEMS);
		atomic_fetch_add(&hall->got[item], 1);
		if (hall->any.kind != RING)
			expect(hall, par_queue_task_done(queue_of(&hall->any), io) == 0);
	}
	expect(hall, code == 0);
}

static void play_part(struct hall *hall, uint64_t index)
{
	struct par_io io;

	par_io_init_blocking(&io);
	if (index < hall->producers)
		produce(hall, index, &io);
	else
		consume(hall, &io);
}

static struct hall *hall_open(
	enum kind kind, uint32_t capacity, bool processes, unsigned producers, unsigned consumers)
{
	struct hall *hall;
	void *memory;

	assert_int_equal(par_shared_open(&memory, sizeof(*hall)), 0);
	hall = memory;
	hall->any = any_open(kind, capacity, processes);
	hall->producers = producers;
	hall->consumers = consumers;
	hall->producing = producers;
	return hall;
}

static void hall_check_and_close(struct hall *hall)
{
	struct par_queue_counts counts = any_counted(&hall->any);

	assert_int_equal(hall->wrong, 0);
	for (uint64_t i = 0; i < hall->producers * ITEMS; i++)
		assert_int_equal(hall->got[i], 1);
	assert_int_equal(counts.puts, hall->producers * ITEMS);
	assert_int_equal(counts.gets, hall->producers * ITEMS);
	any_shut(&hall->any);
	par_shared_close(hall, sizeof(*hall));
}

struct part {
	struct hall *hall;
	uint64_t index;
};

static void *thread_main(void *argument)
{
	struct part *part = argument;

	play_part(part->hall, part->index);
	return NULL;
}

static void run_threads(struct hall *hall)
{
	struct part parts[2 * PARTS_MAX];
	pthread_t threads[2 * PARTS_MAX];
	unsigned count = hall->producers + hall->consumers;

	for (unsigned i = 0; i < count; i++) {
		parts[i] = (struct part){ hall, i };
		assert_int_equal(pthread_create(&threads[i], NULL, thread_main, &parts[i]), 0);
	}
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static pid_t fork_part(struct hall *hall, uint64_t index)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		play_part(hall, index);
		_exit(0);
	}
	return child;
}

static void reap(pid_t child, int expected)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, expected);
}

static void run_processes(struct hall *hall)
{
	pid_t children[2 * PARTS_MAX];
	unsigned count = hall->producers + hall->consumers;

	for (unsigned i = 0; i < count; i++)
		children[i] = fork_part(hall, i);
	for (unsigned i = 0; i < count; i++)
		reap(children[i], 0);
}

static void test_nothing_is_lost(void **state)
{
	static const unsigned crowds[][2] = { { 1, 1 }, { 5, 5 }, { 2, 5 }, { 5, 2 } };
	struct leftovers before = leftovers_now();

	(void)state;
	for (unsigned run = 0; run < KINDS * 4 * 2; run++) {
		const unsigned *crowd = crowds[run / KINDS % 4];
		bool processes = run >= KINDS * 4;
		uint32_t capacity = run % 3 == 0 ? 2 : run % 3 == 1 ? 16 : 1024;
		struct hall *hall = hall_open(run % KINDS, capacity, processes, crowd[0], crowd[1]);

		if (processes)
			run_processes(hall);
		else
			run_threads(hall);
		hall_check_and_close(hall);
	}
	leftovers_none_since(&before);
}

/* --- closing --- */

static void *sleep_on_it(void *argument)
{
	struct part *part = argument;
	struct par_io io;
	uint64_t item;
	int code;

	par_io_init_blocking(&io);
	if (part->index % 2)
		do
			code = any_put(&part->hall->any, &io, 1, par_deadline_in(PATIENCE));
		while (code == 0);
	else
		do
			code = any_get(&part->hall->any, &io, &item, par_deadline_in(PATIENCE));
		while (code == 1);
	expect(part->hall, code == (part->index % 2 ? -EPIPE : 0));
	return NULL;
}

/* Four who get from an empty queue, or put into a full one, until it is closed. */
static void test_close_wakes_all(void **state)
{
	(void)state;
	for (enum kind kind = 0; kind < 2 * KINDS; kind++) {
		struct hall *hall = hall_open(kind % KINDS, 4, false, 0, 0);
		bool put = kind >= KINDS;
		struct part part = { hall, put };
		pthread_t threads[4];
		struct par_io io;

		par_io_init_blocking(&io);
		for (int i = 0; i < 4; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, sleep_on_it, &part), 0);
		while (put && any_length(&hall->any) < 4)
			sched_yield();
		any_end(&hall->any, &io);
		for (int i = 0; i < 4; i++)
			assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(hall->wrong, 0);
		any_shut(&hall->any);
		par_shared_close(hall, sizeof(*hall));
	}
}

/* --- death --- */

/* A process dies with the lock: who sleeps, and who comes later, is told. */
static void test_death_with_the_lock(void **state)
{
	struct hall *hall = hall_open(FIFO, 4, true, 1, 1);
	struct par_queue *queue = queue_of(&hall->any);
	pid_t sleepers[3], killed;
	struct par_io io;
	uint64_t item = 0;

	(void)state;
	par_io_init_blocking(&io);
	for (int i = 0; i < 3; i++) {
		sleepers[i] = fork();
		if (sleepers[i] == 0) {
			int code = i ? any_get(&hall->any, &io, &item, PAR_PARK_FOREVER)
				     : par_queue_join(queue, &io, PAR_PARK_FOREVER);

			/* Nothing has been put: join need not have slept. */
			_exit(code == -EOWNERDEAD || (i == 0 && code == 0) ? 0 : 1);
		}
	}
	while ((uint32_t)atomic_load(&queue->getters.crowd) < 2)
		usleep(1000);
	killed = fork();
	if (killed == 0) {
		(void)pthread_mutex_lock(&queue->lock);
		kill(getpid(), SIGKILL);
	}
	reap(killed, SIGKILL);
	for (int i = 0; i < 3; i++)
		reap(sleepers[i], 0);
	assert_int_equal(any_put(&hall->any, &io, 1, PAR_PARK_FOREVER), -EOWNERDEAD);
	assert_int_equal(any_get(&hall->any, &io, &item, PAR_QUEUE_TRY), -EOWNERDEAD);
	assert_int_equal(par_queue_task_done(queue, &io), -EOWNERDEAD);
	assert_int_equal(par_queue_join(queue, &io, 0), -EOWNERDEAD);
	assert_int_equal(par_queue_close(queue, &io), -EOWNERDEAD);
	any_shut(&hall->any);
	par_shared_close(hall, sizeof(*hall));
}

/* Puts, or gets, until told that it is over. */
static void work_until_the_end(struct hall *hall, bool puts)
{
	struct par_io io;
	uint64_t item;
	int code;

	par_io_init_blocking(&io);
	do
		code = puts ? any_put(&hall->any, &io, 1, par_deadline_in(PATIENCE))
			    : any_get(&hall->any, &io, &item, par_deadline_in(PATIENCE));
	while (puts ? code == 0 : code == 1);
	_exit(code == -EOWNERDEAD || code == (puts ? -EPIPE : 0) ? 0 : 1);
}

/*
 * Two putters and two getters, of which one each is killed somewhere. The others go on with what is
 * whole, until it is closed, or are told that it is not. A ring may wait for the cell that the dead
 * has taken, so it is not among these.
 */
static void test_death_anywhere(void **state)
{
	struct leftovers before = leftovers_now();

	(void)state;
	for (unsigned run = 0; run < 40; run++) {
		struct hall *hall = hall_open(run % RING, run % 2 ? 2 : 64, true, 0, 0);
		pid_t children[4];
		struct par_io io;
		int code;

		par_io_init_blocking(&io);
		for (int i = 0; i < 4; i++) {
			children[i] = fork();
			assert_true(children[i] >= 0);
			if (children[i] == 0)
				work_until_the_end(hall, i % 2);
		}
		usleep(500 + run * 53 % 700);
		for (int i = 0; i < 2; i++) {
			int status;

			kill(children[i], SIGKILL);
			assert_int_equal(waitpid(children[i], &status, 0), children[i]);
			/* The second may have been told of the first. */
			assert_true(status == SIGKILL || (i == 1 && status == 0));
		}
		code = par_queue_close(queue_of(&hall->any), &io);
		assert_true(code == 0 || code == -EOWNERDEAD);
		for (int i = 2; i < 4; i++)
			reap(children[i], 0);
		any_shut(&hall->any);
		par_shared_close(hall, sizeof(*hall));
	}
	leftovers_none_since(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_lost),
		cmocka_unit_test(test_close_wakes_all),
		cmocka_unit_test(test_death_with_the_lock),
		cmocka_unit_test(test_death_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
