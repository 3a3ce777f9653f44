/* The manager: its objects, its bounds, locks whose holders die, what it makes of nonsense. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "leftovers.h"

#include "clock.h"
#include "loop.h"
#include "manager_wire.h"
#include "rng.h"
#include "shared.h"

#define A_MOMENT (3 * PAR_NS_PER_MS)
#define FOREVER  PAR_MANAGER_FOREVER

struct fixture {
	struct leftovers before;
	struct par_manager manager;
	struct par_proxy a, b;
};

static struct par_proxy connect_to(const struct par_manager *manager)
{
	struct par_proxy proxy;

	assert_int_equal(par_proxy_open(&proxy, &manager->at), 0);
	return proxy;
}

static struct fixture begin(void)
{
	struct fixture f = { .before = leftovers_now() };

	assert_int_equal(par_manager_open(&f.manager), 0);
	f.a = connect_to(&f.manager);
	f.b = connect_to(&f.manager);
	return f;
}

static void end(struct fixture *f)
{
	par_proxy_close(&f->a, NULL);
	par_proxy_close(&f->b, NULL);
	par_manager_close(&f->manager);
	par_manager_close(&f->manager);
	leftovers_none_since(&f->before);
}

static void counters(void **state)
{
	struct fixture f = begin();
	int64_t value = 7;

	(void)state;
	assert_int_equal(par_proxy_counter_get(&f.a, "n", &value, NULL), 0);
	assert_int_equal(value, 0);
	assert_int_equal(par_proxy_counter_set(&f.a, "n", -5, NULL), 0);
	assert_int_equal(par_proxy_counter_add(&f.b, "n", 7, &value, NULL), 0);
	assert_int_equal(value, 2);
	assert_int_equal(par_proxy_counter_set(&f.a, "n", INT64_MAX, NULL), 0);
	assert_int_equal(par_proxy_counter_add(&f.b, "n", 1, NULL, NULL), 0);
	assert_int_equal(par_proxy_counter_get(&f.a, "n", &value, NULL), 0);
	assert_true(value == INT64_MIN);
	assert_int_equal(par_proxy_list_append(&f.a, "n", "x", 1, NULL), -EEXIST);
	end(&f);
}

static void dicts(void **state)
{
	struct fixture f = begin();
	char key[16], value[16];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(key, sizeof key, "key %u", i % 500);
		snprintf(value, sizeof value, "value %u", i);
		assert_int_equal(
			par_proxy_dict_set(&f.a, "d", key, value, strlen(value) + 1, NULL), 0);
	}
	assert_int_equal(par_proxy_count(&f.b, "d", NULL), 500);
	assert_int_equal(par_proxy_dict_get(&f.b, "d", "key 7", value, sizeof value, NULL), 10);
	assert_string_equal(value, "value 507");
	assert_int_equal(par_proxy_dict_get(&f.b, "d", "key 7", value, 3, NULL), -EMSGSIZE);
	assert_int_equal(par_proxy_dict_get(&f.b, "d", "key", value, sizeof value, NULL), -ENOENT);
	for (unsigned i = 0; i < 500; i++) {
		snprintf(key, sizeof key, "key %u", i);
		assert_int_equal(par_proxy_dict_remove(&f.b, "d", key, NULL), 0);
		assert_int_equal(par_proxy_dict_remove(&f.b, "d", key, NULL), -ENOENT);
	}
	assert_int_equal(par_proxy_count(&f.a, "d", NULL), 0);
	assert_int_equal(par_proxy_dict_set(&f.a, "d", "", "", 0, NULL), 0);
	assert_int_equal(par_proxy_dict_get(&f.a, "d", "", value, sizeof value, NULL), 0);
	end(&f);
}

static void lists(void **state)
{
	struct fixture f = begin();
	uint64_t value;

	(void)state;
	for (uint64_t i = 0; i < 300; i++)
		assert_int_equal(par_proxy_list_append(&f.a, "l", &i, sizeof i, NULL), i);
	value = 1000;
	assert_int_equal(par_proxy_list_set(&f.b, "l", 7, &value, sizeof value, NULL), 0);
	assert_int_equal(par_proxy_list_set(&f.b, "l", 300, &value, 8, NULL), -ENOENT);
	for (uint64_t i = 0; i < 300; i++) {
		assert_int_equal(par_proxy_list_get(&f.b, "l", i, &value, sizeof value, NULL), 8);
		assert_int_equal(value, i == 7 ? 1000 : i);
	}
	assert_int_equal(par_proxy_list_get(&f.b, "l", 300, &value, 8, NULL), -ENOENT);
	assert_int_equal(par_proxy_list_get(&f.b, "l", UINT64_MAX, &value, 8, NULL), -ENOENT);
	assert_int_equal(par_proxy_count(&f.b, "l", NULL), 300);
	assert_int_equal(par_proxy_count(&f.b, "none", NULL), 0);
	end(&f);
}

static void queues(void **state)
{
	static const char byte = 'x';
	struct fixture f = begin();
	uint64_t value;

	(void)state;
	assert_int_equal(par_proxy_queue_get(&f.a, "q", &value, 8, 0, NULL), -EAGAIN);
	assert_int_equal(par_proxy_queue_get(&f.a, "q", &value, 8, A_MOMENT, NULL), -ETIMEDOUT);
	for (uint64_t i = 0; i < 50; i++)
		assert_int_equal(par_proxy_queue_put(&f.a, "q", &i, sizeof i, FOREVER, NULL), 0);
	/* Too large for the room: it stays. */
	assert_int_equal(par_proxy_queue_get(&f.b, "q", &value, 7, FOREVER, NULL), -EMSGSIZE);
	for (uint64_t i = 0; i < 50; i++) {
		assert_int_equal(par_proxy_queue_get(&f.b, "q", &value, 8, FOREVER, NULL), 8);
		assert_int_equal(value, i);
	}
	for (unsigned i = 0; i < PAR_MANAGER_ITEMS_MAX; i++)
		assert_int_equal(par_proxy_queue_put(&f.a, "full", &byte, 1, 0, NULL), 0);
	assert_int_equal(par_proxy_queue_put(&f.a, "full", &byte, 1, 0, NULL), -EAGAIN);
	assert_int_equal(par_proxy_queue_put(&f.a, "full", &byte, 1, A_MOMENT, NULL), -ETIMEDOUT);
	assert_int_equal(par_proxy_queue_get(&f.a, "full", &value, 1, 0, NULL), 1);
	assert_int_equal(par_proxy_queue_put(&f.a, "full", &byte, 1, 0, NULL), 0);
	end(&f);
}

