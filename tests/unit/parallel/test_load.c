/* The open-loop client against good servers, bad ones and none. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "leftovers.h"

#include "clock.h"
#include "crew.h"
#include "load.h"
#include "serving.h"

#define REQUESTS 300

static struct par_serving_spec server_of(enum par_serving_kind kind)
{
	return (struct par_serving_spec){
		.kind = kind,
		.workers = 16,
		.connections = 100,
		.request_ns = 5 * PAR_NS_PER_S,
		.idle_ns = 20 * PAR_NS_PER_S,
		.drain_ns = 5 * PAR_NS_PER_S,
	};
}

static struct par_load_spec load_of(unsigned connections, unsigned lives)
{
	return (struct par_load_spec){
		.requests = REQUESTS,
		.rate = 20000,
		.seed = 1,
		.connections = connections,
		.lives = lives,
		.think_us = 100,
		.steps = 100,
		.patience_ns = 20 * PAR_NS_PER_S,
	};
}

static void play(struct par_load *load, const struct par_serving *serving)
{
	assert_int_equal(par_load_connect(load, &serving->address), 0);
	assert_int_equal(par_load_run(load), 0);
	assert_int_equal(par_load_disconnect(load), 0);
}

static void expect_all(const struct par_load *load)
{
	const struct par_load_board *board = par_load_told(load);

	if (board->answered != REQUESTS)
		fail_msg("%llu answered, %llu wrong, %llu failed: %s",
			(unsigned long long)board->answered, (unsigned long long)board->wrong,
			(unsigned long long)board->failed, strerror(-board->code));
	assert_int_equal(board->wrong, 0);
	assert_int_equal(board->failed, 0);
	assert_int_equal(board->code, 0);
	for (uint64_t i = 0; i < REQUESTS; i++) {
		assert_int_equal(board->answer[i], par_serving_answer(i, 100));
		/* It thinks for so long. */
		assert_true(board->latency_ns[i] >= 100 * PAR_NS_PER_US);
	}
}

static void each_kind_with(const struct par_load_spec *spec)
{
	struct leftovers before = leftovers_now();

	for (unsigned kind = 0; kind < PAR_SERVING_KINDS; kind++) {
		struct par_serving_spec server = server_of((enum par_serving_kind)kind);
		struct par_serving serving;
		struct par_load load;

		assert_int_equal(par_load_open(&load, spec), 0);
		for (int run = 0; run < 2; run++) { /* a load outlives its servers */
			assert_int_equal(par_serving_open(&serving, &server), 0);
			play(&load, &serving);
			expect_all(&load);
			assert_true(par_load_told(&load)->connected >=
				    (spec->connections > 0 ? spec->connections : REQUESTS));
			assert_int_equal(par_serving_close(&serving), 0);
		}
		par_load_close(&load);
		leftovers_none_since(&before);
	}
}

static void connections_are_kept(void **state)
{
	struct par_load_spec spec = load_of(8, 0);

	(void)state;
	each_kind_with(&spec);
}

static void connections_live_for_some_requests(void **state)
{
	struct par_load_spec spec = load_of(8, 5);

	(void)state;
	each_kind_with(&spec);
}

static void each_request_has_its_connection(void **state)
{
	struct par_load_spec spec = load_of(0, 0);

	(void)state;
	each_kind_with(&spec);
}

static void it_may_poll_without_sleeping(void **state)
{
	struct par_load_spec spec = load_of(4, 3);

	(void)state;
	spec.apart = true;
	each_kind_with(&spec);
}

/* A connection that carries one request after the other, each for 2 ms, all due at once: the k-th
 * has waited for those before it, though it was sent only when they were done. */
static void latency_counts_from_when_it_was_due(void **state)
{
	enum { FEW = 10, THINK_US = 2000 };
	struct par_serving_spec server = server_of(PAR_SERVING_THREAD);
	struct par_load_spec spec = load_of(1, 0);
	const struct par_load_board *board;
	struct par_serving serving;
	struct par_load load;

	(void)state;
	spec.requests = FEW;
	spec.rate = 1e6;
	spec.think_us = THINK_US;
	assert_int_equal(par_load_open(&load, &spec), 0);
	assert_int_equal(par_serving_open(&serving, &server), 0);
	play(&load, &serving);
	board = par_load_told(&load);
	assert_int_equal(board->answered, FEW);
	for (uint64_t i = 0; i < FEW; i++) /* the gaps of this schedule are far below 1 ms */
		assert_true(
			board->latency_ns[i] + PAR_NS_PER_MS >= (i + 1) * THINK_US * PAR_NS_PER_US);
	assert_true(board->span_ns >= (FEW - 1) * THINK_US * PAR_NS_PER_US);
	assert_int_equal(par_serving_close(&serving), 0);
	par_load_close(&load);
}

static uint64_t lie_once(void *context, const struct par_serving_request *request)
{
	(void)context;
	return par_serving_answer(request->id, request->steps) + (request->id == 77);
}

static uint64_t die_once(void *context, const struct par_serving_request *request)
{
	(void)context;
	if (request->id == 77)
		raise(SIGKILL);
	return par_serving_answer(request->id, request->steps);
}

static uint64_t stall_once(void *context, const struct par_serving_request *request)
{
	(void)context;
	if (request->id == 77)
		sleep(3600);
	return par_serving_answer(request->id, request->steps);
}

