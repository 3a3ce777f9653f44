/* The event loop: many tasks at once. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "leftovers.h"
#include "ways_to_wait.h"

#include "annotate.h"
#include "clock.h"

#define MANY  250
#define KINDS (sizeof(loop_kinds) / sizeof(*loop_kinds))

/* What tasks note down; one thread, so no locks. */
struct notes {
	uint64_t order[MANY * KINDS];
	unsigned count;
	unsigned alive, most_alive;
	uint64_t began[2]; /* when the first and the last task went to sleep */
	int pipes[2][2];
	int sockets[2];
	char path[64];
};

static struct notes notes_open(void)
{
	struct notes notes = { .path = "/var/tmp/parbench-test-XXXXXX" };

	for (int i = 0; i < 2; i++)
		assert_int_equal(pipe2(notes.pipes[i], O_CLOEXEC), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, notes.sockets), 0);
	return notes;
}

static void notes_close(struct notes *notes)
{
	for (int i = 0; i < 2; i++) {
		close(notes->pipes[i][0]);
		close(notes->pipes[i][1]);
		close(notes->sockets[i]);
	}
}

static void task_begin(struct notes *notes)
{
	notes->alive++;
	if (notes->alive > notes->most_alive)
		notes->most_alive = notes->alive;
}

static void task_end(struct notes *notes, uint64_t index)
{
	notes->order[notes->count++] = index;
	notes->alive--;
}

static void never_wait(void *context, uint64_t index, struct par_io *io)
{
	(void)io;
	task_begin(context);
	task_end(context, index);
}

/* Whoever never waits is run to its end at once, one after the other. */
static void test_tasks_that_never_wait(void **state)
{
	struct notes notes = { 0 };

	(void)state;
	assert_int_equal(notes.count, MANY * on_loops(never_wait, &notes, MANY, 100));
	assert_int_equal(notes.most_alive, 1);
	for (uint64_t i = 0; i < notes.count; i++)
		assert_int_equal(notes.order[i], i % MANY);
}

#define SLEEPERS 200
#define STEP_NS  (20 * PAR_NS_PER_MS)

/* Deadlines a step apart or equal, in an order unlike that of the indices. */
static uint64_t sleep_rank(uint64_t index)
{
	return index * 7 % 5;
}

static void sleep_by_rank(void *context, uint64_t index, struct par_io *io)
{
	struct notes *notes = context;

	notes->began[index == 0 ? 0 : 1] = par_now_ns();
	assert_int_equal(par_io_sleep(io, (1 + sleep_rank(index)) * STEP_NS), 0);
	task_end(context, index);
}

/* Runs the sleepers until all have gone to sleep within a step, as their order needs. */
static void run_sleepers(struct notes *notes, struct par_loop *loop)
{
	do {
		*notes = (struct notes){ 0 };
		assert_int_equal(on_loop(loop, sleep_by_rank, notes, SLEEPERS, SLEEPERS), 0);
		assert_int_equal(notes->count, SLEEPERS);
	} while (notes->began[1] - notes->began[0] > STEP_NS / 2);
}

static void test_sleepers_wake_in_order(void **state)
{
	struct notes notes;

	(void)state;
	for (size_t kind = 0; kind < loop_kind_count(); kind++) {
		struct par_loop *loop;

		assert_int_equal(par_loop_open(&loop, &loop_kinds[kind]), 0);
		run_sleepers(&notes, loop);
		par_loop_close(loop);
		/* Of equal ranks the higher index went to sleep a little later. */
		for (unsigned i = 1; i < notes.count; i++) {
			uint64_t a = notes.order[i - 1], b = notes.order[i];

			assert_true(sleep_rank(a) < sleep_rank(b) ||
				    (sleep_rank(a) == sleep_rank(b) && a < b));
		}
	}
}

static void wait_somehow(void *context, uint64_t index, struct par_io *io)
{
	task_begin(context);
	if (index % 3 == 0)
		par_io_yield(io);
	else
		assert_int_equal(par_io_sleep(io, 10000 * (index % 5)), 0);
	task_end(context, index);
}

static void test_in_flight_is_kept(void **state)
{
	static const unsigned limits[] = { 1, 2, 7, 64, 1000 };

	(void)state;
	for (size_t l = 0; l < sizeof(limits) / sizeof(*limits); l++) {
		struct notes notes = { 0 };

		size_t kinds = on_loops(wait_somehow, &notes, MANY, limits[l]);

		assert_int_equal(notes.count, MANY * kinds);
		assert_int_equal(notes.most_alive, limits[l] < MANY ? limits[l] : MANY);
	}
}