static void bounds(void **state)
{
	static char large[PAR_MANAGER_VALUE_MAX + 1], back[PAR_MANAGER_VALUE_MAX];
	char name[PAR_MANAGER_NAME_MAX + 2];
	struct fixture f = begin();

	(void)state;
	memset(large, 'v', sizeof large);
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	assert_int_equal(par_proxy_counter_set(&f.a, name, 1, NULL), -EMSGSIZE);
	assert_int_equal(par_proxy_counter_set(&f.a, "", 1, NULL), -EINVAL);
	assert_int_equal(par_proxy_dict_set(&f.a, "d", name, "", 0, NULL), -EMSGSIZE);
	assert_int_equal(par_proxy_dict_set(&f.a, "d", "k", large, sizeof large, NULL), -EMSGSIZE);
	name[PAR_MANAGER_NAME_MAX] = '\0';
	assert_int_equal(par_proxy_dict_set(&f.a, name, name, large, sizeof back, NULL), 0);
	assert_int_equal(
		par_proxy_dict_get(&f.b, name, name, back, sizeof back, NULL), sizeof back);
	assert_memory_equal(large, back, sizeof back);
	/* More bytes than the manager keeps. */
	for (unsigned i = 0; i < PAR_MANAGER_ITEMS_MAX - 1; i++)
		assert_int_equal(
			par_proxy_list_append(&f.a, "l", large, PAR_MANAGER_VALUE_MAX, NULL), i);
	assert_int_equal(
		par_proxy_list_append(&f.a, "l", large, PAR_MANAGER_VALUE_MAX, NULL), -ENOSPC);
	assert_int_equal(
		par_proxy_list_append(&f.a, "l", large, 0, NULL), PAR_MANAGER_ITEMS_MAX - 1);
	assert_int_equal(par_proxy_list_append(&f.a, "l", large, 0, NULL), -ENOSPC);
	end(&f);
}

