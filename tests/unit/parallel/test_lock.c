/* Locks of every kind: one inside at a time, between threads and processes, and after a death. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leftovers.h"

#include "lock.h"

#define MOST_WORKERS 4
#define TURNS        2000
#define TURNS_QUEUED 40 /* a handover may cost a time slice where workers outnumber PUs */

/* In shared memory. */
struct table {
	struct par_lock lock;
	struct par_lock_node nodes[MOST_WORKERS + 1]; /* the last is the test's own */
	enum par_lock_kind kind;
	unsigned turns;
	bool by_trying;
	uint64_t count; /* an ordinary variable: ThreadSanitizer sees when nothing orders its uses
			 */
	uint64_t twin;
	_Atomic unsigned inside, most_inside; /* readers at once */
	_Atomic uint64_t torn;
	_Atomic unsigned order[MOST_WORKERS], ordered;
	_Atomic unsigned stage;
};

struct worker {
	struct table *table;
	unsigned index;
	pthread_t thread;
};

static struct par_lock_node *own_node(struct table *table)
{
	return &table->nodes[MOST_WORKERS];
}

static struct table *table_open(enum par_lock_kind kind)
{
	void *memory;
	struct table *table;

	assert_int_equal(par_shared_open(&memory, sizeof(*table)), 0);
	table = memory;
	table->kind = kind;
	table->turns = kind == PAR_LOCK_TICKET || kind == PAR_LOCK_MCS ? TURNS_QUEUED : TURNS;
	assert_int_equal(par_lock_init(&table->lock, kind), 0);
	return table;
}

static void table_close(struct table *table)
{
	par_lock_fini(&table->lock, table->kind);
	par_shared_close(table, sizeof(*table));
}

static void take(struct table *table, struct par_lock_node *node)
{
	if (!table->by_trying) {
		assert_int_equal(par_lock_take(&table->lock, table->kind, node), 0);
		return;
	}
	for (;;) {
		int code = par_lock_try(&table->lock, table->kind, node);

		if (code == 0)
			return;
		assert_int_equal(code, -EBUSY);
		sched_yield();
	}
}

/* Adds one to both, now and then losing its PU in between. */
static void *add_turns(void *argument)
{
	struct worker *worker = argument;
	struct table *table = worker->table;
	struct par_lock_node *node = &table->nodes[worker->index];

	for (unsigned i = 0; i < table->turns; i++) {
		take(table, node);
		table->count++;
		if (i % 64 == 0)
			sched_yield();
		table->twin++;
		par_lock_give(&table->lock, table->kind, node);
	}
	return NULL;
}

static void run_threads(struct table *table, void *(*body)(void *), struct worker *workers)
{
	for (unsigned i = 0; i < MOST_WORKERS; i++) {
		workers[i] = (struct worker){ table, i, 0 };
		assert_int_equal(pthread_create(&workers[i].thread, NULL, body, &workers[i]), 0);
	}
}

static void join_threads(struct worker *workers)
{
	for (unsigned i = 0; i < MOST_WORKERS; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
}

static void threads_lose_nothing(enum par_lock_kind kind, bool by_trying)
{
	struct worker workers[MOST_WORKERS];
	struct table *table = table_open(kind);

	table->by_trying = by_trying;
	run_threads(table, add_turns, workers);
	join_threads(workers);
	assert_int_equal(table->count, MOST_WORKERS * table->turns);
	assert_int_equal(table->twin, MOST_WORKERS * table->turns);
	table_close(table);
}

static void test_threads(void **state)
{
	(void)state;
	for (int kind = PAR_LOCK_MUTEX; kind < PAR_LOCK_KINDS; kind++)
		threads_lose_nothing((enum par_lock_kind)kind, false);
}

static void test_threads_that_try(void **state)
{
	(void)state;
	for (int kind = PAR_LOCK_MUTEX; kind < PAR_LOCK_KINDS; kind++)
		threads_lose_nothing((enum par_lock_kind)kind, true);
}

static pid_t start_process(void *(*body)(void *), struct worker *worker)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		body(worker);
		_exit(0);
	}
	return pid;
}

static void await_process(pid_t pid, int expected)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, expected);
}

static void test_processes(void **state)
{
	(void)state;
	for (int kind = PAR_LOCK_MUTEX; kind < PAR_LOCK_KINDS; kind++) {
		struct table *table = table_open((enum par_lock_kind)kind);
		struct worker workers[MOST_WORKERS];
		pid_t pids[MOST_WORKERS];

		for (unsigned i = 0; i < MOST_WORKERS; i++) {
			workers[i] = (struct worker){ table, i, 0 };
			pids[i] = start_process(add_turns, &workers[i]);
		}
		for (unsigned i = 0; i < MOST_WORKERS; i++)
			await_process(pids[i], 0);
		assert_int_equal(table->count, MOST_WORKERS * table->turns);
		table_close(table);
	}
}

