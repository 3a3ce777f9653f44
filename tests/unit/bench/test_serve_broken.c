/* Servers that go wrong: a wrong answer is wrong, a death and a stall have failed. */
#include "broken.h"

#include <signal.h>

#include "../../../bench/workloads/serve.c"

#define BAD 7

static uint64_t lie(void *context, const struct par_serving_request *request)
{
	(void)context;
	return par_serving_answer(request->id, request->steps) + (request->id == BAD);
}

/* The right answer to another request. */
static uint64_t mix_up(void *context, const struct par_serving_request *request)
{
	(void)context;
	return par_serving_answer(
		request->id == BAD ? BAD + PAR_SERVING_CHAINS : request->id, request->steps);
}

static uint64_t die(void *context, const struct par_serving_request *request)
{
	(void)context;
	if (request->id == BAD)
		raise(SIGKILL);
	return par_serving_answer(request->id, request->steps);
}

static uint64_t stall(void *context, const struct par_serving_request *request)
{
	(void)context;
	if (request->id == BAD)
		sleep(3600);
	return par_serving_answer(request->id, request->steps);
}

typedef uint64_t bad_answer(void *context, const struct par_serving_request *request);

static int open_with(
	void **state, const struct par_setup *setup, struct par_error *error, bad_answer *answer)
{
	int status = serve_open(state, setup, error);

	if (status == 0) {
		struct serve *serve = *state;

		serve->spec.answer = answer;
		serve->spec.drain_ns = PAR_NS_PER_MS;
	}
	return status;
}

static int open_lie(void **state, const struct par_setup *setup, struct par_error *error)
{
	return open_with(state, setup, error, lie);
}

static int open_mix_up(void **state, const struct par_setup *setup, struct par_error *error)
{
	return open_with(state, setup, error, mix_up);
}

static int open_die(void **state, const struct par_setup *setup, struct par_error *error)
{
	return open_with(state, setup, error, die);
}

static int open_stall(void **state, const struct par_setup *setup, struct par_error *error)
{
	return open_with(state, setup, error, stall);
}

static void check_each(int (*open)(void **, const struct par_setup *, struct par_error *),
	const char *status, const char *says)
{
	struct par_workload broken = par_workload_serve;

	broken.open = open;
	for (size_t i = 0; variants[i].name != NULL; i++)
		broken_check(broken_visit(&broken, "serial", variants[i].name, 1), status, says);
}

static void a_wrong_answer_is_wrong(void **state)
{
	(void)state;
	check_each(open_lie, "wrong", "1 answers were wrong");
}

static void the_answer_to_another_request_is_wrong(void **state)
{
	(void)state;
	check_each(open_mix_up, "wrong", "1 answers were wrong");
}

static void a_server_that_dies_has_failed(void **state)
{
	(void)state;
	check_each(open_die, "failed", "a task failed");
}

static void a_server_that_stalls_has_failed(void **state)
{
	(void)state;
	check_each(open_stall, "failed", "timed out");
}

static uint64_t forget_one(void *state, uint64_t index, struct par_io *io)
{
	struct serve *serve = state;
	uint64_t digest = serve_task(state, index, io);

	if (index == 0)
		((struct par_load_board *)(uintptr_t)par_load_told(&serve->load))->answered--;
	return digest;
}

static void a_request_that_was_not_answered_is_wrong(void **state)
{
	struct par_workload broken = par_workload_serve;

	(void)state;
	broken.task = forget_one;
	broken_check(broken_visit(&broken, "serial", "loop", 1), "wrong",
		"299 of 300 requests were answered");
}

/* Up to the most that may be asked for. */
static void a_server_takes_all_connections_of_its_client(void **state)
{
	uint64_t most = params[CONNECTIONS].high;

	(void)state;
	for (uint64_t clients = most - 100; clients <= most; clients++) {
		struct par_setup setup = { .variant = "loop", .params = { 0, 0, clients, 1 } };
		struct serve serve = { .connections = 0 };

		fill_spec(&serve, &setup);
		assert_in_range(serve.spec.connections, clients + 1, PAR_SERVING_CONNECTIONS_MAX);
	}
}

static void a_client_that_is_killed_has_failed(void **state)
{
	(void)state;
	for (size_t i = 0; variants[i].name != NULL; i++) {
		struct par_error error = PAR_ERROR_INIT;
		struct par_setup setup = { .tasks = 300,
			.params = { 0, 0, 8, 10000 },
			.variant = variants[i].name,
			.workers = 1,
			.cores = 1 };
		struct par_io io;
		void *serve;

		par_io_init_blocking(&io);
		assert_int_equal(serve_open(&serve, &setup, &error), 0);
		assert_int_equal(serve_reset(serve), 0);
		assert_int_equal(kill(((struct serve *)serve)->load.client, SIGKILL), 0);
		(void)serve_task(serve, 0, &io);
		assert_true(io.error < 0);
		serve_close(serve);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_answer_is_wrong),
		cmocka_unit_test(the_answer_to_another_request_is_wrong),
		cmocka_unit_test(a_server_that_dies_has_failed),
		cmocka_unit_test(a_server_that_stalls_has_failed),
		cmocka_unit_test(a_request_that_was_not_answered_is_wrong),
		cmocka_unit_test(a_server_takes_all_connections_of_its_client),
		cmocka_unit_test(a_client_that_is_killed_has_failed),
	};

	return cmocka_run_group_tests_name("serve broken", tests, NULL, NULL);
}