static void bad_server(uint64_t (*answer)(void *, const struct par_serving_request *),
	enum par_serving_kind kind, uint64_t patience_ns, struct par_load_board *out)
{
	struct par_serving_spec server = server_of(kind);
	struct par_load_spec spec = load_of(8, 0);
	struct par_serving serving;
	struct par_load load;

	spec.patience_ns = patience_ns;
	server.answer = answer;
	server.drain_ns = 20 * PAR_NS_PER_MS;
	assert_int_equal(par_load_open(&load, &spec), 0);
	assert_int_equal(par_serving_open(&serving, &server), 0);
	play(&load, &serving);
	*out = *par_load_told(&load);
	assert_int_equal(out->answered + out->wrong + out->failed, REQUESTS);
	(void)par_serving_close(&serving);
	par_load_close(&load);
}

static void a_wrong_answer_is_seen(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < PAR_SERVING_KINDS; kind++) {
		struct par_load_board board;

		bad_server(lie_once, (enum par_serving_kind)kind, 20 * PAR_NS_PER_S, &board);
		assert_int_equal(board.wrong, 1);
		assert_int_equal(board.answered, REQUESTS - 1);
	}
}

/* Processes die with what they had; threads and the single loop take all with them. */
static void a_death_is_an_error_of_who_asked(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < PAR_SERVING_KINDS; kind++) {
		struct par_load_board board;

		bad_server(die_once, (enum par_serving_kind)kind, 20 * PAR_NS_PER_S, &board);
		assert_int_equal(board.wrong, 0);
		assert_true(board.failed >= 1);
		assert_true(board.code < 0);
		if (kind == PAR_SERVING_FORK || kind == PAR_SERVING_PREFORK)
			assert_int_equal(board.failed, 1);
	}
}

/* A loop that is made to block holds up every connection; the others only the one. */
static void a_stall_ends_with_patience(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < PAR_SERVING_KINDS; kind++) {
		bool loop = kind == PAR_SERVING_LOOP || kind == PAR_SERVING_LOOPS;
		struct par_load_board board;

		bad_server(stall_once, (enum par_serving_kind)kind, 300 * PAR_NS_PER_MS, &board);
		assert_int_equal(board.code, -ETIMEDOUT);
		assert_int_equal(board.wrong, 0);
		assert_true(loop ? board.failed >= 1 : board.failed == 1);
	}
}

static void no_server_fails_every_request(void **state)
{
	struct par_serving_spec server = server_of(PAR_SERVING_LOOP);
	struct sockaddr_in address;
	struct par_serving serving;

	(void)state;
	assert_int_equal(par_serving_open(&serving, &server), 0);
	address = serving.address;
	assert_int_equal(par_serving_close(&serving), 0);
	for (unsigned connections = 0; connections < 5; connections += 4) {
		struct par_load_spec spec = load_of(connections, 0);
		struct par_load load;

		assert_int_equal(par_load_open(&load, &spec), 0);
		assert_int_equal(par_load_connect(&load, &address), 0);
		assert_int_equal(par_load_run(&load), 0);
		assert_int_equal(par_load_told(&load)->failed, REQUESTS);
		assert_int_equal(par_load_told(&load)->code, -ECONNREFUSED);
		assert_int_equal(par_load_disconnect(&load), 0);
		par_load_close(&load);
	}
}

static void a_dead_client_is_told(void **state)
{
	struct leftovers before = leftovers_now();
	struct par_serving_spec server = server_of(PAR_SERVING_LOOP);
	struct par_load_spec spec = load_of(4, 0);
	struct par_serving serving;
	struct par_load load;

	(void)state;
	assert_int_equal(par_serving_open(&serving, &server), 0);
	assert_int_equal(par_load_open(&load, &spec), 0);
	assert_int_equal(par_load_connect(&load, &serving.address), 0);
	assert_int_equal(kill(load.client, SIGKILL), 0);
	assert_int_equal(par_load_run(&load), PAR_WORKER_DIED);
	assert_int_equal(par_load_disconnect(&load), PAR_WORKER_DIED);
	par_load_close(&load);
	assert_int_equal(par_serving_close(&serving), 0);
	leftovers_none_since(&before);
}

static void impossible_loads_are_refused(void **state)
{
	struct par_load load = PAR_LOAD_INIT;
	struct par_load_spec spec = load_of(PAR_LOAD_CONNECTIONS_MAX + 1, 0);

	(void)state;
	par_load_close(&load);
	assert_int_equal(par_load_open(&load, &spec), -EINVAL);
	spec = load_of(1, 0);
	spec.requests = 0;
	assert_int_equal(par_load_open(&load, &spec), -EINVAL);
	spec = load_of(1, 0);
	spec.rate = 0;
	assert_int_equal(par_load_open(&load, &spec), -EINVAL);
}

/* A finding in a server's process must end it, or nobody would notice. */
const char *__tsan_default_options(void);

const char *__tsan_default_options(void)
{
	return "halt_on_error=1";
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_are_kept),
		cmocka_unit_test(connections_live_for_some_requests),
		cmocka_unit_test(each_request_has_its_connection),
		cmocka_unit_test(it_may_poll_without_sleeping),
		cmocka_unit_test(latency_counts_from_when_it_was_due),
		cmocka_unit_test(a_wrong_answer_is_seen),
		cmocka_unit_test(a_death_is_an_error_of_who_asked),
		cmocka_unit_test(a_stall_ends_with_patience),
		cmocka_unit_test(no_server_fails_every_request),
		cmocka_unit_test(a_dead_client_is_told),
		cmocka_unit_test(impossible_loads_are_refused),
	};

	return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