/* Held: a try fails. Given: it succeeds, and a lock can be taken again and again. */
static void test_try(void **state)
{
	(void)state;
	for (int kind = PAR_LOCK_MUTEX; kind < PAR_LOCK_KINDS; kind++) {
		struct table *table = table_open((enum par_lock_kind)kind);
		struct par_lock_node *mine = own_node(table), *other = &table->nodes[0];

		for (int i = 0; i < 3; i++) {
			assert_int_equal(par_lock_take(&table->lock, table->kind, mine), 0);
			assert_int_equal(par_lock_try(&table->lock, table->kind, other), -EBUSY);
			par_lock_give(&table->lock, table->kind, mine);
			assert_int_equal(par_lock_try(&table->lock, table->kind, other), 0);
			assert_int_equal(par_lock_try(&table->lock, table->kind, mine), -EBUSY);
			par_lock_give(&table->lock, table->kind, other);
		}
		table_close(table);
	}
}

/* What a test of exclusion must notice: with no lock, two are inside at once. */
static void test_missing_lock_lets_both_in(void **state)
{
	struct table *table = table_open(PAR_LOCK_NONE);

	(void)state;
	assert_int_equal(par_lock_take(&table->lock, PAR_LOCK_NONE, NULL), 0);
	assert_int_equal(par_lock_try(&table->lock, PAR_LOCK_NONE, NULL), 0);
	par_lock_give(&table->lock, PAR_LOCK_NONE, NULL);
	table_close(table);
}

/* --- order of arrival --- */

static void *queue_up(void *argument)
{
	struct worker *worker = argument;
	struct table *table = worker->table;
	struct par_lock_node *node = &table->nodes[worker->index];

	while (atomic_load(&table->stage) != worker->index)
		sched_yield();
	take(table, node);
	table->order[atomic_fetch_add(&table->ordered, 1)] = worker->index;
	par_lock_give(&table->lock, table->kind, node);
	return NULL;
}

/* Worker `index` stands in the queue. */
static bool has_come(struct table *table, unsigned index)
{
	struct par_lock_mcs *mcs = &table->lock.as.mcs;

	if (table->kind == PAR_LOCK_TICKET)
		return atomic_load(&table->lock.as.ticket.next) == index + 2;
	return atomic_load(&mcs->tail) == par_lock_mcs_offset(mcs, &table->nodes[index].mcs);
}

static void first_come_first_served(enum par_lock_kind kind)
{
	struct table *table = table_open(kind);
	struct worker workers[MOST_WORKERS];

	table->stage = MOST_WORKERS;
	take(table, own_node(table));
	run_threads(table, queue_up, workers);
	for (unsigned i = 0; i < MOST_WORKERS; i++) {
		atomic_store(&table->stage, i);
		while (!has_come(table, i))
			sched_yield();
	}
	par_lock_give(&table->lock, kind, own_node(table));
	join_threads(workers);
	for (unsigned i = 0; i < MOST_WORKERS; i++)
		assert_int_equal(table->order[i], i);
	table_close(table);
}

static void test_queues_keep_the_order(void **state)
{
	(void)state;
	first_come_first_served(PAR_LOCK_TICKET);
	first_come_first_served(PAR_LOCK_MCS);
}

/* A ticket lock whose numbers are about to wrap. */
static void test_tickets_wrap(void **state)
{
	struct worker workers[MOST_WORKERS];
	struct table *table = table_open(PAR_LOCK_TICKET);

	(void)state;
	atomic_store(&table->lock.as.ticket.next, UINT32_MAX - 2);
	atomic_store(&table->lock.as.ticket.serving, UINT32_MAX - 2);
	run_threads(table, add_turns, workers);
	join_threads(workers);
	assert_int_equal(table->count, MOST_WORKERS * table->turns);
	table_close(table);
}

/* --- sleepers --- */

/* Every waiter sleeps in the kernel before the lock is given, and each is woken. */
static void test_sleepers_wake(void **state)
{
	struct worker workers[MOST_WORKERS];
	struct table *table = table_open(PAR_LOCK_FUTEX);

	(void)state;
	table->turns = 1;
	take(table, NULL);
	run_threads(table, add_turns, workers);
	while (atomic_load(&table->lock.as.futex.word) != PAR_LOCK_CONTENDED)
		sched_yield();
	par_lock_give(&table->lock, PAR_LOCK_FUTEX, NULL);
	join_threads(workers);
	assert_int_equal(table->count, MOST_WORKERS);
	assert_int_equal(table->lock.as.futex.word, PAR_LOCK_FREE);
	table_close(table);
}

/* --- readers --- */

static void *read_or_write(void *argument)
{
	struct worker *worker = argument;
	struct table *table = worker->table;
	struct par_lock_node *node = &table->nodes[worker->index];

	for (unsigned i = 0; i < table->turns; i++) {
		if (i % 8 == worker->index) {
			take(table, node);
			table->count++;
			table->twin++;
		} else {
			assert_int_equal(par_lock_take_to_read(&table->lock, table->kind, node), 0);
			if (table->count != table->twin)
				atomic_fetch_add(&table->torn, 1);
		}
		par_lock_give(&table->lock, table->kind, node);
	}
	return NULL;
}

