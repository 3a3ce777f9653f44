/*
 * Nobody goes on from a meeting before all have come: threads, processes, coroutines.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "meeting.h"

#define PARTS  5
#define ROUNDS 200

struct room {
	struct par_meeting meeting;
	_Atomic unsigned before; /* who came */
	_Atomic unsigned early;  /* who went on and missed somebody */
};

static struct room *open_room(void)
{
	void *room;

	assert_int_equal(par_shared_open(&room, sizeof(struct room)), 0);
	return room;
}

static void attend(struct room *room, struct par_io *io)
{
	atomic_fetch_add(&room->before, 1);
	if (par_meeting_join(&room->meeting, PARTS, false, io) < 0 ||
		atomic_load(&room->before) < PARTS)
		atomic_fetch_add(&room->early, 1);
}

static void *attend_thread(void *argument)
{
	struct par_io io;

	par_io_init_blocking(&io);
	attend(argument, &io);
	return NULL;
}

static void next_round(struct room *room)
{
	assert_int_equal(atomic_load(&room->before), PARTS);
	assert_int_equal(atomic_load(&room->early), 0);
	atomic_store(&room->before, 0);
	par_meeting_init(&room->meeting);
}

static void threads_meet(void **state)
{
	struct room *room = open_room();
	pthread_t threads[PARTS];

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < PARTS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, attend_thread, room), 0);
		for (int i = 0; i < PARTS; i++)
			pthread_join(threads[i], NULL);
		next_round(room);
	}
	par_shared_close(room, sizeof *room);
}

static void processes_meet(void **state)
{
	struct room *room = open_room();

	(void)state;
	for (int round = 0; round < ROUNDS / 10; round++) {
		for (int i = 0; i < PARTS; i++) {
			pid_t child = fork();

			assert_true(child >= 0);
			if (child == 0) {
				attend_thread(room);
				_exit(0);
			}
		}
		for (int i = 0; i < PARTS; i++)
			assert_true(wait(NULL) > 0);
		next_round(room);
	}
	par_shared_close(room, sizeof *room);
}

static uint64_t claim(void *context, uint64_t limit, uint64_t *first)
{
	uint64_t *next = context;

	(void)limit;
	*first = *next;
	return (*next)++ < PARTS;
}

struct source {
	uint64_t next;
	struct room *room;
};

static void attend_task(void *context, uint64_t index, struct par_io *io)
{
	struct source *source = context;

	(void)index;
	attend(source->room, io);
}

static void coroutines_meet(void **state)
{
	struct room *room = open_room();
	struct source source = { .room = room };
	struct par_loop_source tasks = { claim, attend_task, &source };
	struct par_loop *loop;

	(void)state;
	assert_int_equal(par_loop_open(&loop, NULL), 0);
	for (int round = 0; round < ROUNDS; round++) {
		source.next = 0;
		assert_int_equal(par_loop_run(loop, &tasks, PARTS), 0);
		next_round(room);
	}
	par_loop_close(loop);
	par_shared_close(room, sizeof *room);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_meet),
		cmocka_unit_test(processes_meet),
		cmocka_unit_test(coroutines_meet),
	};

	return cmocka_run_group_tests_name("meeting", tests, NULL, NULL);
}
