/* A barrier that does not hold is wrong. */
#include "broken.h"

#include "../../../bench/workloads/phases.c"

/* Everybody is the only party, and so never waits. */
static int reset_alone(void *state)
{
	int status = phases_reset(state);

	par_barrier_init(&((struct phases *)state)->barrier, 1);
	return status;
}

static void crossing_alone_is_wrong(void **state)
{
	struct par_workload broken = par_workload_phases;

	(void)state;
	broken.reset = reset_alone;
	/* One after the other on one loop: the first ends all its steps before the second begins.
	 */
	broken_check(broken_visit(&broken, "coroutine", "gate", 1), "wrong", "before another");
}

static uint64_t one_step_short(void *state, uint64_t index, struct par_io *io)
{
	struct phases *phases = state;
	uint64_t digest = phases_task(state, index, io);

	if (index == 0)
		atomic_fetch_sub(&phases->part[0].done, 1);
	return digest;
}

static void a_step_that_was_not_made_is_wrong(void **state)
{
	struct par_workload broken = par_workload_phases;

	(void)state;
	broken.task = one_step_short;
	broken_check(broken_visit(&broken, "thread_pool", "gate", 2), "wrong", "did not cross");
	broken_check(broken_visit(&broken, "thread_pool", "posix", 2), "wrong", "did not cross");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crossing_alone_is_wrong),
		cmocka_unit_test(a_step_that_was_not_made_is_wrong),
	};

	return cmocka_run_group_tests_name("phases broken", tests, NULL, NULL);
}