static void locks(void **state)
{
	struct fixture f = begin();

	(void)state;
	assert_int_equal(par_proxy_release(&f.a, "m", NULL), -EPERM);
	assert_int_equal(par_proxy_acquire(&f.a, "m", 0, NULL), 0);
	assert_int_equal(par_proxy_acquire(&f.a, "m", FOREVER, NULL), -EDEADLK);
	assert_int_equal(par_proxy_acquire(&f.b, "m", 0, NULL), -EAGAIN);
	assert_int_equal(par_proxy_acquire(&f.b, "m", A_MOMENT, NULL), -ETIMEDOUT);
	assert_int_equal(par_proxy_release(&f.b, "m", NULL), -EPERM);
	assert_int_equal(par_proxy_acquire(&f.a, "other", 0, NULL), 0);
	assert_int_equal(par_proxy_release(&f.a, "m", NULL), 0);
	assert_int_equal(par_proxy_acquire(&f.b, "m", 0, NULL), 0);
	/* A connection that closes gives back all that it holds. */
	par_proxy_close(&f.a, NULL);
	assert_int_equal(par_proxy_acquire(&f.b, "other", FOREVER, NULL), 0);
	end(&f);
}

/* --- other processes --- */

static pid_t fork_client(void (*main)(struct par_proxy *), const struct par_manager *manager)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct par_proxy proxy = connect_to(manager);

		main(&proxy);
		_exit(0);
	}
	return pid;
}

