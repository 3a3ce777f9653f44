/* Each kind of server: what it answers, whom it drops, what it survives, and how it ends. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "leftovers.h"

#include "clock.h"
#include "crew.h"
#include "serving.h"
#include "shared.h"

#define WORKERS 3
/* Long enough for a busy machine and sanitizers, and never waited for where all goes well. */
#define LONG_NS (20 * PAR_NS_PER_S)

static struct par_serving_spec spec_of(enum par_serving_kind kind)
{
	return (struct par_serving_spec){
		.kind = kind,
		.workers = WORKERS,
		.connections = 40,
		.request_ns = LONG_NS,
		.idle_ns = LONG_NS,
		.drain_ns = LONG_NS,
	};
}

static void open_server(struct par_serving *serving, const struct par_serving_spec *spec)
{
	int code = par_serving_open(serving, spec);

	if (code != 0)
		fail_msg("%s: %s", par_serving_name(spec->kind), strerror(-code));
}

static int try_connect(const struct par_serving *serving)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), code;

	assert_true(fd >= 0);
	if (connect(fd, (const struct sockaddr *)&serving->address, sizeof serving->address) == 0)
		return fd;
	code = -errno;
	close(fd);
	return code;
}

static int connect_to(const struct par_serving *serving)
{
	int fd = try_connect(serving);

	assert_true(fd >= 0);
	return fd;
}

static void send_bytes(int fd, const void *bytes, size_t size)
{
	assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), size);
}

static void ask(int fd, uint64_t id, uint32_t think_us, uint32_t steps)
{
	struct par_serving_request request = { id, think_us, steps };
	unsigned char message[PAR_SERVING_MESSAGE];

	par_serving_request_write(message, &request);
	send_bytes(fd, message, sizeof message);
}

/* Whether a whole reply came; false: the end of the stream, or a reset. */
static bool get(int fd, unsigned char message[PAR_SERVING_MESSAGE])
{
	ssize_t got = recv(fd, message, PAR_SERVING_MESSAGE, MSG_WAITALL);

	return got == PAR_SERVING_MESSAGE;
}

static void expect(int fd, uint64_t id, uint32_t steps)
{
	unsigned char message[PAR_SERVING_MESSAGE];

	assert_true(get(fd, message));
	assert_int_equal(par_serving_load(message, 4), PAR_SERVING_PAYLOAD);
	assert_int_equal(par_serving_load(message + 4, 8), id);
	assert_int_equal(par_serving_load(message + 12, 8), par_serving_answer(id, steps));
}

static void expect_end(int fd)
{
	unsigned char message[PAR_SERVING_MESSAGE];

	assert_false(get(fd, message));
	close(fd);
}

