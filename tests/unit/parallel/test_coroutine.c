/* Coroutines: what a switch keeps, many at once, stacks that are guarded and used again. */
#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "coroutine.h"

/* ThreadSanitizer knows at most 8,128 flows of control. */
#ifdef PAR_TSAN
#define MANY 2000
#else
#define MANY 100000
#endif

struct shared {
	struct par_coroutines pool;
	struct par_coroutine *self[8];
	uint64_t sum;
	unsigned trace[64], traced;
};

static int group_setup(void **state)
{
	static struct shared shared;

	*state = &shared;
	return 0;
}

static int setup(void **state)
{
	struct shared *shared = *state;

	*shared = (struct shared){ 0 };
	return 0;
}

static int teardown(void **state)
{
	struct shared *shared = *state;

	par_coroutines_fini(&shared->pool);
	return 0;
}

static void note(struct shared *shared, unsigned event)
{
	shared->trace[shared->traced++] = event;
}

static void two_steps(void *context, uint64_t index)
{
	struct shared *shared = context;

	shared->self[index] = shared->pool.running;
	note(shared, (unsigned)(10 * index));
	par_coroutine_suspend(&shared->pool);
	note(shared, (unsigned)(10 * index + 1));
	par_coroutine_suspend(&shared->pool);
	note(shared, (unsigned)(10 * index + 2));
}

static void test_order(void **state)
{
	static const unsigned expected[] = { 0, 10, 11, 1, 2, 12 };
	struct shared *shared = *state;

	assert_int_equal(par_coroutine_start(&shared->pool, two_steps, shared, 0), 1);
	assert_int_equal(par_coroutine_start(&shared->pool, two_steps, shared, 1), 1);
	assert_int_equal(par_coroutine_resume(shared->self[1]), 1);
	assert_int_equal(par_coroutine_resume(shared->self[0]), 1);
	assert_int_equal(par_coroutine_resume(shared->self[0]), 0);
	assert_int_equal(par_coroutine_resume(shared->self[1]), 0);
	assert_null(shared->pool.running);
	assert_int_equal(shared->traced, 6);
	assert_memory_equal(shared->trace, expected, sizeof(expected));
}

static void add_index(void *context, uint64_t index)
{
	struct shared *shared = context;

	shared->sum += index;
}

static void test_stack_is_used_again(void **state)
{
	struct shared *shared = *state;
	struct par_coroutine *first;

	assert_int_equal(par_coroutine_start(&shared->pool, add_index, shared, 7), 0);
	first = shared->pool.free;
	for (uint64_t i = 0; i < 1000; i++) {
		assert_int_equal(par_coroutine_start(&shared->pool, add_index, shared, i), 0);
		assert_ptr_equal(shared->pool.free, first);
		assert_null(first->next);
	}
	assert_int_equal(shared->sum, 7 + 999 * 1000 / 2);
}

/* Starts ten of itself a level below, each to its end: coroutines that resume coroutines. */
static void tree(void *context, uint64_t depth)
{
	struct shared *shared = context;

	shared->sum++;
	for (int i = 0; depth > 0 && i < 10; i++)
		assert_int_equal(par_coroutine_start(&shared->pool, tree, shared, depth - 1), 0);
}

static void test_nested(void **state)
{
	struct shared *shared = *state;

	assert_int_equal(par_coroutine_start(&shared->pool, tree, shared, 3), 0);
	assert_int_equal(shared->sum, 1 + 10 + 100 + 1000);
}

/* Enough live values to fill every register that a switch must keep, integer and floating point. */
static void juggle(void *context, uint64_t seed)
{
	struct shared *shared = context;
	volatile uint64_t source = seed * 1000;
	volatile double real_source = (double)seed;
	uint64_t a = source + 1, b = source + 2, c = source + 3, d = source + 4, e = source + 5,
		 f = source + 6, g = source + 7, h = source + 8, i = source + 9, j = source + 10;
	double p = real_source + .1, q = real_source + .2, r = real_source + .3,
	       s = real_source + .4, t = real_source + .5, u = real_source + .6,
	       v = real_source + .7, w = real_source + .8;

	shared->self[seed] = shared->pool.running;
	for (int round = 0; round < 100; round++) {
		par_coroutine_suspend(&shared->pool);
		a += b, b += c, c += d, d += e, e += f, f += g, g += h, h += i, i += j, j += a;
		p += q, q += r, r += s, s += t, t += u, u += v, v += w, w += p * 1e-3;
	}
	shared->sum = (a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j) +
		      (uint64_t)(1e6 * (p + q + r + s + t + u + v + w) * 1e-20);
}