static int reap(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void hold_and_die(struct par_proxy *proxy)
{
	if (par_proxy_acquire(proxy, "m", FOREVER, NULL) == 0)
		(void)par_proxy_counter_set(proxy, "held", 1, NULL);
	pause();
}

static void wait_and_die(struct par_proxy *proxy)
{
	uint64_t value;

	(void)par_proxy_counter_add(proxy, "waits", 1, NULL, NULL);
	(void)par_proxy_queue_get(proxy, "q", &value, 8, FOREVER, NULL);
	_exit(1);
}

static void await_counter(struct par_proxy *proxy, const char *name)
{
	int64_t value = 0;

	while (value == 0)
		assert_int_equal(par_proxy_counter_get(proxy, name, &value, NULL), 0);
}

static void killed_client_gives_back_its_lock(void **state)
{
	struct fixture f = begin();
	pid_t pid = fork_client(hold_and_die, &f.manager);

	(void)state;
	await_counter(&f.a, "held");
	assert_int_equal(par_proxy_acquire(&f.a, "m", 0, NULL), -EAGAIN);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(par_proxy_acquire(&f.a, "m", FOREVER, NULL), 0);
	assert_true(WIFSIGNALED(reap(pid)));
	end(&f);
}

/* A value is not given to one who has died while waiting for it. */
static void killed_client_takes_nothing(void **state)
{
	struct fixture f = begin();
	uint64_t value = 3;
	pid_t pid = fork_client(wait_and_die, &f.manager);

	(void)state;
	await_counter(&f.a, "waits");
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_true(WIFSIGNALED(reap(pid)));
	assert_int_equal(par_proxy_queue_put(&f.a, "q", &value, 8, FOREVER, NULL), 0);
	assert_int_equal(par_proxy_queue_get(&f.b, "q", &value, 8, PAR_NS_PER_S, NULL), 8);
	end(&f);
}

static void expect_gone(struct par_proxy *proxy)
{
	int64_t value;
	int status = par_proxy_counter_get(proxy, "n", &value, NULL);

	if (status != -EPIPE && status != -ECONNRESET)
		fail_msg("a dead manager answers with %d", status);
}

static void wait_for_lock(struct par_proxy *proxy)
{
	int status = par_proxy_acquire(proxy, "m", FOREVER, NULL);

	_exit(status == -ECONNRESET || status == -EPIPE ? 0 : 1);
}

static void killed_manager_is_an_error(void **state)
{
	const struct timespec nap = { .tv_nsec = 10000000 };
	struct fixture f = begin();
	struct par_proxy late;
	pid_t pid;

	(void)state;
	assert_int_equal(par_proxy_acquire(&f.a, "m", 0, NULL), 0);
	pid = fork_client(wait_for_lock, &f.manager);
	nanosleep(&nap, NULL);
	assert_int_equal(kill(f.manager.at.process, SIGKILL), 0);
	assert_int_equal(reap(pid), 0);
	expect_gone(&f.a);
	expect_gone(&f.a);
	expect_gone(&f.b);
	assert_int_equal(par_proxy_open(&late, &f.manager.at), -ECONNREFUSED);
	end(&f);
}

static int find_in_unix_table(const struct par_manager_address *at)
{
	FILE *file = fopen("/proc/net/unix", "r");
	char line[256], name[112];
	int found = 0;

	assert_non_null(file);
	snprintf(name, sizeof name, "@%.*s",
		(int)(at->size - offsetof(struct sockaddr_un, sun_path) - 1),
		at->address.sun_path + 1);
	while (fgets(line, sizeof line, file) != NULL)
		found += strstr(line, name) != NULL;
	fclose(file);
	return found;
}

static void no_socket_is_left(void **state)
{
	struct fixture f = begin();
	struct par_manager_address at = f.manager.at;

	(void)state;
	assert_int_equal(at.address.sun_path[0], '\0');
	assert_true(find_in_unix_table(&at) > 0);
	end(&f);
	assert_int_equal(find_in_unix_table(&at), 0);
}

/* --- read-modify-write --- */

#define CLIENTS 3
#define ROUNDS  300

static void add_locked(struct par_proxy *proxy)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		int64_t value;

		if (par_proxy_acquire(proxy, "m", FOREVER, NULL) < 0 ||
			par_proxy_counter_get(proxy, "sum", &value, NULL) < 0 ||
			par_proxy_counter_set(proxy, "sum", value + 1, NULL) < 0 ||
			par_proxy_release(proxy, "m", NULL) < 0)
			_exit(1);
	}
}

static void add_at_once(struct par_proxy *proxy)
{
	for (unsigned i = 0; i < ROUNDS; i++)
		if (par_proxy_counter_add(proxy, "sum", 1, NULL, NULL) < 0)
			_exit(1);
}

static int64_t sum_of(void (*main)(struct par_proxy *))
{
	struct fixture f = begin();
	pid_t pids[CLIENTS];
	int64_t sum;

	for (unsigned i = 0; i < CLIENTS; i++)
		pids[i] = fork_client(main, &f.manager);
	for (unsigned i = 0; i < CLIENTS; i++)
		assert_int_equal(reap(pids[i]), 0);
	assert_int_equal(par_proxy_counter_get(&f.a, "sum", &sum, NULL), 0);
	end(&f);
	return sum;
}