static void reset_and_close(int fd)
{
	struct linger reset = { 1, 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close(fd);
}

/* The test on every kind, and nothing is left of it: no process, no descriptor, no port. */
static void on_each(void (*test)(struct par_serving *serving, struct par_serving_spec *spec),
	void (*change)(struct par_serving_spec *spec))
{
	struct leftovers before = leftovers_now();

	for (unsigned kind = 0; kind < PAR_SERVING_KINDS; kind++) {
		struct par_serving_spec spec = spec_of((enum par_serving_kind)kind);
		struct par_serving serving, gone;

		if (change != NULL)
			change(&spec);
		open_server(&serving, &spec);
		gone = serving;
		test(&serving, &spec);
		assert_int_equal(par_serving_close(&serving), 0);
		assert_int_equal(try_connect(&gone), -ECONNREFUSED);
		leftovers_none_since(&before);
	}
}

static void answers(struct par_serving *serving, struct par_serving_spec *spec)
{
	int fds[WORKERS];

	(void)spec;
	assert_int_equal(ntohl(serving->address.sin_addr.s_addr), INADDR_LOOPBACK);
	for (unsigned i = 0; i < WORKERS; i++)
		fds[i] = connect_to(serving);
	for (uint64_t id = 0; id < 200; id++) {
		ask(fds[id % WORKERS], id, id % 20 == 0 ? 500 : 0, (uint32_t)id);
		expect(fds[id % WORKERS], id, (uint32_t)id);
	}
	for (unsigned i = 0; i < WORKERS; i++)
		reset_and_close(fds[i]);
	assert_int_equal(par_serving_counted(serving).accepted, WORKERS);
	assert_true(par_serving_cpu_ns(serving) > 0);
}

static void each_kind_answers(void **state)
{
	(void)state;
	on_each(answers, NULL);
}

/* One connection after the other, more than there are workers or places. */
static void many_connections(struct par_serving *serving, struct par_serving_spec *spec)
{
	(void)spec;
	for (uint64_t id = 0; id < 100; id++) {
		int fd = connect_to(serving);

		ask(fd, id, 0, 10);
		expect(fd, id, 10);
		reset_and_close(fd);
	}
	assert_int_equal(par_serving_counted(serving).accepted, 100);
}

static void each_kind_takes_one_connection_after_the_other(void **state)
{
	(void)state;
	on_each(many_connections, NULL);
}

static void few_places(struct par_serving_spec *spec)
{
	spec->connections = 2;
	spec->workers = 2;
}

/* Those beyond the limit wait in the backlog, and are served when there is room. */
static void crowd(struct par_serving *serving, struct par_serving_spec *spec)
{
	int fds[6];

	/* Each loop has its own limit, so there all may be served at once. */
	(void)spec;
	for (unsigned i = 0; i < 6; i++) {
		fds[i] = connect_to(serving);
		ask(fds[i], i, 0, 0);
	}
	for (unsigned served = 0; served < 6; served++) {
		struct pollfd waiting[6];
		unsigned which = 0;

		for (unsigned i = 0; i < 6; i++)
			waiting[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
		assert_true(poll(waiting, 6, 20000) > 0);
		while (waiting[which].revents == 0)
			which++;
		expect(fds[which], which, 0);
		reset_and_close(fds[which]);
		fds[which] = -1;
	}
}

static void each_kind_makes_a_crowd_wait(void **state)
{
	(void)state;
	on_each(crowd, few_places);
}

/* Several requests in one segment, cut anywhere; and a long one with filler. */
static void pieces(struct par_serving *serving, struct par_serving_spec *spec)
{
	unsigned char messages[5 * PAR_SERVING_MESSAGE],
		longest[PAR_SERVING_HEAD + PAR_SERVING_PAYLOAD_MAX] = { 0 };
	int fd = connect_to(serving);

	(void)spec;
	for (uint64_t id = 0; id < 5; id++) {
		struct par_serving_request request = { id, 0, 3 };

		par_serving_request_write(messages + id * PAR_SERVING_MESSAGE, &request);
	}
	send_bytes(fd, messages, 30);
	expect(fd, 0, 3);
	send_bytes(fd, messages + 30, 1);
	send_bytes(fd, messages + 31, sizeof messages - 31);
	for (uint64_t id = 1; id < 5; id++)
		expect(fd, id, 3);
	memcpy(longest, messages, PAR_SERVING_MESSAGE);
	par_serving_store(longest, PAR_SERVING_PAYLOAD_MAX, 4);
	send_bytes(fd, longest, sizeof longest);
	expect(fd, 0, 3);
	reset_and_close(fd);
}

static void each_kind_puts_requests_together(void **state)
{
	(void)state;
	on_each(pieces, NULL);
}

/* The client's side shut down after a request: it is answered. Within one: no reply. */
static void half_closed(struct par_serving *serving, struct par_serving_spec *spec)
{
	int fd = connect_to(serving), other;

	(void)spec;
	ask(fd, 7, 1000, 5);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	other = connect_to(serving);
	send_bytes(other, "\x10\0\0\0half", 8);
	assert_int_equal(shutdown(other, SHUT_WR), 0);
	expect(fd, 7, 5);
	expect_end(fd);
	expect_end(other);
	fd = connect_to(serving);
	ask(fd, 8, 0, 0);
	expect(fd, 8, 0);
	reset_and_close(fd);
}

static void each_kind_bears_half_closed_connections(void **state)
{
	(void)state;
	on_each(half_closed, NULL);
}

/* What is no request is the end of that connection and of no other. */
static void garbage(struct par_serving *serving, struct par_serving_spec *spec)
{
	static const char *const nonsense[] = { "GET / HTTP/1.1\r\n\r\n",
		"\x0f\0\0\0too short for one", "\x01\x01\0\0too long" };
	unsigned char greedy[PAR_SERVING_MESSAGE];
	struct par_serving_request request = { 1, PAR_SERVING_THINK_US_MAX + 1, 0 };
	int good = connect_to(serving);

	(void)spec;
	ask(good, 1, 0, 0);
	expect(good, 1, 0);
	for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
		int fd = connect_to(serving);

		send_bytes(fd, nonsense[i], i == 0 ? strlen(nonsense[i]) : 12);
		expect_end(fd);
	}
	for (int i = 0; i < 2; i++) {
		int fd = connect_to(serving);

		par_serving_request_write(greedy, &request);
		send_bytes(fd, greedy, sizeof greedy);
		expect_end(fd);
		request = (struct par_serving_request){ 1, 0, PAR_SERVING_STEPS_MAX + 1 };
	}
	ask(good, 2, 0, 0);
	expect(good, 2, 0);
	reset_and_close(good);
	assert_int_equal(par_serving_counted(serving).malformed, 5);
}

static void each_kind_drops_garbage(void **state)
{
	(void)state;
	on_each(garbage, NULL);
}

static void soon_late(struct par_serving_spec *spec)
{
	spec->request_ns = 100 * PAR_NS_PER_MS;
}

/* As many stalled requests as there are workers: others are served all the same. */
static void slow_clients(struct par_serving *serving, struct par_serving_spec *spec)
{
	int stalled[WORKERS], good;

	(void)spec;
	for (unsigned i = 0; i < WORKERS; i++) {
		stalled[i] = connect_to(serving);
		send_bytes(stalled[i], "\x10\0\0", 3);
	}
	good = connect_to(serving);
	for (uint64_t id = 0; id < 20; id++) {
		ask(good, id, 0, 0);
		expect(good, id, 0);
	}
	for (unsigned i = 0; i < WORKERS; i++)
		expect_end(stalled[i]);
	ask(good, 100, 0, 0);
	expect(good, 100, 0);
	reset_and_close(good);
	assert_int_equal(par_serving_counted(serving).late, WORKERS);
}

static void no_kind_waits_for_slow_clients(void **state)
{
	(void)state;
	on_each(slow_clients, soon_late);
}

/* A byte now and then does not help: the deadline is for the whole request. */
static void trickle(struct par_serving *serving, struct par_serving_spec *spec)
{
	unsigned char message[PAR_SERVING_MESSAGE] = { 16 };
	int fd = connect_to(serving);
	unsigned sent = 0;

	(void)spec;
	while (sent < sizeof message - 1 && send(fd, message + sent, 1, MSG_NOSIGNAL) == 1) {
		struct pollfd end = { .fd = fd, .events = POLLIN };

		sent++;
		if (poll(&end, 1, 40) > 0)
			break;
	}
	assert_true(sent < sizeof message - 1);
	expect_end(fd);
	assert_int_equal(par_serving_counted(serving).late, 1);
}

static void no_kind_is_fooled_by_a_trickle(void **state)
{
	(void)state;
	on_each(trickle, soon_late);
}

static void soon_idle(struct par_serving_spec *spec)
{
	spec->idle_ns = 50 * PAR_NS_PER_MS;
}

static void idle(struct par_serving *serving, struct par_serving_spec *spec)
{
	int fd = connect_to(serving), silent = connect_to(serving);

	(void)spec;
	ask(fd, 1, 0, 0);
	expect(fd, 1, 0);
	expect_end(fd);
	expect_end(silent);
	assert_int_equal(par_serving_counted(serving).late, 2);
}

static void each_kind_drops_idle_connections(void **state)
{
	(void)state;
	on_each(idle, soon_idle);
}

/* TCP may come to its stop within a request or between two. */
static void some_idle(struct par_serving_spec *spec)
{
	spec->idle_ns = spec->request_ns = 500 * PAR_NS_PER_MS;
}

static bool dropped(const struct par_serving *serving)
{
	struct par_serving_counts counts = par_serving_counted(serving);

	return counts.unread + counts.late > 0;
}

/*
 * Sends without ever reading: what a server would have to keep for it has a bound. Late, at the
 * latest: with both windows closed TCP itself comes to a stop.
 */
static void greedy(struct par_serving *serving, struct par_serving_spec *spec)
{
	unsigned char messages[100 * PAR_SERVING_MESSAGE];
	struct par_serving_request request = { 1, 0, 0 };
	int fd = connect_to(serving), small = 2048, good;
	size_t at = 0;

	(void)spec;
	for (size_t i = 0; i < sizeof messages; i += PAR_SERVING_MESSAGE)
		par_serving_request_write(messages + i, &request);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	for (int i = 0; i < 20000 && !dropped(serving); i++) {
		ssize_t more =
			send(fd, messages + at, sizeof messages - at, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (more < 0)
			usleep(1000);
		else
			at = (at + (size_t)more) % sizeof messages;
	}
	assert_true(dropped(serving));
	good = connect_to(serving);
	ask(good, 2, 0, 0);
	expect(good, 2, 0);
	reset_and_close(good);
	reset_and_close(fd);
}

static void each_kind_drops_who_does_not_read(void **state)
{
	(void)state;
	on_each(greedy, some_idle);
}

/* Closed while a request is under way: it is answered, the others end. */
static void close_answers_what_is_under_way(void **state)
{
	struct leftovers before = leftovers_now();

	(void)state;
	for (unsigned kind = 0; kind < PAR_SERVING_KINDS; kind++) {
		struct par_serving_spec spec = spec_of((enum par_serving_kind)kind);
		struct par_serving serving;
		int busy, quiet, poked;

		open_server(&serving, &spec);
		quiet = connect_to(&serving);
		poked = connect_to(&serving);
		ask(poked, 1, 0, 0);
		expect(poked, 1, 0);
		busy = connect_to(&serving);
		ask(busy, 3, 0, 1);
		expect(busy, 3, 1);
		ask(busy, 4, 50000, 2);
		usleep(20000); /* it has come, most probably: else the connection just ends */
		assert_int_equal(par_serving_close(&serving), 0);
		expect(busy, 4, 2);
		expect_end(busy);
		expect_end(poked);
		expect_end(quiet);
		leftovers_none_since(&before);
	}
}

/* Who thinks for longer than the time to drain is cut, and that is told. */
static void close_cuts_what_takes_too_long(void **state)
{
	struct leftovers before = leftovers_now();

	(void)state;
	for (unsigned kind = 0; kind < PAR_SERVING_KINDS; kind++) {
		struct par_serving_spec spec = spec_of((enum par_serving_kind)kind);
		struct par_serving serving;
		int fd;

		spec.drain_ns = 30 * PAR_NS_PER_MS;
		open_server(&serving, &spec);
		fd = connect_to(&serving);
		ask(fd, 1, 0, 0);
		expect(fd, 1, 0);
		ask(fd, 2, 10000000, 0);
		usleep(20000);
		assert_int_equal(par_serving_close(&serving), -ETIMEDOUT);
		expect_end(fd);
		leftovers_none_since(&before);
	}
}

static bool has_workers(enum par_serving_kind kind)
{
	return kind == PAR_SERVING_PREFORK || kind == PAR_SERVING_LOOPS;
}

static void wait_for_workers(const struct par_serving *serving, uint64_t replaced)
{
	pid_t pids[WORKERS + 1];

	for (int i = 0; i < 20000 &&
			(par_serving_counted(serving).replaced < replaced ||
				par_serving_processes(serving, pids, WORKERS + 1) < WORKERS + 1);
		i++)
		usleep(1000);
	assert_int_equal(par_serving_counted(serving).replaced, replaced);
}

/* Killed one by one: connections of others go on, and each is replaced. */
static void killed_workers_are_replaced(void **state)
{
	struct leftovers before = leftovers_now();

	(void)state;
	for (unsigned kind = 0; kind < PAR_SERVING_KINDS; kind++) {
		struct par_serving_spec spec = spec_of((enum par_serving_kind)kind);
		pid_t pids[WORKERS + 1];
		struct par_serving serving;

		if (!has_workers(spec.kind))
			continue;
		open_server(&serving, &spec);
		assert_int_equal(par_serving_processes(&serving, pids, WORKERS + 1), WORKERS + 1);
		for (unsigned i = 1; i <= WORKERS; i++) {
			assert_int_equal(kill(pids[i], SIGKILL), 0);
			wait_for_workers(&serving, i);
			for (uint64_t id = 0; id < 20; id++) {
				int fd = connect_to(&serving);

				ask(fd, id, 0, 0);
				expect(fd, id, 0);
				reset_and_close(fd);
			}
		}
		assert_int_equal(par_serving_close(&serving), 0);
		leftovers_none_since(&before);
	}
}

/* A connection's process is killed: its client sees the end, the other does not. */
static void killed_connection_takes_nobody_along(void **state)
{
	struct leftovers before = leftovers_now();
	struct par_serving_spec spec = spec_of(PAR_SERVING_FORK);
	struct par_serving serving;
	pid_t pids[3];
	int first, second;

	(void)state;
	open_server(&serving, &spec);
	first = connect_to(&serving);
	ask(first, 1, 0, 0);
	expect(first, 1, 0);
	assert_int_equal(par_serving_processes(&serving, pids, 3), 2);
	second = connect_to(&serving);
	ask(second, 2, 0, 0);
	expect(second, 2, 0);
	assert_int_equal(kill(pids[1], SIGKILL), 0);
	expect_end(first);
	ask(second, 3, 0, 0);
	expect(second, 3, 0);
	reset_and_close(second);
	assert_int_equal(par_serving_close(&serving), 0);
	leftovers_none_since(&before);
}

static void a_dead_master_is_told(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < PAR_SERVING_KINDS; kind++) {
		struct par_serving_spec spec = spec_of((enum par_serving_kind)kind);
		struct par_serving serving, gone;
		int fd = -1;

		open_server(&serving, &spec);
		gone = serving;
		assert_int_equal(kill(serving.master, SIGKILL), 0);
		while (waitid(P_PID, (id_t)serving.master, &(siginfo_t){ 0 }, WEXITED | WNOWAIT) <
			0)
			;
		assert_int_equal(par_serving_close(&serving), PAR_WORKER_DIED);
		/* Its workers are dying too. */
		for (int i = 0; i < 5000 && (fd = try_connect(&gone)) != -ECONNREFUSED; i++) {
			if (fd >= 0)
				reset_and_close(fd);
			usleep(1000);
		}
		assert_int_equal(fd, -ECONNREFUSED);
	}
}

static void impossible_servers_are_refused(void **state)
{
	struct par_serving serving = PAR_SERVING_INIT;
	struct par_serving_spec spec = spec_of(PAR_SERVING_PREFORK);
	int nowhere = 900000;

	(void)state;
	assert_int_equal(par_serving_close(&serving), 0);
	spec.workers = 0;
	assert_int_equal(par_serving_open(&serving, &spec), -EINVAL);
	spec = spec_of(PAR_SERVING_FORK);
	spec.connections = 0;
	assert_int_equal(par_serving_open(&serving, &spec), -EINVAL);
	spec.connections = PAR_SERVING_CONNECTIONS_MAX + 1;
	assert_int_equal(par_serving_open(&serving, &spec), -EINVAL);
	spec = spec_of(PAR_SERVING_LOOPS);
	spec.pus = &nowhere;
	spec.pu_count = 1;
	assert_int_equal(par_serving_open(&serving, &spec), -EINVAL);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static uint64_t lie(void *context, const struct par_serving_request *request)
{
	(void)context;
	return par_serving_answer(request->id, request->steps) + 1;
}

static void the_answer_can_be_replaced(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < PAR_SERVING_KINDS; kind++) {
		struct par_serving_spec spec = spec_of((enum par_serving_kind)kind);
		unsigned char message[PAR_SERVING_MESSAGE];
		struct par_serving serving;
		int fd;

		spec.answer = lie;
		open_server(&serving, &spec);
		fd = connect_to(&serving);
		ask(fd, 1, 0, 1);
		assert_true(get(fd, message));
		assert_int_equal(par_serving_load(message + 12, 8), par_serving_answer(1, 1) + 1);
		reset_and_close(fd);
		assert_int_equal(par_serving_close(&serving), 0);
	}
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
		cmocka_unit_test(each_kind_answers),
		cmocka_unit_test(each_kind_takes_one_connection_after_the_other),
		cmocka_unit_test(each_kind_makes_a_crowd_wait),
		cmocka_unit_test(each_kind_puts_requests_together),
		cmocka_unit_test(each_kind_bears_half_closed_connections),
		cmocka_unit_test(each_kind_drops_garbage),
		cmocka_unit_test(no_kind_waits_for_slow_clients),
		cmocka_unit_test(no_kind_is_fooled_by_a_trickle),
		cmocka_unit_test(each_kind_drops_idle_connections),
		cmocka_unit_test(each_kind_drops_who_does_not_read),
		cmocka_unit_test(close_answers_what_is_under_way),
		cmocka_unit_test(close_cuts_what_takes_too_long),
		cmocka_unit_test(killed_workers_are_replaced),
		cmocka_unit_test(killed_connection_takes_nobody_along),
		cmocka_unit_test(a_dead_master_is_told),
		cmocka_unit_test(impossible_servers_are_refused),
		cmocka_unit_test(the_answer_can_be_replaced),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("serving", tests, NULL, NULL);
}