static uint64_t juggle_alone(struct shared *shared, uint64_t seed)
{
	assert_int_equal(par_coroutine_start(&shared->pool, juggle, shared, seed), 1);
	while (par_coroutine_resume(shared->self[seed]))
		;
	return shared->sum;
}

static void test_registers_are_kept(void **state)
{
	struct shared *shared = *state;
	uint64_t expected[4];
	int alive = 0;

	for (uint64_t i = 0; i < 4; i++)
		expected[i] = juggle_alone(shared, i);
	for (uint64_t i = 0; i < 4; i++)
		alive += par_coroutine_start(&shared->pool, juggle, shared, i);
	for (int i = 0; alive > 0; i = (i + 1) % 4) {
		if (par_coroutine_resume(shared->self[i]) == 0) {
			alive--;
			assert_int_equal(shared->sum, expected[i]);
		}
	}
}

/* Each flow keeps its own rounding, for double (MXCSR, FPCR) and long double (x87) alike. */
static void round_upward(void *context, uint64_t index)
{
	struct shared *shared = context;
	volatile double one = 1, tiny = 1e-30;
	volatile long double wide_one = 1, wide_tiny = 1e-40L;

	shared->self[index] = shared->pool.running;
	assert_int_equal(fegetround(), FE_TONEAREST);
	assert_int_equal(fesetround(FE_UPWARD), 0);
	for (int i = 0; i < 2; i++) {
		assert_true(one + tiny > 1);
		assert_true(wide_one + wide_tiny > 1);
		assert_int_equal(fegetround(), FE_UPWARD);
		par_coroutine_suspend(&shared->pool);
	}
	assert_int_equal(fesetround(FE_TONEAREST), 0);
}

static void assert_to_nearest(void)
{
	volatile double one = 1, tiny = 1e-30;
	volatile long double wide_one = 1, wide_tiny = 1e-40L;

	assert_int_equal(fegetround(), FE_TONEAREST);
	assert_true(one + tiny == 1);
	assert_true(wide_one + wide_tiny == 1);
}

static void test_rounding_is_kept(void **state)
{
	struct shared *shared = *state;

	assert_int_equal(par_coroutine_start(&shared->pool, round_upward, shared, 0), 1);
	assert_to_nearest();
	assert_int_equal(par_coroutine_start(&shared->pool, round_upward, shared, 1), 1);
	assert_to_nearest();
	assert_int_equal(par_coroutine_resume(shared->self[0]), 1);
	assert_to_nearest();
	assert_int_equal(fesetround(FE_DOWNWARD), 0);
	assert_int_equal(par_coroutine_resume(shared->self[1]), 1);
	assert_int_equal(fegetround(), FE_DOWNWARD);
	assert_int_equal(par_coroutine_resume(shared->self[0]), 0);
	assert_int_equal(fegetround(), FE_DOWNWARD);
	assert_int_equal(fesetround(FE_TONEAREST), 0);
	assert_int_equal(par_coroutine_resume(shared->self[1]), 0);
	assert_to_nearest();
}

struct chain {
	struct par_coroutines pool;
	struct par_coroutine
		*last; /* linked through `next`, which is the pool's only once it ended */
	uint64_t sum;
};

static void wait_once(void *context, uint64_t index)
{
	struct chain *chain = context;

	chain->pool.running->next = chain->last;
	chain->last = chain->pool.running;
	par_coroutine_suspend(&chain->pool);
	chain->sum += index;
}