/* The order of two clients' requests is ours here, so what is lost does not depend on luck. */
static void unlocked_updates_are_lost(void **state)
{
	struct fixture f = begin();
	int64_t a, b, sum;

	(void)state;
	assert_int_equal(par_proxy_counter_get(&f.a, "sum", &a, NULL), 0);
	assert_int_equal(par_proxy_counter_get(&f.b, "sum", &b, NULL), 0);
	assert_int_equal(par_proxy_counter_set(&f.a, "sum", a + 1, NULL), 0);
	assert_int_equal(par_proxy_counter_set(&f.b, "sum", b + 1, NULL), 0);
	assert_int_equal(par_proxy_counter_get(&f.a, "sum", &sum, NULL), 0);
	assert_int_equal(sum, 1);
	end(&f);
	assert_int_equal(sum_of(add_locked), CLIENTS * ROUNDS);
	assert_int_equal(sum_of(add_at_once), CLIENTS * ROUNDS);
}

/* --- coroutines --- */

struct team {
	const struct par_manager *manager;
	bool claimed;
};

static uint64_t claim(void *context, uint64_t limit, uint64_t *first)
{
	struct team *team = context;
	bool more = !team->claimed;

	(void)limit;
	*first = 0;
	team->claimed = true;
	return more ? 4 : 0;
}

static void add_in_loop(void *context, uint64_t index, struct par_io *io)
{
	const struct team *team = context;
	struct par_proxy proxy = connect_to(team->manager);

	(void)index;
	for (unsigned i = 0; i < 50; i++) {
		int64_t value = 0;

		assert_int_equal(par_proxy_acquire(&proxy, "m", FOREVER, io), 0);
		assert_int_equal(par_proxy_counter_get(&proxy, "sum", &value, io), 0);
		assert_int_equal(par_proxy_counter_set(&proxy, "sum", value + 1, io), 0);
		assert_int_equal(par_proxy_release(&proxy, "m", io), 0);
	}
	par_proxy_close(&proxy, io);
}

static void coroutines_wait_in_their_loop(void **state)
{
	struct fixture f = begin();
	struct team team = { .manager = &f.manager };
	struct par_loop_source source = { claim, add_in_loop, &team };
	struct par_loop *loop;
	int64_t sum;

	(void)state;
	assert_int_equal(par_loop_open(&loop, NULL), 0);
	assert_int_equal(par_loop_run(loop, &source, 4), 0);
	par_loop_close(loop);
	assert_int_equal(par_proxy_counter_get(&f.a, "sum", &sum, NULL), 0);
	assert_int_equal(sum, 200);
	end(&f);
}

/* --- nonsense --- */

static void send_raw(struct par_proxy *proxy, const void *packet, size_t size)
{
	assert_int_equal(send(proxy->fd, packet, size, MSG_NOSIGNAL), size);
}

static void expect_refusal(struct par_proxy *proxy)
{
	struct par_manager_answer answer;

	assert_int_equal(recv(proxy->fd, &answer, sizeof answer, 0), sizeof answer);
	assert_int_equal(answer.status, -EPROTO);
	assert_true(recv(proxy->fd, &answer, sizeof answer, 0) <= 0);
}

/* Each is answered and then not listened to; the others go on. */
static void nonsense_ends_only_its_connection(void **state)
{
	static unsigned char packet[2 * PAR_MANAGER_REQUEST_MAX];
	static const struct par_manager_request bad[] = {
		{ .call = PAR_CALLS, .name = 1 },
		{ .call = 0, .name = 0 },
		{ .call = 0, .name = PAR_MANAGER_NAME_MAX + 1 },
		{ .call = 0, .name = 1, .zero = 1 },
		{ .call = 0, .name = 2 },
		{ .call = 0, .name = 1, .value = UINT32_MAX },
		{ .call = 0, .name = 1, .key = 255 },
	};
	static const size_t sizes[] = { 1, sizeof *bad - 1, sizeof *bad, PAR_MANAGER_REQUEST_MAX,
		PAR_MANAGER_REQUEST_MAX + 1, sizeof packet };
	struct fixture f = begin();
	int64_t value;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct par_proxy proxy = connect_to(&f.manager);

		memcpy(packet, &bad[i], sizeof *bad);
		send_raw(&proxy, packet, sizeof *bad + 1);
		expect_refusal(&proxy);
		par_proxy_close(&proxy, NULL);
	}
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct par_proxy proxy = connect_to(&f.manager);

		memset(packet, 0, sizeof packet);
		send_raw(&proxy, packet, sizes[i]);
		expect_refusal(&proxy);
		par_proxy_close(&proxy, NULL);
	}
	assert_int_equal(par_proxy_counter_get(&f.a, "n", &value, NULL), 0);
	end(&f);
}

