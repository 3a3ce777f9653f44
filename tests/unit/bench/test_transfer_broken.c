/* Money that is lost and transfers that are not made are wrong; a deadlock is found and keeps it.
 */
#include "broken.h"

#include "../../../bench/workloads/transfer.c"

static void leaky_unlock(struct mover *mover, uint32_t from, uint32_t to)
{
	mover->shared->accounts[to].balance--;
	mover->shared->way->lock == one_lock ? one_unlock(mover, from, to)
					     : both_unlock(mover, from, to);
}

static const struct way leaky[] = {
	{ "order", order_lock, leaky_unlock },
	{ "backoff", backoff_lock, leaky_unlock },
	{ "trylock", trylock_lock, leaky_unlock },
	{ "one", one_lock, leaky_unlock },
};
#define LEAKY (sizeof leaky / sizeof *leaky)

static int open_leaky(void **state, const struct par_setup *setup, struct par_error *error)
{
	int status = transfer_open(state, setup, error);
	struct transfer *shared = *state;

	for (size_t i = 0; status == 0 && i < LEAKY; i++)
		if (strcmp(leaky[i].name, setup->variant) == 0)
			shared->way = &leaky[i];
	return status;
}

static void money_that_is_lost_is_wrong(void **state)
{
	struct par_workload broken = par_workload_transfer;

	(void)state;
	broken.open = open_leaky;
	for (size_t i = 0; i < LEAKY; i++)
		broken_check(broken_visit(&broken, "thread_pool", leaky[i].name, 2), "wrong",
			"the accounts hold");
}

static uint64_t one_less(void *state, uint64_t index, struct par_io *io)
{
	uint64_t digest = transfer_task(state, index, io);

	atomic_fetch_sub(&((struct transfer *)state)->made, index == 0);
	return digest;
}

static void a_transfer_that_was_not_made_is_wrong(void **state)
{
	struct par_workload broken = par_workload_transfer;

	(void)state;
	broken.task = one_less;
	broken_check(
		broken_visit(&broken, "thread_pool", "order", 2), "wrong", "transfers were made");
}

/* Both hold their first lock before either goes on: the deadlock that chance brings sooner or
 * later. */
static struct par_meeting both_hold;

static int surely_opposite(struct mover *mover, uint32_t from, uint32_t to)
{
	struct par_io io;
	int status = is_over(mover->shared) ? -ECANCELED : take_watched(mover, from);

	if (status < 0)
		return status;
	par_io_init_blocking(&io);
	status = par_meeting_join(&both_hold, 2, false, &io);
	if (status == 0)
		status = take_watched(mover, to);
	if (status < 0)
		give_watched(mover, from);
	return status;
}

static const struct way sure = { "opposite", surely_opposite, opposite_unlock };

static int open_sure(void **state, const struct par_setup *setup, struct par_error *error)
{
	int status = transfer_open(state, setup, error);

	if (status == 0)
		((struct transfer *)*state)->way = &sure;
	return status;
}

static int reset_sure(void *state)
{
	par_meeting_init(&both_hold);
	return transfer_reset(state);
}

static int64_t sum_left;

static void close_and_look(void *state)
{
	const struct transfer *shared = state;

	sum_left = shared->accounts[0].balance + shared->accounts[1].balance;
	transfer_close(state);
}

static void a_deadlock_is_found_told_and_ended(void **state)
{
	struct par_workload workload = par_workload_transfer;
	json_t *record, *told;

	(void)state;
	workload.open = open_sure;
	workload.reset = reset_sure;
	workload.close = close_and_look;
	record = broken_visit(&workload, "thread_pool", "opposite", 2);
	told = json_object_get(record, "measures");
	if (json_real_value(json_object_get(told, "deadlocked")) != 1)
		fail_msg("%s", json_dumps(record, 0));
	assert_true(json_real_value(json_object_get(told, "before_deadlock")) == 0);
	assert_true(json_is_null(json_object_get(told, "transfer_ns")));
	assert_int_equal(sum_left, ACCOUNTS * OPENING);
	json_decref(record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(money_that_is_lost_is_wrong),
		cmocka_unit_test(a_transfer_that_was_not_made_is_wrong),
		cmocka_unit_test(a_deadlock_is_found_told_and_ended),
	};

	return cmocka_run_group_tests_name("transfer broken", tests, NULL, NULL);
}