#define ROUNDS 300

/* Task 0 sends on the first pipe and hears on the second, task 1 the other way round. */
static void ping_pong(void *context, uint64_t index, struct par_io *io)
{
	struct notes *notes = context;
	int in = notes->pipes[1 - index][0], out = notes->pipes[index][1];
	unsigned char ball = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		if (index == 0)
			assert_int_equal(par_io_write_all(io, out, &ball, 1), 0);
		assert_int_equal(par_io_read_all(io, in, &ball, 1), 0);
		assert_int_equal(ball, (unsigned char)(index == 0 ? i + 1 : i));
		ball++;
		if (index == 1)
			assert_int_equal(par_io_write_all(io, out, &ball, 1), 0);
		else
			ball = (unsigned char)(i + 1);
	}
}

static void test_ping_pong(void **state)
{
	struct notes notes = notes_open();

	(void)state;
	on_loops(ping_pong, &notes, 2, 2);
	notes_close(&notes);
}

#define BULK (1 << 20)

/* Both ends of one socket write more than fits and read it: both directions of one descriptor. */
static void two_ways(void *context, uint64_t index, struct par_io *io)
{
	struct notes *notes = context;
	int fd = notes->sockets[index / 2];
	char *data = calloc(1, BULK);

	assert_non_null(data);
	if (index % 2 == 0) {
		memset(data, (int)index + 1, BULK);
		assert_int_equal(par_io_write_all(io, fd, data, BULK), 0);
	} else {
		assert_int_equal(par_io_read_all(io, fd, data, BULK), 0);
		for (size_t i = 0; i < BULK; i++)
			assert_int_equal(data[i], index == 1 ? 3 : 1);
	}
	free(data);
}

static void test_both_directions(void **state)
{
	struct notes notes = notes_open();

	(void)state;
	on_loops(two_ways, &notes, 4, 4);
	notes_close(&notes);
}

/* Several wait for one pipe; the last task feeds it. Each gets its byte. */
static void share_pipe(void *context, uint64_t index, struct par_io *io)
{
	struct notes *notes = context;
	char byte;

	if (index < 9) {
		assert_int_equal(par_io_read_all(io, notes->pipes[0][0], &byte, 1), 0);
		notes->count++;
		return;
	}
	for (int i = 0; i < 9; i++) {
		assert_int_equal(par_io_write_all(io, notes->pipes[0][1], "x", 1), 0);
		assert_int_equal(par_io_sleep(io, 100000), 0);
	}
}

static void test_many_wait_for_one(void **state)
{
	struct notes notes = notes_open();

	(void)state;
	assert_int_equal(notes.count, 9 * on_loops(share_pipe, &notes, 10, 10));
	notes_close(&notes);
}

/* Task 0 waits for what never comes; task 1 closes it under its feet. */
static void close_under_feet(void *context, uint64_t index, struct par_io *io)
{
	struct notes *notes = context;
	char byte;

	if (index == 0)
		assert_int_equal(par_io_read(io, notes->pipes[0][0], &byte, 1), -EBADF);
	else
		assert_int_equal(par_io_close(io, notes->pipes[0][0]), 0);
}

static void test_close_wakes(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < loop_kind_count(); kind++) {
		struct notes notes = notes_open();
		struct par_loop *loop;

		assert_int_equal(par_loop_open(&loop, &loop_kinds[kind]), 0);
		assert_int_equal(on_loop(loop, close_under_feet, &notes, 2, 2), 0);
		par_loop_close(loop);
		notes.pipes[0][0] = dup(notes.pipes[0][1]); /* for notes_close() */
		notes_close(&notes);
	}
}

static void wait_for_byte(void *context, uint64_t index, struct par_io *io)
{
	struct notes *notes = context;
	char byte;

	if (index == 0)
		assert_int_equal(par_io_read_all(io, notes->pipes[0][0], &byte, 1), 0);
	else
		assert_int_equal(par_io_write_all(io, notes->pipes[0][1], "x", 1), 0);
}

/* Between runs a workload may close descriptors by itself; new ones under old numbers still wake.
 */
static void use_numbers_again(const struct par_loop_spec *spec)
{
	struct par_loop *loop;
	int numbers[2];

	assert_int_equal(par_loop_open(&loop, spec), 0);
	for (int i = 0; i < 3; i++) {
		struct notes notes = notes_open();

		if (i > 0)
			assert_memory_equal(numbers, notes.pipes[0], sizeof(numbers));
		memcpy(numbers, notes.pipes[0], sizeof(numbers));
		assert_int_equal(on_loop(loop, wait_for_byte, &notes, 2, 2), 0);
		/* Registered still, and used again as it is. */
		assert_int_equal(on_loop(loop, wait_for_byte, &notes, 2, 2), 0);
		notes_close(&notes);
	}
	par_loop_close(loop);
}