/* Random heads with sizes that fit: every call with every kind of object. */
static void random_requests_do_no_harm(void **state)
{
	struct fixture f = begin();
	struct par_rng rng;
	int64_t value;

	(void)state;
	par_rng_init(&rng, 7);
	for (unsigned i = 0; i < 20000; i++) {
		unsigned char packet[PAR_MANAGER_REQUEST_MAX] = { 0 };
		struct par_manager_request head = {
			.call = (uint8_t)par_rng_below(&rng, PAR_CALLS),
			.name = 1,
			.key = (uint8_t)par_rng_below(&rng, 3),
			.value = (uint32_t)par_rng_below(&rng, 20),
			.number = par_rng_next(&rng) >> par_rng_below(&rng, 64),
			.timeout = par_rng_below(&rng, 2) * 1000,
		};
		struct par_manager_answer answer;
		unsigned char back[PAR_MANAGER_ANSWER_MAX];
		struct par_proxy *proxy = i % 2 ? &f.a : &f.b;
		ssize_t got;

		memcpy(packet, &head, sizeof head);
		packet[sizeof head] = (unsigned char)('a' + par_rng_below(&rng, 12));
		send_raw(proxy, packet, sizeof head + 1u + head.key + head.value);
		got = recv(proxy->fd, back, sizeof back, 0);
		assert_true(got >= (ssize_t)sizeof answer);
		memcpy(&answer, back, sizeof answer);
		assert_int_equal(answer.value, got - (ssize_t)sizeof answer);
		assert_true(answer.status <= 0 && answer.status != -EPROTO);
	}
	assert_int_equal(par_proxy_counter_get(&f.a, "unused", &value, NULL), 0);
	end(&f);
}

/* A second request while the first waits is out of turn. */
static void out_of_turn(void **state)
{
	struct {
		struct par_manager_request head;
		char name;
	} request = { { .call = PAR_CALL_QUEUE_GET, .name = 1, .timeout = UINT64_MAX }, 'q' };
	size_t size = sizeof request.head + 1;
	struct fixture f = begin();

	(void)state;
	send_raw(&f.a, &request, size);
	send_raw(&f.a, &request, size);
	expect_refusal(&f.a);
	assert_int_equal(par_proxy_queue_put(&f.b, "q", "v", 1, 0, NULL), 0);
	assert_int_equal(par_proxy_count(&f.b, "q", NULL), 1);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters),
		cmocka_unit_test(dicts),
		cmocka_unit_test(lists),
		cmocka_unit_test(queues),
		cmocka_unit_test(bounds),
		cmocka_unit_test(locks),
		cmocka_unit_test(killed_client_gives_back_its_lock),
		cmocka_unit_test(killed_client_takes_nothing),
		cmocka_unit_test(killed_manager_is_an_error),
		cmocka_unit_test(no_socket_is_left),
		cmocka_unit_test(unlocked_updates_are_lost),
		cmocka_unit_test(coroutines_wait_in_their_loop),
		cmocka_unit_test(nonsense_ends_only_its_connection),
		cmocka_unit_test(random_requests_do_no_harm),
		cmocka_unit_test(out_of_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
