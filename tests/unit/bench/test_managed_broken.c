/* A lost update is wrong under the lock and told without; a dead manager fails the visit. */
#include "broken.h"

#include <signal.h>
#include <unistd.h>

#include "../../../bench/workloads/managed.c"

/* The last update of each part is not made. */
static uint64_t one_less(void *state, uint64_t index, struct par_io *io)
{
	struct managed fewer = *(const struct managed *)state;

	fewer.rounds--;
	return managed_task(&fewer, index, io);
}

static void a_lost_update_is_wrong(void **state)
{
	struct par_workload broken = par_workload_managed;

	(void)state;
	broken.task = one_less;
	broken_check(broken_visit(&broken, "process_pool", "locked", 2), "wrong",
		"counts 398 after 400");
	broken_check(broken_visit(&broken, "thread_pool", "one_request", 2), "wrong",
		"counts 398 after 400");
	broken_check(
		broken_visit(&broken, "coroutine", "locked", 1), "wrong", "counts 398 after 400");
}

/* Both parts read, then both write: half of the updates are lost, and told, not wrong. */
static int in_step(struct par_proxy *proxy, struct par_io *io)
{
	int64_t value = 0, arrived = 0;
	int status = par_proxy_counter_get(proxy, COUNTER, &value, io);

	if (status == 0)
		status = par_proxy_counter_add(proxy, "read", 1, NULL, io);
	while (status == 0 && arrived < 2 * (value + 1))
		status = par_proxy_counter_get(proxy, "read", &arrived, io);
	if (status == 0)
		status = par_proxy_counter_set(proxy, COUNTER, value + 1, io);
	if (status == 0)
		status = par_proxy_counter_add(proxy, "written", 1, NULL, io);
	for (arrived = 0; status == 0 && arrived < 2 * (value + 1);)
		status = par_proxy_counter_get(proxy, "written", &arrived, io);
	return status;
}

static int open_in_step(void **state, const struct par_setup *setup, struct par_error *error)
{
	int status = managed_open(state, setup, error);

	if (status == 0)
		((struct managed *)*state)->update = in_step;
	return status;
}

static int reset_in_step(void *state)
{
	struct managed *managed = state;

	(void)par_proxy_counter_set(&managed->proxy, "read", 0, NULL);
	(void)par_proxy_counter_set(&managed->proxy, "written", 0, NULL);
	return managed_reset(state);
}

static void what_is_lost_without_a_lock_is_told(void **state)
{
	struct par_workload lossy = par_workload_managed;
	json_t *record;
	const char *status;

	(void)state;
	lossy.open = open_in_step;
	lossy.reset = reset_in_step;
	record = broken_visit(&lossy, "process_pool", "unlocked", 2);
	status = json_string_value(json_object_get(record, "status"));
	if (strcmp(status, "ok") != 0 && strcmp(status, "untrustworthy") != 0)
		fail_msg("%s", json_dumps(record, 0));
	assert_true(json_number_value(
			    json_object_get(json_object_get(record, "measures"), "lost")) == 0.5);
	json_decref(record);
}

static uint64_t kill_the_manager(void *state, uint64_t index, struct par_io *io)
{
	const struct managed *managed = state;

	if (index == 0)
		kill(managed->manager.at.process, SIGKILL);
	return managed_task(state, index, io);
}

static void a_dead_manager_fails_the_visit(void **state)
{
	struct par_workload broken = par_workload_managed;

	(void)state;
	broken.task = kill_the_manager;
	broken_check(broken_visit(&broken, "thread_pool", "locked", 2), "failed", "");
	broken_check(broken_visit(&broken, "process_pool", "unlocked", 2), "failed", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lost_update_is_wrong),
		cmocka_unit_test(what_is_lost_without_a_lock_is_told),
		cmocka_unit_test(a_dead_manager_fails_the_visit),
	};

	return cmocka_run_group_tests_name("managed broken", tests, NULL, NULL);
}
