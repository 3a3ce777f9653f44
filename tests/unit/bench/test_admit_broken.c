/* A room that lets everybody in, and one that is left out, are wrong. */
#include "broken.h"

#include "../../../bench/workloads/admit.c"

static int let_in(struct admit *admit, struct par_io *io)
{
	(void)admit, (void)io;
	return 0;
}

static void let_out(struct admit *admit, struct par_io *io)
{
	(void)admit, (void)io;
}

static const struct way no_door = { "permits", NULL, let_in, let_out };

static int open_no_door(void **state, const struct par_setup *setup, struct par_error *error)
{
	int status = admit_open(state, setup, error);

	if (status == 0)
		((struct admit *)*state)->way = &no_door;
	return status;
}

static void more_inside_than_may_be_is_wrong(void **state)
{
	struct par_workload broken = par_workload_admit;

	(void)state;
	broken.open = open_no_door;
	broken_check(broken_visit(&broken, "coroutine", "permits", 1), "wrong", "were inside");
	broken_check(broken_visit(&broken, "thread_pool", "permits", 20), "wrong", "were inside");
}

static uint64_t forget_one(void *state, uint64_t index, struct par_io *io)
{
	uint64_t digest = admit_task(state, index, io);

	if (index == 3)
		atomic_fetch_sub(&((struct admit *)state)->entries, 1);
	return digest;
}

static void an_entry_that_was_not_made_is_wrong(void **state)
{
	struct par_workload broken = par_workload_admit;

	(void)state;
	broken.task = forget_one;
	broken_check(broken_visit(&broken, "coroutine", "permits", 1), "wrong", "entries instead");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_inside_than_may_be_is_wrong),
		cmocka_unit_test(an_entry_that_was_not_made_is_wrong),
	};

	return cmocka_run_group_tests_name("admit broken", tests, NULL, NULL);
}
