/* Turns out of order, and a peer that is gone, are found by every way to wait. */
#include "broken.h"

#include "../../../bench/workloads/turns.c"

static int never_wait(struct turns *turns, uint32_t turn, struct par_io *io)
{
	(void)turns, (void)turn, (void)io;
	return 0;
}

static const struct way disorder = { "park", NULL, never_wait, spin_pass };

static int open_disorder(void **state, const struct par_setup *setup, struct par_error *error)
{
	int status = turns_open(state, setup, error);

	if (status == 0)
		((struct turns *)*state)->way = &disorder;
	return status;
}

static void turns_out_of_order_are_wrong(void **state)
{
	struct par_workload broken = par_workload_turns;

	(void)state;
	broken.open = open_disorder;
	broken_check(broken_visit(&broken, "coroutine", "park", 1), "wrong", "was taken by part");
}

static uint64_t stay_away(void *state, uint64_t index, struct par_io *io)
{
	struct turns *turns = state;

	if (index != 1)
		return turns_task(state, index, io);
	(void)par_meeting_join(&turns->meeting, turns->parts, turns->spin, io);
	return par_mix64(index);
}

/* Coroutines know at once that nobody can wake them. */
static void a_part_that_stays_away_is_a_failure(void **state)
{
	struct par_workload broken = par_workload_turns;

	(void)state;
	broken.task = stay_away;
	broken_check(broken_visit(&broken, "coroutine", "park", 1), "failed", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_out_of_order_are_wrong),
		cmocka_unit_test(a_part_that_stays_away_is_a_failure),
	};

	return cmocka_run_group_tests_name("turns broken", tests, NULL, NULL);
}