static void test_numbers_used_again_between_runs(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < loop_kind_count(); kind++)
		use_numbers_again(&loop_kinds[kind]);
}

/* Many tasks with the offload threads between them, and sleepers besides. */
static void use_file(void *context, uint64_t index, struct par_io *io)
{
	struct notes *notes = context;
	uint64_t got = 0;
	int fd = par_io_open(io, notes->path, O_RDWR | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(par_io_pwrite(io, fd, &index, sizeof(index), (off_t)(8 * index)), 8);
	if (index % 10 == 0)
		assert_int_equal(par_io_fsync(io, fd), 0);
	if (index % 3 == 0)
		assert_int_equal(par_io_sleep(io, 1000 * index), 0);
	assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	assert_int_equal(par_io_pread(io, fd, &got, sizeof(got), (off_t)(8 * index)), 8);
	assert_int_equal(got, index);
	assert_int_equal(par_io_close(io, fd), 0);
	notes->count++;
}

static void test_files(void **state)
{
	struct leftovers before = leftovers_now();
	struct notes notes = { .path = "/var/tmp/parbench-test-XXXXXX" };
	int fd = mkstemp(notes.path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(notes.count, 200 * on_loops(use_file, &notes, 200, 50));
	assert_int_equal(unlink(notes.path), 0);
	leftovers_none_since(&before);
}

static void wait_long(void *context, uint64_t index, struct par_io *io)
{
	(void)index;
	task_begin(context);
	assert_int_equal(par_io_sleep(io, 1000000), 0);
	task_end(context, index);
}

/* Sanitizers and valgrind need address space themselves. */
static bool address_space_is_ours(void)
{
#if defined(PAR_ASAN) || defined(PAR_TSAN)
	return false;
#elif defined(RUNNING_ON_VALGRIND)
	return !RUNNING_ON_VALGRIND;
#else
	return true;
#endif
}

/* With little address space fewer tasks run at once, and all are run; with none the loop says so.
 */
static void test_scarce_stacks(void **state)
{
	struct rlimit before, tight;
	struct notes notes = { 0 };
	struct par_loop *loop;
	unsigned long pages;
	FILE *statm;

	(void)state;
	if (!address_space_is_ours())
		skip();
	statm = fopen("/proc/self/statm", "r");
	assert_non_null(statm);
	assert_int_equal(fscanf(statm, "%lu", &pages), 1);
	fclose(statm);
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	assert_int_equal(par_loop_open(&loop, NULL), 0);

	tight = before;
	tight.rlim_cur = pages * (rlim_t)sysconf(_SC_PAGESIZE) + (rlim_t)(1 << 20);
	assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
	assert_int_equal(on_loop(loop, wait_long, &notes, 200, 200), -ENOMEM);

	tight.rlim_cur += 8 << 20;
	assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
	assert_int_equal(on_loop(loop, wait_long, &notes, 200, 200), 0);
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	assert_int_equal(notes.count, 200);
	assert_in_range(notes.most_alive, 1, 199);
	par_loop_close(loop);
}

static void test_many_open_and_close(void **state)
{
	struct leftovers before = leftovers_now();
	struct notes notes = { 0 };
	struct par_loop *loop;

	(void)state;
	for (int i = 0; i < 300; i++) {
		notes.count = 0;
		assert_int_equal(
			par_loop_open(&loop, &loop_kinds[(size_t)i % loop_kind_count()]), 0);
		assert_int_equal(on_loop(loop, wait_somehow, &notes, 5, 3), 0);
		assert_int_equal(on_loop(loop, wait_somehow, &notes, 0, 3), 0);
		par_loop_close(loop);
	}
	par_loop_close(NULL);
	leftovers_none_since(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tasks_that_never_wait),
		cmocka_unit_test(test_sleepers_wake_in_order),
		cmocka_unit_test(test_in_flight_is_kept),
		cmocka_unit_test(test_ping_pong),
		cmocka_unit_test(test_both_directions),
		cmocka_unit_test(test_many_wait_for_one),
		cmocka_unit_test(test_close_wakes),
		cmocka_unit_test(test_numbers_used_again_between_runs),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_scarce_stacks),
		cmocka_unit_test(test_many_open_and_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