static void test_readers_see_whole_writes(void **state)
{
	(void)state;
	for (int kind = PAR_LOCK_MUTEX; kind < PAR_LOCK_KINDS; kind++) {
		struct worker workers[MOST_WORKERS];
		struct table *table = table_open((enum par_lock_kind)kind);

		run_threads(table, read_or_write, workers);
		join_threads(workers);
		assert_int_equal(table->torn, 0);
		assert_int_equal(table->count, MOST_WORKERS * table->turns / 8);
		table_close(table);
	}
}

/* Two readers are inside at once, and then no writer is. */
static void test_readers_share(void **state)
{
	struct table *table = table_open(PAR_LOCK_RWLOCK);
	struct par_lock *lock = &table->lock;

	(void)state;
	assert_int_equal(par_lock_take_to_read(lock, PAR_LOCK_RWLOCK, NULL), 0);
	assert_int_equal(par_lock_take_to_read(lock, PAR_LOCK_RWLOCK, NULL), 0);
	assert_int_equal(par_lock_try(lock, PAR_LOCK_RWLOCK, NULL), -EBUSY);
	par_lock_give(lock, PAR_LOCK_RWLOCK, NULL);
	par_lock_give(lock, PAR_LOCK_RWLOCK, NULL);
	assert_int_equal(par_lock_try(lock, PAR_LOCK_RWLOCK, NULL), 0);
	par_lock_give(lock, PAR_LOCK_RWLOCK, NULL);
	table_close(table);
}

/* --- a holder dies --- */

static void *die_holding(void *argument)
{
	struct worker *worker = argument;
	struct table *table = worker->table;

	take(table, &table->nodes[worker->index]);
	table->count++; /* and not its twin */
	kill(getpid(), SIGKILL);
	return NULL;
}

static struct table *table_of_a_dead_holder(enum par_lock_kind kind)
{
	struct table *table = table_open(kind);
	struct worker worker = { table, 0, 0 };

	await_process(start_process(die_holding, &worker), SIGKILL);
	return table;
}

/* What lock.h says of all kinds but one: the lock stays taken. */
static void test_dead_holder_keeps_the_lock(void **state)
{
	(void)state;
	for (int kind = PAR_LOCK_MUTEX; kind < PAR_LOCK_KINDS; kind++) {
		struct table *table;

		if (kind == PAR_LOCK_ROBUST)
			continue;
		table = table_of_a_dead_holder((enum par_lock_kind)kind);
		for (int i = 0; i < 100; i++)
			assert_int_equal(
				par_lock_try(&table->lock, table->kind, own_node(table)), -EBUSY);
		par_shared_close(table, sizeof(*table)); /* a taken lock is not destroyed */
	}
}

static void test_robust_tells_of_the_dead(void **state)
{
	struct table *table = table_of_a_dead_holder(PAR_LOCK_ROBUST);
	struct par_lock *lock = &table->lock;

	(void)state;
	assert_int_equal(par_lock_take(lock, PAR_LOCK_ROBUST, NULL), -EOWNERDEAD);
	assert_int_not_equal(table->count, table->twin); /* what it left half done */
	table->twin = table->count;
	assert_int_equal(par_lock_heal(lock), 0);
	par_lock_give(lock, PAR_LOCK_ROBUST, NULL);
	assert_int_equal(par_lock_take(lock, PAR_LOCK_ROBUST, NULL), 0);
	par_lock_give(lock, PAR_LOCK_ROBUST, NULL);
	table_close(table);
}

/* Given without being healed, nobody can take it any more. */
static void test_robust_that_is_not_healed(void **state)
{
	struct table *table = table_of_a_dead_holder(PAR_LOCK_ROBUST);
	struct par_lock *lock = &table->lock;

	(void)state;
	assert_int_equal(par_lock_try(lock, PAR_LOCK_ROBUST, NULL), -EOWNERDEAD);
	par_lock_give(lock, PAR_LOCK_ROBUST, NULL);
	assert_int_equal(par_lock_take(lock, PAR_LOCK_ROBUST, NULL), -ENOTRECOVERABLE);
	table_close(table);
}

static void test_no_such_kind(void **state)
{
	struct par_lock lock;

	(void)state;
	assert_int_equal(par_lock_init(&lock, PAR_LOCK_KINDS), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_threads_that_try),
		cmocka_unit_test(test_processes),
		cmocka_unit_test(test_try),
		cmocka_unit_test(test_missing_lock_lets_both_in),
		cmocka_unit_test(test_queues_keep_the_order),
		cmocka_unit_test(test_tickets_wrap),
		cmocka_unit_test(test_sleepers_wake),
		cmocka_unit_test(test_readers_see_whole_writes),
		cmocka_unit_test(test_readers_share),
		cmocka_unit_test(test_dead_holder_keeps_the_lock),
		cmocka_unit_test(test_robust_tells_of_the_dead),
		cmocka_unit_test(test_robust_that_is_not_healed),
		cmocka_unit_test(test_no_such_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
