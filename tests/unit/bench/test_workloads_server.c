/* The server process, the service beneath it, and what happens when things end badly. */
#include "workload_fixture.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "workloads/descriptors.h"
#include "workloads/server.h"

#define MANY 4000

static void open_server(struct par_server *server, size_t request, size_t reply, uint64_t think_us)
{
	struct par_server_spec spec = {
		.request = request, .reply = reply, .think_ns = think_us * PAR_NS_PER_US
	};
	struct par_error error = PAR_ERROR_INIT;

	if (par_server_open(server, "test", &spec, &error) != 0)
		fail_msg("%s", error.text);
}

static int try_connect(const struct par_server *server)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (connect(fd, (const struct sockaddr *)&server->address, sizeof server->address) == 0)
		return fd;
	close(fd);
	return -errno;
}

static int connect_to(const struct par_server *server)
{
	int fd = try_connect(server);

	assert_true(fd >= 0);
	return fd;
}

/* The whole reply and the end of the connection after it. */
static void assert_reply(const struct par_server *server, int fd, const unsigned char *request)
{
	unsigned char expected[PAR_SERVER_MESSAGE_MAX], got[PAR_SERVER_MESSAGE_MAX], more;
	struct par_io io;

	par_io_init_blocking(&io);
	par_server_expect(&server->spec, request, expected);
	assert_int_equal(par_io_read_all(&io, fd, got, server->spec.reply), 0);
	assert_memory_equal(got, expected, server->spec.reply);
	assert_int_equal(read(fd, &more, 1), 0);
	close(fd);
}

static void test_replies_of_all_sizes(void **state)
{
	static const size_t sizes[][2] = { { 1, 1 }, { 7, 9 }, { 8, 16384 }, { 16384, 8 },
		{ 16384, 16384 }, { 4097, 1023 } };
	unsigned char request[PAR_SERVER_MESSAGE_MAX], reply[PAR_SERVER_MESSAGE_MAX];
	unsigned char expected[PAR_SERVER_MESSAGE_MAX];
	struct par_io io;

	(void)state;
	par_io_init_blocking(&io);
	for (size_t i = 0; i < sizeof request; i++)
		request[i] = (unsigned char)(i * 31 + i / 256);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct par_server server;

		open_server(&server, sizes[i][0], sizes[i][1], i % 2 * 500);
		par_server_expect(&server.spec, request, expected);
		for (int j = 0; j < 5; j++) {
			memset(reply, 0, sizeof reply);
			assert_int_equal(par_server_ask(&server, &io, request, reply), 0);
			assert_memory_equal(reply, expected, sizes[i][1]);
		}
		par_server_close(&server);
	}
}

/* A reply may be late, on a busy machine, but never early. */
static void test_thinks_long_enough(void **state)
{
	unsigned char request[64] = { 1 }, reply[64];
	struct par_server server;
	struct par_io io;

	(void)state;
	par_io_init_blocking(&io);
	open_server(&server, 64, 64, 20000);
	for (int i = 0; i < 5; i++) {
		uint64_t start = par_now_ns();

		assert_int_equal(par_server_ask(&server, &io, request, reply), 0);
		assert_true(par_now_ns() - start >= 19 * PAR_NS_PER_MS);
	}
	par_server_close(&server);
}

/* The request in two parts, then the client's side shut down: the reply still comes. */
static void test_half_closed(void **state)
{
	unsigned char request[64] = { 3, 2, 1 };
	struct par_server server;
	int fd;

	(void)state;
	open_server(&server, 64, 100, 1000);
	fd = connect_to(&server);
	assert_int_equal(write(fd, request, 10), 10);
	usleep(2000);
	assert_int_equal(write(fd, request + 10, 54), 54);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	assert_reply(&server, fd, request);
	par_server_close(&server);
}

/* Clients that leave at every stage do no harm to the next. */
static void test_rude_clients(void **state)
{
	unsigned char request[64] = { 5 }, byte;
	struct par_server server;
	int fd;

	(void)state;
	open_server(&server, 64, 16384, 1000);
	for (int i = 0; i < 50; i++) {
		struct linger reset = { 1, 0 };

		fd = connect_to(&server);
		close(fd); /* says nothing */
		fd = connect_to(&server);
		assert_int_equal(write(fd, request, 63), 63);
		assert_int_equal(shutdown(fd, SHUT_WR), 0);
		assert_int_equal(read(fd, &byte, 1), 0); /* dropped without a reply */
		close(fd);
		fd = connect_to(&server);
		assert_int_equal(write(fd, request, 64), 64);
		close(fd); /* does not wait */
		fd = connect_to(&server);
		assert_int_equal(write(fd, request, 64), 64);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
		close(fd); /* resets */
	}
	fd = connect_to(&server);
	assert_int_equal(write(fd, request, 64), 64);
	assert_reply(&server, fd, request);
	par_server_close(&server);
}

/* All connected before the first asks; all ask before the first is answered. */
static void test_many_connections(void **state)
{
	struct par_error error = PAR_ERROR_INIT;
	static int fds[MANY];
	struct par_server server;

	(void)state;
	if (par_descriptors_ensure(MANY, &error) != 0)
		skip(); /* the hard limit of open files is low here */
	open_server(&server, 8, 64, 100000);
	for (int i = 0; i < MANY; i++)
		fds[i] = connect_to(&server);
	for (int i = 0; i < MANY; i++) {
		unsigned char request[8] = { (unsigned char)i, (unsigned char)(i >> 8) };

		assert_int_equal(write(fds[i], request, 8), 8);
	}
	for (int i = 0; i < MANY; i++) {
		unsigned char request[8] = { (unsigned char)i, (unsigned char)(i >> 8) };

		assert_reply(&server, fds[i], request);
	}
	par_server_close(&server);
}