/* More than vm.max_map_count allows where each has a guard that splits the mapping. */
static void many_at_once(bool heavy)
{
	struct chain chain = { .pool.guards.heavy = heavy };
	struct par_coroutine *next;
	uint64_t many = MANY;

	for (int round = 0; round < 2; round++) {
		chain.last = NULL;
		for (uint64_t i = 0; i < many; i++)
			assert_int_equal(par_coroutine_start(&chain.pool, wait_once, &chain, i), 1);
		for (struct par_coroutine *at = chain.last; at; at = next) {
			next = at->next;
			assert_int_equal(par_coroutine_resume(at), 0);
		}
	}
	assert_int_equal(chain.sum, many * (many - 1));
	par_coroutines_fini(&chain.pool);
}

static void test_many_at_once(void **state)
{
	(void)state;
	many_at_once(false);
	many_at_once(true);
}

/* Kernels before 6.13 have only guards that split the mapping. */
static void test_mprotect_guards(void **state)
{
	struct shared *shared = *state;

	shared->pool.guards.heavy = true;
	assert_int_equal(par_coroutine_start(&shared->pool, tree, shared, 3), 0);
	assert_int_equal(shared->sum, 1 + 10 + 100 + 1000);
}

/* Uses about `bytes` of stack. */
static unsigned __attribute__((noinline)) dig(size_t bytes)
{
	volatile unsigned char frame[512];

	for (size_t i = 0; i < sizeof(frame); i++)
		frame[i] = (unsigned char)bytes;
	return bytes < 1024 ? frame[0] : dig(bytes - 1024) + frame[bytes % sizeof(frame)];
}

static void dig_context(void *context, uint64_t bytes)
{
	(void)context;
	(void)dig(bytes);
}

static void test_deep_stack(void **state)
{
	struct shared *shared = *state;

	/* Two coroutines of one slab, so that a stack that is too small meets its neighbour. */
	assert_int_equal(par_coroutine_start(&shared->pool, two_steps, shared, 0), 1);
	assert_int_equal(par_coroutine_start(&shared->pool, dig_context, shared, 40 * 1024), 0);
	assert_int_equal(par_coroutine_resume(shared->self[0]), 1);
	assert_int_equal(par_coroutine_resume(shared->self[0]), 0);
}

static int signal_of_overflow(bool heavy)
{
	struct par_coroutines pool = { .guards.heavy = heavy };
	const struct rlimit no_core = { 0, 0 };
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &no_core);
		(void)signal(SIGSEGV, SIG_DFL); /* a sanitizer's handler needs stack */
		(void)par_coroutine_start(&pool, dig_context, NULL, 4 << 20);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_overflow_meets_guard(void **state)
{
	(void)state;
	assert_int_equal(signal_of_overflow(false), SIGSEGV);
	assert_int_equal(signal_of_overflow(true), SIGSEGV);
}

/* The stack above runs over the unguarded gap into that of a coroutine that waits. */
static void overrun_neighbour(void)
{
	struct par_coroutines pool = { .guards = { .heavy = true, .count = PAR_HEAVY_GUARDS } };
	struct chain chain = { .pool = pool };
	struct par_coroutine *upper, *lower;

	(void)signal(SIGABRT, SIG_DFL);
	(void)freopen("/dev/null", "w", stderr);
	(void)par_coroutine_start(&chain.pool, wait_once, &chain, 0);
	upper = chain.last;
	(void)par_coroutine_start(&chain.pool, wait_once, &chain, 1);
	lower = chain.last;
	if (upper->canary == NULL || lower->canary == NULL || lower >= upper)
		_exit(1);
	/* What dig() would do, byte by byte, without what a sanitizer says to that. */
	*(uint64_t *)(uintptr_t)lower->canary = 0;
	(void)par_coroutine_resume(upper);
	(void)par_coroutine_resume(lower);
	_exit(0);
}

static void test_overflow_kills_canary(void **state)
{
	const struct rlimit no_core = { 0, 0 };
	int status;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &no_core);
		overrun_neighbour();
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stack_is_used_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nested, setup, teardown),
		cmocka_unit_test_setup_teardown(test_registers_are_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rounding_is_kept, setup, teardown),
		cmocka_unit_test(test_many_at_once),
		cmocka_unit_test_setup_teardown(test_mprotect_guards, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deep_stack, setup, teardown),
		cmocka_unit_test(test_overflow_meets_guard),
		cmocka_unit_test(test_overflow_kills_canary),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
