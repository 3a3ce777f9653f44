/* The free-list of lanes, and pipe_echo with many workers of both kinds on it. */
#include "workload_fixture.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared.h"
#include "workloads/lanes.h"

#define WORKERS 4
#define LANES   3
#define TURNS   20000

struct field {
	struct par_lanes lanes;
	_Atomic int owners[LANES]; /* how many think that the lane is theirs */
	_Atomic uint32_t broken;
};

static struct field *open_field(void)
{
	void *memory;

	assert_int_equal(par_shared_open(&memory, sizeof(struct field)), 0);
	par_lanes_init(&((struct field *)memory)->lanes, LANES);
	return memory;
}

static void test_every_lane_once(void **state)
{
	struct field *field = open_field();
	bool seen[LANES] = { false };

	(void)state;
	for (int round = 0; round < 3; round++) {
		memset(seen, 0, sizeof seen);
		for (int i = 0; i < LANES; i++) {
			int lane = par_lanes_claim(&field->lanes);

			assert_in_range(lane, 0, LANES - 1);
			assert_false(seen[lane]);
			seen[lane] = true;
		}
		assert_int_equal(par_lanes_claim(&field->lanes), -EBUSY);
		for (int i = 0; i < LANES; i++)
			par_lanes_release(&field->lanes, i);
	}
	par_shared_close(field, sizeof *field);
}

static void test_no_lanes(void **state)
{
	struct field *field = open_field();

	(void)state;
	par_lanes_init(&field->lanes, 0);
	assert_int_equal(par_lanes_claim(&field->lanes), -EBUSY);
	par_shared_close(field, sizeof *field);
}

static void *take_turns(void *context)
{
	struct field *field = context;

	for (int i = 0; i < TURNS; i++) {
		int lane = par_lanes_claim(&field->lanes);

		if (lane < 0)
			continue;
		if (atomic_fetch_add(&field->owners[lane], 1) != 0)
			atomic_fetch_add(&field->broken, 1);
		atomic_fetch_sub(&field->owners[lane], 1);
		par_lanes_release(&field->lanes, lane);
	}
	return NULL;
}

static void assert_all_free(struct field *field)
{
	assert_int_equal(atomic_load(&field->broken), 0);
	for (int i = 0; i < LANES; i++)
		assert_true(par_lanes_claim(&field->lanes) >= 0);
	assert_int_equal(par_lanes_claim(&field->lanes), -EBUSY);
	par_shared_close(field, sizeof *field);
}

static void test_threads_never_share_a_lane(void **state)
{
	struct field *field = open_field();
	pthread_t threads[WORKERS];

	(void)state;
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_turns, field), 0);
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_all_free(field);
}

static void test_processes_never_share_a_lane(void **state)
{
	struct field *field = open_field();

	(void)state;
	for (int i = 0; i < WORKERS; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			take_turns(field);
			_exit(0);
		}
	}
	for (int i = 0; i < WORKERS; i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_all_free(field);
}

/* A thread's share of a job, and what it found. */
struct share {
	struct bench *bench;
	const uint64_t *expected;
	uint64_t first;
	int wrong;
};

static void *run_share(void *context)
{
	struct share *share = context;
	struct bench *bench = share->bench;
	struct par_io io;

	par_io_init_blocking(&io);
	for (uint64_t i = share->first; i < bench->setup.tasks; i += WORKERS)
		share->wrong += bench->workload->task(bench->state, i, &io) != share->expected[i];
	share->wrong += io.error != 0;
	return NULL;
}

/* Every workload with several threads inside, against its answers one by one. */
static void assert_threads_agree(const struct par_workload *workload)
{
	struct bench bench = bench_make(workload, 24);
	struct share shares[WORKERS];
	pthread_t threads[WORKERS];
	uint64_t expected[24];

	bench.setup.in_flight = WORKERS;
	bench_open(&bench);
	if (workload->reset != NULL)
		assert_int_equal(workload->reset(bench.state), 0);
	for (uint64_t i = 0; i < 24; i++)
		expected[i] = bench_task(&bench, i);
	for (uint64_t i = 0; i < WORKERS; i++) {
		shares[i] = (struct share){ &bench, expected, i, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, run_share, &shares[i]), 0);
	}
	for (int i = 0; i < WORKERS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(shares[i].wrong, 0);
	}
	bench_end(&bench);
}

static void test_threads_agree(void **state)
{
	(void)state;
	for (const struct par_workload *const *workload = par_catalogue_registry()->workloads;
		*workload != NULL; workload++)
		if (workload_is_plain(*workload))
			assert_threads_agree(*workload);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_lane_once),
		cmocka_unit_test(test_no_lanes),
		cmocka_unit_test(test_threads_never_share_a_lane),
		cmocka_unit_test(test_processes_never_share_a_lane),
		cmocka_unit_test(test_threads_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
