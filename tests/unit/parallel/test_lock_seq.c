/* The sequence lock: readers see whole writes, and begin again when somebody wrote. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lock_seq.h"

#define WRITERS 2
#define WRITES  2000

/* In shared memory. */
struct table {
	struct par_lock_seq lock;
	_Atomic uint64_t left, right;
	_Atomic unsigned writing; /* writers that are not done */
	_Atomic uint64_t torn, reads;
};

static struct table *table_open(void)
{
	void *memory;

	assert_int_equal(par_shared_open(&memory, sizeof(struct table)), 0);
	return memory;
}

static void add(_Atomic uint64_t *value)
{
	atomic_store_explicit(
		value, atomic_load_explicit(value, memory_order_relaxed) + 1, memory_order_release);
}

static void *write_often(void *argument)
{
	struct table *table = argument;

	for (int i = 0; i < WRITES; i++) {
		par_lock_seq_take(&table->lock);
		add(&table->left);
		if (i % 64 == 0)
			sched_yield(); /* so that readers come in between */
		add(&table->right);
		par_lock_seq_give(&table->lock);
	}
	atomic_fetch_sub(&table->writing, 1);
	return NULL;
}

static void read_until_written(struct table *table)
{
	do {
		uint64_t left, right;
		uint32_t number;

		do {
			number = par_lock_seq_begin(&table->lock);
			left = atomic_load_explicit(&table->left, memory_order_acquire);
			right = atomic_load_explicit(&table->right, memory_order_acquire);
		} while (par_lock_seq_retry(&table->lock, number));
		atomic_fetch_add(&table->torn, left != right);
		atomic_fetch_add(&table->reads, 1);
	} while (atomic_load(&table->writing) > 0);
}

static void check(struct table *table)
{
	assert_int_equal(table->torn, 0);
	assert_true(table->reads > 0);
	assert_int_equal(table->left, WRITERS * WRITES);
	assert_int_equal(table->right, WRITERS * WRITES);
	par_shared_close(table, sizeof(*table));
}

static void test_threads(void **state)
{
	struct table *table = table_open();
	pthread_t threads[WRITERS];

	(void)state;
	table->writing = WRITERS;
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_often, table), 0);
	read_until_written(table);
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	check(table);
}

static void test_processes(void **state)
{
	struct table *table = table_open();
	pid_t pids[WRITERS];
	int status;

	(void)state;
	table->writing = WRITERS;
	for (int i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			write_often(table);
			_exit(0);
		}
	}
	read_until_written(table);
	for (int i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	check(table);
}

/* What was read before, while and after somebody wrote. */
static void test_retry(void **state)
{
	struct table *table = table_open();
	uint32_t number = par_lock_seq_begin(&table->lock);

	(void)state;
	assert_false(par_lock_seq_retry(&table->lock, number));
	par_lock_seq_take(&table->lock);
	assert_true(par_lock_seq_retry(&table->lock, number));
	par_lock_seq_give(&table->lock);
	assert_true(par_lock_seq_retry(&table->lock, number));
	number = par_lock_seq_begin(&table->lock);
	assert_false(par_lock_seq_retry(&table->lock, number));
	par_shared_close(table, sizeof(*table));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_processes),
		cmocka_unit_test(test_retry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
