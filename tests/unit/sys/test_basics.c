/* errors, clock, shared and futex. */
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>

#include "clock.h"
#include "errors.h"
#include "futex.h"
#include "shared.h"
#include "sys_test.h"

static void fail_writes_and_returns(void **state)
{
	struct par_error error = PAR_ERROR_INIT;
	char big[1000];

	(void)state;
	assert_int_equal(par_fail(&error, -EINVAL, "%s: %d", "--cores", 0), -EINVAL);
	assert_string_equal(error.text, "--cores: 0");
	assert_int_equal(par_fail(NULL, -ENOMEM, "%s", "x"), -ENOMEM);
	memset(big, 'x', sizeof big);
	big[sizeof big - 1] = 0;
	par_fail(&error, -EINVAL, "%s", big);
	assert_int_equal(strlen(error.text), sizeof error.text - 1);
}

/* Whatever was typed: the line names it and ends with the way out. */
static void a_long_failure_keeps_its_end(void **state)
{
	struct par_error error = PAR_ERROR_INIT;
	char big[2001] = "";

	(void)state;
	for (size_t i = 0; i + 2 < sizeof big; i += 2)
		memcpy(big + i, "ä", 3);
	for (size_t shift = 0; shift < 2; shift++) {
		par_fail(&error, -EINVAL, "%s'%s': give a shorter one", &"x"[shift], big);
		assert_string_equal(strstr(error.text, "': give"), "': give a shorter one");
		/* the dots stand between whole characters, each of two bytes */
		assert_int_equal(strstr(error.text, "...")[-1], "ä"[1]);
		assert_int_equal(strstr(error.text, "...")[3], "ä"[0]);
	}
}

static void a_failure_is_one_line(void **state)
{
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	par_fail(&error, -EINVAL, "'%s'", "two\nlines\x1b[31m\x7fµ");
	assert_string_equal(error.text, "'two?lines?[31m?µ'");
}

static void errors_have_texts_and_names(void **state)
{
	(void)state;
	assert_string_equal(par_error_text(-ENOSPC), "No space left on device");
	assert_string_equal(par_error_name(-ENOSPC), "ENOSPC");
	assert_string_equal(par_error_name(-EPERM), "EPERM");
	assert_string_equal(par_error_text(-99999), "unknown error");
	assert_string_equal(par_error_name(-99999), "E?");
	assert_string_equal(par_error_text(5), "unknown error");
	assert_string_equal(par_error_name(5), "E?");
	assert_string_equal(par_error_name(0), "E?");
	assert_string_equal(par_error_name(INT32_MIN), "E?");
	assert_string_equal(par_error_text(INT32_MIN), "unknown error");
}

static void clock_never_goes_back(void **state)
{
	struct par_clock clock = par_clock_real();
	uint64_t last = par_now_ns();

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint64_t now = i % 2 ? par_now_ns() : clock.now(clock.context);

		assert_true(now >= last);
		last = now;
	}
	assert_true(par_clock_tick_ns() >= 1);
	/* 2020-01-01: a wall clock that starts at the boot would be found out. */
	assert_true(par_wall_ns() > UINT64_C(1577836800) * PAR_NS_PER_S);
}

static int write_after_fork(const void *memory)
{
	union {
		const void *given;
		_Atomic uint32_t *word;
	} both = { .given = memory };

	atomic_store(both.word, 42);
	return 0;
}

static void shared_is_one_memory_after_fork(void **state)
{
	void *memory = NULL;
	const unsigned char *bytes;

	(void)state;
	assert_int_equal(par_shared_open(&memory, 5000), 0);
	bytes = memory;
	assert_int_equal((uintptr_t)memory % (uintptr_t)sysconf(_SC_PAGESIZE), 0);
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(bytes[i], 0);
	assert_int_equal(test_in_process(write_after_fork, memory), 0);
	assert_int_equal(*(const uint32_t *)memory, 42);
	par_shared_close(memory, 5000);
	par_shared_close(NULL, 5000);
}

static void shared_refuses(void **state)
{
	void *memory = &memory;

	(void)state;
	assert_int_equal(par_shared_open(&memory, 0), -EINVAL);
	assert_null(memory);
	assert_int_equal(par_shared_open(&memory, SIZE_MAX), -ENOMEM);
	assert_int_equal(par_shared_open(&memory, SIZE_MAX / 2), -ENOMEM);
	assert_null(memory);
}

static void futex_returns_without_sleep(void **state)
{
	_Atomic uint32_t word = 1;

	(void)state;
	assert_int_equal(par_futex_wait(&word, 2, PAR_FUTEX_FOREVER), 0);
	assert_int_equal(par_futex_wait(&word, 1, 1000), -ETIMEDOUT);
	assert_int_equal(par_futex_wait(&word, 1, 0), -ETIMEDOUT);
	assert_int_equal(par_futex_wake(&word, 1), 0);
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void futex_tells_a_signal(void **state)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct sigaction before;
	/* Again and again: one that comes before the wait must not make the test hang. */
	struct itimerval often = { { 0, 2000 }, { 0, 2000 } };
	struct itimerval never = { { 0, 0 }, { 0, 0 } };
	_Atomic uint32_t word = 0;

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_int_equal(par_futex_wait(&word, 0, PAR_FUTEX_FOREVER), -EINTR);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
}

/* Two words that a parent and its child hand back and forth. */
struct table {
	_Atomic uint32_t ball;
	_Atomic uint32_t done;
};

/* Waits until the ball is `mine`, and passes on the next number, up to 1000. */
static void play(struct table *table, uint32_t mine)
{
	for (uint32_t next = mine; next < 1000; next += 2) {
		uint32_t now;

		while ((now = atomic_load(&table->ball)) != next)
			par_futex_wait(&table->ball, now, PAR_FUTEX_FOREVER);
		atomic_store(&table->ball, next + 1);
		par_futex_wake(&table->ball, 1);
	}
}

static void futex_wakes_another_process(void **state)
{
	void *memory;
	struct table *table;
	pid_t pid;
	int status;

	(void)state;
	assert_int_equal(par_shared_open(&memory, sizeof *table), 0);
	table = memory;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		play(table, 1);
		_exit(0);
	}
	play(table, 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(table->ball, 1000);
	par_shared_close(memory, sizeof *table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fail_writes_and_returns),
		cmocka_unit_test(a_long_failure_keeps_its_end),
		cmocka_unit_test(a_failure_is_one_line),
		cmocka_unit_test(errors_have_texts_and_names),
		cmocka_unit_test(clock_never_goes_back),
		cmocka_unit_test(shared_is_one_memory_after_fork),
		cmocka_unit_test(shared_refuses),
		cmocka_unit_test(futex_returns_without_sleep),
		cmocka_unit_test(futex_tells_a_signal),
		cmocka_unit_test(futex_wakes_another_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