/* Answers what it can hold, keeps the others waiting, and goes on when there is room again. */
static void test_out_of_descriptors(void **state)
{
	struct rlimit old, small = { 40, 40 };
	unsigned char request[8] = { 9 };
	struct par_server server;
	int fds[100];

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	open_server(&server, 8, 8, 0);
	assert_int_equal(prlimit(server.service.process, RLIMIT_NOFILE, &small, NULL), 0);
	for (int i = 0; i < 100; i++)
		fds[i] = connect_to(&server); /* the kernel completes them */
	for (int i = 0; i < 100; i++)
		assert_int_equal(write(fds[i], request, 8), 8);
	for (int i = 0; i < 100; i++)
		assert_reply(&server, fds[i], request);
	par_server_close(&server);
}

/* More than there are client ports, if each were to be blocked for a minute. */
static void test_ports_are_not_used_up(void **state)
{
	unsigned char request[8] = { 0 }, reply[8];
	struct par_server server;
	struct par_io io;

	(void)state;
	par_io_init_blocking(&io);
	open_server(&server, 8, 8, 0);
	for (int i = 0; i < 30000; i++)
		assert_int_equal(par_server_ask(&server, &io, request, reply), 0);
	par_server_close(&server);
}

/* The server is gone: an error at once, not a wait for ever. */
static void test_dead_server_is_an_error(void **state)
{
	unsigned char request[8] = { 0 }, reply[8];
	struct par_server server;
	struct par_io io;

	(void)state;
	par_io_init_blocking(&io);
	open_server(&server, 8, 8, 0);
	par_server_close(&server);
	assert_int_equal(par_server_ask(&server, &io, request, reply), -ECONNREFUSED);
	par_server_close(&server); /* once more is fine */
}

static void test_not_pinned_with_its_parent(void **state)
{
	cpu_set_t before, one, servers;
	struct par_server server;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
	CPU_ZERO(&one);
	for (int i = 0; CPU_COUNT(&one) == 0; i++) {
		if (CPU_ISSET(i, &before))
			CPU_SET(i, &one);
	}
	assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
	open_server(&server, 8, 8, 0);
	assert_int_equal(sched_getaffinity(server.service.process, sizeof servers, &servers), 0);
	assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
	CPU_AND(&one, &before, &servers);
	assert_true(CPU_EQUAL(&one, &before));
	par_server_close(&server);
}

/* The parent is killed: the server must go too. Its end of a pipe tells. */
static void test_dies_with_its_parent(void **state)
{
	struct pollfd end = { .events = POLLIN };
	int ends[2], status;
	pid_t parent;
	char byte;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	parent = fork();
	assert_true(parent >= 0);
	if (parent == 0) {
		struct par_server server;

		open_server(&server, 8, 8, 0);
		raise(SIGKILL);
	}
	close(ends[1]);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_true(WIFSIGNALED(status));
	end.fd = ends[0];
	assert_int_equal(poll(&end, 1, 20000), 1);
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
}

static int fail_before_ready(void *context, int ready)
{
	(void)ready;
	return *(const int *)context;
}

static int end_without_a_word(void *context, int ready)
{
	(void)context;
	(void)ready;
	_exit(0);
}

static void test_service_that_cannot_start(void **state)
{
	struct par_service service = PAR_SERVICE_INIT;
	struct par_error error = PAR_ERROR_INIT;
	int code = -ENOSPC;

	(void)state;
	assert_int_equal(
		par_service_open(&service, "thing", fail_before_ready, &code, &error), -ENOSPC);
	assert_non_null(strstr(error.text, "thing"));
	assert_int_equal(service.process, 0);
	assert_int_equal(
		par_service_open(&service, "thing", end_without_a_word, NULL, &error), -ECHILD);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* The children of this thread, as the kernel lists them; 0 when it does not. */
static pid_t only_child(void)
{
	FILE *file = fopen("/proc/thread-self/children", "r");
	int child = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%d", &child) != 1)
		child = 0;
	fclose(file);
	return child;
}

static void assert_task_fails_when_killed(const struct par_workload *workload)
{
	struct bench bench = bench_make(workload, 1);
	pid_t child;

	bench_open(&bench);
	bench_task(&bench, 0);
	child = only_child();
	if (child != 0) {
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		workload->task(bench.state, 0, &bench.io);
		assert_true(bench.io.error < 0);
	}
	bench_end(&bench);
}

static void test_tasks_fail_when_the_server_is_killed(void **state)
{
	(void)state;
	assert_task_fails_when_killed(workload_named("pipe_echo"));
	assert_task_fails_when_killed(workload_named("tcp_echo"));
	assert_task_fails_when_killed(workload_named("crawl"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies_of_all_sizes),
		cmocka_unit_test(test_thinks_long_enough),
		cmocka_unit_test(test_half_closed),
		cmocka_unit_test(test_rude_clients),
		cmocka_unit_test(test_many_connections),
		cmocka_unit_test(test_out_of_descriptors),
		cmocka_unit_test(test_ports_are_not_used_up),
		cmocka_unit_test(test_dead_server_is_an_error),
		cmocka_unit_test(test_not_pinned_with_its_parent),
		cmocka_unit_test(test_dies_with_its_parent),
		cmocka_unit_test(test_service_that_cannot_start),
		cmocka_unit_test(test_tasks_fail_when_the_server_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
